/** The report's part on inference. */

import { loadedSize, missingLines, percent, range, table, times } from './format.mjs';

const TITLES = { mlp: 'The MLP', deepMlp: 'An MLP with two hidden layers of 256', convnet: 'The convnet' };

function inferenceTable(rows) {
  const ours = (batch) => rows.find((row) => row.batch === batch).step.median;
  return table(
    ['images at once', 'library and backend', 'one inference, ms', 'time / ours', 'loaded, MiB (brotli)'],
    rows.map(({ batch, title, step, loaded }) => [batch, title, range(step), times(step.median / ours(batch)), loadedSize(loaded)]),
  );
}

function kindPart({ kind, accuracy, rates, flipped, images, rows, missing }) {
  const fire = rates.map((rate, i) => `${percent(rate)} in layer ${i + 1}`).join(' and ');
  return `${TITLES[kind]} has ${percent(accuracy)} of ${images} held-out digits right; of its neurons, ${fire} fire at a time step. Images whose
logits differ by more: ${flipped}.

${inferenceTable(rows)}
${missingLines(missing)}`;
}

export function inferenceSection({ kinds, counts, tolerance }) {
  const steps = Object.entries(counts).map(([batch, { warm, timed }]) => `${warm} and ${timed} inferences at batch ${batch}`);
  return `## Inference

The MLP and the convnet above and a deeper MLP, with batch norm, trained on the digits for some hundred steps, so that their neurons fire as
rarely as in use, and the batch norm folded into the weights. Ours is driven by events, one image after the other, also in a batch; between two
hidden layers spikes are bits. ONNX Runtime Web gets the same weights in a model that we write, unrolled over time, in the fastest of the forms
that we timed: the spike is one node, the readout's weights have the mean over time in them. It has its own graph optimisations, SIMD, and one
thread like all. Each inference takes the next images, from JavaScript's memory to logits in it; outside and under the clock of a round are
${steps.join(', ')}. All logits have to agree within ${tolerance}
first, but for at most two images: a potential that lies on the threshold but for rounding may fire in one runtime and not in the other.
What a runtime loads comes raw and, in brackets, at brotli 5.

${kinds.map(kindPart).join('\n')}`;
}
