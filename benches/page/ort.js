/** The worker that infers with ONNX Runtime Web on one of its backends. */

import { expose } from 'comlink';
import { adapterName, isSoftware } from './adapter.js';
import { batchesOf } from './batches.js';
import { imagesShape, onnxModel } from './onnx.js';
import { round } from './round.js';

/** Warnings are about choices of its own. */
const ERRORS_ONLY = 3;

/** The runtime with its wasm file. */
function runtime(ort, wasm) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: `/ort/${wasm}` };
  return ort;
}

/** For the GPU, the build that waits by JavaScript promise integration, which is the smaller, where the browser has that. */
async function gpuRuntime() {
  if ('Suspending' in WebAssembly) return runtime(await import('onnxruntime-web/jspi'), 'ort-wasm-simd-threaded.jspi.wasm');
  return runtime(await import('onnxruntime-web/webgpu'), 'ort-wasm-simd-threaded.asyncify.wasm');
}

/** For each backend: loads it, and gives what it runs on, its version, and how a model becomes a function to its logits. */
const BACKENDS = {
  wasm: async () => {
    const ort = runtime(await import('onnxruntime-web/wasm'), 'ort-wasm-simd-threaded.wasm');
    const open = async (bytes, shape) => {
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: ERRORS_ONLY });
      return async (pixels) => (await session.run({ images: new ort.Tensor('float32', pixels, shape) })).logits.data;
    };
    return { open, adapter: 'CPU', version: ort.env.versions.web };
  },

  /**
   * The GPU's commands are recorded once and replayed, which takes an input buffer that stays. The output is the runtime's
   * own buffer: after a run it lets go of one that we give, though the record still needs it. A backend given by its name
   * alone would not hear of the recording.
   */
  webgpu: async () => {
    const adapter = await adapterName();
    const ort = await gpuRuntime();
    const open = async (bytes, shape) => {
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: [{ name: 'webgpu' }],
        preferredOutputLocation: 'gpu-buffer',
        enableGraphCapture: true,
        logSeverityLevel: ERRORS_ONLY,
      });
      const device = await ort.env.webgpu.device;
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const size = shape.reduce((product, length) => product * length, Float32Array.BYTES_PER_ELEMENT);
      const buffer = device.createBuffer({ size, usage });
      const images = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape });
      return async (pixels) => {
        device.queue.writeBuffer(buffer, 0, pixels);
        return (await session.run({ images })).logits.getData(true);
      };
    };
    return { open, adapter, version: ort.env.versions.web };
  },
};

let name = '';
let backend;
let network;
const sessions = new Map();

/** The function from a batch of so many images to its logits. A model has a fixed batch. */
async function inferenceOf(batch) {
  if (!sessions.has(batch)) {
    const shape = imagesShape(network.kind, batch);
    sessions.set(batch, await backend.open(onnxModel({ ...network, batch }), shape));
  }
  return sessions.get(batch);
}

expose({
  /** Loads a backend, once, for one trained network. */
  start: async (chosen, trained) => {
    backend = await BACKENDS[chosen]();
    [name, network] = [chosen, trained];
  },

  describe: () => ({
    title: `ONNX Runtime Web ${backend.version}, ${name}`,
    adapter: backend.adapter,
    software: isSoftware(backend.adapter),
  }),

  /** Inferences of one batch each, the images walked through in a circle. */
  inferRound: async (images, batch, counts) => {
    const infer = await inferenceOf(batch);
    const all = batchesOf(images, batch);
    let next = 0;
    return round(async () => (await infer(all[next++ % all.length]))[0], counts);
  },

  logits: async (images, batch) => {
    const infer = await inferenceOf(batch);
    const all = [];
    for (const pixels of batchesOf(images, batch)) all.push(...(await infer(pixels)));
    return all;
  },
});
