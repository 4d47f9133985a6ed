/** Colours of lanes that come and go. */
import { expect, test } from 'vitest';
import { marksAfter } from './lane-marks';

test('a lane keeps its mark when another is taken away, and one that is added has a free one', () => {
  const [first, second, third] = [{ steps: 1 }, { steps: 2 }, { steps: 3 }];
  const two = marksAfter([second, third], [first, second, third], [0, 1, 2]);
  expect(two).toEqual([1, 2]);
  expect(marksAfter([second, { steps: 9 }], [second, third], two), 'set otherwise').toEqual([1, 2]);
  expect(marksAfter([second, third, {}], [second, third], two), 'added').toEqual([1, 2, 0]);
});
