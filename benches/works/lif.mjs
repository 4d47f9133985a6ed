/** One layer of neurons alone, forward and backward: ours, fused and in plain tensor operations, and the peers'. */

import { Refusal, say } from '../output.mjs';
import { CPU_PEERS, RUNNERS, openBuilt, openRunners } from '../runners.mjs';
import { firstDifference, spread } from './statistics.mjs';

const NEURONS = 65_536;
const TIME_STEPS = [4, 8, 16, 32];
const GPU_TIME_STEPS = [8, 32];
const TOLERANCE = 1e-5;
/** The worker of the plain tensor operations. */
const PLAIN = 'plain';

/** What a processor that plays a GPU is asked for: plain calls take it seconds, however few the neurons. */
const SOFTWARE = { neurons: 1024, counts: { warm: 1, timed: 1 }, rounds: 1 };

/** Ours, fused and plain, each on the worker of that name. */
const fusedAndPlain = (fused, plain, on = '') => [
  { name: fused, title: `fused${on}`, fused: true },
  { name: plain, title: `plain${on}`, fused: false },
];

/** The layer at so many time steps, a round each in turn. */
async function timeLayer({ bench, counts, rounds }, contenders, { steps, neurons }) {
  const timed = contenders.map((contender) => ({ ...contender, times: [] }));
  const expected = [];
  for (let round = -1; round < rounds; round++) {
    for (const contender of timed) {
      const { name, title, fused, times } = contender;
      const work = { steps, neurons, ...(fused === undefined ? {} : { fused }) };
      const { answers, ms, gpu } = await bench('lifRound', name, work, counts);
      if (expected.length === 0) expected.push(...answers);
      if (firstDifference(expected, answers, TOLERANCE) >= 0) {
        throw new Refusal(`T = ${steps}: the gradients differ.\nfused: ${expected}\n${title}: ${answers}`);
      }
      contender.counted = gpu;
      if (round >= 0) times.push(ms);
    }
  }
  await bench('forget');
  const all = timed.map(({ title, times, counted }) => ({ title, step: spread(times), counted }));
  say(`LIF, T = ${steps}: ${all.map(({ title, step }) => `${title} ${step.median.toFixed(2)} ms`).join(', ')}`);
  return { steps, contenders: all, answer: expected[0] };
}

/** Ours alone, on WebGPU. */
async function timeOnGpu(context) {
  const { runners, missing } = await openRunners(['oursWebgpu'], (name, runner) => openBuilt(context, name, runner));
  const [runner] = runners;
  if (runner === undefined) return { layers: [], missing };
  const { name, adapter, software } = runner;
  const { neurons, counts, rounds } = software ? SOFTWARE : { neurons: NEURONS, ...context };
  const layers = [];
  for (const steps of GPU_TIME_STEPS) {
    layers.push(await timeLayer({ ...context, counts, rounds }, fusedAndPlain(name, name, ' on WebGPU'), { steps, neurons }));
  }
  await context.bench('close', name);
  return { layers, missing, neurons, adapter, software };
}

export async function timeLif(context) {
  const { bench } = context;
  const { runners, missing } = await openRunners(CPU_PEERS, (name, runner) => bench('open', name, runner));
  // In a worker of its own, like every peer: what it leaves of the memory is none of the fused layer's business.
  await bench('open', PLAIN, RUNNERS.ours);
  const contenders = [...fusedAndPlain('ours', PLAIN), ...runners];
  const layers = [];
  for (const steps of TIME_STEPS) layers.push(await timeLayer(context, contenders, { steps, neurons: NEURONS }));
  for (const { name } of [...runners, { name: PLAIN }]) await bench('close', name);
  return { layers, missing, neurons: NEURONS, tolerance: TOLERANCE, gpu: await timeOnGpu(context) };
}
