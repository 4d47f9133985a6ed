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

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async ({ steps, neurons, fused }, counts) => {
    const { LifBench } = await loading;
    return using(LifBench.create(BACKEND, steps, neurons), (bench) => round(() => bench.run(fused), counts));
  },
});
