/** The report's parts on what the page itself runs and loads. */

import { mib, ms, range, table, times } from './format.mjs';

export function methodSection({ methods, twinMs, counts }) {
  const without = methods[0].step.median;
  const rows = methods.map(({ title, step }) => [title, range(step), times(step.median / without)]);
  return `## What a method costs

One training step of the page's first run (MNIST, convnet 16-32-64, T = 4, batch 32) with each method on, on Flex; ${counts.warm} steps outside the
clock and ${counts.timed} under it. The aligned feature and the contrastive loss run their ANN twin forward beside every step, which is in these
figures; before the first step the twin is trained once, at ${ms(twinMs)} ms a step (250 steps an epoch), and kept for later runs.

${table(['the run with', 'one step, ms', 'time / without'], rows)}
`;
}

export function pointnetSection({ parts, timeSteps, counts }) {
  const head = ['of one training step', ...timeSteps.map((count) => `T = ${count}, ms`)];
  return `## Spiking PointNet

The page's small network (32-64-128, head 64), binary spikes, batch 16, 512 points of each cloud, membrane noise, on Flex; ${counts.warm} steps outside
the clock and ${counts.timed} under it. A part runs by itself on inputs of the same shapes that were made beforehand; what is left of the step is noise
for the membranes, the loss, the optimiser, and gradients that are added up.

${table(head, parts.map(({ title, spreads }) => [title, ...spreads.map(range)]))}
`;
}

export function sizeSection(sizes) {
  const rows = sizes.map((size) => [`\`${size.name}\``, mib(size.raw), mib(size.gzip), mib(size.brotli)]);
  return `## What the page loads

${rows.length === 0 ? 'No `pkg` was built when this was written.' : table(['build', 'raw, MiB', 'gzip 9, MiB', 'brotli 11, MiB'], rows)}
`;
}
