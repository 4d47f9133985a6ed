/** Inference with trained networks whose batch norm is folded: ours, and ONNX Runtime Web on the same weights. */

import { Refusal, say } from '../output.mjs';
import { RUNNERS, openRunners } from '../runners.mjs';
import { spread } from './statistics.mjs';

const KINDS = ['mlp', 'deepMlp', 'convnet'];
const PEERS = ['ortWasm', 'ortWebgpu'];
/** Steps in a round outside and under the clock: one image takes so little that the clock needs many. */
const COUNTS = { 1: { warm: 50, timed: 1000 }, 64: { warm: 5, timed: 20 } };
const BATCHES = Object.keys(COUNTS).map(Number);
const CLASSES = 10;
const TOLERANCE = 1e-3;
/** A potential that lies on the threshold but for rounding fires in one runtime and not in the other. */
const MAX_FLIPPED = 2;

/** How many images have a logit that is further apart. */
function imagesApart(expected, given) {
  const apart = new Set();
  expected.forEach((logit, i) => {
    if (!(Math.abs(given[i] - logit) <= TOLERANCE)) apart.add(Math.floor(i / CLASSES));
  });
  return apart.size;
}

/** A runner's logits of all images beside ours. */
async function compareLogits(bench, kind, { name, title }, expected, batch) {
  const flipped = imagesApart(expected, await bench('logits', name, batch));
  if (flipped > MAX_FLIPPED) throw new Refusal(`${kind}: ${title} gives other logits than ours for ${flipped} images.`);
  say(`Inference, ${kind}: ${title} agrees at batch ${batch}, but for ${flipped} images`);
  return flipped;
}

/** Opens ONNX Runtime Web, unless it is on a software GPU. It loads its wasm with its first session. */
async function openPeer({ bench, server }, kind, name, runner) {
  server.loaded();
  const told = await bench('openNetwork', name, runner, kind);
  if (told.software) {
    await bench('close', name);
    throw new Error('a software GPU would say little about it');
  }
  await bench('logits', name, 1);
  return { ...told, loaded: server.loaded() };
}

/** What ours loads, in a fresh worker. */
async function oursLoaded({ bench, server }) {
  server.loaded();
  await bench('open', 'fresh', RUNNERS.ours);
  await bench('close', 'fresh');
  return server.loaded();
}

async function timeKind(context, kind) {
  const { bench, ours, rounds } = context;
  const trained = await bench('trainNetwork', kind);
  say(`Inference, ${kind}: trained, ${(100 * trained.accuracy).toFixed(1)} % right`);
  const { runners, missing } = await openRunners(PEERS, (name, runner) => openPeer(context, kind, name, runner));
  const contenders = [{ ...ours, loaded: await oursLoaded(context) }, ...runners];
  const expected = await bench('logits', 'ours', 64);
  let flipped = 0;
  for (const runner of runners) {
    for (const batch of BATCHES) flipped = Math.max(flipped, await compareLogits(bench, kind, runner, expected, batch));
  }
  const rows = BATCHES.flatMap((batch) => contenders.map((runner) => ({ ...runner, batch, times: [] })));
  for (let round = -1; round < rounds; round++) {
    for (const { name, batch, times } of rows) {
      const { ms } = await bench('inferRound', name, batch, COUNTS[batch]);
      if (round >= 0) times.push(ms);
    }
  }
  for (const { name } of runners) await bench('close', name);
  for (const row of rows) {
    row.step = spread(row.times);
    say(`Inference, ${kind}, batch ${row.batch}, ${row.title}: ${row.step.median.toFixed(3)} ms`);
  }
  return { kind, ...trained, flipped, images: expected.length / CLASSES, rows, missing };
}

export async function timeInference(context) {
  const kinds = [];
  for (const kind of KINDS) kinds.push(await timeKind(context, kind));
  return { kinds, counts: COUNTS, tolerance: TOLERANCE };
}
