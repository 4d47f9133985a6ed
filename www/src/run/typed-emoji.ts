/** An emoji as somebody types it, as this machine's own font draws it. */
import type { Pixels } from './image';

/** Pixels a side that it is drawn in: enough to be scaled down from. */
const SIDE = 96;
/** What is left free around it, as the sets have it that the network has seen. */
const FREE = 0.04;
/** A picture of the font's own is the same in both, whatever its colours; a letter or an empty box in its place is not. */
const FILLS = ['black', 'red'];

/** The first emoji of a text; undefined where there is none. */
export function emojiIn(text: string): string | undefined {
  const parts = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  // Digits and # are emoji to Unicode where something follows them, and pictures to nobody.
  return [...parts].map(({ segment }) => segment).find((segment) => /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/u.test(segment));
}

/** An emoji over nothing, as large as its square holds; undefined where this machine's fonts have no picture of it. */
export function drawnEmoji(emoji: string): Pixels | undefined {
  const [rgba, again] = FILLS.map((fill) => drawnIn(emoji, fill));
  if (rgba === undefined || again === undefined) return undefined;
  const isPicture = rgba.some((value) => value > 0) && rgba.every((value, i) => value === again[i]);
  return isPicture ? { rgba, width: SIDE, height: SIDE } : undefined;
}

/** Its pixels, drawn by a font that may take this colour or have its own; undefined where the browser draws nothing out of sight. */
function drawnIn(emoji: string, fill: string): Uint8Array<ArrayBuffer> | undefined {
  if (typeof OffscreenCanvas === 'undefined') return undefined;
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  context.fillStyle = fill;
  const box = SIDE * (1 - 2 * FREE);
  const measured = fontOf(context, box, emoji);
  const scale = Math.min(1, box / Math.max(measured.width, measured.height, 1));
  const { width, height, left, ascent } = fontOf(context, box * scale, emoji);
  context.fillText(emoji, (SIDE - width) / 2 + left, (SIDE - height) / 2 + ascent);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return new Uint8Array(data.buffer);
}

interface Measured {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly ascent: number;
}

/** Sets a font of so many pixels, and says how large the emoji is in it. */
function fontOf(context: OffscreenCanvasRenderingContext2D, size: number, emoji: string): Measured {
  context.font = `${size}px "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", "Twemoji Mozilla", sans-serif`;
  const measured = context.measureText(emoji);
  const [left, ascent] = [measured.actualBoundingBoxLeft, measured.actualBoundingBoxAscent];
  return { width: left + measured.actualBoundingBoxRight, height: ascent + measured.actualBoundingBoxDescent, left, ascent };
}
