/**
 * Our trained networks as ONNX models, unrolled over time. The time steps are separate tensors and separate
 * convolutions: joined in the batch axis they take as long. Of the forms of the neuron that we timed, this is the fastest.
 */

import { OnnxGraph } from './onnx-bytes.js';

const DECAY = 0.25;
const THRESHOLD = 0.5;
/** One over the distance from the threshold to the next float above it. */
const STEEPNESS = 2 ** 24;

const PADDED = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const HALVED = { kernel_shape: [2, 2], strides: [2, 2] };

/** 1 where u is over the threshold and 0 elsewhere, exactly, in one node: a ramp that is one float wide. */
function spike(graph, u) {
  return graph.node('HardSigmoid', [u], { alpha: STEEPNESS, beta: -STEEPNESS * THRESHOLD });
}

/** The spikes of one layer in each time step. */
function spikes(graph, decay, currents) {
  const all = [];
  let rest;
  for (const current of currents) {
    const u = rest === undefined ? current : graph.node('Add', [rest, current]);
    const s = spike(graph, u);
    all.push(s);
    if (all.length === currents.length) break;
    const kept = graph.node('Sub', [decay, graph.node('Mul', [s, decay])]);
    rest = graph.node('Mul', [u, kept]);
  }
  return all;
}

/** The sum over time: the readout's weights, which are scaled, make it the mean. */
const sum = (graph, tensors) => tensors.reduce((total, tensor) => graph.node('Add', [total, tensor]));

/** The network up to the readout. */
const HIDDEN = {
  mlp: (graph, { steps, decay, images, given }) => {
    const current = graph.node('Gemm', [images, given('layer1.weight', [784, 256]), given('layer1.bias', [256])]);
    return sum(graph, spikes(graph, decay, Array(steps).fill(current)));
  },

  deepMlp: (graph, { steps, decay, images, given }) => {
    const current = graph.node('Gemm', [images, given('layer1.weight', [784, 256]), given('layer1.bias', [256])]);
    const second = [given('layer2.weight', [256, 256]), given('layer2.bias', [256])];
    const currents = spikes(graph, decay, Array(steps).fill(current)).map((s) => graph.node('Gemm', [s, ...second]));
    return sum(graph, spikes(graph, decay, currents));
  },

  convnet: (graph, { steps, decay, images, given }) => {
    const pool = (tensor) => graph.node('AveragePool', [tensor], HALVED);
    const current = graph.node('Conv', [images, given('layer1.weight', [16, 1, 3, 3]), given('layer1.bias', [16])], PADDED);
    const second = [given('layer2.weight', [32, 16, 3, 3]), given('layer2.bias', [32])];
    const first = spikes(graph, decay, Array(steps).fill(current));
    const currents = first.map((s) => graph.node('Conv', [pool(s), ...second], PADDED));
    return graph.node('Flatten', [pool(sum(graph, spikes(graph, decay, currents)))]);
  },
};

const IMAGE = { mlp: [784], deepMlp: [784], convnet: [1, 28, 28] };
const FEATURES = { mlp: 256, deepMlp: 256, convnet: 1568 };

/** The shape of a batch of images. */
export const imagesShape = (kind, batch) => [batch, ...IMAGE[kind]];

/**
 * The bytes of a model from `images` to `logits`.
 *
 * @param {{ kind: 'mlp' | 'deepMlp' | 'convnet', batch: number, parameters: Record<string, Float32Array>, steps: number }} network
 * @returns {Uint8Array}
 */
export function onnxModel({ kind, batch, parameters, steps }) {
  const graph = new OnnxGraph();
  const given = (name, shape) => graph.constant(name, shape, parameters[name]);
  const decay = graph.constant('decay', [], Float32Array.of(DECAY));
  const hidden = HIDDEN[kind](graph, { steps, decay, images: 'images', given });
  const scaled = parameters['readout.weight'].map((weight) => weight / steps);
  const weight = graph.constant('readout.weight', [FEATURES[kind], 10], scaled);
  graph.node('Gemm', [hidden, weight, given('readout.bias', [10])], {}, 'logits');
  return graph.bytes({ name: 'images', shape: imagesShape(kind, batch) }, { name: 'logits', shape: [batch, 10] });
}
