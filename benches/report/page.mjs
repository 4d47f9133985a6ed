/** The report's parts on the page itself: how it runs, what its steps cost and what it loads. */

import { mib, ms, percent, range, table, times } from './format.mjs';

/** A spread of what is no time. */
const spreadOf = (write) => ({ median, min, max }) => `${write(median)} (${write(min)}–${write(max)})`;
const rate = spreadOf((value) => value.toFixed(1));
const whole = spreadOf((value) => value.toFixed(0));

export function pageSection(page) {
  if (page.reason !== undefined) return `## The page\n\nNot timed in this run: ${page.reason}.\n`;
  const rows = [
    ['from opening to where Play can be pressed, ms', whole(page.readyMs)],
    ['from the press to the first moving spikes, ms', whole(page.movedMs)],
    [`long tasks of the main thread in ${page.seconds} s of training`, spreadOf(String)(page.longTasks)],
    ['the longest of them, ms', whole(page.longestMs)],
    ['all of them, ms', whole(page.longMs)],
    ['frames a second', rate(page.framesPerSecond)],
    ['training steps a second', rate(page.stepsPerSecond)],
    ['JavaScript heap of the main thread after it, MiB', spreadOf(mib)(page.heapBytes)],
  ];
  return `## The page

The built page as it is served, opened in a new tab at its first run (MNIST, convnet 16-32-64, T = 4, batch 32) on Flex; it has been open once before in the
same browser, so that every file is in the cache and is only asked after. Play is pressed by the mouse as soon as it can be, while the first pass over the
held-out part is under way. Spikes move in the first frame that has a step counted and a raster that tells of other spikes than before the press and
shows them. Then it trains for ${page.seconds} s, with everything that the page does meanwhile: the answers to held-out samples, its curves and rasters.
Steps are those on the page's counter, frames those of \`requestAnimationFrame\` on a screen of 60 a second, a long task is one of over 50 ms. The heap
has garbage in it; the network is in the worker's wasm memory, which is not in the heap.

${table(['', 'median (lowest–highest)'], rows)}
`;
}

export function stageSection(stage) {
  if (stage.reason !== undefined) return `## The stage\n\nNot timed in this run: ${stage.reason}.\n`;
  const rows = stage.networks.map(({ title, framesPerSecond, longestMs, stepsPerSecond, stepsWithout }) =>
    [title, rate(framesPerSecond), whole(longestMs), rate(stepsPerSecond), rate(stepsWithout), percent(stepsPerSecond.median / stepsWithout.median - 1)]);
  return `## The stage

What it costs that the network is drawn at work while it trains on Flex: ${stage.seconds} s of training with the stage in sight and with a link that hides
it, in turn. A browser without a GPU draws the stage with the processor, on the cores that train.

${table(['network', 'frames a second', 'longest task, ms', 'steps a second', 'without the stage', 'steps more'], rows)}
`;
}

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

/** Crates with less code are taken together. */
const LEAST_WEIGHT = 20 * 1024;

function weightPart(weights) {
  if (weights.length === 0) return '';
  const all = weights.reduce((sum, [, bytes]) => sum + bytes, 0);
  const large = weights.filter(([name, bytes]) => bytes >= LEAST_WEIGHT && name !== 'others');
  const rest = all - large.reduce((sum, [, bytes]) => sum + bytes, 0);
  const row = (name, bytes) => [name, (bytes / 1024).toFixed(0), percent(bytes / all)];
  return `
Whose code the CPU build is, before compression; a function counts for the crate that its name begins with. Weighed with the benchmark's exports in it,
before the names are taken out:

${table(['crate', 'code, KiB', 'share'], [...large.map(([name, bytes]) => row(`\`${name}\``, bytes)), row(`${weights.length - large.length} others`, rest)])}
`;
}

export function sizeSection(sizes, weights) {
  const rows = sizes.map((size) => [`\`${size.name}\``, mib(size.raw), mib(size.gzip), mib(size.brotli)]);
  return `## What the page loads

${rows.length === 0 ? 'No `pkg` was built when this was written.' : table(['build', 'raw, MiB', 'gzip 9, MiB', 'brotli 11, MiB'], rows)}
${weightPart(weights)}`;
}
