/** The worker that runs TensorFlow.js on one of its backends. */

import './wasm-memory.js';
import './gpu-counts.js';
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import { adapterName, isSoftware } from './adapter.js';
import { PeerConvnet } from './peer-convnet.js';
import { PeerLif } from './peer-lif.js';
import { PeerMlp } from './peer-mlp.js';
import { PeerPointnet } from './peer-pointnet.js';
import { roundOf } from './round.js';

/** For each backend: loads it, and says what it runs on. */
const BACKENDS = {
  wasm: async () => {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths('/tfjs/');
    setThreadsCount(1);
    return () => 'CPU';
  },
  webgl: async () => {
    await import('@tensorflow/tfjs-backend-webgl');
    return () => {
      const gl = tf.backend().gpgpu.gl;
      const named = gl.getExtension('WEBGL_debug_renderer_info');
      return gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
    };
  },
  webgpu: async () => {
    const adapter = await adapterName();
    await import('@tensorflow/tfjs-backend-webgpu');
    return () => adapter;
  },
};

const NETWORKS = { mlp: PeerMlp, convnet: PeerConvnet, pointnet: PeerPointnet };

let backend = '';
let adapter = '';

expose({
  start: async (name) => {
    const describe = await BACKENDS[name]();
    if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js cannot start its ${name} backend here`);
    [backend, adapter] = [name, describe()];
  },

  describe: () => ({ title: `TensorFlow.js ${tf.version_core}, ${backend}`, adapter, software: isSoftware(adapter) }),

  /** Training steps from the initial weights. */
  trainingRound: ({ kind }, counts, inputs) => {
    const network = new NETWORKS[kind](inputs);
    return roundOf(network, () => network.step(), counts);
  },

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async (_, counts, inputs) => {
    const layer = new PeerLif(inputs);
    await layer.settle();
    return roundOf(layer, () => layer.run(), counts);
  },
});
