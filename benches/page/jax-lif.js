/** One layer of LIF neurons alone in jax-js, forward and backward. The time steps are separate arrays. */

import { blockUntilReady, jit, numpy as np, tree } from '@jax-js/jax';
import { currentGradients, potentials, spikes } from './jax-neuron.js';

/** How many neurons' gradients are summed into the answer. */
const SUMMED = 256;

/** Time steps of [time, neuron] as an array each. */
function timeSteps(values, steps) {
  const neurons = values.length / steps;
  return Array.from({ length: steps }, (_, t) => np.array(values.slice(t * neurons, (t + 1) * neurons)));
}

/** Spikes, the gradients of the currents, and a sum of some of these. */
const forwardBackward = jit(function forwardBackward(currents, gradients) {
  const us = potentials(currents);
  const all = us.map((u) => spikes(u.ref));
  const byCurrent = currentGradients(us, gradients);
  const answer = byCurrent[0].ref.slice([0, SUMMED]).sum();
  return { spikes: all, byCurrent, answer };
});

/** One layer's currents and the gradients of its spikes. */
export class JaxLif {
  constructor({ steps, current, gradient }) {
    this.currents = timeSteps(current, steps);
    this.gradients = timeSteps(gradient, steps);
  }

  settle() {
    return blockUntilReady([this.currents, this.gradients]);
  }

  /** All the spikes and gradients stay until they are computed: jax-js cancels the kernels of what is dropped earlier. */
  async run() {
    const { answer, ...outputs } = forwardBackward(tree.ref(this.currents), tree.ref(this.gradients));
    const [value] = await answer.data();
    tree.dispose(outputs);
    return value;
  }

  dispose() {
    tree.dispose([this.currents, this.gradients]);
  }
}
