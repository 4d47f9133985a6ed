/** The worker that runs jax-js on one of its backends. */

import { defaultDevice, getWebGPUDevice, init } from '@jax-js/jax';
import { expose } from 'comlink';
import { devDependencies } from '../package.json';
import { isSoftware, nameOf } from './adapter.js';
import { JaxLif } from './jax-lif.js';
import { convnet, mlp } from './jax-network.js';
import { round } from './round.js';

/** For each backend: what it runs on. */
const ADAPTERS = {
  wasm: () => 'CPU',
  webgpu: () => nameOf(getWebGPUDevice().adapterInfo),
};

let backend = '';
let adapter = '';
let inputs;

/** A round of one work, and its memory given back. */
async function roundOf(work, run, counts) {
  try {
    return await round(run, counts);
  } finally {
    work.dispose();
  }
}

function networkRound(network, counts) {
  return roundOf(network, () => network.step(), counts);
}

expose({
  /** Starts a backend, once, and takes in the batches and the initial weights. */
  start: async (name, given) => {
    if (!(await init(name)).includes(name)) throw new Error(`jax-js cannot start its ${name} backend here`);
    defaultDevice(name);
    [backend, adapter, inputs] = [name, ADAPTERS[name](), given];
  },

  describe: () => ({ title: `jax-js ${devDependencies['@jax-js/jax']}, ${backend}`, adapter, software: isSoftware(adapter) }),

  /** Training steps of the MLP from the initial weights. */
  mlpRound: (counts) => networkRound(mlp(inputs.mlp), counts),

  /** Training steps of the convnet from the initial weights. */
  convnetRound: (counts) => networkRound(convnet(inputs.convnet), counts),

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async (given, counts) => {
    const layer = new JaxLif(given);
    await layer.settle();
    return roundOf(layer, () => layer.run(), counts);
  },
});
