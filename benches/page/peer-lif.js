/** One layer of LIF neurons alone in TensorFlow.js, forward and backward. */

import * as tf from '@tensorflow/tfjs-core';
import { lif, lifGradients } from './peer-neuron.js';

/** How many neurons' gradients are summed into the answer. */
const SUMMED = 256;

/** Time steps of [time, neuron] as a tensor each. */
function timeSteps(values, steps) {
  const neurons = values.length / steps;
  return Array.from({ length: steps }, (_, t) => tf.tensor1d(values.slice(t * neurons, (t + 1) * neurons)));
}

/** One layer's currents and the gradients of its spikes. */
export class PeerLif {
  constructor({ steps, current, gradient }) {
    this.currents = timeSteps(current, steps);
    this.gradients = timeSteps(gradient, steps);
  }

  /** Asks for all inputs back, so that a backend that uploads when first used has done it. */
  async settle() {
    for (const tensor of [...this.currents, ...this.gradients]) await tf.tidy(() => tf.sum(tensor)).data();
  }

  /** The spikes and the gradients of the currents. The answer is a sum of some of these gradients. */
  async run() {
    const answer = tf.tidy(() => {
      const [first] = lifGradients(lif(this.currents), this.gradients);
      return tf.sum(tf.slice(first, 0, SUMMED));
    });
    const [value] = await answer.data();
    answer.dispose();
    return value;
  }

  dispose() {
    [...this.currents, ...this.gradients].forEach((tensor) => tensor.dispose());
  }
}
