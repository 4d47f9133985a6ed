/** Which kept runs are one. */
import { expect, test } from 'vitest';
import { headOf } from './made';
import { isSameRun } from './place';

test('a run is the same under another id and another name, and is not once it has come further', () => {
  const run = headOf('a', { begunAt: 5, link: '#v=1&seed=7' });
  expect(isSameRun(run, headOf('b', { begunAt: 5, link: '#v=1&seed=7', name: 'mine', savedAt: 9 }))).toBe(true);
  for (const other of [{ begunAt: 6 }, { step: 101 }, { seedsDone: 1 }, { link: '#v=1&seed=8' }, { identity: 'digits' }]) {
    expect(isSameRun(run, { ...run, ...other })).toBe(false);
  }
});
