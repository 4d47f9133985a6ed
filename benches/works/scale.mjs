/** What a training step costs as time steps, width, batch and points grow. */

import { say } from '../output.mjs';
import { spread } from './statistics.mjs';

const COUNTS = { warm: 2, timed: 5 };
const MLP = { network: 'mlp', widths: [256] };
const POINTNET = { data: 'furniture', network: 'pointnet', widths: [32, 64, 128], head: [64], batch: 16, steps: 1 };

/** Each line of settings that grow: how it is called, its sizes, and the run's settings at a size. */
const LINES = [
  { title: 'time steps T, convnet 16-32-64', axis: 'T', sizes: [1, 2, 4, 8, 16], changes: (steps) => ({ steps }) },
  { title: 'batch, convnet 16-32-64', axis: 'batch', sizes: [8, 16, 32, 64, 128], changes: (batch) => ({ batch }) },
  { title: 'channels of both layers, convnet', axis: 'channels', sizes: [8, 16, 32, 64, 128], changes: (width) => ({ widths: [width, width] }) },
  { title: 'hidden units, MLP', axis: 'units', sizes: [64, 128, 256, 512, 1024], changes: (width) => ({ ...MLP, widths: [width] }) },
  { title: 'points, Spiking PointNet at T = 1', axis: 'points', sizes: [128, 256, 512, 1024], changes: (points) => ({ ...POINTNET, points }) },
];

/** A round of each size in turn. The first does not count. */
export async function timeScale({ bench, rounds }) {
  const lines = LINES.map((line) => ({ ...line, times: line.sizes.map(() => []) }));
  for (let round = -1; round < rounds; round++) {
    for (const { sizes, changes, times } of lines) {
      for (const [i, size] of sizes.entries()) {
        const { ms } = await bench('ask', 'ours', 'methodRound', changes(size), COUNTS);
        if (round >= 0) times[i].push(ms);
      }
    }
    say(round < 0 ? 'Scale: warm' : `Scale: round ${round + 1} of ${rounds}`);
  }
  return { lines: lines.map(({ title, axis, sizes, times }) => ({ title, axis, sizes, steps: times.map(spread) })), counts: COUNTS };
}
