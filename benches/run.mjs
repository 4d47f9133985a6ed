/**
 * Times Spikeground in a real browser, its fused neurons beside plain tensor operations and its training step beside
 * TensorFlow.js, and writes docs/performance.md.
 *
 * node benches/run.mjs [--rounds N] [--only lif|mlp|methods|pointnet]
 */

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { METHODS } from './methods.mjs';
import { POINTNET_PARTS, POINTNET_STEPS } from './pointnet.mjs';
import { performanceReport } from './report.mjs';
import { serve } from './serve.mjs';
import { wasmSizes } from './sizes.mjs';
import { firstDifference, spread } from './statistics.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pkg = join(root, 'target/bench-pkg/cpu');

const NEURONS = 65_536;
const TIME_STEPS = [4, 8, 16];
const PEERS = ['wasm', 'webgl', 'webgpu'];
/** Steps in a round outside and under the clock. The losses of those outside are compared. */
const COUNTS = { warm: 5, timed: 20 };
/** A step of the page's first run is slow enough for fewer. */
const METHOD_COUNTS = { warm: 2, timed: 6 };
const LOSS_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-5;
const FRESH_WORKERS = 3;
const ANSWER_LIMIT_MS = 180_000;

/** A failure that a sentence explains. */
class Refusal extends Error {}

function say(line) {
  process.stdout.write(`${line}\n`);
}

function flags() {
  try {
    return parseArgs({ options: { rounds: { type: 'string', default: '7' }, only: { type: 'string' } } }).values;
  } catch (error) {
    throw new Refusal(error.message);
  }
}

function options() {
  const values = flags();
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Refusal(`--rounds takes a whole number over 0, not "${values.rounds}".`);
  if (![undefined, 'lif', 'mlp', 'methods', 'pointnet'].includes(values.only)) {
    throw new Refusal(`--only takes lif, mlp, methods or pointnet, not "${values.only}".`);
  }
  return { rounds, only: values.only };
}

async function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Refusal(`There is no browser at ${executablePath}. Name one in the variable CHROMIUM.`);
  }
  return chromium.launch({
    executablePath,
    args: ['--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--enable-features=Vulkan'],
  });
}

/** The page's `window.bench`, with a limit on every answer. */
function remote(page) {
  return async (method, ...given) => {
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_LIMIT_MS / 1000} s`)), ANSWER_LIMIT_MS);
    });
    const answer = page.evaluate(([name, values]) => window.bench[name](...values), [method, given]);
    return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
  };
}

/** The fused layer of neurons and the plain one in turn, a round each. */
async function timeLif(bench, steps, rounds) {
  const times = { fused: [], plain: [] };
  for (let round = -1; round < rounds; round++) {
    const answers = {};
    for (const form of ['fused', 'plain']) {
      const given = await bench('ask', 'ours', 'lifRound', { steps, neurons: NEURONS, fused: form === 'fused' }, COUNTS);
      answers[form] = given.answers;
      if (round >= 0) times[form].push(given.ms);
    }
    if (firstDifference(answers.plain, answers.fused, GRADIENT_TOLERANCE) >= 0) {
      throw new Refusal(`T = ${steps}: fused and plain gradients differ.\nplain ${answers.plain}\nfused ${answers.fused}`);
    }
  }
  const [fused, plain] = [spread(times.fused), spread(times.plain)];
  say(`LIF, T = ${steps}: fused ${fused.median.toFixed(2)} ms, plain ${plain.median.toFixed(2)} ms`);
  return { steps, fused, plain };
}

/** Opens the peers that this browser can run. The others get the reason. */
async function openPeers(bench) {
  const runners = [];
  const missing = [];
  for (const name of PEERS) {
    try {
      runners.push({ name, ...(await bench('open', name)), times: [], firstSteps: [], gaveUp: false });
    } catch (error) {
      const [reason] = error.message.replace(/^page\.evaluate: (Error: )?/, '').split('\n');
      missing.push({ name, reason });
      await bench('close', name);
      say(`TensorFlow.js on ${name} is left out: ${reason}`);
    }
  }
  return { runners, missing };
}

/** Training steps of the MLP, ours and the peers' in turn, a round each. Every round starts from the same weights. */
async function timeMlp(bench, ours, rounds) {
  const { runners: peers, missing } = await openPeers(bench);
  const runners = [{ ...ours, times: [], firstSteps: [], gaveUp: false }, ...peers];
  for (let round = -1; round < rounds; round++) {
    let expected;
    for (const runner of runners.filter((r) => !r.gaveUp)) {
      const { answers, ms, gaveUp } = await bench('ask', runner.name, 'mlpRound', COUNTS);
      expected ??= answers;
      runner.losses ??= answers;
      if (firstDifference(expected, answers, LOSS_TOLERANCE) >= 0) {
        throw new Refusal(`The losses differ.\n${ours.title}: ${expected.join(' ')}\n${runner.title}: ${answers.join(' ')}`);
      }
      runner.gaveUp = gaveUp;
      if (round >= 0 || gaveUp) runner.times.push(ms);
    }
    say(round < 0 ? 'MLP: warm, the losses agree' : `MLP: round ${round + 1} of ${rounds}`);
  }
  for (let i = 0; i < FRESH_WORKERS; i++) {
    for (const runner of runners.filter((r) => !r.gaveUp)) runner.firstSteps.push(await bench('firstStep', runner.name));
  }
  for (const runner of runners) {
    runner.step = spread(runner.times);
    runner.firstStep = runner.gaveUp ? undefined : spread(runner.firstSteps);
    say(`MLP, ${runner.title}: ${runner.step.median.toFixed(2)} ms a step${runner.gaveUp ? ', given up' : ''}`);
  }
  return { runners, missing };
}

/** Training steps of the page's first run with each method on and without, a round each in turn. */
async function timeMethods(bench, rounds) {
  const methods = METHODS.map((method) => ({ ...method, times: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const method of methods) {
      const { ms, twinMs } = await bench('ask', 'ours', 'methodRound', method.changes, METHOD_COUNTS);
      method.twinMs ??= twinMs;
      if (round >= 0) method.times.push(ms);
    }
    say(round < 0 ? 'Methods: warm' : `Methods: round ${round + 1} of ${rounds}`);
  }
  const twinMs = methods.find((method) => method.twinMs !== undefined)?.twinMs;
  return { methods: methods.map((method) => ({ ...method, step: spread(method.times) })), twinMs };
}

/** Training steps of Spiking PointNet at one and at four time steps, and the parts of each, a round each in turn. */
async function timePointnet(bench, rounds) {
  const parts = POINTNET_STEPS.flatMap((steps) => POINTNET_PARTS.map((part) => ({ ...part, steps, times: [] })));
  for (let round = -1; round < rounds; round++) {
    for (const { part, steps, times } of parts) {
      const { ms } = await bench('ask', 'ours', 'pointnetRound', { part, steps }, METHOD_COUNTS);
      if (round >= 0) times.push(ms);
    }
    say(round < 0 ? 'PointNet: warm' : `PointNet: round ${round + 1} of ${rounds}`);
  }
  const timed = parts.map((part) => ({ ...part, step: spread(part.times) }));
  return POINTNET_PARTS.map(({ part, title }) => ({ title, steps: timed.filter((other) => other.part === part).map(({ step }) => step) }));
}

async function main() {
  const { rounds, only } = options();
  if (!existsSync(join(pkg, 'spikeground.js'))) {
    throw new Refusal('There is no wasm to time. `cargo xtask bench` builds it and starts this.');
  }
  const browser = await launch();
  const server = await serve(pkg);
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => say(`In the page: ${error.message}`));
    await page.goto(`${server.address}/bench.html`, { waitUntil: 'load' });
    const bench = remote(page);
    const ours = { name: 'ours', ...(await bench('open', 'ours')) };

    const lif = [];
    if (only === undefined || only === 'lif') for (const steps of TIME_STEPS) lif.push(await timeLif(bench, steps, rounds));
    const mlp = only === undefined || only === 'mlp' ? await timeMlp(bench, ours, rounds) : undefined;
    const methods = only === undefined || only === 'methods' ? await timeMethods(bench, rounds) : undefined;
    const pointnet = only === undefined || only === 'pointnet' ? await timePointnet(bench, rounds) : undefined;
    for (const { title, steps } of pointnet ?? []) say(`PointNet, ${title}: ${steps.map(({ median }) => median.toFixed(1)).join(' and ')} ms`);
    for (const { title, step } of methods?.methods ?? []) say(`${title}: ${step.median.toFixed(1)} ms a step`);
    if (only !== undefined) {
      say('docs/performance.md is written by a run of everything only.');
      return;
    }

    say('Compressing the wasm');
    const report = performanceReport({
      machine: { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', browser: `Chromium ${browser.version()}` },
      counts: { ...COUNTS, methods: METHOD_COUNTS, rounds, freshWorkers: FRESH_WORKERS, neurons: NEURONS, lossTolerance: LOSS_TOLERANCE },
      lif,
      mlp,
      methods,
      pointnet,
      pointnetSteps: POINTNET_STEPS,
      sizes: await wasmSizes(root),
    });
    await mkdir(join(root, 'docs'), { recursive: true });
    await writeFile(join(root, 'docs/performance.md'), report);
    say('Wrote docs/performance.md');
  } finally {
    await browser.close();
    server.close();
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
