/** The worker that runs jax-js on one of its backends. */

import './wasm-memory.js';
import './gpu-counts.js';
import { defaultDevice, getWebGPUDevice, init } from '@jax-js/jax';
import { expose } from 'comlink';
import { devDependencies } from '../package.json';
import { isSoftware, nameOf } from './adapter.js';
import { JaxLif } from './jax-lif.js';
import { convnet, mlp } from './jax-network.js';
import { pointnet } from './jax-pointnet.js';
import { roundOf } from './round.js';

/** For each backend: what it runs on. */
const ADAPTERS = {
  wasm: () => 'CPU',
  webgpu: () => nameOf(getWebGPUDevice().adapterInfo),
};

const NETWORKS = { mlp, convnet, pointnet };

let backend = '';
let adapter = '';

expose({
  start: async (name) => {
    if (!(await init(name)).includes(name)) throw new Error(`jax-js cannot start its ${name} backend here`);
    defaultDevice(name);
    [backend, adapter] = [name, ADAPTERS[name]()];
  },

  describe: () => ({ title: `jax-js ${devDependencies['@jax-js/jax']}, ${backend}`, adapter, software: isSoftware(adapter) }),

  /** Training steps from the initial weights. */
  trainingRound: ({ kind }, counts, inputs) => {
    const network = NETWORKS[kind](inputs);
    return roundOf(network, () => network.step(), counts);
  },

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async (_, counts, inputs) => {
    const layer = new JaxLif(inputs);
    await layer.settle();
    return roundOf(layer, () => layer.run(), counts);
  },
});
