/**
 * Times Spikeground in a real browser, beside other libraries on the same work, and writes docs/performance.md.
 *
 * node benches/run.mjs [--rounds N] [--only lif|mlp|convnet|clouds|inference|synapse|methods|pointnet|scale|page|stage]... [--software-gpu] [--native]
 */

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, openBench } from './browser.mjs';
import { Refusal, say } from './output.mjs';
import { performanceReport, SECTIONS, withSection } from './report/report.mjs';
import { RUNNERS } from './runners.mjs';
import { serve } from './serve.mjs';
import { wasmSizes, wasmWeights } from './sizes.mjs';
import { timeInference } from './works/inference.mjs';
import { timeLif } from './works/lif.mjs';
import { timeMethods } from './works/methods.mjs';
import { timeNative } from './works/native.mjs';
import { timePage } from './works/page.mjs';
import { timePointnet } from './works/pointnet.mjs';
import { timeScale } from './works/scale.mjs';
import { timeStage } from './works/stage.mjs';
import { timeSynapses } from './works/synapse.mjs';
import { timeTraining } from './works/training.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const builds = { cpu: join(root, 'target/bench-pkg/cpu'), webgpu: join(root, 'target/bench-pkg/webgpu') };

/** Steps in a round outside and under the clock. The answers of those outside are compared. */
const COUNTS = { warm: 5, timed: 20 };

/** What every network is trained with besides binary spikes, and where. */
const EVERYWHERE = { spikes: ['ternary', 'real'], gpu: true, fresh: true };

const WORKS = {
  lif: timeLif,
  mlp: async (context) => {
    const digits = await timeTraining(context, { named: 'MLP', kind: 'mlp', data: 'digits', ...EVERYWHERE });
    return { ...digits, noise: await timeTraining(context, { named: 'MLP on noise', kind: 'mlp', data: 'noise' }) };
  },
  convnet: (context) => timeTraining(context, { named: 'Convnet', kind: 'convnet', data: 'digits', ...EVERYWHERE }),
  clouds: (context) => timeTraining(context, { named: 'Spiking PointNet', kind: 'pointnet', data: 'furniture', ...EVERYWHERE }),
  inference: timeInference,
  synapse: timeSynapses,
  methods: timeMethods,
  pointnet: timePointnet,
  scale: timeScale,
  page: timePage,
  stage: timeStage,
};

function flags() {
  try {
    return parseArgs({
      options: {
        rounds: { type: 'string', default: '7' },
        only: { type: 'string', multiple: true },
        'software-gpu': { type: 'boolean', default: false },
        native: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal(error.message);
  }
}

function options() {
  const values = flags();
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Refusal(`--rounds takes a whole number over 0, not "${values.rounds}".`);
  const names = Object.keys(WORKS);
  const works = values.only ?? names;
  const unknown = works.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Refusal(`--only takes ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, not "${unknown}".`);
  return { rounds, works, everything: values.only === undefined, softwareGpu: values['software-gpu'], native: values.native };
}

/** Runs the works in the page, one after the other. */
async function timeInPage({ rounds, works, softwareGpu }) {
  const browser = await launch();
  const server = await serve(builds);
  try {
    const bench = await openBench(browser, server.address);
    const ours = { name: 'ours', ...(await bench('open', 'ours', RUNNERS.ours)) };
    const built = { webgpu: existsSync(join(builds.webgpu, 'spikeground.js')) };
    const context = { browser, root, bench, server, ours, built, counts: COUNTS, rounds, softwareGpu };
    const results = { browser: `Chromium ${browser.version()}` };
    for (const name of works) results[name] = await WORKS[name](context);
    return results;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Puts what stands by itself into docs/performance.md; the rest of it compares, and is written by a run of everything only. */
async function writeSections({ works, rounds }, browser, results) {
  const path = join(root, 'docs/performance.md');
  const own = works.filter((name) => SECTIONS[name] !== undefined);
  let report = await readFile(path, 'utf8');
  for (const name of own) {
    const command = `cargo xtask bench -- --only ${name} --rounds ${rounds}`;
    report = withSection(report, `${SECTIONS[name](results[name]).trim()}\n\n\`${command}\`, ${browser}.`);
  }
  if (own.length > 0) await writeFile(path, report);
  say(own.length > 0 ? `Wrote what docs/performance.md has on ${own.join(', ')}` : 'docs/performance.md is written by a run of everything only.');
}

async function main() {
  const chosen = options();
  if (!existsSync(join(builds.cpu, 'spikeground.js'))) {
    throw new Refusal('There is no wasm to time. `cargo xtask bench` builds it and starts this.');
  }
  const { browser, ...results } = await timeInPage(chosen);
  const native = chosen.native ? await timeNative({ root, rounds: chosen.rounds }, results) : undefined;
  if (!chosen.everything) {
    await writeSections(chosen, browser, results);
    return;
  }
  say('Compressing the wasm');
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', browser };
  const counts = { ...COUNTS, rounds: chosen.rounds };
  const [sizes, weights] = [await wasmSizes(root), await wasmWeights(root)];
  const run = { ...results, machine, counts, native, sizes, weights };
  const report = performanceReport(run, await readFile(join(root, 'benches/tried.md'), 'utf8'));
  await mkdir(join(root, 'docs'), { recursive: true });
  await writeFile(join(root, 'docs/performance.md'), report);
  say('Wrote docs/performance.md');
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
