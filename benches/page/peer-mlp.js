/**
 * The benchmark's MLP in TensorFlow.js: 784-256-10. Everything is [feature, image] and the weights are [to, from], so that
 * the weights come first in the products: the wasm backend packs what comes second anew whenever it has changed.
 */

import * as tf from '@tensorflow/tfjs-core';
import { Batches } from './batches.js';
import { lif, lifGradients, meanSpikes, sum } from './peer-neuron.js';
import { Parameters, crossEntropy, lossOf, timesTransposed, transposedTimes } from './peer-training.js';

const BATCH = 64;
const STEPS = 4;

/** One network, its batches and its optimiser. */
export class PeerMlp {
  constructor({ parameters, ...all }) {
    const tensor = (name, shape) => tf.tensor(parameters[name], shape);
    const turned = (name, shape) => tf.tidy(() => tf.transpose(tensor(name, shape)));
    this.batches = new Batches(all, BATCH);
    this.parameters = new Parameters({
      weight: turned('layer1.weight', [784, 256]),
      bias: tensor('layer1.bias', [256, 1]),
      readoutWeight: turned('readout.weight', [256, 10]),
      readoutBias: tensor('readout.bias', [10, 1]),
    });
  }

  #train() {
    const { weight, bias, readoutWeight, readoutBias } = this.parameters.values;
    const { inputs, targets } = this.batches.next();
    const images = tf.tensor2d(inputs, [BATCH, 784]);
    const current = tf.add(timesTransposed(weight, images), bias);
    const states = lif(Array(STEPS).fill(current));
    const rates = meanSpikes(states);
    const logits = tf.add(tf.matMul(readoutWeight, rates), readoutBias);
    const { loss, gradient } = crossEntropy(logits, tf.tensor2d(targets, [10, BATCH]));
    const bySpikes = tf.div(transposedTimes(readoutWeight, gradient), STEPS);
    const byCurrent = sum(lifGradients(states, Array(STEPS).fill(bySpikes)));
    this.parameters.update({
      weight: tf.matMul(byCurrent, images),
      bias: tf.sum(byCurrent, 1, true),
      readoutWeight: timesTransposed(gradient, rates),
      readoutBias: tf.sum(gradient, 1, true),
    });
    return loss;
  }

  /** One training step on the next batch, its loss read back. */
  step() {
    return lossOf(() => this.#train());
  }

  dispose() {
    this.parameters.dispose();
  }
}
