/** The benchmark's networks in jax-js: their training steps, each under one `jit`. */

import { jit, numpy as np } from '@jax-js/jax';
import { Batches } from './batches.js';
import { currentGradients, meanSpikes, potentials, spikes, sum } from './jax-neuron.js';
import { Trained, crossEntropy, updated } from './jax-training.js';

const STEPS = 4;

/** The same array for each time step. */
const repeated = (array) => {
  const all = Array.from({ length: STEPS }, () => array.ref);
  array.dispose();
  return all;
};

const transposed = (matrix) => matrix.transpose();

/**
 * The potentials are worked out a second time for the gradient: both ways fuse into a kernel each, which is faster than
 * storing and loading potentials.
 */
const mlpStep = jit(function mlpStep(states, { inputs: images, targets }, factors) {
  const { weight, bias, readoutWeight, readoutBias } = states;
  const current = np.matmul(images.ref, weight.value.ref).add(bias.value.ref);
  const rates = meanSpikes(potentials(repeated(current.ref)));
  const logits = np.matmul(readoutWeight.value.ref, transposed(rates.ref)).add(readoutBias.value.ref);
  const { loss, gradient } = crossEntropy(logits, targets);
  const bySpikes = np.matmul(transposed(gradient.ref), readoutWeight.value.ref).mul(1 / STEPS);
  const byCurrent = sum(currentGradients(potentials(repeated(current)), repeated(bySpikes)));
  const gradients = {
    weight: np.matmul(transposed(images), byCurrent.ref),
    bias: byCurrent.sum(0),
    readoutWeight: np.matmul(gradient.ref, rates),
    readoutBias: gradient.sum(1, { keepdims: true }),
  };
  return { states: updated(states, gradients, factors), loss };
});

/** The MLP 784-256-10. */
export function mlp({ parameters, ...all }) {
  const array = (name, shape) => np.array(parameters[name], { shape });
  return new Trained(
    mlpStep,
    new Batches(all, 64),
    {
      weight: array('layer1.weight', [784, 256]),
      bias: array('layer1.bias', [256]),
      readoutWeight: transposed(array('readout.weight', [256, 10])),
      readoutBias: array('readout.bias', [10, 1]),
    },
  );
}

const bordered = (images) => np.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]);

/**
 * All windows of three along the middle axis: [outer, place, inner] becomes [outer, place in the window, window, inner].
 * Copies in a row, cut into rows of one more, begin one further each. All this is views.
 */
function windows(array) {
  const [outer, places, inner] = array.shape;
  const copies = np.broadcastTo(array.reshape([outer, 1, places, inner]), [outer, 4, places, inner]);
  const row = copies.reshape([outer, 4 * places, inner]).slice([], [0, 3 * (places + 1)], []);
  return row.reshape([outer, 3, places + 1, inner]).slice([], [], [0, places - 2], []);
}

/** Bordered images as columns to multiply filters with: [channel and place around, row and column and image]. */
function columns(images) {
  const [channels, width, , batch] = images.shape;
  const size = width - 2;
  const rows = windows(images.reshape([channels, width, width * batch]));
  return windows(rows.reshape([channels * 3 * size, width, batch]))
    .reshape([channels, 3, size, 3, size, batch])
    .transpose([0, 1, 3, 2, 4, 5])
    .reshape([channels * 9, size * size * batch]);
}

/** The four quarters of every 2 x 2 square. */
function quarters(images) {
  const [channels, size, , batch] = images.shape;
  const squares = images.reshape([channels, size / 2, 2, size / 2, 2, batch]);
  const all = [0, 1, 2, 3].map((i) => squares.ref.slice([], [], i >> 1, [], i & 1, []));
  squares.dispose();
  return all;
}

/** The gradient of average pooling: a quarter to every pixel. */
function unpool(gradient) {
  const [channels, size, , batch] = gradient.shape;
  const quarter = gradient.mul(0.25).reshape([channels, size, 1, size, 1, batch]);
  return np.broadcastTo(quarter, [channels, size, 2, size, 2, batch]).reshape([channels, 2 * size, 2 * size, batch]);
}

/**
 * The gradient of the images that a convolution takes in, from the bordered gradient of what it gives. The gradient of the
 * columns is worked out on the border too, which makes its sum over the places around plain slices.
 */
function imagesGradient(weight, gradient) {
  const [, width, , batch] = gradient.shape;
  const size = width - 2;
  const channels = weight.shape[1] / 9;
  const product = np.matmul(transposed(weight), gradient.reshape([-1, width * width * batch]));
  const byColumns = product.reshape([channels, 9, width, width, batch]);
  const parts = [];
  for (let around = 0; around < 9; around++) {
    const [row, column] = [2 - Math.floor(around / 3), 2 - (around % 3)];
    parts.push(byColumns.ref.slice([], around, [row, row + size], [column, column + size], []));
  }
  byColumns.dispose();
  return sum(parts);
}

/**
 * Arrays are [channel, row, column, image]: the images' values of one pixel suit SIMD, and shifts leave them whole. What
 * has a border is stored: inside the kernels that read it, the border would keep them from SIMD.
 */
const convnetStep = jit(function convnetStep(states, { inputs: images, targets }, factors) {
  const { weight1, bias1, weight2, bias2, readoutWeight, readoutBias } = states;
  const batch = targets.shape[1];
  const bordered1 = bordered(transposed(images).reshape([1, 28, 28, batch]));
  const columns1 = columns(bordered1.ref);
  const current1 = np.matmul(weight1.value.ref, columns1.ref).add(bias1.value.ref).reshape([16, 28, 28, batch]);
  const borderedSpikes = spikesPooled(current1.ref).map(bordered);
  const columns2 = borderedSpikes.map((each) => columns(each.ref));
  const currents2 = columns2.map((each) => np.matmul(weight2.value.ref, each.ref).add(bias2.value.ref));
  const us2 = potentials(currents2).map((u) => u.reshape([32, 14, 14, batch]));
  const rates = sum(quarters(meanSpikes(us2.map((u) => u.ref)))).mul(0.25).reshape([1568, batch]);
  const logits = np.matmul(readoutWeight.value.ref, rates.ref).add(readoutBias.value.ref);
  const { loss, gradient } = crossEntropy(logits, targets);

  const byRates = np.matmul(transposed(readoutWeight.value.ref), gradient.ref).reshape([32, 7, 7, batch]);
  const byCurrents2 = currentGradients(us2, repeated(unpool(byRates).mul(1 / STEPS)));
  const borderedGradients = byCurrents2.map((each) => bordered(each.ref));
  const bySpikes1 = borderedGradients.map((each) => unpool(imagesGradient(weight2.value.ref, each.ref)));
  const byCurrent1 = sum(currentGradients(potentials(repeated(current1)), bySpikes1)).reshape([16, -1]);
  const flat2 = byCurrents2.map((each) => each.reshape([32, -1]));
  const gradients = {
    weight1: np.matmul(byCurrent1.ref, transposed(columns1)),
    bias1: byCurrent1.sum(1, { keepdims: true }),
    bias2: sum(flat2.map((each) => each.ref.sum(1, { keepdims: true }))),
    weight2: sum(flat2.map((each, t) => np.matmul(each, transposed(columns2[t])))),
    readoutWeight: np.matmul(gradient.ref, transposed(rates)),
    readoutBias: gradient.sum(1, { keepdims: true }),
  };
  const stored = [bordered1, borderedSpikes, borderedGradients];
  return { states: updated(states, gradients, factors), loss, stored };
});

/** The spikes that a constant current causes, pooled, for each time step. */
function spikesPooled(current) {
  const us = quarters(current).map((quarter) => potentials(repeated(quarter)));
  return Array.from({ length: STEPS }, (_, t) => sum(us.map((quarter) => spikes(quarter[t].ref))).mul(0.25));
}

/** The convnet: two convolutions with LIF neurons, average pooling after both, and a readout. */
export function convnet({ parameters, ...all }) {
  const array = (name, shape) => np.array(parameters[name], { shape });
  return new Trained(
    convnetStep,
    new Batches(all, 32),
    {
      weight1: array('layer1.weight', [16, 9]),
      bias1: array('layer1.bias', [16, 1]),
      weight2: array('layer2.weight', [32, 144]),
      bias2: array('layer2.bias', [32, 1]),
      readoutWeight: transposed(array('readout.weight', [1568, 10])),
      readoutBias: array('readout.bias', [10, 1]),
    },
  );
}
