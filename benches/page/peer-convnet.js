/**
 * The benchmark's convnet in TensorFlow.js: two convolutions with LIF neurons after each, average pooling after both, and
 * a readout. Images are [batch, row, column, channel], which TensorFlow.js takes without copies.
 */

import * as tf from '@tensorflow/tfjs-core';
import { Batches } from './batches.js';
import { lif, lifGradients, meanSpikes, sum } from './peer-neuron.js';
import { Parameters, crossEntropy, lossOf, onWasm, timesTransposed, transposedTimes } from './peer-training.js';

const BATCH = 32;
const STEPS = 4;

const convolve = (x, filter, bias) => tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same' });

/** The bias's gradient. To pool first takes a tenth of what a sum over all positions takes. */
function overPositions(gradient) {
  const [, height, width] = gradient.shape;
  return tf.mul(tf.sum(tf.avgPool(gradient, [height, width], 1, 'valid'), [0, 1, 2]), height * width);
}

const pool = (images) => tf.avgPool(images, 2, 2, 'valid');

/** The gradient of `pool`: a quarter to every pixel. */
function unpool(gradient) {
  const [, height, width] = gradient.shape;
  return tf.image.resizeNearestNeighbor(tf.mul(gradient, 0.25), [2 * height, 2 * width]);
}

/**
 * The gradient of the images that a convolution takes in. On the wasm backend a convolution with the filter turned round
 * is fifteen times as fast as the kernel for this.
 */
function imagesGradient(filter, gradient) {
  if (onWasm()) return tf.conv2d(gradient, tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]), 1, 'same');
  const [batch, height, width] = gradient.shape;
  return tf.conv2dTranspose(gradient, filter, [batch, height, width, filter.shape[2]], 1, 'same');
}

/**
 * The gradient of a convolution's filter. On the wasm backend, which has no kernel for it, it is a convolution where the
 * batch takes the place of the channels. Elsewhere a matrix product for each place in the filter is faster than the kernel.
 */
function filterGradient(images, gradient) {
  const [batch, height, width, channels] = gradient.shape;
  if (onWasm()) {
    const byChannel = tf.conv2d(tf.transpose(images, [3, 1, 2, 0]), tf.transpose(gradient, [1, 2, 0, 3]), 1, 1);
    return tf.transpose(byChannel, [1, 2, 0, 3]);
  }
  const taken = images.shape[3];
  const bordered = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  const flat = tf.reshape(gradient, [-1, channels]);
  const places = [];
  for (let place = 0; place < 9; place++) {
    const shifted = tf.slice(bordered, [0, Math.floor(place / 3), place % 3, 0], [batch, height, width, taken]);
    places.push(transposedTimes(tf.reshape(shifted, [-1, taken]), flat));
  }
  return tf.reshape(tf.concat(places), [3, 3, taken, channels]);
}

/** One network, its batches and its optimiser. */
export class PeerConvnet {
  constructor({ parameters, ...all }) {
    const tensor = (name, shape) => tf.tensor(parameters[name], shape);
    const turned = (name, shape, order) => tf.tidy(() => tf.transpose(tensor(name, shape), order));
    this.batches = new Batches(all, BATCH);
    this.parameters = new Parameters({
      filter1: turned('layer1.weight', [16, 1, 3, 3], [2, 3, 1, 0]),
      bias1: tensor('layer1.bias', [16]),
      filter2: turned('layer2.weight', [32, 16, 3, 3], [2, 3, 1, 0]),
      bias2: tensor('layer2.bias', [32]),
      readoutWeight: tf.tidy(() => tf.reshape(turned('readout.weight', [32, 7, 7, 10], [3, 1, 2, 0]), [10, 1568])),
      readoutBias: tensor('readout.bias', [10, 1]),
    });
  }

  #train() {
    const { filter1, bias1, filter2, bias2, readoutWeight, readoutBias } = this.parameters.values;
    const { inputs, targets } = this.batches.next();
    const images = tf.tensor4d(inputs, [BATCH, 28, 28, 1]);
    const current = convolve(images, filter1, bias1);
    const states1 = lif(Array(STEPS).fill(current));
    const pooled = states1.map(({ spikes }) => pool(spikes));
    const states2 = lif(pooled.map((each) => convolve(each, filter2, bias2)));
    const rates = tf.reshape(pool(meanSpikes(states2)), [BATCH, 1568]);
    const logits = tf.add(timesTransposed(readoutWeight, rates), readoutBias);
    const { loss, gradient } = crossEntropy(logits, tf.tensor2d(targets, [10, BATCH]));

    const byRates = tf.reshape(transposedTimes(gradient, readoutWeight), [BATCH, 7, 7, 32]);
    const bySpikes2 = tf.div(unpool(byRates), STEPS);
    const byCurrents2 = lifGradients(states2, Array(STEPS).fill(bySpikes2));
    const bySpikes1 = byCurrents2.map((byCurrent) => unpool(imagesGradient(filter2, byCurrent)));
    const byCurrent1 = sum(lifGradients(states1, bySpikes1));
    this.parameters.update({
      filter1: filterGradient(images, byCurrent1),
      bias1: overPositions(byCurrent1),
      filter2: sum(byCurrents2.map((byCurrent, t) => filterGradient(pooled[t], byCurrent))),
      bias2: overPositions(sum(byCurrents2)),
      readoutWeight: tf.matMul(gradient, rates),
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
