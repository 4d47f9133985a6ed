/** The worker that infers with ONNX Runtime Web on one of its backends. */

import { expose } from 'comlink';
import { isSoftware, nameOf } from './adapter.js';
import { imagesShape, onnxModel } from './onnx.js';
import { round } from './round.js';

const IMAGE = 784;
const LOGITS = 10;

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

/** For each backend: loads it, and gives a function from a batch of images to its logits, and what it runs on. */
const BACKENDS = {
  wasm: async (bytes, shape) => {
    const ort = runtime(await import('onnxruntime-web/wasm'), 'ort-wasm-simd-threaded.wasm');
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: ERRORS_ONLY });
    const infer = async (pixels) => (await session.run({ images: new ort.Tensor('float32', pixels, shape) })).logits.data;
    return { infer, adapter: 'CPU', version: ort.env.versions.web };
  },

  /**
   * The GPU's commands are recorded once and replayed, which takes an input buffer that stays. The output is the runtime's
   * own buffer: after a run it lets go of one that we give, though the record still needs it. A backend given by its name
   * alone would not hear of the recording.
   */
  webgpu: async (bytes, shape) => {
    const found = await navigator.gpu?.requestAdapter();
    if (!found) throw new Error('this browser offers no WebGPU adapter');
    const ort = await gpuRuntime();
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [{ name: 'webgpu' }],
      preferredOutputLocation: 'gpu-buffer',
      enableGraphCapture: true,
      logSeverityLevel: ERRORS_ONLY,
    });
    const device = await ort.env.webgpu.device;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size: shape[0] * IMAGE * Float32Array.BYTES_PER_ELEMENT, usage });
    const images = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape });
    const infer = async (pixels) => {
      device.queue.writeBuffer(buffer, 0, pixels);
      return (await session.run({ images })).logits.getData(true);
    };
    return { infer, adapter: nameOf(found.info), version: ort.env.versions.web };
  },
};

let name = '';
let batch = 0;
let backend;

function batches(images) {
  const size = batch * IMAGE;
  return Array.from({ length: images.length / size }, (_, i) => images.subarray(i * size, (i + 1) * size));
}

expose({
  /** Starts a backend, once, with a trained network. */
  start: async (chosen, network) => {
    const shape = imagesShape(network.kind, network.batch);
    backend = await BACKENDS[chosen](onnxModel(network), shape);
    [name, batch] = [chosen, network.batch];
  },

  describe: () => ({
    title: `ONNX Runtime Web ${backend.version}, ${name}`,
    adapter: backend.adapter,
    software: isSoftware(backend.adapter),
  }),

  /** Inferences of one batch each, the images walked through in a circle. */
  inferRound: (images, counts) => {
    const all = batches(images);
    let next = 0;
    const step = async () => (await backend.infer(all[next++ % all.length])).reduce((total, logit) => total + logit, 0);
    return round(step, counts);
  },

  logits: async (images) => {
    const all = new Float32Array((images.length / IMAGE) * LOGITS);
    let filled = 0;
    for (const pixels of batches(images)) {
      const logits = await backend.infer(pixels);
      all.set(logits, filled);
      filled += logits.length;
    }
    return all;
  },
});
