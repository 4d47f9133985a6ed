/** Training steps of a network, ours and the peers', on the CPU and on the GPU. */

import { Refusal, say } from '../output.mjs';
import { CPU_PEERS, GPU_RUNNERS, RUNNERS, openBuilt, openRunners, reasonOf } from '../runners.mjs';
import { firstDifference, spread } from './statistics.mjs';

const FRESH_WORKERS = 3;
const TOLERANCE = 1e-4;

/** What a processor that plays a GPU is asked for where a step takes it seconds: enough to count what the step asks for. */
const BRIEF = { warm: 1, timed: 1 };

/** One contender's round, whose losses have to be those expected, as far as both go. */
async function timeRound({ bench, named }, contender, counts, expected) {
  const { answers, ms, gaveUp, gpu, memory } = await bench('trainingRound', contender.name, contender.work, counts);
  contender.losses ??= answers;
  if (contender.compared && firstDifference(expected ?? answers, answers, TOLERANCE) >= 0) {
    throw new Refusal(`${named}: the losses differ.\nexpected: ${expected.join(' ')}\n${contender.title}: ${answers.join(' ')}`);
  }
  Object.assign(contender, { gaveUp, counted: gpu, gpuHeld: memory.gpu });
  return { answers, ms };
}

/** A round each in turn, from the same weights. The first does not count. */
async function timeRounds(context, contenders) {
  const { counts, rounds, named } = context;
  for (let round = -1; round < rounds; round++) {
    let expected;
    for (const contender of contenders.filter(({ gaveUp }) => !gaveUp)) {
      const { answers, ms } = await timeRound(context, contender, counts, expected);
      expected ??= answers;
      if (round >= 0 || contender.gaveUp) contender.times.push(ms);
    }
    say(round < 0 ? `${named}: warm, the losses agree` : `${named}: round ${round + 1} of ${rounds}`);
  }
}

/** A brief round each. Gives those that failed or did not answer in time, with the reason. */
async function timeBriefly(context, contenders, expected) {
  const { bench } = context;
  const missing = [];
  for (const contender of contenders) {
    try {
      const { ms } = await timeRound(context, contender, BRIEF, expected);
      contender.times.push(ms);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const reason = reasonOf(error);
      // It may be computing yet, beside whatever is timed next.
      await bench('close', contender.name);
      missing.push({ called: RUNNERS[contender.name].called, reason });
      say(`${contender.title} is left out: ${reason}`);
    }
  }
  return missing;
}

/** The first steps of each runner in fresh workers, in turn, what they load, and the wasm memory after them. */
async function timeFirstSteps({ bench, server }, contenders) {
  for (let i = 0; i < FRESH_WORKERS; i++) {
    for (const contender of contenders) {
      server.loaded();
      const { ms, wasm } = await bench('firstStep', RUNNERS[contender.name], contender.work);
      contender.firstSteps.push(ms);
      Object.assign(contender, { loaded: server.loaded(), wasm });
    }
  }
  for (const contender of contenders) contender.firstStep = spread(contender.firstSteps);
}

/**
 * @param {object} context the page, the server and how much to measure
 * @param {object} given
 * @param {string} given.named for messages
 * @param {'mlp' | 'convnet' | 'pointnet'} given.kind
 * @param {'digits' | 'furniture' | 'noise'} given.data
 * @param {string[]} [given.spikes] those that ours trains with besides the binary ones that all have
 * @param {boolean} [given.gpu] whether GPU backends take part, one step alone on a processor that plays a GPU unless `softwareGpu` is set
 * @param {boolean} [given.fresh] whether first steps are timed
 */
export async function timeTraining(context, { named, kind, data, spikes = [], gpu = false, fresh = false }) {
  const { bench, ours, softwareGpu } = context;
  const timing = { ...context, named };
  const names = gpu ? [...CPU_PEERS, ...GPU_RUNNERS] : CPU_PEERS;
  const { runners, missing } = await openRunners(names, (name, runner) => openBuilt(context, name, runner));
  const contender = (runner, spike, compared) => ({
    ...runner, compared, work: { kind, spike, data }, times: [], firstSteps: [], gaveUp: false, brief: runner.software && !softwareGpu,
  });
  const others = spikes.map((spike) => contender({ ...ours, title: `${ours.title}, ${spike} spikes` }, spike, false));
  const all = [...[ours, ...runners].map((runner) => contender(runner, 'binary', true)), ...others];
  await timeRounds(timing, all.filter(({ brief }) => !brief));
  missing.push(...(await timeBriefly(timing, all.filter(({ brief }) => brief), all[0].losses)));
  const contenders = all.filter(({ times }) => times.length > 0);
  if (fresh) await timeFirstSteps(context, contenders.filter(({ compared, gaveUp, brief }) => compared && !gaveUp && !brief));
  for (const { name } of runners) await bench('close', name);
  await bench('forget');
  for (const each of contenders) {
    each.step = spread(each.times);
    const how = each.gaveUp ? ', given up' : each.brief ? ', one step' : '';
    say(`${named}, ${each.title}: ${each.step.median.toFixed(2)} ms a step${how}`);
  }
  return { contenders, missing, tolerance: TOLERANCE, freshWorkers: FRESH_WORKERS };
}
