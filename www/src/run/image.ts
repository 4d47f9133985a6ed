/** Files and drawings to pixels. The browser decodes; nothing leaves the machine. */
import { LONG_SIDE, MAX_PIXELS } from '../state/bounds';
import { megabytes } from '../state/figures';
import { shownName } from '../state/names';
import { drawableSvg, SvgRefused } from './svg';

/** An image, red, green, blue and alpha. */
export interface Pixels {
  readonly rgba: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** A file that shows no image, with a sentence for a person. */
export class ImageRefused extends Error {
  override readonly name = 'ImageRefused';
}

const MAX_BYTES = 50e6;

/** Decodes a file and scales it down to so many pixels a side at most. */
export async function readImage(file: Blob, called: string, longSide = LONG_SIDE): Promise<Pixels> {
  const name = shownName(called);
  if (file.size === 0) throw new ImageRefused(`${name} is empty.`);
  if (file.size > MAX_BYTES) {
    throw new ImageRefused(`${name} has ${megabytes(file.size)}, more than the ${megabytes(MAX_BYTES)} that are read here.`);
  }
  const isSvg = /\.svg$/i.test(called) || file.type === 'image/svg+xml';
  const image = await load(isSvg ? await asDrawable(file, name) : file, name);
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width * height > MAX_PIXELS) {
    throw new ImageRefused(`${name} has ${width} x ${height} pixels, more than the ${MAX_PIXELS / 1e6} million that are decoded here. A smaller copy will do.`);
  }
  const scale = Math.min(1, longSide / Math.max(width, height));
  const [columns, rows] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  try {
    const bitmap = await createImageBitmap(image, { resizeWidth: columns, resizeHeight: rows, resizeQuality: 'high' });
    const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new ImageRefused(`${name} could not be decoded: the browser gave no canvas to draw it on.`);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, columns, rows);
    return { rgba: new Uint8Array(data.buffer), width: columns, height: rows };
  } catch (error) {
    if (error instanceof ImageRefused) throw error;
    const isGuarded = error instanceof DOMException && error.name === 'SecurityError';
    const why = isGuarded ? 'the browser draws it but lets nobody read its pixels' : 'the browser could not decode it';
    throw new ImageRefused(`${name} could not be taken: ${why}. Save it as PNG and bring that.`);
  }
}

async function asDrawable(file: Blob, name: string): Promise<Blob> {
  try {
    return await drawableSvg(file, LONG_SIDE);
  } catch (error) {
    throw new ImageRefused(error instanceof SvgRefused ? `${name} ${error.message}` : `${name} could not be read.`);
  }
}

/** The image element learns a file's size without decoding all of it. */
async function load(file: Blob, name: string): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file);
  const image = new Image();
  try {
    await new Promise((resolve, reject) => {
      image.addEventListener('load', resolve);
      image.addEventListener('error', reject);
      image.src = address;
    });
    return image;
  } catch {
    throw new ImageRefused(`${name} could not be read as an image.`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** An image `[channels, height, width]`: ink on ground, `top` full ink, as black on white, or colours, `top` the brightest. */
export function fromPixels(pixels: ArrayLike<number>, { channels, height, width }: { channels: number; height: number; width: number }, top: number): Pixels {
  const area = height * width;
  const rgba = new Uint8Array(area * 4);
  const share = (i: number): number => (pixels[i] ?? 0) / top;
  for (let i = 0; i < area; i += 1) {
    const colour = channels === 1 ? [1 - share(i), 1 - share(i), 1 - share(i)] : [share(i), share(area + i), share(2 * area + i)];
    rgba.set([...colour.map((light) => Math.round(255 * light)), 255], 4 * i);
  }
  return { rgba, width, height };
}
