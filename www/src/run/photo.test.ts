import { describe, expect, it } from 'vitest';
import { handled, isDoubted, UNTOUCHED, type ReadPhoto } from './photo';
import type { Pixels } from './image';

/** Two columns and one row: dark and light. */
const PAIR: Pixels = { rgba: new Uint8Array([10, 10, 10, 255, 200, 200, 200, 255]), width: 2, height: 1 };

const reds = ({ rgba, width, height }: Pixels): number[] => Array.from({ length: width * height }, (_, i) => rgba[4 * i] ?? -1);

describe('a photograph in the hand', () => {
  it('stays as it is where nothing was done to it', () => {
    expect(handled(PAIR, UNTOUCHED)).toEqual(PAIR);
  });

  it('is turned clockwise by quarters, and comes back after four', () => {
    const once = handled(PAIR, { ...UNTOUCHED, quarters: 1 });
    expect([once.width, once.height, ...reds(once)]).toEqual([1, 2, 10, 200]);
    expect(reds(handled(PAIR, { ...UNTOUCHED, quarters: 2 }))).toEqual([200, 10]);
    expect(reds(handled(PAIR, { ...UNTOUCHED, quarters: 4 }))).toEqual([10, 200]);
  });

  it('is cropped to shares of it, never to nothing', () => {
    expect(reds(handled(PAIR, { ...UNTOUCHED, crop: [0.5, 0, 1, 1] }))).toEqual([200]);
    expect(handled(PAIR, { ...UNTOUCHED, crop: [0.5, 0.5, 0.5, 0.5] }).width).toBe(1);
  });

  it('is doubted as a whole where more than a third of it is unlike digits', () => {
    const photo = (...unlike: number[]): ReadPhoto => ({ report: {}, probes: unlike.map((value) => ({ unlike: value })), chosen: 0 }) as unknown as ReadPhoto;
    expect([photo(0.5), photo(0.5, 0.5, 1.5), photo(0.5, 1.5), photo(1.5)].map(isDoubted)).toEqual([false, false, true, true]);
  });
});
