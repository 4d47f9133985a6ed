/**
 * The benchmark's Spiking PointNet in jax-js, its training step under one `jit`. Arrays are [point, channel], the points of
 * all clouds one after the other, so that a layer is one matrix product.
 */

import { numpy as np, jit } from '@jax-js/jax';
import { Batches } from './batches.js';
import { spikes, surrogateOf } from './jax-neuron.js';
import { Trained, crossEntropy, updated } from './jax-training.js';

const BATCH = 16;
const POINTS = 512;
const WIDTHS = [32, 64, 128];
const surrogate = surrogateOf(5, 16);

/** The row of each cloud's first point that is largest in a channel, [cloud * channel], from currents [cloud, point, channel]. */
function winningRows(currents) {
  const firsts = np.arange(0, BATCH * POINTS, POINTS, { dtype: np.int32 }).reshape([BATCH, 1]);
  return np.argmax(currents, 1).add(firsts).ravel();
}

/** What flows into neurons. */
const potential = (x, weight, bias) => np.matmul(x, weight.value.ref).add(bias.value.ref);

/**
 * Only a point that is the largest in a channel has a gradient, one for each channel. So the way back is gone for those
 * points alone, a row for each cloud and channel: a quarter of all rows.
 */
const pointnetStep = jit(function pointnetStep(states, { inputs, targets }, factors) {
  const { weight1, bias1, weight2, bias2, weight3, bias3, weight4, bias4, readoutWeight, readoutBias } = states;
  const points = inputs.reshape([BATCH * POINTS, 3]);
  const u1 = potential(points.ref, weight1, bias1);
  const u2 = potential(spikes(u1.ref), weight2, bias2);
  const currents = np.matmul(spikes(u2.ref), weight3.value.ref).reshape([BATCH, POINTS, WIDTHS[2]]);
  const features = currents.ref.max(1).add(bias3.value.ref);
  const u4 = potential(features.ref, weight4, bias4);
  const logits = np.matmul(readoutWeight.value.ref, spikes(u4.ref).transpose()).add(readoutBias.value.ref);
  const { loss, gradient } = crossEntropy(logits, targets);

  const bySpikes4 = np.matmul(gradient.ref.transpose(), readoutWeight.value.ref);
  const byCurrent4 = bySpikes4.mul(surrogate(u4.ref));
  const byFeatures = np.matmul(byCurrent4.ref, weight4.value.ref.transpose());
  const rows = winningRows(currents);
  const [won1, won2] = [u1, u2].map((u) => u.slice(rows.ref));
  const byEach = byFeatures.ref.reshape([BATCH, WIDTHS[2], 1]);
  const bySpikes2 = byEach.ref.mul(weight3.value.ref.transpose()).reshape([-1, WIDTHS[1]]);
  const byCurrent2 = bySpikes2.mul(surrogate(won2.ref));
  const byCurrent1 = np.matmul(byCurrent2.ref, weight2.value.ref.transpose()).mul(surrogate(won1.ref));
  const gradients = {
    weight1: np.matmul(points.slice(rows).transpose(), byCurrent1.ref),
    bias1: byCurrent1.sum(0),
    weight2: np.matmul(spikes(won1.ref).transpose(), byCurrent2.ref),
    bias2: byCurrent2.sum(0),
    weight3: byEach.mul(spikes(won2.ref).reshape([BATCH, WIDTHS[2], WIDTHS[1]])).sum(0).transpose(),
    bias3: byFeatures.sum(0),
    weight4: np.matmul(features.transpose(), byCurrent4.ref),
    bias4: byCurrent4.sum(0),
    readoutWeight: np.matmul(gradient.ref, spikes(u4)),
    readoutBias: gradient.sum(1, { keepdims: true }),
  };
  return { states: updated(states, gradients, factors), loss };
});

/** Spiking PointNet: 32-64-128 shared by the points, the largest over points, 64, 10. */
export function pointnet({ parameters, ...all }) {
  const array = (name, shape) => np.array(parameters[name], { shape });
  return new Trained(pointnetStep, new Batches(all, BATCH), {
    weight1: array('layer1.weight', [3, 32]),
    bias1: array('layer1.bias', [32]),
    weight2: array('layer2.weight', [32, 64]),
    bias2: array('layer2.bias', [64]),
    weight3: array('layer3.weight', [64, 128]),
    bias3: array('layer3.bias', [128]),
    weight4: array('layer4.weight', [128, 64]),
    bias4: array('layer4.bias', [64]),
    readoutWeight: array('readout.weight', [64, 10]).transpose(),
    readoutBias: array('readout.bias', [10, 1]),
  });
}
