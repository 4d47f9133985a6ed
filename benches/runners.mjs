/** What can run a work in the page: a worker's script and one of its backends. */

import { say } from './output.mjs';

export const RUNNERS = {
  ours: { script: 'ours.js', backend: 'flex', called: 'Spikeground on Flex' },
  jaxWasm: { script: 'jax.js', backend: 'wasm', called: 'jax-js on wasm' },
  tfjsWasm: { script: 'peer.js', backend: 'wasm', called: 'TensorFlow.js on wasm' },
  oursWebgpu: { script: 'ours.js', backend: 'webgpu', called: 'Spikeground on WebGPU', gpu: true },
  jaxWebgpu: { script: 'jax.js', backend: 'webgpu', called: 'jax-js on WebGPU', gpu: true },
  tfjsWebgpu: { script: 'peer.js', backend: 'webgpu', called: 'TensorFlow.js on WebGPU', gpu: true },
  tfjsWebgl: { script: 'peer.js', backend: 'webgl', called: 'TensorFlow.js on WebGL', gpu: true },
  ortWasm: { script: 'ort.js', backend: 'wasm', called: 'ONNX Runtime Web on wasm' },
  ortWebgpu: { script: 'ort.js', backend: 'webgpu', called: 'ONNX Runtime Web on WebGPU', gpu: true },
};

export const CPU_PEERS = ['jaxWasm', 'tfjsWasm'];
export const GPU_RUNNERS = ['oursWebgpu', 'jaxWebgpu', 'tfjsWebgpu', 'tfjsWebgl'];

/** The first line of what the page threw. */
export function reasonOf(error) {
  const [reason] = error.message.replace(/^page\.evaluate: (Error: )?/, '').split('\n');
  return reason;
}

/** Opens a runner, where what it runs is built. */
export async function openBuilt({ bench, built }, name, runner) {
  if (name === 'oursWebgpu' && !built.webgpu) throw new Error('target/bench-pkg/webgpu is not built');
  return bench('open', name, runner);
}

/**
 * Opens those of the runners that this browser can run, by `open`, which says what a runner is. The others get the reason.
 *
 * @typedef {{ name: string, gpu: boolean, title: string, adapter: string, software: boolean }} Runner
 * @returns {Promise<{ runners: Runner[], missing: { called: string, reason: string }[] }>}
 */
export async function openRunners(names, open) {
  const runners = [];
  const missing = [];
  for (const name of names) {
    const { called, gpu = false } = RUNNERS[name];
    try {
      runners.push({ name, gpu, ...(await open(name, RUNNERS[name])) });
    } catch (error) {
      missing.push({ called, reason: reasonOf(error) });
      say(`${called} is left out: ${reasonOf(error)}`);
    }
  }
  return { runners, missing };
}
