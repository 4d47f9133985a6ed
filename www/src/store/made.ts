/** Records that tests make. */
import type { OwnSummary } from '../worker/own-data-protocol';
import type { KeptPoints, RunHead } from './records';
import type { KeptRun } from './runs';

export function headOf(id: string, change: Partial<RunHead>): RunHead {
  return {
    version: 1, id, view: 'train', link: '#v=1', identity: 'mnist', name: '', step: 100, planned: 200,
    epoch: 0.5, heldOut: 0.9, seedsDone: 0, seedsPlanned: 0, begunAt: 1, savedAt: 1,
    bytes: 7, ...change,
  };
}

const points = (...y: number[]): KeptPoints => ({ x: Float64Array.from(y.keys()), y: Float64Array.from(y) });

export function keptRun(id: string, change: Partial<RunHead>): KeptRun {
  const curves = {
    loss: points(2, 1, Number.NaN), accuracy: points(0.1, 0.5, 0.9), heldOutLoss: points(1), heldOutAccuracy: points(0.5),
    gradients: [{ name: 'layer 1', rms: points(0.1), ratio: points(0.2) }],
  };
  return { head: headOf(id, change), body: { version: 1, id, checkpoint: new Blob(['weights']), progress: { view: 'train', curves } } };
}

export function summaryOf(source: string): OwnSummary {
  return { source, form: 'image', classes: [{ name: 'one', train: 4, heldOut: 1 }], train: 4, heldOut: 1, cameSplit: false, skipped: [] };
}
