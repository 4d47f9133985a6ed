/** Training steps of the page's first run with each method on and without. */

import { say } from '../output.mjs';
import { spread } from './statistics.mjs';

/** A step of the page's first run is slow enough for few. */
const COUNTS = { warm: 2, timed: 6 };

/** What each method changes of the page's first run, and how it is called. */
const METHODS = [
  { title: 'without any', changes: {} },
  { title: 'Ternary Spike, trained amplitude', changes: { spike: 'ternary', trainAmplitude: true } },
  { title: 'ReverB-SNN: real spikes, binary weights', changes: { spike: 'real', weights: 'binary', trainFactor: true } },
  { title: 'IM-Loss', changes: { imLoss: 0.1 } },
  { title: 'evolutionary surrogate', changes: { surrogate: 'esg', surrogateParameter: 1, evolveSurrogate: true } },
  { title: 'shortcut back-propagation', changes: { shortcut: 'evolving' } },
  { title: 'membrane noise', changes: { membraneNoise: 0.5 } },
  { title: 'trained at T = 1 with membrane noise', changes: { membraneNoise: 0.5, steps: 1 } },
  { title: 'EnOF-SNN: rectified output', changes: { lastActivation: 'relu' } },
  { title: 'EnOF-SNN: aligned feature', changes: { align: 1 } },
  { title: 'contrastive learning', changes: { contrast: 1 } },
];

/** A round each in turn. The first does not count. */
export async function timeMethods({ bench, rounds }) {
  const methods = METHODS.map((method) => ({ ...method, times: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const method of methods) {
      const { ms, twinMs } = await bench('ask', 'ours', 'methodRound', method.changes, COUNTS);
      method.twinMs ??= twinMs;
      if (round >= 0) method.times.push(ms);
    }
    say(round < 0 ? 'Methods: warm' : `Methods: round ${round + 1} of ${rounds}`);
  }
  const twinMs = methods.find((method) => method.twinMs !== undefined)?.twinMs;
  for (const method of methods) {
    method.step = spread(method.times);
    say(`${method.title}: ${method.step.median.toFixed(1)} ms a step`);
  }
  return { methods, twinMs, counts: COUNTS };
}
