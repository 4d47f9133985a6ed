/** Training steps of Spiking PointNet at one and at four time steps, and the parts of each. */

import { say } from '../output.mjs';
import { spread } from './statistics.mjs';

const TIME_STEPS = [1, 4];
const COUNTS = { warm: 2, timed: 6 };

/** What is timed of a step, and how it is called. */
const PARTS = [
  { part: 'step', title: 'the whole step' },
  { part: 'batch', title: 'choosing and varying the points' },
  { part: 'products', title: 'matrix products, forward and backward' },
  { part: 'norms', title: 'batch norm, forward and backward' },
  { part: 'neurons', title: 'neurons, forward and backward' },
  { part: 'maximum', title: 'the largest over points, forward and backward' },
  { part: 'forward', title: 'forward alone, as in evaluation' },
];

/** A round each in turn. The first does not count. */
export async function timePointnet({ bench, rounds }) {
  const timed = TIME_STEPS.flatMap((steps) => PARTS.map((part) => ({ ...part, steps, times: [] })));
  for (let round = -1; round < rounds; round++) {
    for (const { part, steps, times } of timed) {
      const { ms } = await bench('ask', 'ours', 'pointnetRound', { part, steps }, COUNTS);
      if (round >= 0) times.push(ms);
    }
    say(round < 0 ? 'PointNet: warm' : `PointNet: round ${round + 1} of ${rounds}`);
  }
  const parts = PARTS.map(({ part, title }) => ({
    title,
    spreads: timed.filter((other) => other.part === part).map(({ times }) => spread(times)),
  }));
  for (const { title, spreads } of parts) say(`PointNet, ${title}: ${spreads.map(({ median }) => median.toFixed(1)).join(' and ')} ms`);
  return { parts, timeSteps: TIME_STEPS, counts: COUNTS };
}
