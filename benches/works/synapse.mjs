/** Products and convolutions alone, ours beside Burn's own, by the share of their inputs that is not zero. */

import { Refusal, say } from '../output.mjs';
import { firstDifference, spread } from './statistics.mjs';

const SHARES = [0.1, 0.2, 0.3, 0.5, 1];
const COUNTS = { warm: 2, timed: 8 };
const TOLERANCE = 1e-3;

/** What is timed, and how it is called. */
const KINDS = [
  { kind: 'mlp', title: '64 x 784 by 784 x 256' },
  { kind: 'points', title: '8,192 x 64 by 64 x 128' },
  { kind: 'convolution', title: '3x3, 128 maps of 16 x 14 x 14 to 32 channels' },
];

/** A round of each in turn. The first does not count. */
export async function timeSynapses({ bench, rounds }) {
  const works = KINDS.flatMap((kind) => SHARES.map((share) => ({ ...kind, share, ours: [], library: [] })));
  for (let round = -1; round < rounds; round++) {
    for (const { kind, share, ours, library } of works) {
      const [own, other] = [
        await bench('ask', 'ours', 'synapseRound', { kind, share, own: true }, COUNTS),
        await bench('ask', 'ours', 'synapseRound', { kind, share, own: false }, COUNTS),
      ];
      if (firstDifference(other.answers, own.answers, TOLERANCE) >= 0) {
        throw new Refusal(`${kind}, ${share}: the gradients differ.\nours ${own.answers}\nBurn's ${other.answers}`);
      }
      if (round < 0) continue;
      ours.push(own.ms);
      library.push(other.ms);
    }
    say(round < 0 ? 'Synapses: warm' : `Synapses: round ${round + 1} of ${rounds}`);
  }
  return { works: works.map((work) => ({ ...work, ours: spread(work.ours), library: spread(work.library) })), counts: COUNTS };
}
