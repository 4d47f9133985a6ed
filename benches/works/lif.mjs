/** One layer of neurons alone, forward and backward: ours, fused and in plain tensor operations, and the peers'. */

import { Refusal, say } from '../output.mjs';
import { CPU_PEERS, openRunners } from '../runners.mjs';
import { firstDifference, spread } from './statistics.mjs';

const NEURONS = 65_536;
const TIME_STEPS = [4, 8, 16, 32];
const TOLERANCE = 1e-5;

/** The layer at so many time steps, a round each in turn. */
async function timeLayer({ bench, counts, rounds }, contenders, steps) {
  const timed = contenders.map((contender) => ({ ...contender, times: [] }));
  const expected = [];
  for (let round = -1; round < rounds; round++) {
    for (const { name, title, fused, times } of timed) {
      const work = { steps, neurons: NEURONS, ...(fused === undefined ? {} : { fused }) };
      const { answers, ms } = await bench('lifRound', name, work, counts);
      if (expected.length === 0) expected.push(...answers);
      if (firstDifference(expected, answers, TOLERANCE) >= 0) {
        throw new Refusal(`T = ${steps}: the gradients differ.\nfused: ${expected}\n${title}: ${answers}`);
      }
      if (round >= 0) times.push(ms);
    }
  }
  await bench('forget');
  const all = timed.map(({ title, times }) => ({ title, step: spread(times) }));
  say(`LIF, T = ${steps}: ${all.map(({ title, step }) => `${title} ${step.median.toFixed(2)} ms`).join(', ')}`);
  return { steps, contenders: all, answer: expected[0] };
}

export async function timeLif(context) {
  const { bench } = context;
  const { runners, missing } = await openRunners(CPU_PEERS, (name, runner) => bench('open', name, runner));
  const ours = [true, false].map((fused) => ({ name: 'ours', title: fused ? 'fused' : 'plain', fused }));
  const layers = [];
  for (const steps of TIME_STEPS) layers.push(await timeLayer(context, [...ours, ...runners], steps));
  for (const { name } of runners) await bench('close', name);
  return { layers, missing, neurons: NEURONS, tolerance: TOLERANCE };
}
