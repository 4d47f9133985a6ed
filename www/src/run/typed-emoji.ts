/** An emoji as somebody types it, as this machine's own font draws it. */
import type { Pixels } from './image';

/** Pixels a side that it is drawn in: enough to be scaled down from. */
const SIDE = 96;
/** What is left free around it, as the sets have it that the network has seen. */
const FREE = 0.04;

/** The first emoji of a text; undefined where there is none. */
export function emojiIn(text: string): string | undefined {
  const parts = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  // Digits and # are emoji to Unicode where something follows them, and pictures to nobody.
  return [...parts].map(({ segment }) => segment).find((segment) => /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/u.test(segment));
}

/** An emoji over nothing, as large as its square holds; undefined where this machine's fonts have no picture of it. */
export function drawnEmoji(emoji: string): Pixels | undefined {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  const box = SIDE * (1 - 2 * FREE);
  const measured = fontOf(context, box, emoji);
  const scale = Math.min(1, box / Math.max(measured.width, measured.height, 1));
  const { width, height, left, ascent } = fontOf(context, box * scale, emoji);
  context.fillText(emoji, (SIDE - width) / 2 + left, (SIDE - height) / 2 + ascent);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const rgba = new Uint8Array(data.buffer);
  return hasColour(rgba) ? { rgba, width: SIDE, height: SIDE } : undefined;
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

/** A letter or an empty box in its place is drawn in black. */
function hasColour(rgba: Uint8Array): boolean {
  for (let i = 0; i < rgba.length; i += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(i, i + 4);
    if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 24) return true;
  }
  return false;
}
