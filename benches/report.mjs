/** docs/performance.md from what a run gave. */

const MIB = 1024 * 1024;

const ms = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const times = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ×`;
const range = ({ median, min, max }) => `${ms(median)} (${ms(min)}–${ms(max)})`;
const mib = (bytes) => (bytes / MIB).toFixed(2);

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function lifTable(lif) {
  return table(
    ['time steps T', 'fused, ms', 'plain tensor operations, ms', 'plain / fused'],
    lif.map(({ steps, fused, plain }) => [steps, range(fused), range(plain), times(plain.median / fused.median)]),
  );
}

function mlpTable(runners) {
  const ours = runners[0].step.median;
  return table(
    ['library and backend', 'runs on', 'one step, ms', 'time / ours', 'first step in a fresh worker, ms'],
    runners.map(({ title, adapter, software, step, firstStep, gaveUp }) => [
      title,
      software ? `${adapter} (software GPU)` : adapter,
      gaveUp ? `over ${ms(step.min)}, given up` : range(step),
      gaveUp ? `over ${times(step.min / ours)}` : times(step.median / ours),
      firstStep === undefined ? '–' : range(firstStep),
    ]),
  );
}

function lossTable(runners) {
  return table(
    ['step', ...runners.map(({ title }) => title)],
    runners[0].losses.map((_, i) => [i + 1, ...runners.map(({ losses }) => losses[i]?.toFixed(6) ?? '–')]),
  );
}

function methodTable({ methods }) {
  const without = methods[0].step.median;
  return table(
    ['the run with', 'one step, ms', 'time / without'],
    methods.map(({ title, step }) => [title, range(step), times(step.median / without)]),
  );
}

function pointnetTable(parts, steps) {
  return table(
    ['of one training step', ...steps.map((count) => `T = ${count}, ms`)],
    parts.map(({ title, steps: spreads }) => [title, ...spreads.map(range)]),
  );
}

function sizeTable(sizes) {
  const rows = sizes.map((size) => [`\`${size.name}\``, mib(size.raw), mib(size.gzip), mib(size.brotli)]);
  return rows.length === 0 ? 'No `pkg` was built when this was written.' : table(['build', 'raw, MiB', 'gzip 9, MiB', 'brotli 11, MiB'], rows);
}

/** The whole file. */
export function performanceReport({ machine, counts, lif, mlp, methods, pointnet, pointnetSteps, sizes }) {
  const { rounds, warm, timed, freshWorkers, neurons, lossTolerance } = counts;
  const missing = mlp.missing.map(({ name, reason }) => `\nTensorFlow.js on ${name} is left out: ${reason}.\n`).join('');
  return `# Performance

Written by \`cargo xtask bench\`, never by hand. Machine: ${machine.cores} cores of ${machine.cpu}; ${machine.browser}, headless.

Everything runs in a dedicated worker, on one thread, and is timed there with \`performance.now\`. A round is ${warm} steps outside the
clock, then ${timed} under it. Rounds of those compared take turns, after one round that does not count. A figure is the median of
${rounds} rounds (lowest–highest), each the mean of its steps.

## One layer of neurons

${neurons.toLocaleString('en-GB')} LIF neurons, forward and backward, binary spikes, hard reset, on Flex (Burn's CPU backend). The inputs are made outside
the clock, the gradient of the spikes among them, so that nothing but the layer is under it. Fused is our own operation, all time steps in one
call; plain is the same in Burn's tensor operations.

${lifTable(lif)}

## One training step

An MLP 784-256-10, T = 4, batch 64, binary spikes, gradients through the reset, Adam at 0.001. TensorFlow.js has the same initial weights and the
same batch, the constant input's product and the readout once, a tensor for each time step, and its own Adam (which, like ours, adds its epsilon
of 1e-8 after the root). The gradient of its first weights is written in the form that each backend runs fastest; its wasm has SIMD and one
thread, as in any page without cross-origin isolation. The loss is read back at every step. Each round starts from the initial weights. A fresh
worker fetches, compiles, makes the network and takes one step; median of ${freshWorkers}.

${mlpTable(mlp.runners)}
${missing}
The losses of the first ${warm} steps have to agree within ${lossTolerance} of their size, or the run fails:

${lossTable(mlp.runners)}

## What a method costs

One training step of the page's first run (MNIST, convnet 16-32-64, T = 4, batch 32) with each method on, on Flex; ${counts.methods.warm} steps outside the
clock and ${counts.methods.timed} under it. The aligned feature and the contrastive loss run their ANN twin forward beside every step, which is in these
figures; before the first step the twin is trained once, at ${ms(methods.twinMs)} ms a step (250 steps an epoch), and kept for later runs.

${methodTable(methods)}

## Spiking PointNet

The page's small network (32-64-128, head 64), binary spikes, batch 16, 512 points of each cloud, membrane noise, on Flex; ${counts.methods.warm} steps outside
the clock and ${counts.methods.timed} under it. A part runs by itself on inputs of the same shapes that were made beforehand; what is left of the step is noise
for the membranes, the loss, the optimiser, and gradients that are added up.

${pointnetTable(pointnet, pointnetSteps)}

## What the page loads

${sizeTable(sizes)}
`;
}
