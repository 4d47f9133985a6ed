/** The same work outside the browser: Spikeground natively, and SpikingJelly on PyTorch where Python has it. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Refusal, say } from '../output.mjs';
import { firstDifference, spread } from './statistics.mjs';

const run = promisify(execFile);

/** Unless told to keep it, glibc gives memory back at each step and asks for it anew, which a page's wasm never does. */
const KEPT_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(2 ** 30), MALLOC_TRIM_THRESHOLD_: String(2 ** 33) };
const env = { ...process.env, ...KEPT_MEMORY };

const PYTHON = process.env.PYTHON ?? 'python3';
const LOSS_TOLERANCE = 1e-4;
const ANSWER_TOLERANCE = 1e-5;
/** PyTorch compiles each work, which takes a minute or two. */
const PYTHON_LIMIT_MS = 600_000;

/** Spikeground natively, which also writes the inputs for others. */
async function runOurs(root, inputs, rounds) {
  const program = join(root, 'target/native/spikeground');
  if (!existsSync(program)) throw new Refusal('There is no native program to time. `cargo xtask bench -- --native` builds it.');
  const file = join(inputs, 'mnist.safetensors');
  await writeFile(file, gunzipSync(await readFile(join(root, 'www/data/mnist.safetensors.gz'))));
  const { stdout } = await run(program, ['bench', '--file', file, '--inputs', inputs, '--rounds', String(rounds)], { env });
  return JSON.parse(stdout);
}

/** SpikingJelly on the inputs that were written, or why not. */
async function runSpikingJelly(root, inputs, rounds) {
  const script = join(root, 'benches/spikingjelly_steps.py');
  try {
    const { stdout } = await run(PYTHON, [script, inputs, '--rounds', String(rounds)], { env, timeout: PYTHON_LIMIT_MS });
    return { given: JSON.parse(stdout) };
  } catch (error) {
    const reason = error.killed ? `no answer in ${PYTHON_LIMIT_MS / 1000} s` : (error.stderr ?? error.message).trim().split('\n').at(-1);
    say(`SpikingJelly is left out: ${reason}`);
    return { reason };
  }
}

/** The page's works that the others do too: what they answered, and their times. */
function pageWorks({ lif, mlp, convnet }) {
  const networks = [['MLP', 'mlp', mlp], ['convnet', 'convnet', convnet]].filter(([, , result]) => result !== undefined);
  return [
    ...networks.map(([title, name, { contenders: [ours] }]) => ({
      title: `${title}, a training step`,
      answers: ours.losses,
      step: ours.step,
      of: (given) => ({ answers: given[name].losses, ms: given[name].ms }),
      tolerance: LOSS_TOLERANCE,
    })),
    ...(lif?.layers ?? []).map(({ steps, contenders: [fused], answer }) => ({
      title: `neurons alone, T = ${steps}`,
      answers: [answer],
      step: fused.step,
      of: (given) => ({ answers: [given.lif[steps].answer], ms: given.lif[steps].ms }),
      tolerance: ANSWER_TOLERANCE,
    })),
  ];
}

/** A program's times of one of the page's works, whose answers have to be the page's. */
function timesOf(given, { title, answers, of, tolerance }) {
  const { answers: others, ms } = of(given);
  if (firstDifference(answers, others, tolerance) >= 0) {
    throw new Refusal(`${title}: the page and ${given.title} differ.\n${answers.join(' ')}\n${others.join(' ')}`);
  }
  return spread(ms);
}

/** After the page's own works, whose `results` it compares with. */
export async function timeNative({ root, rounds }, results) {
  const works = pageWorks(results);
  const inputs = await mkdtemp(join(tmpdir(), 'spikeground-bench-'));
  try {
    const ours = await runOurs(root, inputs, rounds);
    say('Native: Spikeground is timed');
    const { given: theirs, reason } = await runSpikingJelly(root, inputs, rounds);
    const rows = works.map((work) => ({
      title: work.title,
      page: work.step,
      native: timesOf(ours, work),
      theirs: theirs && timesOf(theirs, work),
    }));
    for (const { title, page, native, theirs: other } of rows) {
      const all = [['page', page], ['native', native], ['SpikingJelly', other]].filter(([, times]) => times !== undefined);
      say(`${title}: ${all.map(([name, { median }]) => `${name} ${median.toFixed(2)} ms`).join(', ')}`);
    }
    return { title: theirs?.title, reason, rows, tolerance: LOSS_TOLERANCE };
  } finally {
    await rm(inputs, { recursive: true });
  }
}
