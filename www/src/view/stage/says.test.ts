import { expect, test } from 'vitest';
import { saidWords, strongestSaid } from './says';

const CLASSES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];

test('the strongest come first, and a murmur beside them is passed over', () => {
  expect(strongestSaid([0.1, -0.9, 0, 0.5, 0.2])).toEqual([{ class: 1, value: -0.9 }, { class: 3, value: 0.5 }, { class: 4, value: 0.2 }]);
  expect(strongestSaid([1, 1, 1, 1, 1, 1, 1])).toHaveLength(5);
  expect(strongestSaid([0.001, -0.002])).toEqual([]);
  expect(strongestSaid([])).toEqual([]);
});

test('it is said in words', () => {
  expect(saidWords([0, -0.5, 0, 0.82, 0.4, 0, 0], CLASSES)).toBe('speaks for three (+0.82), four (+0.40), against one (-0.50)');
  expect(saidWords([0, 0, 0, 0, 0, 0, 0], CLASSES)).toBe('says nothing to the classes here');
});
