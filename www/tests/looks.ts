/**
 * Pictures that a page is to look like, half as large as it is, compared so that a letter drawn otherwise is passed over and a
 * layout that has gone wrong is not: in squares of some pixels, by their mean colour.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

/** How much smaller than the page a kept picture is, and the side of a square in it, in pixels. */
const SMALLER = 2;
const SQUARE = 8;
/** Squares whose mean colour is further off than this, of 255, differ. */
const FAR = 26;

export interface Compared {
  /** Of the picture and of the page, smaller. */
  readonly sizes: readonly [string, string];
  /** The share of squares that differ. */
  readonly differing: number;
}

/** A screenshot, smaller, as a PNG. `desk` is a page to draw on. */
export async function smaller(desk: Page, screenshot: Buffer): Promise<Buffer> {
  const url = await desk.evaluate(async ({ png, by }) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(image.width / by), height: Math.round(image.height / by) });
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('there is nothing to draw with');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL();
  }, { png: screenshot.toString('base64'), by: SMALLER });
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Two pictures of the same size, square by square. */
export function compared(desk: Page, one: Buffer, other: Buffer): Promise<Compared> {
  return desk.evaluate(async ({ pngs, square, far }) => {
    const squaresOf = async (png: string) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('there is nothing to draw with');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const [across, down] = [Math.ceil(image.width / square), Math.ceil(image.height / square)];
      const sums = Array.from({ length: across * down }, () => [0, 0, 0, 0]);
      for (let i = 0; i < data.length; i += 4) {
        const [x, y] = [(i / 4) % image.width, Math.floor(i / 4 / image.width)];
        const sum = sums[Math.floor(y / square) * across + Math.floor(x / square)] ?? [];
        for (const channel of [0, 1, 2]) sum[channel] = (sum[channel] ?? 0) + (data[i + channel] ?? 0);
        sum[3] = (sum[3] ?? 0) + 1;
      }
      return { size: `${image.width} x ${image.height}`, means: sums.map(([r = 0, g = 0, b = 0, count = 1]) => [r / count, g / count, b / count]) };
    };
    const [first, second] = [await squaresOf(pngs[0]), await squaresOf(pngs[1])];
    const differs = first.means.filter((mean, i) => mean.some((value, channel) => Math.abs(value - (second.means[i]?.[channel] ?? 255)) > far));
    return { sizes: [first.size, second.size] as const, differing: differs.length / first.means.length };
  }, { pngs: [one.toString('base64'), other.toString('base64')] as const, square: SQUARE, far: FAR });
}

/** The picture that is kept at a place; undefined where there is none yet. */
export async function kept(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

export async function keep(path: string, png: Buffer): Promise<void> {
  await writeFile(path, png);
}
