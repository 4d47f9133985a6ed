/** The report's part on one layer of neurons. */

import { missingLines, range, table, times } from './format.mjs';

function lifTable(layers) {
  const [, , ...peers] = layers[0].contenders;
  return table(
    ['time steps T', 'fused, ms', 'plain, ms', 'plain / fused', ...peers.flatMap(({ title }) => [`${title}, ms`, 'time / fused'])],
    layers.map(({ steps, contenders: [fused, plain, ...others] }) => [
      steps,
      range(fused.step),
      range(plain.step),
      times(plain.step.median / fused.step.median),
      ...others.flatMap(({ step }) => [range(step), times(step.median / fused.step.median)]),
    ]),
  );
}

/** Fused and plain on WebGPU. A processor that plays a GPU has no times of its own worth telling. */
function gpuTable({ layers, software }) {
  const timed = ({ step }) => (software ? [] : [range(step)]);
  return table(
    ['time steps T', ...(software ? [] : ['fused, ms', 'plain, ms']), 'plain / fused', 'dispatches, fused', 'dispatches, plain'],
    layers.map(({ steps, contenders: [fused, plain] }) => [
      steps,
      ...timed(fused),
      ...timed(plain),
      times(plain.step.median / fused.step.median),
      fused.counted.dispatches,
      plain.counted.dispatches,
    ]),
  );
}

function gpuPart({ layers, missing, neurons, adapter, software }) {
  if (layers.length === 0) return missingLines(missing);
  const on = `${neurons.toLocaleString('en-GB')} neurons, fused and plain on WebGPU, on ${adapter}`;
  const how = software
    ? `${on} (a processor that plays a GPU). To it a dispatch costs about the same
whatever it computes, so the ratio of the times goes with that of the dispatches and is no claim about a GPU`
    : on;
  return `${how}:\n\n${gpuTable({ layers, software })}\n`;
}

export function lifSection({ layers, missing, neurons, tolerance, gpu }) {
  return `## One layer of neurons

${neurons.toLocaleString('en-GB')} LIF neurons, forward and backward, binary spikes, hard reset, on the CPU. The inputs are made and uploaded outside the
clock, the gradient of the spikes among them, so that nothing but the layer is under it: all spikes, all gradients of the currents, and a
sum of 256 of these, read back. These sums have to agree within ${tolerance} of their size, or the run fails. Fused is our own operation on
Flex (Burn's CPU backend), all time steps in one call; plain is the same in Burn's tensor operations. Each has a worker of its own. The peers'
gradient is written out by us: jax-js has no way to set a function's gradient, and in TensorFlow.js it takes fewer passes. Their time steps are
separate tensors, which saves copies. jax-js has all of it under one \`jit\` and the surrogate as a polynomial that is as exact
as a 32-bit float, since an exponential would keep its kernels from SIMD; TensorFlow.js has it as a logistic function, a tenth of its hyperbolic tangent's time.

${lifTable(layers)}
${missingLines(missing)}
${gpuPart(gpu)}`;
}
