/**
 * The benchmark's Spiking PointNet in TensorFlow.js: 32-64-128 shared by the points, the largest over points, 64, 10, at one
 * time step. Clouds are [cloud, point, 1, channel], images of one column: a layer that points share is a 1 x 1 convolution,
 * and the largest over points is a pooling, which on the wasm backend takes a thirtieth of what a maximum over an axis takes.
 */

import * as tf from '@tensorflow/tfjs-core';
import { Batches } from './batches.js';
import { surrogate } from './peer-neuron.js';
import { Parameters, crossEntropy, lossOf, timesTransposed, transposedTimes } from './peer-training.js';

const BATCH = 16;
const POINTS = 512;
const FEATURES = 128;
const THRESHOLD = 0.5;
const SLOPE = 5;
/** What marks the largest: over any number of a point. */
const MARK = 2 * POINTS;

/** What a layer that all points share makes of what flows in, the threshold already taken off where there is one. */
function shared(x, weight, bias) {
  return tf.fused.conv2d({ x, filter: tf.reshape(weight, [1, 1, ...weight.shape]), bias, strides: 1, pad: 'valid' });
}

const overPoints = (x) => tf.maxPool(x, [POINTS, 1], 1, 'valid');

/** The gradient of neurons' currents from that of their spikes. */
function throughNeurons(bySpikes, above) {
  return tf.mul(bySpikes, surrogate({ u: tf.add(above, THRESHOLD), above }, SLOPE));
}

/** A product with ones takes a tenth of what a sum over the first axis takes on the wasm backend. */
function sumOfRows(matrix) {
  const [rows, columns] = matrix.shape;
  return tf.reshape(tf.matMul(tf.ones([1, rows]), matrix), [columns]);
}

/** One network, its batches and its optimiser. */
export class PeerPointnet {
  constructor({ parameters, ...all }) {
    const tensor = (name, shape) => tf.tensor(parameters[name], shape);
    const turned = (name, shape) => tf.tidy(() => tf.transpose(tensor(name, shape)));
    this.batches = new Batches(all, BATCH);
    this.parameters = new Parameters({
      weight1: tensor('layer1.weight', [3, 32]),
      bias1: tensor('layer1.bias', [32]),
      weight2: tensor('layer2.weight', [32, 64]),
      bias2: tensor('layer2.bias', [64]),
      weight3: turned('layer3.weight', [64, FEATURES]),
      bias3: tensor('layer3.bias', [FEATURES]),
      weight4: tensor('layer4.weight', [FEATURES, 64]),
      bias4: tensor('layer4.bias', [64]),
      readoutWeight: turned('readout.weight', [64, 10]),
      readoutBias: tensor('readout.bias', [10, 1]),
    });
    /** The number of a point from behind, from 512 to 1, for every channel. */
    this.fromBehind = tf.tidy(() => tf.tile(tf.reshape(tf.range(POINTS, 0, -1), [1, POINTS, 1, 1]), [1, 1, 1, FEATURES]));
    /** The row of each cloud's end when the points of all clouds stand one after the other. */
    this.ends = tf.tidy(() => tf.reshape(tf.range(POINTS, (BATCH + 1) * POINTS, POINTS), [BATCH, 1]));
  }

  /**
   * The row of each cloud's first point that is largest in a channel, [cloud * channel, 1]. Of the largest, which alone are
   * marked, the one with the highest number from behind is the first.
   */
  #winningRows(currents, largest) {
    const marked = tf.mul(tf.step(tf.sub(largest, currents), MARK), this.fromBehind);
    const first = tf.reshape(tf.div(overPoints(marked), MARK), [BATCH, FEATURES]);
    return tf.reshape(tf.cast(tf.sub(this.ends, first), 'int32'), [BATCH * FEATURES, 1]);
  }

  /** The layers that points share: the points, what is above the threshold in the first two, and the currents of the third. */
  #shared(inputs) {
    const { weight1, bias1, weight2, bias2, weight3 } = this.parameters.values;
    const points = tf.tensor4d(inputs, [BATCH, POINTS, 1, 3]);
    const above1 = shared(points, weight1, tf.sub(bias1, THRESHOLD));
    const above2 = shared(tf.step(above1), weight2, tf.sub(bias2, THRESHOLD));
    return { points, above1, above2, currents: shared(tf.step(above2), tf.transpose(weight3)) };
  }

  /**
   * The gradients in front of the maximum. Only a point that is the largest in a channel has one, one for each channel, so
   * the way back is gone for those points alone, a row for each cloud and channel: a quarter of all rows.
   */
  #sharedGradients({ points, above1, above2, currents }, largest, byFeatures) {
    const { weight2, weight3 } = this.parameters.values;
    const rows = this.#winningRows(currents, largest);
    const won = (x) => tf.gatherND(tf.reshape(x, [BATCH * POINTS, x.shape[3]]), rows);
    const [wonPoints, wonAbove1, wonAbove2] = [points, above1, above2].map(won);
    const byEach = tf.reshape(byFeatures, [BATCH, FEATURES, 1]);
    const bySpikes2 = tf.reshape(tf.mul(byEach, tf.reshape(weight3, [1, FEATURES, 64])), [BATCH * FEATURES, 64]);
    const byCurrent2 = throughNeurons(bySpikes2, wonAbove2);
    const byCurrent1 = throughNeurons(timesTransposed(byCurrent2, weight2), wonAbove1);
    const byWeights3 = tf.mul(byEach, tf.reshape(tf.step(wonAbove2), [BATCH, FEATURES, 64]));
    return {
      weight1: transposedTimes(wonPoints, byCurrent1),
      bias1: sumOfRows(byCurrent1),
      weight2: transposedTimes(tf.step(wonAbove1), byCurrent2),
      bias2: sumOfRows(byCurrent2),
      weight3: tf.reshape(sumOfRows(tf.reshape(byWeights3, [BATCH, FEATURES * 64])), [FEATURES, 64]),
      bias3: sumOfRows(byFeatures),
    };
  }

  #train() {
    const { bias3, weight4, bias4, readoutWeight, readoutBias } = this.parameters.values;
    const { inputs, targets } = this.batches.next();
    const trunk = this.#shared(inputs);
    const largest = overPoints(trunk.currents);
    const features = tf.add(tf.reshape(largest, [BATCH, FEATURES]), bias3);
    const above4 = tf.add(tf.matMul(features, weight4), tf.sub(bias4, THRESHOLD));
    const spikes4 = tf.step(above4);
    const logits = tf.add(timesTransposed(readoutWeight, spikes4), readoutBias);
    const { loss, gradient } = crossEntropy(logits, tf.tensor2d(targets, [10, BATCH]));
    const byCurrent4 = throughNeurons(transposedTimes(gradient, readoutWeight), above4);
    this.parameters.update({
      ...this.#sharedGradients(trunk, largest, timesTransposed(byCurrent4, weight4)),
      weight4: transposedTimes(features, byCurrent4),
      bias4: sumOfRows(byCurrent4),
      readoutWeight: tf.matMul(gradient, spikes4),
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
    tf.dispose([this.fromBehind, this.ends]);
  }
}
