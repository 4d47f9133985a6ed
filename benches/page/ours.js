/** The worker that runs Spikeground's wasm. */

import './wasm-memory.js';
import './gpu-counts.js';
import { expose, transfer } from 'comlink';
import { adapterName, isSoftware } from './adapter.js';
import { batchesOf } from './batches.js';
import { round } from './round.js';

/** For each backend: the build that has it, what it is called, and what it runs on. */
const BACKENDS = {
  flex: { build: '/pkg/spikeground.js', title: 'Spikeground, Flex (CPU)', adapter: () => 'CPU' },
  webgpu: { build: '/pkg-webgpu/spikeground.js', title: 'Spikeground, WebGPU', adapter: adapterName },
};

let backend = '';
let adapter = '';
/** Unpacked files of data sets by name. */
let data = {};
let wasm;
let lab;
let inference;

/** Runs `use` with a fresh object of the wasm's, and gives its memory back. */
async function using(creating, use) {
  const object = await creating;
  try {
    return await use(object);
  } finally {
    object.free();
  }
}

/** The furniture, which a worker is not always started with. */
async function furniture() {
  data.furniture ??= await unpacked('/data/furniture.safetensors.gz');
  return data.furniture;
}

/** A network with its batches. `named` is the data that they are cut from: 'digits', 'furniture' or 'noise'. */
async function training({ kind, spike, data: named }, use) {
  const file = named === 'furniture' ? await furniture() : data[named];
  return using(wasm.TrainingBench.create(backend, kind, spike, file), use);
}

/** Arrays by name, of an object that has `names` and `parameter`. */
async function parametersOf(bench) {
  const parameters = {};
  for (const name of bench.names()) parameters[name] = await bench.parameter(name);
  return parameters;
}

/** A lab with the digits and the furniture, for whole runs. */
async function openLab() {
  const started = await wasm.Lab.start(backend);
  started.addData(data.digits);
  started.addData(await furniture());
  return started;
}

async function unpacked(path) {
  const packed = await fetch(path);
  const bytes = packed.body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

/** Trains the ANN twin that the open run needs. Milliseconds a step, undefined where it needs none or has it already. */
async function prepareTwin(open) {
  const start = performance.now();
  let steps;
  for (let twin = await open.prepare(50); twin !== undefined; twin = await open.prepare(50)) steps = twin.step;
  return steps === undefined ? undefined : (performance.now() - start) / steps;
}

expose({
  /** Loads the build that has the backend. `files` are unpacked data sets by name: the digits, or the furniture. */
  start: async (name, files) => {
    adapter = await BACKENDS[name].adapter();
    wasm = await import(BACKENDS[name].build);
    await wasm.default();
    [backend, data] = [name, files];
  },

  describe: () => ({ title: BACKENDS[backend].title, adapter, software: isSoftware(adapter) }),

  /** All batches and the initial weights, for the peers. */
  trainingInputs: (work) =>
    training(work, async (bench) => {
      const inputs = { inputs: bench.inputs(), labels: bench.labels(), parameters: await parametersOf(bench) };
      const arrays = [inputs.inputs, inputs.labels, ...Object.values(inputs.parameters)];
      return transfer(inputs, arrays.map((array) => array.buffer));
    }),

  /** The currents and the gradients of the spikes, for the peers. */
  lifInputs: ({ steps, neurons }) => ({
    steps,
    current: wasm.LifBench.current(steps, neurons),
    gradient: wasm.LifBench.gradient(steps, neurons),
  }),

  /** Training steps from the initial weights. */
  trainingRound: (work, counts) => training(work, (bench) => round(() => bench.step(), counts)),

  /** Passes forward and backward over one layer of neurons. */
  lifRound: ({ steps, neurons, fused }, counts) =>
    using(wasm.LifBench.create(backend, steps, neurons), (bench) => round(() => bench.run(fused), counts)),

  /** Passes forward and backward through a product or a convolution, by our operation or Burn's. */
  synapseRound: ({ kind, share, own }, counts) =>
    using(wasm.SynapseBench.create(backend, kind, share), (bench) => round(() => bench.run(own), counts)),

  /** Trains a network and folds its batch norm. It stays for what follows. */
  trainNetwork: async (kind) => {
    inference?.free();
    inference = await wasm.InferenceBench.create(kind, data.digits);
    return { accuracy: inference.accuracy(), rates: Array.from(inference.rates()) };
  },

  /** The trained network, for ONNX Runtime Web. */
  network: async (kind) => ({ kind, steps: 4, parameters: await parametersOf(inference) }),

  images: () => inference.images(),

  logits: (images, batch) => batchesOf(images, batch).flatMap((each) => Array.from(inference.infer(each))),

  /** Inferences of one batch each, the images walked through in a circle. */
  inferRound: (images, batch, counts) => {
    const all = batchesOf(images, batch);
    let next = 0;
    return round(() => inference.infer(all[next++ % all.length])[0], counts);
  },

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
    return using(wasm.PointnetBench.create(backend, await furniture(), steps), (bench) => round(() => bench.run(part), counts));
  },
});
