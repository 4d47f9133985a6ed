/** The worker that runs TensorFlow.js on one of its backends. */

import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import { PeerMlp } from './peer-mlp.js';
import { round } from './round.js';

const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i;

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
    const { vendor, architecture, description } = adapter.info;
    await import('@tensorflow/tfjs-backend-webgpu');
    return () => [vendor, architecture, description].filter(Boolean).join(' ');
  },
};

let backend = '';
let adapter = '';
let inputs;

expose({
  /** Starts a backend, once, and takes in the batch and the initial weights. */
  start: async (name, given) => {
    const describe = await BACKENDS[name]();
    if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js cannot start its ${name} backend here`);
    [backend, adapter, inputs] = [name, describe(), given];
  },

  describe: () => ({ title: `TensorFlow.js ${tf.version_core}, ${backend}`, adapter, software: SOFTWARE.test(adapter) }),

  /** Training steps from the initial weights. */
  mlpRound: async (counts) => {
    const network = new PeerMlp(inputs);
    try {
      return await round(() => network.step(), counts);
    } finally {
      network.dispose();
    }
  },
});
