import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram, limitOf, mostCounted } from './histogram';

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0);

test('potentials come out by hand: bins, mean, and the shares beyond threshold and limit', () => {
  const { bins, mean, over, under, beyond } = histogram(Float32Array.of(-3, -1, -0.25, 0, 0.25, 0.5, 1, 5), 2, 0.5);
  // 48 bins from -2 to 2: a twelfth each, zero between the 24th and the 25th.
  expect([...bins].flatMap((count, bin) => (count > 0 ? [[bin, count]] : []))).toEqual([[0, 1], [12, 1], [21, 1], [24, 1], [27, 1], [30, 1], [36, 1], [47, 1]]);
  expect([mean, over, under, beyond]).toEqual([2.5 / 8, 3 / 8, 2 / 8, 2 / 8]);
});

test('of no values there is nothing, and not no number', () => {
  expect(histogram(new Float32Array(), 2, 0.5)).toMatchObject({ mean: 0, over: 0, under: 0, beyond: 0 });
  expect(limitOf(new Float32Array(), 0.5)).toBe(1);
});

test('every value is counted once, and of very many an even choice stands for all', () => {
  fc.assert(fc.property(fc.float32Array({ maxLength: 200, noNaN: true }), (values) => {
    const { bins, over, under, beyond } = histogram(values, 2, 0.5);
    expect(sum(bins)).toBe(values.length);
    expect(over + under).toBeLessThanOrEqual(1 + 1e-9);
    expect(beyond).toBeLessThanOrEqual(over + under + 1e-9);
  }));
  // Channels in turn: a stride that divides their number would meet one of them alone.
  const many = Float32Array.from({ length: 4 * mostCounted(1) }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const { bins, over } = histogram(many, 2, 0.5);
  expect(sum(bins)).toBeLessThanOrEqual(mostCounted(1));
  expect(over).toBeCloseTo(0.25, 2);
});

test('a drawing reaches all but the outermost values, in few steps of the threshold', () => {
  const spread = (to: number): Float32Array => Float32Array.from({ length: 1001 }, (_, i) => (i / 1000) * 2 * to - to);
  expect([0.1, 0.9, 1.1, 3.9, 5].map((to) => limitOf(spread(to), 0.5))).toEqual([1, 1, 1.5, 4, 6]);
  // Further out than the longest: 1, 2 or 5 times a power of ten.
  expect(limitOf(spread(60), 0.5)).toBe(100);
  // One value in a thousand does not decide.
  const outlier = spread(0.4);
  outlier[500] = 1e6;
  expect(limitOf(outlier, 0.5)).toBe(1);
  expect(limitOf(Float32Array.of(Number.NaN), 0.5)).toBe(1);
  expect(limitOf(new Float32Array(9).fill(Infinity), 0.5)).toBe(1);
});
