/** What jax-js's training steps share. Their gradients are written out, since the surrogate's cannot be set otherwise. */

import { nn, numpy as np, tree } from '@jax-js/jax';

const RATE = 0.001;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** The softmax cross-entropy, mean over the batch, and its gradient by the logits. Both are [class, image]. */
export function crossEntropy(logits, targets) {
  const batch = targets.shape[1];
  const logs = nn.logSoftmax(logits, 0);
  return {
    loss: logs.ref.mul(targets.ref).sum().mul(-1 / batch),
    gradient: np.exp(logs).sub(targets).mul(1 / batch),
  };
}

/** Adam's rate and epsilon at a step, which count from one, with the corrections for the bias in them. */
function corrected(step) {
  const root = Math.sqrt(1 - BETA2 ** step);
  return np.array(new Float32Array([(RATE * root) / (1 - BETA1 ** step), EPSILON * root]));
}

function adam({ value, first, second }, gradient, factors) {
  const newFirst = first.mul(BETA1).add(gradient.ref.mul(1 - BETA1));
  const newSecond = second.mul(BETA2).add(np.square(gradient).mul(1 - BETA2));
  const [rate, epsilon] = [factors.ref.slice(0), factors.slice(1)];
  const change = newFirst.ref.mul(rate).div(np.sqrt(newSecond.ref).add(epsilon));
  return { value: value.sub(change), first: newFirst, second: newSecond };
}

/** The parameters' states after a step of Adam. */
export function updated(states, gradients, factors) {
  const after = {};
  for (const [name, state] of Object.entries(states)) after[name] = adam(state, gradients[name], factors.ref);
  factors.dispose();
  return after;
}

/**
 * A network that trains by `step(states, batch, factors)`, which is under `jit` and gives `{ states, loss }`, and what
 * else it wants stored on the way rather than fused into kernels.
 */
export class Trained {
  #step;
  #batches;
  #states = {};
  #count = 0;

  constructor(step, batches, parameters) {
    this.#step = step;
    this.#batches = batches;
    for (const [name, value] of Object.entries(parameters)) {
      this.#states[name] = { value, first: np.zeros(value.shape), second: np.zeros(value.shape) };
    }
  }

  #nextBatch() {
    const { inputs, targets } = this.#batches.next();
    const size = targets.length / 10;
    return { inputs: np.array(inputs, { shape: [size, inputs.length / size] }), targets: np.array(targets, { shape: [10, size] }) };
  }

  /** One training step on the next batch, its loss read back. */
  async step() {
    this.#count += 1;
    const { states, loss, ...stored } = this.#step(this.#states, this.#nextBatch(), corrected(this.#count));
    this.#states = states;
    const [value] = await loss.data();
    tree.dispose(stored);
    return value;
  }

  dispose() {
    tree.dispose(this.#states);
  }
}
