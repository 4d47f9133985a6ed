/** The report's parts on training steps. */

import { loadedSize, mib, missingLines, ms, range, table, times } from './format.mjs';

/** A runner's step, and how it compares with others' medians. */
function stepCells({ step, gaveUp }, medians) {
  const over = (cell) => (gaveUp ? `over ${cell}` : cell);
  const ratios = medians.map((median) => (median === undefined ? '–' : over(times((gaveUp ? step.min : step.median) / median))));
  return [gaveUp ? `over ${ms(step.min)}, given up` : range(step), ...ratios];
}

/** What a runner's fresh worker took, where it had one. */
const firstCells = ({ firstStep, loaded, wasm }) => (firstStep ? [range(firstStep), loadedSize(loaded), mib(wasm)] : ['–', '–', '–']);
const FIRST = ['first step in a fresh worker, ms', 'loaded for it, MiB (brotli)', 'wasm memory after it, MiB'];

function cpuTable(contenders, withFirst) {
  const cpu = contenders.filter(({ gpu }) => !gpu);
  const median = cpu[0].step.median;
  return table(
    ['library and backend', 'one step, ms', 'time / ours', ...(withFirst ? FIRST : [])],
    cpu.map((runner) => [runner.title, ...stepCells(runner, [median]), ...(withFirst ? firstCells(runner) : [])]),
  );
}

/** What a step asked of WebGPU, and the buffers after all steps. WebGL, which asks nothing of it, has dashes. */
function countCells({ counted, gpuHeld }) {
  if (!counted?.dispatches) return ['–', '–', '–', '–'];
  return [counted.dispatches.toFixed(0), (counted.uploaded / 1024).toFixed(1), counted.read.toFixed(0), mib(gpuHeld)];
}
const COUNTS = ['dispatches', 'uploaded, KiB', 'read back, bytes', 'buffers, MiB'];

const oursOf = (onGpu) => onGpu.find(({ name }) => name === 'oursWebgpu')?.step.median;

function gpuTable(onGpu, flex) {
  const medians = [oursOf(onGpu), flex];
  return table(
    ['library and backend', 'one step, ms', 'time / ours on WebGPU', 'time / ours on Flex', ...FIRST, ...COUNTS],
    onGpu.map((runner) => [runner.title, ...stepCells(runner, medians), ...firstCells(runner), ...countCells(runner)]),
  );
}

/** What took one step under the clock: no times, which would say something of a processor alone. */
function briefTable(onGpu) {
  const ratio = ({ step }) => (oursOf(onGpu) === undefined ? '–' : times(step.median / oursOf(onGpu)));
  return table(
    ['library and backend', 'time / ours on WebGPU', ...COUNTS],
    onGpu.map((runner) => [runner.title, ratio(runner), ...countCells(runner)]),
  );
}

/** What the contenders run on. */
function adaptersOf(onGpu) {
  const called = onGpu.map(({ adapter, software }) => (software ? `${adapter} (a processor that plays a GPU)` : adapter));
  return [...new Set(called)].join('; ');
}

const COUNTED = `Dispatches and bytes are those of a step under the clock at WebGPU's own interface;
buffers are those made and neither destroyed nor collected after the last round, with what the library keeps for later use`;

function gpuPart({ contenders, missing }) {
  const onGpu = contenders.filter(({ gpu, brief }) => gpu && !brief);
  const briefly = contenders.filter(({ brief }) => brief);
  const whole = onGpu.length === 0 ? '' : `
The same on ${adaptersOf(onGpu)}. ${COUNTED}:

${gpuTable(onGpu, contenders[0].step.median)}
`;
  const brief = briefly.length === 0 ? '' : `
The same on ${adaptersOf(briefly)}, where steps take long:
one outside the clock and one under it, for what a step asks of a GPU. The ratios are those of a processor's times and no claim about a GPU. ${COUNTED}:

${briefTable(briefly)}
`;
  return `${whole}${brief}${missingLines(missing)}`;
}

function lossTable(contenders) {
  const compared = contenders.filter((contender) => contender.compared);
  const steps = compared[0].losses.map((_, i) => `step ${i + 1}`);
  return table(
    ['loss', ...steps],
    compared.map(({ title, losses }) => [title, ...steps.map((_, i) => losses[i]?.toFixed(6) ?? '–')]),
  );
}

export function mlpSection({ mlp, counts }) {
  return `## One training step of an MLP

784-256-10, T = 4, batch 64, binary spikes, gradients through the reset, Adam at 0.001, on the MNIST digits. All have the same initial weights and
the same 25 batches in turn, so that no step meets what it has just learnt. A batch is cut, brought into the layout that suits the library
and uploaded within the step, and the loss is read back at every step. Each round starts from the initial weights.

To be fair to the peers, their gradients and their Adam are written out by us, in the fastest of the forms that we timed for each backend: jax-js has no
way to set the surrogate's gradient, and TensorFlow.js takes fewer passes so. The constant input's product and the readout are
worked out once, not at each time step. jax-js has the whole step under one \`jit\`, compiled before the clock starts,
and the surrogate as a polynomial as exact as a 32-bit float, which its SIMD can do. Every wasm has SIMD
and one thread: the page is not cross-origin isolated, as most are not, so nobody has a thread pool. A
peer's batches lie in JavaScript's memory, ours in our wasm's; both are copied in the step. Our sums on the CPU skip what an image's background
gives and neurons that do not fire, so what the images hold changes our time and not the others': the same on noise, which has no
background, is below.

A fresh worker fetches, compiles, makes the network and takes one step; median of ${mlp.freshWorkers}. Ours reads the data set in it too, of which the
peers get the finished batches. What it loads for that comes raw and, in brackets, at brotli 5; no data are in it. Wasm memory never shrinks,
so what it is after that step is the most that was needed until then. Ours has the data set and all batches in it; JavaScript's own arrays, where
the peers have their batches, are not in it.

${cpuTable(mlp.contenders, true)}

Rows with ternary and real-valued spikes are ours alone and start from the same weights.
${gpuPart(mlp)}
The losses of the first ${counts.warm} steps, or of the one step where one was taken, have to agree within ${mlp.tolerance} of their size, or the run fails:

${lossTable(mlp.contenders)}

On noise, uniform in 0..1, all else the same:

${cpuTable(mlp.noise.contenders, false)}
${missingLines(mlp.noise.missing)}`;
}

export function convnetSection({ convnet }) {
  return `## One training step of a convnet

Two 3 x 3 convolutions of 16 and 32 channels on 28 x 28 digits, LIF neurons after each, 2 x 2 average pooling after both, a readout; T = 4, batch 32,
all else as with the MLP. Each peer has the layout that it is fastest in: [image, row, column, channel] in TensorFlow.js, whose gradients of
convolutions are convolutions or matrix products where these are faster than its kernels for them; [channel, row, column, image] in jax-js, whose
convolutions are products with windows that are views.

${cpuTable(convnet.contenders, true)}
${gpuPart(convnet)}
${lossTable(convnet.contenders)}
`;
}

export function cloudSection({ clouds }) {
  return `## One training step of Spiking PointNet

Layers of 32, 64 and 128 channels that all points share, LIF neurons after the first two, the largest over points, 64 LIF neurons, a readout; batch 16,
the first 512 stored points of furniture10's clouds, the surrogate at 5, T = 1 as the paper trains; all else as with the MLP. The page's small network has
batch norm and membrane noise besides, and its clouds are varied at each step; all that is left out here. Its own step has a section further down.

Where several points are the largest in a channel, the first of them takes the gradient, in every library. The peers have the points of all clouds one after
the other, so that a layer is one product, which in TensorFlow.js is fastest as a 1 x 1 convolution, as the largest over points is as a pooling. A point that is
nowhere the largest has no gradient: the peers gather the others, a row for each cloud and channel, and go back through those alone, a quarter of all rows.

${cpuTable(clouds.contenders, true)}
${gpuPart(clouds)}
${lossTable(clouds.contenders)}
`;
}
