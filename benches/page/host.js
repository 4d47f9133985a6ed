/** Starts and asks the workers for the runner, which reaches this page by `window.bench`. */

import { wrap } from 'comlink';

const ONE_STEP = { warm: 1, timed: 0 };
const OURS = 'ours.js';

async function unpack(path) {
  const packed = await fetch(path);
  const bytes = packed.body.pipeThrough(new DecompressionStream('gzip'));
  return new Response(bytes).arrayBuffer();
}

const FILES = { digits: '/data/mnist.safetensors.gz', furniture: '/data/furniture.safetensors.gz' };

const unpacking = new Map();

/** A data set by name, unpacked once. */
function dataSet(name) {
  if (!unpacking.has(name)) unpacking.set(name, unpack(FILES[name]));
  return unpacking.get(name);
}

const workers = new Map();
const inputs = new Map();
let images;

/** A worker that has started its backend, ours with a data set, ONNX Runtime Web with its network. */
async function start({ script, backend }, { network, data = 'digits' } = {}) {
  const worker = new Worker(script, { type: 'module' });
  const failed = new Promise((_, reject) => {
    worker.onerror = (event) => reject(new Error(`${script} failed: ${event.message || 'it did not load'}`));
  });
  const api = wrap(worker);
  const ask = (method, ...given) => Promise.race([api[method](...given), failed]);
  const close = () => worker.terminate();
  try {
    await ask('start', backend, script === OURS ? { [data]: new Uint8Array(await dataSet(data)) } : network);
  } catch (error) {
    close();
    throw error;
  }
  return { ask, close, isOurs: script === OURS };
}

const ask = (name, method, ...given) => workers.get(name).ask(method, ...given);

/** What the peers need for a work, from the worker `ours`, which has to be open. */
async function inputsFor({ isOurs }, method, work) {
  if (isOurs) return undefined;
  const key = JSON.stringify(work);
  if (!inputs.has(key)) inputs.set(key, await ask('ours', method, work));
  return inputs.get(key);
}

window.bench = {
  /** Opens a worker that stays, and says what it is. */
  async open(name, runner) {
    workers.set(name, await start(runner));
    return ask(name, 'describe');
  },

  /** Trains a network in `ours`, for inference, and says how well it does. */
  async trainNetwork(kind) {
    const told = await ask('ours', 'trainNetwork', kind);
    images = await ask('ours', 'images');
    return told;
  },

  /** Opens a worker that infers with the network that `ours` trained last. */
  async openNetwork(name, runner, kind) {
    workers.set(name, await start(runner, { network: await ask('ours', 'network', kind) }));
    return ask(name, 'describe');
  },

  ask,

  close(name) {
    workers.get(name)?.close();
    workers.delete(name);
  },

  async trainingRound(name, work, counts) {
    return ask(name, 'trainingRound', work, counts, await inputsFor(workers.get(name), 'trainingInputs', work));
  },

  async lifRound(name, work, counts) {
    return ask(name, 'lifRound', work, counts, await inputsFor(workers.get(name), 'lifInputs', work));
  },

  inferRound: (name, batch, counts) => ask(name, 'inferRound', images, batch, counts),

  /** The logits of all images, [image, 10] in a row, worked out in batches. */
  logits: (name, batch) => ask(name, 'logits', images, batch),

  /** Forgets the inputs of works that are over. */
  forget: () => inputs.clear(),

  /** Milliseconds from nothing to the first training step done, in a worker of its own, and its wasm memory then. */
  async firstStep(runner, work) {
    const given = await inputsFor({ isOurs: runner.script === OURS }, 'trainingInputs', work);
    await dataSet(work.data);
    const begun = performance.now();
    const worker = await start(runner, { data: work.data });
    const { memory } = await worker.ask('trainingRound', work, ONE_STEP, given);
    const ms = performance.now() - begun;
    worker.close();
    return { ms, wasm: memory.wasm };
  },
};
