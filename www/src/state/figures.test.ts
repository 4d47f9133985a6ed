/** Numbers of every size, as sentences have them. */
import { expect, test } from 'vitest';
import { bytesOfWords, bytesWords, grouped } from './figures';

test('thousands are set apart, whatever the locale', () => {
  const figures = [0, 7, 999, 1000, 12_345.6, 1_234_567, -4200, Number.NaN].map(grouped);
  expect(figures).toEqual(['0', '7', '999', '1,000', '12,346', '1,234,567', '-4,200', 'NaN']);
});

test('bytes have a unit in which they are not nothing', () => {
  expect([1, 640_000, 1_200_000, 1_234_000_000].map(bytesWords)).toEqual(['1 kB', '640 kB', '1.2 MB', '1,234 MB']);
  expect(bytesOfWords(46_000, 640_000)).toBe('46 of 640 kB');
  expect(bytesOfWords(46_000, 3_840_000)).toBe('0.0 of 3.8 MB');
});
