import { expect, test } from 'vitest';
import { interval, valuesNeeded, verdict } from './interval';

test('five values come out by hand, as in the core', () => {
  // Mean 3, variance 2.5, t of 4 degrees 2.776: 2.776 * sqrt(0.5).
  const { mean, half } = interval([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(half).toBeCloseTo(1.96293, 4);
});

test('one value has no interval, and more than ten have one that goes on narrowing', () => {
  expect(interval([7])).toEqual({ mean: 7, half: Infinity });
  const halves = [10, 11, 20, 50].map((count) => interval(Array.from({ length: count }, (_, i) => i % 2)).half);
  expect(halves).toEqual([...halves].sort((a, b) => b - a));
  // Printed tables: t of 20 degrees is 2.086; the deviation of 11 ones and 10 noughts is 0.51177.
  expect(interval(Array.from({ length: 21 }, (_, i) => (i < 11 ? 1 : 0))).half).toBeCloseTo((2.086 * 0.51177) / Math.sqrt(21), 4);
});

test('a verdict is whether the interval is clear of zero', () => {
  expect(verdict({ mean: 2, half: 1.9 })).toBe('better');
  expect(verdict({ mean: -2, half: 1.9 })).toBe('worse');
  expect(verdict({ mean: 2, half: 2 })).toBe('undecided');
  expect(verdict({ mean: 2, half: Infinity })).toBe('undecided');
});

test('the values needed are those at which the interval is clear of zero', () => {
  // As in the core: 1 to 5 less 2.2 are 0.8 away, which takes 18.
  expect(valuesNeeded([-1.2, -0.2, 0.8, 1.8, 2.8])).toBe(18);
  expect(valuesNeeded([-1, 1])).toBeUndefined();
  expect(valuesNeeded([1])).toBeUndefined();
});
