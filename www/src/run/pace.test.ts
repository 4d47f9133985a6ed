import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../state/core-settings';
import type { ExperimentInfo } from '../worker/protocol';
import { Pace } from './pace';

/** Two arms, of which the second computes twice as much a step. */
const INFO: ExperimentInfo = {
  paper: 'imLoss', firstSeed: 101, chance: 0.1, withTwin: false, withSteps: false, published: [],
  arms: [{ name: 'one', config: { ...DEFAULT_CONFIG, steps: 1 } }, { name: 'two', config: { ...DEFAULT_CONFIG, steps: 2 } }],
};

function planned(seeds: number): Pace {
  const pace = new Pace();
  pace.plan(INFO, seeds);
  return pace;
}

test('nothing is foretold before anything is known', () => {
  const pace = planned(2);
  pace.begin(0, 100);
  expect(pace.leftMs(0, 0, 0)).toBeUndefined();
  expect(pace.fitting(150)).toBe(1);
});

test('the first call, which warms up, does not count once there is another', () => {
  const pace = planned(1);
  pace.begin(0, 100);
  pace.took(0, 900, 1);
  expect(pace.fitting(150)).toBe(1);
  pace.took(0, 20, 2);
  pace.took(0, 30, 3);
  pace.took(0, 500, 1);
  // The median of 10, 10 and 500.
  expect(pace.fitting(150)).toBe(15);
  expect(pace.end(0, 0)).toBe(10);
});

test('a call holds one step at the least, however slow', () => {
  const pace = planned(1);
  pace.begin(0, 100);
  pace.took(0, 5000, 1);
  pace.took(0, 5000, 1);
  expect(pace.fitting(150)).toBe(1);
});

test('an arm that was not run yet is guessed from what it computes, and time left falls with every step', () => {
  const pace = planned(2);
  pace.begin(0, 100);
  pace.took(0, 10, 1);
  pace.took(0, 10, 1);
  // A seed: 100 steps of 10 ms and measuring guessed at 20 steps, and the same at twice the price.
  const seed = 120 * 10 + 120 * 20;
  expect(pace.leftMs(0, 0, 0)).toBeCloseTo(2 * seed, 9);
  expect(pace.leftMs(0, 0, 40)).toBeCloseTo(2 * seed - 400, 9);
  pace.end(0, 50);
  // Measured in 50 ms, not the 200 that were guessed, in each of both seeds.
  expect(pace.leftMs(0, 1, 0)).toBeCloseTo(2 * (seed - 150) - 1050, 9);
  expect(pace.leftMs(2, 0, 0)).toBe(0);
});

test('an arm that begins anew goes by its last pace only after its first call', () => {
  const pace = planned(2);
  pace.begin(0, 100);
  for (const spent of [40, 10, 10]) pace.took(0, spent, 1);
  pace.begin(0, 100);
  expect(pace.fitting(150)).toBe(1);
  pace.took(0, 40, 1);
  expect(pace.fitting(150)).toBe(15);
});
