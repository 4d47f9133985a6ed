import { afterEach, expect, test, vi } from 'vitest';
import { drawnEmoji, emojiIn } from './typed-emoji';

test('the first emoji of a text is found whole, and what is none is none', () => {
  expect(emojiIn('what is 🦊, or 🚀?')).toBe('🦊');
  expect(emojiIn('👩🏽‍🚀 in space')).toBe('👩🏽‍🚀');
  expect(emojiIn('🇫🇷')).toBe('🇫🇷');
  expect(emojiIn('☂️')).toBe('☂️');
  for (const text of ['', 'fox', '7', '#', 'ü', '۷', '一']) expect(emojiIn(text)).toBeUndefined();
});

afterEach(() => { vi.unstubAllGlobals(); });

/** A browser whose font draws every emoji in these colours: of its own, or the one that it is given. */
function stubFont(paint: (fill: string) => readonly number[]): void {
  class Context {
    fillStyle = 'black';
    font = '';
    private pixels = new Uint8ClampedArray();
    measureText(): Partial<TextMetrics> {
      return { actualBoundingBoxLeft: 0, actualBoundingBoxRight: 40, actualBoundingBoxAscent: 30, actualBoundingBoxDescent: 10 };
    }
    fillText(): void {
      this.pixels = Uint8ClampedArray.from(paint(this.fillStyle));
    }
    getImageData(): { readonly data: Uint8ClampedArray } {
      return { data: this.pixels };
    }
  }
  vi.stubGlobal('OffscreenCanvas', class {
    readonly context = new Context();
    getContext(): Context {
      return this.context;
    }
  });
}

test('a picture of the font is one in whatever colours, and a letter or nothing in its place is none', () => {
  for (const own of [[255, 140, 0, 255], [0, 0, 0, 255], [255, 255, 255, 255], [128, 128, 128, 255]]) {
    stubFont(() => own);
    expect(drawnEmoji('🖤')?.rgba).toEqual(Uint8Array.from(own));
  }
  stubFont((fill) => (fill === 'red' ? [255, 0, 0, 255] : [0, 0, 0, 255]));
  expect(drawnEmoji('🖤')).toBeUndefined();
  stubFont(() => [0, 0, 0, 0]);
  expect(drawnEmoji('🖤')).toBeUndefined();
});

test('a browser that draws nothing out of sight has no picture of any', () => {
  vi.stubGlobal('OffscreenCanvas', undefined);
  expect(drawnEmoji('🦊')).toBeUndefined();
});
