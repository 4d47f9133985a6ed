/**
 * Images to what a network takes: decoded by the browser, then brought into their form by the core's own `seeOwn`, exactly as
 * the Classify view does, so that what is trained on and what is asked about later look the same. In grey it crops to what
 * stands out from the ground (the median of the edge; a light one is turned dark), fits it into the square with its
 * proportions kept, and leaves the rest ground; in colour it takes the largest square in the middle.
 */
import { LONG_SIDE, MAX_PIXELS } from '../state/bounds';
import { isColourful, type Glance, type ImageForm } from '../state/image-form';
import { startLab, type Core } from './wasm';

export class ImageReader {
  private static core: Promise<Core> | undefined;

  private constructor(private readonly lab: Core['lab']) {}

  /** Fetches what reading images takes; `arrives` is called whenever a part of it has come. */
  static async prepare(base: string, arrives: () => void): Promise<void> {
    this.core = startLab('cpu', 'flex', base, arrives);
    await this.core;
  }

  static async start(): Promise<ImageReader> {
    if (this.core === undefined) throw new Error('What reads images has not been fetched');
    return new ImageReader((await this.core).lab);
  }

  /** What an image file is like, before it is known what it becomes. Rejects with a reason. */
  async glance(bytes: Uint8Array): Promise<Glance> {
    const { rgba, side } = await decode(bytes);
    return { side, colourful: isColourful(rgba) };
  }

  /** The numbers of an image file, `[channels * side * side]`, 0 to 255: greys, 0 for the ground, or red, then green, then blue. Rejects with a reason. */
  async read(bytes: Uint8Array, form: ImageForm): Promise<Uint8Array> {
    const { pixels } = this.see(await decode(bytes), form);
    return Uint8Array.from(pixels, (value) => Math.round(255 * value));
  }

  private see({ rgba, width, height }: Decoded, { side, channels }: ImageForm): ReturnType<Core['lab']['seeOwn']> {
    try {
      return this.lab.seeOwn(rgba, width, height, side, channels > 1);
    } catch (error) {
      // What follows is advice for somebody who draws.
      throw error instanceof WebAssembly.RuntimeError ? error : new Error((error instanceof Error ? error.message : String(error)).split('. ')[0]);
    }
  }
}

interface Decoded {
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The shorter side that the file has. */
  readonly side: number;
}

async function decode(bytes: Uint8Array): Promise<Decoded> {
  let whole: ImageBitmap;
  try {
    whole = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  } catch {
    throw new Error('The browser cannot decode it as an image');
  }
  const { width, height } = whole;
  try {
    if (width * height > MAX_PIXELS) throw new Error(`It has more than the ${MAX_PIXELS / 1e6} million pixels that are decoded here`);
    const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
    const [columns, rows] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const small = scale === 1 ? whole : await createImageBitmap(whole, { resizeWidth: columns, resizeHeight: rows, resizeQuality: 'high' });
    const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('The browser gave no canvas to decode it on');
    context.drawImage(small, 0, 0);
    if (small !== whole) small.close();
    const { data } = context.getImageData(0, 0, columns, rows);
    return { rgba: new Uint8Array(data.buffer), width: columns, height: rows, side: Math.min(width, height) };
  } finally {
    whole.close();
  }
}
