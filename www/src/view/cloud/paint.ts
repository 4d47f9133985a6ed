/** The colour and the size of every point. The legend in `style/cloud.css` mixes the same colours. */
import { heightsOf, ratesOf, winsOf, type CloudFrame, type Colouring } from './facts';
import type { Theme } from '../shared/element';

export interface PaintedPoints {
  /** `[points * 3]`: red, green and blue from 0 to 1. */
  readonly colours: Float32Array;
  /** Radius of each point, in the cloud's own unit. */
  readonly radii: Float32Array;
  /** What the distance fades them into, and the rim of the floor. */
  readonly ground: Colour;
  readonly line: Colour;
}

export type Colour = readonly [number, number, number];

/** Radius of a point that won the most channels, and of one that won none, in that of a usual point. */
const LARGEST = 2.6;
const SMALLEST = 0.75;

/** Points cover about the same share of the picture, however many there are. */
function usualRadius(count: number): number {
  return Math.min(0.045, 0.75 / Math.sqrt(Math.max(1, count)));
}

export function colourOf(hex: string): Colour {
  const digits = hex.slice(1);
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function between(from: Colour, to: Colour, share: number): Colour {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, from[2] + (to[2] - from[2]) * share];
}

/** How a point looks that won `wins` channels where the strongest won `most`: its area grows with them. */
export function winnerLook(wins: number, most: number, theme: Theme): { readonly colour: Colour; readonly size: number } {
  const faint = between(colourOf(theme.surface), colourOf(theme.muted), 0.42);
  if (wins === 0) return { colour: faint, size: SMALLEST };
  const share = Math.sqrt(wins / most);
  return { colour: between(faint, colourOf(theme.accent), 0.35 + 0.65 * share), size: SMALLEST + (LARGEST - SMALLEST) * share };
}

export function paintPoints(frame: CloudFrame, colouring: Colouring, theme: Theme): PaintedPoints {
  const { points } = frame;
  const count = points.length / 3;
  const colours = new Float32Array(3 * count);
  const usual = usualRadius(count);
  const radii = new Float32Array(count).fill(usual);
  const [ground, line, muted, ink, positive] =
    [theme.surface, theme.line, theme.muted, theme.ink, theme.positive].map(colourOf) as [Colour, Colour, Colour, Colour, Colour];
  if (colouring === 'winners') {
    const { counts, most } = winsOf(frame);
    const looks = Array.from({ length: most + 1 }, (_, wins) => winnerLook(wins, most, theme));
    counts.forEach((wins, i) => {
      const look = looks[wins];
      if (look === undefined) return;
      colours.set(look.colour, 3 * i);
      radii[i] = usual * look.size;
    });
  } else if (colouring === 'rate') {
    const { shares, least, most } = ratesOf(frame);
    const strongest = between(positive, ink, 0.5);
    shares.forEach((share, i) => {
      const of = most > least ? (share - least) / (most - least) : 1;
      colours.set(of < 0.6 ? between(line, positive, of / 0.6) : between(positive, strongest, (of - 0.6) / 0.4), 3 * i);
    });
  } else {
    const [low, high] = heightsOf(points);
    const lowest = between(line, muted, 0.45);
    for (let i = 0; i < count; i += 1) {
      colours.set(between(lowest, ink, high === low ? 1 : ((points[3 * i + 2] ?? 0) - low) / (high - low)), 3 * i);
    }
  }
  return { colours, radii, ground, line };
}

/** A colour as a style sheet writes it. */
export const cssColour = ([red, green, blue]: Colour): string => `rgb(${Math.round(255 * red)} ${Math.round(255 * green)} ${Math.round(255 * blue)})`;

/** How much of a point's colour is left at a distance from the eye: near ones are strong. */
export function strengthAt(away: number, distance: number): number {
  return 1 - 0.55 * Math.min(1, Math.max(0, (away - distance + 1) / 2));
}
