/** Small images drawn pixel by pixel on a canvas that the style sheet scales up. */
import { currentTheme, h, onThemeChange, type Theme } from './element';

/** Fills the red, green, blue and alpha of every pixel. */
export type Fill = (rgba: Uint8ClampedArray, theme: Theme) => void;

export class Picture {
  readonly element: HTMLCanvasElement;
  private again: (() => void) | undefined;
  private readonly forgetTheme: () => void;

  constructor(className: string, attributes: Readonly<Record<string, string>> = {}) {
    this.element = h('canvas', { class: className, ...attributes });
    this.forgetTheme = onThemeChange(() => { this.again?.(); });
  }

  /** Lets a picture go that has been replaced: nothing calls it back any more. */
  letGo(): void {
    this.forgetTheme();
  }

  draw(height: number, width: number, fill: Fill): void {
    this.again = () => {
      const { element } = this;
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      const context = element.getContext('2d');
      if (context === null) return;
      const image = context.createImageData(width, height);
      fill(image.data, currentTheme());
      context.putImageData(image, 0, 0);
    };
    this.again();
  }

  /** Ink on ground, on and off events, or red, green and blue: `top` is full ink, or the brightest. */
  drawImage(pixels: ArrayLike<number>, shape: ImageShape, top: number): void {
    this.draw(shape.height, shape.width, (rgba, theme) => { fillImage(rgba, pixels, shape, top, theme); });
  }
}

/** What an image `[channels, height, width]` is. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Fills the pixels of an image: ink on ground in the theme's colours, colours as they are, and of the two channels of a recording, on events and off,
 * the more frequent one in the colour of positive or of negative spikes. */
export function fillImage(rgba: Uint8ClampedArray, pixels: ArrayLike<number>, { channels, height, width }: ImageShape, top: number, { rgb }: Theme): void {
  const area = height * width;
  for (let i = 0; i < area; i += 1) {
    if (channels === 1) {
      mix(rgba, i, rgb.sunken, rgb.ink, (pixels[i] ?? 0) / top);
      continue;
    }
    if (channels === 2) {
      const [on, off] = [pixels[i] ?? 0, pixels[area + i] ?? 0];
      mix(rgba, i, rgb.sunken, on >= off ? rgb.positive : rgb.negative, Math.sqrt(Math.max(on, off) / top));
      continue;
    }
    for (let c = 0; c < 3; c += 1) rgba[4 * i + c] = (255 * (pixels[c * area + i] ?? 0)) / top;
    rgba[4 * i + 3] = 255;
  }
}

type Colour = readonly [number, number, number];

/** Writes a pixel between two colours. */
export function mix(rgba: Uint8ClampedArray, pixel: number, from: Colour, to: Colour, share: number): void {
  rgba[4 * pixel] = from[0] + (to[0] - from[0]) * share;
  rgba[4 * pixel + 1] = from[1] + (to[1] - from[1]) * share;
  rgba[4 * pixel + 2] = from[2] + (to[2] - from[2]) * share;
  rgba[4 * pixel + 3] = 255;
}
