/**
 * The network of `MlpBench` (src/web/bench.rs) in TensorFlow.js: 784-256-10, binary spikes, hard reset, gradients through
 * the reset. The time steps are separate tensors: stacking them would only add copies.
 */

import * as tf from '@tensorflow/tfjs-core';

const BATCH = 64;
const STEPS = 4;
const DECAY = 0.25;
const THRESHOLD = 0.5;
const SLOPE = 3;
const RATE = 0.001;

/** The surrogate: SLOPE sech²(SLOPE (u - 1/2)) / (2 tanh(SLOPE / 2)) where 0 <= u <= 1, and sech² is 1 - tanh². */
function surrogate(u) {
  const height = SLOPE / (2 * Math.tanh(SLOPE / 2));
  const bell = tf.sub(1, tf.square(tf.tanh(tf.mul(tf.sub(u, THRESHOLD), SLOPE))));
  const inside = tf.logicalAnd(tf.greaterEqual(u, 0), tf.lessEqual(u, 1));
  return tf.mul(tf.mul(bell, height), tf.cast(inside, 'float32'));
}

const spike = tf.customGrad((u, save) => {
  save([u]);
  return {
    value: tf.cast(tf.greater(u, THRESHOLD), 'float32'),
    gradFunc: (dy, [u]) => tf.mul(dy, surrogate(u)),
  };
});

/** The mean over time of the spikes that a constant current causes. */
function meanSpikes(current) {
  let u = current;
  let s = spike(u);
  let sum = s;
  for (let t = 1; t < STEPS; t++) {
    u = tf.add(tf.mul(tf.mul(u, DECAY), tf.sub(1, s)), current);
    s = spike(u);
    sum = tf.add(sum, s);
  }
  return tf.div(sum, STEPS);
}

/**
 * A constant matrix times weights. On the wasm backend the gradient transposes first: its product with a flag to
 * transpose is several times slower.
 */
function constantTimes(constant) {
  const transposeFirst = tf.getBackend() === 'wasm';
  return tf.customGrad((weight) => ({
    value: tf.matMul(constant, weight),
    gradFunc: (dy) => (transposeFirst ? tf.matMul(tf.transpose(constant), dy) : tf.matMul(constant, dy, true)),
  }));
}

/** One network, its batch and its optimiser. */
export class PeerMlp {
  constructor({ pixels, labels, parameters }) {
    const variable = (name, shape) => tf.variable(tf.tensor(parameters[name], shape));
    this.images = tf.tensor2d(pixels, [BATCH, 784]);
    this.imagesTimes = constantTimes(this.images);
    this.targets = tf.tensor2d(labels, [BATCH, 10]);
    this.weight = variable('layer1.weight', [784, 256]);
    this.bias = variable('layer1.bias', [256]);
    this.readoutWeight = variable('readout.weight', [256, 10]);
    this.readoutBias = variable('readout.bias', [10]);
    this.optimiser = tf.train.adam(RATE, 0.9, 0.999, 1e-8);
  }

  #loss() {
    const current = tf.add(this.imagesTimes(this.weight), this.bias);
    const logits = tf.add(tf.matMul(meanSpikes(current), this.readoutWeight), this.readoutBias);
    return tf.losses.softmaxCrossEntropy(this.targets, logits);
  }

  /** One training step, its loss read back. */
  async step() {
    const loss = this.optimiser.minimize(() => this.#loss(), true);
    const [value] = await loss.data();
    loss.dispose();
    return value;
  }

  dispose() {
    this.optimiser.dispose();
    const kept = [this.images, this.targets, this.weight, this.bias, this.readoutWeight, this.readoutBias];
    kept.forEach((tensor) => tensor.dispose());
  }
}
