/** What a person's images become. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { becameWords, bytesOf, CHANNELS, formFor, isColourful, PLAIN, proposed, SIDES, spreadOver, type Glance } from './image-form';

const glances = (side: number, colourful: number, all = 12): Glance[] => Array.from({ length: all }, (_, i) => ({ side, colourful: i < colourful }));
const picture = (pixels: readonly (readonly [number, number, number, number?])[]): Uint8Array =>
  Uint8Array.from(pixels.flatMap(([red, green, blue, alpha = 255]) => [red, green, blue, alpha]));

describe('whether a picture is in colour', () => {
  const white = Array.from({ length: 90 }, () => [255, 255, 255] as const);

  it('takes what JPEG leaves in a grey picture, and tinted paper, for grey', () => {
    expect(isColourful(picture(Array.from({ length: 256 }, (_, grey) => [grey, Math.max(0, grey - 9), Math.min(255, grey + 7)] as const)))).toBe(false);
    expect(isColourful(picture(Array.from({ length: 99 }, () => [250, 242, 220] as const)))).toBe(false);
  });

  it('asks for a share of its pixels', () => {
    const red = (count: number): (readonly [number, number, number])[] => Array.from({ length: count }, () => [220, 30, 30] as const);
    expect(isColourful(picture([...white, ...red(10)]))).toBe(true);
    expect(isColourful(picture([...white, ...red(2)]))).toBe(false);
  });

  it('sees nothing in what is transparent, and nothing in nothing', () => {
    expect(isColourful(picture([...white, ...Array.from({ length: 50 }, () => [255, 0, 0, 10] as const)]))).toBe(false);
    expect(isColourful(picture([]))).toBe(false);
  });
});

describe('what files propose', () => {
  it('is grey of 28 pixels, or colour of 32 where a third of the files have it', () => {
    expect(proposed(glances(300, 0))).toEqual({ side: 28, channels: 1 });
    expect(proposed(glances(300, 3))).toEqual({ side: 28, channels: 1 });
    expect(proposed(glances(300, 4))).toEqual({ side: 32, channels: 3 });
    expect(proposed([])).toEqual(PLAIN);
  });

  it('is about the side of small files', () => {
    const sides = [8, 28, 32, 40, 41, 48, 54, 60, 64, 80, 81, 96, 512].map((side) => [side, proposed(glances(side, 12)).side]);
    expect(Object.fromEntries(sides))
      .toEqual({ 8: 32, 28: 32, 32: 32, 40: 32, 41: 48, 48: 48, 54: 48, 60: 48, 64: 64, 80: 64, 81: 32, 96: 32, 512: 32 });
    expect(proposed(glances(64, 0))).toEqual({ side: 64, channels: 1 });
  });

  it('goes by the colour that a person chose', () => {
    expect(proposed(glances(300, 12), 1)).toEqual({ side: 28, channels: 1 });
    expect(proposed(glances(300, 0), 3)).toEqual({ side: 32, channels: 3 });
  });
});

describe('what images become', () => {
  const ROOM = 500e6;

  it('is what a person chose, and else what was proposed', () => {
    expect(formFor(glances(300, 12), {}, 100, ROOM)).toEqual({ form: { side: 32, channels: 3 }, proposal: { side: 32, channels: 3 } });
    expect(formFor(glances(300, 12), { channels: 1 }, 100, ROOM).form).toEqual({ side: 28, channels: 1 });
    expect(formFor(glances(300, 12), { side: 64 }, 100, ROOM)).toEqual({ form: { side: 64, channels: 3 }, proposal: { side: 32, channels: 3 } });
  });

  it('is refused beyond the room, with what would fit', () => {
    expect(() => formFor(glances(64, 12), { side: 64, channels: 3 }, 20_000, 100e6)).toThrow('20,000 images of 64 by 64 pixels in colour take 246 MB, '
      + 'and there is room for 100 MB here. What would fit: 32 by 32 pixels in colour, or 64 by 64 pixels in grey.');
    expect(() => formFor(glances(64, 0), { side: 64 }, 20_000, 50e6)).toThrow('What would fit: 48 by 48 pixels in grey.');
    expect(() => formFor([], { channels: 3 }, 20_000, 1)).toThrow('What would fit: 28 by 28 pixels in grey.');
  });

  it('fits or is refused, and what was proposed fits always', () => {
    const choice = fc.record({ side: fc.constantFrom(...SIDES), channels: fc.constantFrom(...CHANNELS) }, { requiredKeys: [] });
    fc.assert(fc.property(fc.array(fc.record({ side: fc.nat(2000), colourful: fc.boolean() }), { maxLength: 12 }), choice, fc.nat(20_000), fc.nat(300e6),
      (looked, chosen, count, room) => {
        const fits = (form: typeof PLAIN): boolean => bytesOf(form, count) <= Math.max(room, bytesOf(PLAIN, count));
        expect(fits(formFor(looked, {}, count, room).form)).toBe(true);
        try {
          const { form, proposal } = formFor(looked, chosen, count, room);
          expect(form).toMatchObject(chosen);
          expect(fits(form) && fits(proposal)).toBe(true);
        } catch (error) {
          expect(chosen).not.toEqual({});
          expect(String(error)).toContain('What would fit');
        }
      }));
  });

  it('is told with what was proposed', () => {
    const form = { side: 32, channels: 3 };
    expect(becameWords(form, form)).toBe('Images of 32 by 32 pixels in colour, as proposed from the files.');
    expect(becameWords(PLAIN, form)).toBe('Images of 28 by 28 pixels in grey, as chosen; proposed from the files: 32 by 32 pixels in colour.');
    expect(becameWords(PLAIN, undefined)).toBe('Images of 28 by 28 pixels in grey.');
  });
});

it('looks at a few files of every class, or of classes that are far apart', () => {
  const samples = (classes: number, each: number): { label: number; at: number }[] =>
    Array.from({ length: classes * each }, (_, i) => ({ label: Math.floor(i / each), at: i % each }));
  const looked = spreadOver(samples(2, 600));
  expect(looked.map(({ label }) => label)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  expect(new Set(looked.map(({ at }) => Math.floor(at / 100))).size).toBe(6);
  expect(new Set(spreadOver(samples(5, 9)).map(({ label }) => label)).size).toBe(5);
  expect(new Set(spreadOver(samples(64, 3)).map(({ label }) => label)).size).toBe(12);
  expect(spreadOver(samples(3, 2))).toHaveLength(6);
  expect(spreadOver([])).toEqual([]);
});
