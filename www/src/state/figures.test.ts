/** Numbers of every size, as sentences have them. */
import { expect, test } from 'vitest';
import { bytesOfWords, bytesWords, faint, grouped, short } from './figures';

test('thousands are set apart, whatever the locale', () => {
  const figures = [0, 7, 999, 1000, 12_345.6, 1_234_567, -4200, Number.NaN].map(grouped);
  expect(figures).toEqual(['0', '7', '999', '1,000', '12,346', '1,234,567', '-4,200', 'NaN']);
});

test('what is too small to matter is about 0', () => {
  expect([0, 0.012_34, 1e-7, 3e-12, -3e-12].map((value) => short(value, 2))).toEqual(['0', '0.012', '1e-7', 'about 0', 'about 0']);
  expect([0, 0.012_34, 0.000_123, 2e-9, 1e-9, 3e-12].map(faint)).toEqual(['0', '0.012', '1.2e-4', '2.0e-9', 'about 0', 'about 0']);
});

test('bytes have a unit in which they are not nothing', () => {
  expect([1, 640_000, 1_200_000, 1_234_000_000].map(bytesWords)).toEqual(['1 kB', '640 kB', '1.2 MB', '1,234 MB']);
  expect(bytesOfWords(46_000, 640_000)).toBe('46 of 640 kB');
  expect(bytesOfWords(46_000, 3_840_000)).toBe('0.0 of 3.8 MB');
});
