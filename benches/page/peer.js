/** The worker that runs TensorFlow.js on one of its backends. */

import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import { isSoftware, nameOf } from './adapter.js';
import { PeerConvnet } from './peer-convnet.js';
import { PeerLif } from './peer-lif.js';
import { PeerMlp } from './peer-mlp.js';
import { round } from './round.js';

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
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) throw new Error('this browser offers no WebGPU adapter');
    await import('@tensorflow/tfjs-backend-webgpu');
    return () => nameOf(adapter.info);
  },
};

let backend = '';
let adapter = '';
let inputs;

/** A round of `network`'s steps, and its memory given back. */
async function networkRound(network, counts) {
  try {
    return await round(() => network.step(), counts);
  } finally {
    network.dispose();
  }
}

expose({
  /** Starts a backend, once, and takes in the batches and the initial weights. */
  start: async (name, given) => {
    const describe = await BACKENDS[name]();
    if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js cannot start its ${name} backend here`);
    [backend, adapter, inputs] = [name, describe(), given];
  },

  describe: () => ({ title: `TensorFlow.js ${tf.version_core}, ${backend}`, adapter, software: isSoftware(adapter) }),

  /** Training steps of the MLP from the initial weights. */
  mlpRound: (counts) => networkRound(new PeerMlp(inputs.mlp), counts),

  /** Training steps of the convnet from the initial weights. */
  convnetRound: (counts) => networkRound(new PeerConvnet(inputs.convnet), counts),

  /** Passes forward and backward over one layer of neurons. */
  lifRound: async (given, counts) => {
    const layer = new PeerLif(given);
    try {
      await layer.settle();
      return await round(() => layer.run(), counts);
    } finally {
      layer.dispose();
    }
  },
});
