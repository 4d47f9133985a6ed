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

export function lifSection({ layers, missing, neurons, tolerance }) {
  return `## One layer of neurons

${neurons.toLocaleString('en-GB')} LIF neurons, forward and backward, binary spikes, hard reset, on the CPU. The inputs are made and uploaded outside the
clock, the gradient of the spikes among them, so that nothing but the layer is under it: all spikes, all gradients of the currents, and a
sum of 256 of these, read back. These sums have to agree within ${tolerance} of their size, or the run fails. Fused is our own operation on
Flex (Burn's CPU backend), all time steps in one call; plain is the same in Burn's tensor operations. The peers' gradient is written out by
us: jax-js has no way to set a function's gradient, and in TensorFlow.js it takes fewer passes. Their time steps are separate tensors, which saves
copies. jax-js has all of it under one \`jit\` and the surrogate as a polynomial that is as exact as a 32-bit float, since an exponential would keep its kernels
from SIMD; TensorFlow.js has it as a logistic function, a tenth of its hyperbolic tangent's time.

${lifTable(layers)}
${missingLines(missing)}`;
}
