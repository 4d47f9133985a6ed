/** Starts and asks the workers for the runner, which reaches this page by `window.bench`. */

import { wrap } from 'comlink';

const ONE_STEP = { warm: 1, timed: 0 };
const workers = new Map();
let inputs;

async function open(name) {
  const ours = name === 'ours';
  const worker = new Worker(ours ? 'ours.js' : 'peer.js', { type: 'module' });
  const failed = new Promise((_, reject) => {
    worker.onerror = (event) => reject(new Error(`the worker "${name}" failed: ${event.message || 'it did not load'}`));
  });
  const api = wrap(worker);
  const ask = (method, ...given) => Promise.race([api[method](...given), failed]);
  const close = () => worker.terminate();
  if (!ours) await ask('start', name, inputs);
  return { ask, close };
}

window.bench = {
  /** Opens a worker that stays, and says what it is. The first has to be ours: it has the peers' inputs. */
  async open(name) {
    const worker = await open(name);
    inputs ??= await worker.ask('inputs');
    workers.set(name, worker);
    return worker.ask('describe');
  },

  ask: (name, method, ...given) => workers.get(name).ask(method, ...given),

  close(name) {
    workers.get(name)?.close();
    workers.delete(name);
  },

  /** Milliseconds from nothing to the first training step done, in a worker of its own. */
  async firstStep(name) {
    const start = performance.now();
    const worker = await open(name);
    await worker.ask('mlpRound', ONE_STEP);
    const ms = performance.now() - start;
    worker.close();
    return ms;
  },
};
