/** What TensorFlow.js's training steps share: their gradients are written out, and so is Adam, to save passes. */

import * as tf from '@tensorflow/tfjs-core';

const RATE = 0.001;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Whether this is the backend whose fast kernels are few: matrix products without a flag to transpose, and convolutions. */
export const onWasm = () => tf.getBackend() === 'wasm';

/** The product of aᵀ and b. */
export const transposedTimes = (a, b) => (onWasm() ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true));

/** The product of a and bᵀ. */
export const timesTransposed = (a, b) => (onWasm() ? tf.matMul(a, tf.transpose(b)) : tf.matMul(a, b, false, true));

/** The softmax cross-entropy, mean over the batch, and its gradient by the logits. Both are [class, image]. */
export function crossEntropy(logits, targets) {
  const batch = targets.shape[1];
  const shifted = tf.sub(logits, tf.max(logits, 0, true));
  const logs = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 0, true)));
  return {
    loss: tf.mul(tf.sum(tf.mul(logs, targets)), -1 / batch),
    gradient: tf.mul(tf.sub(tf.exp(logs), targets), 1 / batch),
  };
}

/** Variables by name, trained with Adam. */
export class Parameters {
  #moments = {};
  #steps = 0;

  constructor(tensors) {
    this.values = {};
    for (const [name, tensor] of Object.entries(tensors)) {
      this.values[name] = tf.variable(tensor);
      this.#moments[name] = [tf.variable(tf.zerosLike(tensor)), tf.variable(tf.zerosLike(tensor))];
      tensor.dispose();
    }
  }

  /**
   * A step of Adam. The moments are kept without their factors 1 - β, which go into the rate and into epsilon together
   * with the corrections for the bias. That leaves fewer passes.
   */
  update(gradients) {
    this.#steps += 1;
    const root = Math.sqrt((1 - BETA2 ** this.#steps) / (1 - BETA2));
    const rate = (RATE * root * (1 - BETA1)) / (1 - BETA1 ** this.#steps);
    for (const [name, gradient] of Object.entries(gradients)) {
      const value = this.values[name];
      const [first, second] = this.#moments[name];
      first.assign(tf.add(tf.mul(first, BETA1), gradient));
      second.assign(tf.add(tf.mul(second, BETA2), tf.square(gradient)));
      value.assign(tf.sub(value, tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), EPSILON * root))));
    }
  }

  dispose() {
    const kept = [...Object.values(this.values), ...Object.values(this.#moments).flat()];
    kept.forEach((variable) => variable.dispose());
  }
}

/** Runs a training step that gives its loss, and reads the loss back. */
export async function lossOf(step) {
  const loss = tf.tidy(step);
  const [value] = await loss.data();
  loss.dispose();
  return value;
}
