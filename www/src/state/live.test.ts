import { expect, test } from 'vitest';
import type { Run } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import { changedAt, effectOf, fromHereOn, isLive, settingsAt, startOf, takenBack } from './live';

const FASTER = { ...DEFAULT_CONFIG, rate: 0.01 };
const LARGER = { ...FASTER, batch: 64 };

test('a run is set to what has changed up to a step', () => {
  const run = changedAt(changedAt(DEFAULT_CONFIG, 5, FASTER), 9, LARGER);
  expect(run.changes).toEqual([{ step: 5, settings: { rate: 0.01 } }, { step: 9, settings: { batch: 64 } }]);
  expect([4, 5, 8, 9].map((step) => [settingsAt(run, step).rate, settingsAt(run, step).batch])).toEqual([[0.003, 32], [0.01, 32], [0.01, 32], [0.01, 64]]);
  expect(startOf(run)).toEqual(DEFAULT_CONFIG);
});

test('of changes at one step the last holds, what was to come later goes, and a change back leaves none', () => {
  const run = changedAt(changedAt(DEFAULT_CONFIG, 5, FASTER), 9, LARGER);
  expect(changedAt(run, 9, { ...FASTER, batch: 16 }).changes).toEqual([{ step: 5, settings: { rate: 0.01 } }, { step: 9, settings: { batch: 16 } }]);
  expect(changedAt(run, 3, LARGER).changes).toEqual([{ step: 3, settings: { rate: 0.01, batch: 64 } }]);
  expect(changedAt(run, 5, DEFAULT_CONFIG)).toEqual(DEFAULT_CONFIG);
});

test('what makes another network, or switches something on that stands beside it, is no change on the way', () => {
  expect(isLive(DEFAULT_CONFIG, { ...LARGER, schedule: 'constant', surrogate: 'rect', imLoss: 2 })).toBe(true);
  expect(isLive(DEFAULT_CONFIG, { ...DEFAULT_CONFIG, widths: [16, 32] })).toBe(false);
  expect(isLive(DEFAULT_CONFIG, { ...DEFAULT_CONFIG, decay: 0.5 })).toBe(false);
  expect(isLive(DEFAULT_CONFIG, { ...DEFAULT_CONFIG, contrast: 1 })).toBe(false);
  expect(isLive({ ...DEFAULT_CONFIG, contrast: 1 }, { ...DEFAULT_CONFIG, contrast: 2 })).toBe(true);
});

test('a change that was wanted before the step that stands is taken at that step', () => {
  const wanted = changedAt(DEFAULT_CONFIG, 5, FASTER);
  expect(fromHereOn(DEFAULT_CONFIG, wanted, 7)).toEqual(changedAt(DEFAULT_CONFIG, 7, FASTER));
  expect(fromHereOn(wanted, wanted, 7)).toEqual(wanted);
  expect(fromHereOn(DEFAULT_CONFIG, wanted, 2)).toEqual(wanted);
});

test('another past, or another network, is another run', () => {
  const stands: Run = changedAt(DEFAULT_CONFIG, 5, FASTER);
  expect(fromHereOn(stands, DEFAULT_CONFIG, 7)).toBeUndefined();
  expect(fromHereOn(stands, changedAt(DEFAULT_CONFIG, 6, FASTER), 7)).toBeUndefined();
  expect(fromHereOn(stands, { ...stands, seed: 9 }, 7)).toBeUndefined();
  // What it has not come to yet is not its past.
  expect(fromHereOn(stands, DEFAULT_CONFIG, 5)).toEqual(DEFAULT_CONFIG);
});

test('the last change that a run has come to can be taken back, and one at its present step leaves no trace', () => {
  const twice = changedAt(changedAt(DEFAULT_CONFIG, 5, FASTER), 9, { ...FASTER, batch: 64 });
  expect(takenBack(twice, 12)).toEqual({ batch: DEFAULT_CONFIG.batch });
  expect(takenBack(twice, 8)).toEqual({ rate: DEFAULT_CONFIG.rate });
  expect(takenBack(twice, 4)).toBeUndefined();
  expect(changedAt(twice, 9, { ...settingsAt(twice, 9), ...takenBack(twice, 9) })).toEqual(changedAt(DEFAULT_CONFIG, 5, FASTER));
});

test('what a change does to a run on its way is as the running network takes it', () => {
  expect([effectOf('rate'), effectOf('contrast'), effectOf('decay')]).toEqual(['goesOn', 'either', 'anew']);
});
