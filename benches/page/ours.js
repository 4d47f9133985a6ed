/** The worker that runs Spikeground's wasm. */

import { expose, transfer } from 'comlink';
import { round } from './round.js';

const BACKEND = 'flex';
const PARAMETERS = ['layer1.weight', 'layer1.bias', 'readout.weight', 'readout.bias'];

async function load() {
  const wasm = await import('/pkg/spikeground.js');
  await wasm.default();
  return wasm;
}

const loading = load();

/** Runs `use` with a fresh object of the wasm's, and gives its memory back. */
async function using(creating, use) {
  const object = await creating;
  try {
    return await use(object);
  } finally {
    object.free();
  }
}

async function mlp(use) {
  const { MlpBench } = await loading;
  return using(MlpBench.create(BACKEND), use);
}

/** A lab with the MNIST digits, for whole runs. */
async function openLab() {
  const { Lab } = await loading;
  const lab = await Lab.start(BACKEND);
  lab.addData(await unpacked('/data/mnist.safetensors.gz'));
  return lab;
}

async function unpacked(path) {
  const packed = await fetch(path);
  const bytes = packed.body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

let lab;
let furniture;

/** Trains the ANN twin that the open run needs. Milliseconds a step, undefined where it needs none or has it already. */
async function prepareTwin(open) {
  const start = performance.now();
  let steps;
  for (let twin = await open.prepare(50); twin !== undefined; twin = await open.prepare(50)) steps = twin.step;
  return steps === undefined ? undefined : (performance.now() - start) / steps;
}

expose({
  describe: () => ({ title: 'Spikeground, Flex (CPU)', adapter: 'CPU', software: false }),

  /** The batch and the initial weights, for the peers. */
  inputs: () =>
    mlp(async (bench) => {
      const inputs = { pixels: bench.pixels(), labels: bench.labels(), parameters: {} };
      for (const name of PARAMETERS) inputs.parameters[name] = await bench.parameter(name);
      const arrays = [inputs.pixels, inputs.labels, ...Object.values(inputs.parameters)];
      return transfer(inputs, arrays.map((array) => array.buffer));
    }),

  /** Training steps from the initial weights. */
  mlpRound: (counts) => mlp((bench) => round(() => bench.step(), counts)),

  /** Training steps of the page's first run with some settings changed, from its initial weights. */
  methodRound: async (changes, counts) => {
    lab ??= await openLab();
    const [info] = await lab.open([{ twinEpochs: 1, ...changes }]);
    const twinMs = info.needsTwin ? await prepareTwin(lab) : undefined;
    const given = await round(async () => (await lab.trainLane(0, 1)).losses[0], counts);
    return { ...given, twinMs };
  },

  /** A part of Spiking PointNet's training step, or all of it. */
  pointnetRound: async ({ part, steps }, counts) => {
    const { PointnetBench } = await loading;
    furniture ??= await unpacked('/data/furniture.safetensors.gz');
    return using(PointnetBench.create(BACKEND, furniture, steps), (bench) => round(() => bench.run(part), counts));
  },

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async ({ steps, neurons, fused }, counts) => {
    const { LifBench } = await loading;
    return using(LifBench.create(BACKEND, steps, neurons), (bench) => round(() => bench.run(fused), counts));
  },
});
