/** What a person does to a photograph by hand, and what was read on it. */
import { DRAWING_SIDE } from '../state/core-settings';
import type { DataName, InkKind, PhotoReport, Probe } from '../worker/protocol';
import type { Pixels } from './image';

/** Crop, turn and light as a person wants them. */
export interface Hand {
  /** Quarter turns clockwise. */
  readonly quarters: number;
  /** Degrees clockwise besides. */
  readonly degrees: number;
  /** Left, top, right and bottom of what is kept, as shares of the turned picture. */
  readonly crop: readonly [number, number, number, number];
  readonly ink: InkKind;
}

export const UNTOUCHED: Hand = { quarters: 0, degrees: 0, crop: [0, 0, 1, 1], ink: 'guessed' };

/** A photograph with the answers to each digit on it. */
export interface ReadPhoto {
  readonly report: PhotoReport;
  readonly probes: readonly Probe[];
  /** The digit that is shown. */
  readonly chosen: number;
}

/** From here on an image is more unlike the training than 99 of 100 held-out ones, and its evidence is no percentage to give. */
export const UNLIKE = 1;

/** Whether photographs are read for networks of this data set: those of digits. */
export function isPhotographed(data: DataName): boolean {
  return data === 'mnist' || data === 'digits';
}

/** Whether nothing on a photograph is worth an answer: the picture itself speaks against digits, or a third of what is on it does. */
export function isDoubted({ report, probes }: ReadPhoto): boolean {
  return report.doubt !== undefined || 3 * probes.filter(({ unlike = 0 }) => unlike > UNLIKE).length > probes.length;
}

/** The picture as a hand has left it; beyond its edge its edge goes on. */
export function handled(whole: Pixels, { quarters, degrees, crop }: Hand): Pixels {
  if (quarters % 4 === 0 && degrees === 0 && crop.every((side, i) => side === UNTOUCHED.crop[i])) return whole;
  const isOnSide = quarters % 2 !== 0;
  const [width, height] = isOnSide ? [whole.height, whole.width] : [whole.width, whole.height];
  const [left, top, right, bottom] = [crop[0] * width, crop[1] * height, crop[2] * width, crop[3] * height].map(Math.round) as [number, number, number, number];
  const [across, down] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  // A small part of a photograph is one still; an image as small as that is a drawing.
  const isSmall = Math.max(whole.width, whole.height) > DRAWING_SIDE && Math.max(across, down) <= DRAWING_SIDE;
  const zoom = isSmall ? Math.ceil((DRAWING_SIDE + 1) / Math.max(across, down)) : 1;
  const [columns, rows] = [across * zoom, down * zoom];
  const turn = ((90 * quarters + degrees) * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const { rgba: from } = whole;
  const rgba = new Uint8Array(4 * columns * rows);
  const clamp = (value: number, count: number): number => Math.min(Math.max(value, 0), count - 1);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [dx, dy] = [left + (x + 0.5) / zoom - width / 2, top + (y + 0.5) / zoom - height / 2];
      const fromX = clamp(cos * dx + sin * dy + whole.width / 2 - 0.5, whole.width);
      const fromY = clamp(cos * dy - sin * dx + whole.height / 2 - 0.5, whole.height);
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)];
      const [x1, y1, s, t] = [clamp(x0 + 1, whole.width), clamp(y0 + 1, whole.height), fromX - x0, fromY - y0];
      // What the four pixels around the place count, and where they lie.
      const [a, b, c, d] = [(1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t];
      const [upper, lower, left0, right0] = [4 * y0 * whole.width, 4 * y1 * whole.width, 4 * x0, 4 * x1];
      const to = 4 * (y * columns + x);
      for (let channel = 0; channel < 4; channel += 1) {
        rgba[to + channel] = Math.round(a * (from[upper + left0 + channel] ?? 0) + b * (from[upper + right0 + channel] ?? 0)
          + c * (from[lower + left0 + channel] ?? 0) + d * (from[lower + right0 + channel] ?? 0));
      }
    }
  }
  return { rgba, width: columns, height: rows };
}
