import { expect, test } from 'vitest';
import type { TrainReport } from '../worker/protocol';
import { recent, RunHistory } from './history';

/** What steps up to `step` gave; the loss of step n is n / 8, which an f32 holds exactly. */
function report(step: number, count: number, rms = 1): TrainReport {
  const steps = Array.from({ length: count }, (_, i) => step - count + 1 + i);
  return {
    step, epoch: 0, rate: 0.1, epochEnd: 40, planned: 200,
    losses: Float32Array.from(steps, (at) => at / 8), accuracies: Float32Array.from(steps, (at) => at / 16),
    gradients: [{ name: '1', rms, ratio: rms / 2 }, { name: '2', rms, ratio: rms / 2 }],
  };
}

test('each step stands at its own number, however many a report holds', () => {
  const history = new RunHistory();
  history.addTraining(report(3, 3));
  history.addTraining(report(4, 1));
  history.addTraining(report(4, 0));
  expect(history.loss).toEqual({ x: [1, 2, 3, 4], y: [0.125, 0.25, 0.375, 0.5] });
  expect(history.accuracy.y).toEqual([1 / 16, 2 / 16, 3 / 16, 4 / 16]);
  // Gradients are looked at once a report, at its last step.
  expect(history.gradients.map(({ name, rms }) => [name, rms.x])).toEqual([['1', [3, 4]], ['2', [3, 4]]]);
});

test('going back takes what came after, and no more', () => {
  const history = new RunHistory();
  for (const step of [2, 4, 6]) {
    history.addTraining(report(step, 2));
    history.addHeldOut(step, step, 0.5);
  }
  history.rewind(4);
  expect([history.loss.x, history.accuracy.x, history.heldOutLoss.x, history.gradients[0]?.ratio.x]).toEqual([[1, 2, 3, 4], [1, 2, 3, 4], [2, 4], [2, 4]]);
  history.addTraining(report(5, 1));
  expect(history.loss.x).toEqual([1, 2, 3, 4, 5]);
});

test('a pass over the held-out part replaces one at the same step, and those after it', () => {
  const history = new RunHistory();
  for (const [step, loss] of [[2, 9], [4, 8], [6, 7], [4, 1]] as const) history.addHeldOut(step, loss, loss / 10);
  expect(history.heldOutLoss).toEqual({ x: [2, 4], y: [9, 1] });
  expect(history.heldOutAccuracy).toEqual({ x: [2, 4], y: [0.9, 0.1] });
});

test('gradients that are no numbers are left out, and the step stays', () => {
  const history = new RunHistory();
  history.addTraining(report(1, 1, Number.NaN));
  expect([history.loss.x, history.gradients]).toEqual([[1], []]);
  history.addTraining(report(2, 1));
  history.addTraining(report(3, 1, Infinity));
  expect(history.gradients[0]?.rms.x).toEqual([2]);
});

test('the export has a row for each step, with held-out numbers where a pass ended, also before the first step', () => {
  const history = new RunHistory();
  history.addHeldOut(0, 2.5, 0.1);
  history.addTraining(report(2, 2));
  history.addHeldOut(2, 1.5, 0.75);
  expect(history.csv()).toBe('step,train_loss,train_accuracy,held_out_loss,held_out_accuracy\n0,,,2.5,0.1\n1,0.125,0.0625,,\n2,0.25,0.125,1.5,0.75\n');
});

test('a recent value is the geometric mean of the last ten', () => {
  expect(recent({ x: [], y: [] })).toBeUndefined();
  expect(recent({ x: [1, 2], y: [2, 8] })).toBeCloseTo(4, 12);
  expect(recent({ x: [], y: [1e9, ...Array<number>(10).fill(3)] })).toBeCloseTo(3, 12);
  expect(recent({ x: [1, 2], y: [2, 0] })).toBe(0);
});
