/**
 * The settings of the papers' methods, newest paper first. Where a paper leaves something open, or could not be read, the
 * explanation says that ours is a reading.
 */
import type { SessionConfig } from '../worker/protocol';
import type { FieldWords } from './field';

const binaryWeights = (config: SessionConfig): boolean => config.weights === 'binary';
const contrasted = (config: SessionConfig): boolean => config.contrast > 0;
const aligned = (config: SessionConfig): boolean => config.align > 0;

/** Whether the run is guided by an ANN twin, which has to be trained first. */
const isGuided = (config: SessionConfig): boolean => contrasted(config) || aligned(config);

export const METHOD_FIELDS: readonly FieldWords[] = [
  {
    kind: 'choice', key: 'weights', param: 'weights', group: 'methods', paper: 'reverb', label: 'Weights', explain: '',
    choices: [
      { value: 'real', label: 'Real', explain: 'Any number, between layers as well as at both ends.' },
      { value: 'binary', label: 'Binary', explain: 'Between layers -1 or 1, times one factor a layer: a spike adds or subtracts itself, and nothing '
        + 'is multiplied on the way.' },
    ],
  },
  {
    kind: 'toggle', key: 'trainFactor', param: 'trainFactor', group: 'methods', paper: 'reverb', label: 'Train the factor', shown: binaryWeights,
    explain: 'One factor for each layer is our reading. Batch norm behind a layer hides its factor.',
  },
  {
    kind: 'toggle', key: 'binaryEnds', param: 'binaryEnds', group: 'methods', paper: 'reverb', label: 'First and last weights too', shown: binaryWeights,
    explain: 'Those that take the input and those of the readout. What the paper does with them could not be read; usually they stay real-valued.',
  },
  {
    kind: 'number', key: 'contrast', param: 'contrast', group: 'methods', paper: 'contrast', label: 'Contrastive loss', slide: [0.05, 5], step: 0.05,
    switch: { label: 'Weight', on: () => ({ contrast: 1 }) },
    explain: "Pulls each layer's features of a sample to those of an ANN twin, and away from its features of other samples. A reconstruction: the "
      + "paper's formula could not be read.",
  },
  {
    kind: 'choice', key: 'contrastWeights', param: 'contrastWeights', group: 'methods', paper: 'contrast', label: 'Layers count', explain: '',
      shown: contrasted,
    choices: [
      { value: 'similar', label: 'By likeness', explain: 'The more alike network and twin see in a layer (CKA), the more it counts. Which way round '
        + 'the paper has it is not certain.' },
      { value: 'dissimilar', label: 'By difference', explain: 'The less alike network and twin see in a layer (1 - CKA), the more it counts: the '
        + 'other reading.' },
      { value: 'uniform', label: 'Alike', explain: 'Every layer counts the same, to compare with.' },
    ],
  },
  {
    kind: 'number', key: 'contrastTemperature', param: 'contrastTemperature', group: 'methods', paper: 'contrast', label: 'Contrast temperature',
      slide: [0.01, 1], step: 0.01, shown: contrasted,
    explain: 'Lower: only the nearest of the other samples push. 0.1 is our reading.',
  },
  {
    kind: 'number', key: 'contrastMemory', param: 'contrastMemory', group: 'methods', paper: 'contrast', label: 'Remembered samples', slide: [0, 1024],
      step: 1, shown: contrasted,
    explain: 'Samples of earlier batches that push besides those of the batch itself. Whether the paper keeps any could not be read.',
  },
  {
    kind: 'number', key: 'align', param: 'align', group: 'methods', paper: 'enof', label: 'Alignment loss', slide: [0.05, 5], step: 0.05,
    switch: { label: 'Weight', on: () => ({ align: 1 }) },
    explain: "Lets an ANN twin's readout judge the network's features as well, and pulls its verdict to the one on the twin's own. Earlier code of "
      + "the authors has weight 0.1; 1 shows more in short runs.",
  },
  {
    kind: 'choice', key: 'alignThrough', param: 'alignThrough', group: 'methods', paper: 'enof', label: 'Judged through', explain: '', shown: aligned,
    choices: [
      { value: 'twin', label: "The twin's readout", explain: "The features have to mean to the twin's readout what its own do: the paper's loss." },
      { value: 'own', label: 'Its own', explain: 'Plain distillation, which compares only what the two networks answer: the control.' },
    ],
  },
  {
    kind: 'number', key: 'alignTemperature', param: 'alignTemperature', group: 'methods', paper: 'enof', label: 'Alignment temperature', slide: [0.5, 25],
      step: 0.5, shown: aligned,
    explain: 'Higher: the unlikely classes count for more. Earlier code of the authors has 20; 4 shows more in short runs.',
  },
  {
    kind: 'choice', key: 'lastActivation', param: 'lastActivation', group: 'methods', paper: 'enof', label: 'The last layer sends', explain: '',
    choices: [
      { value: 'spikes', label: 'Spikes', explain: 'Like the others.' },
      { value: 'relu', label: 'Rectified currents', explain: 'Its current where that is over zero, without membrane or spikes: after training, too.' },
    ],
  },
  {
    kind: 'choice', key: 'shortcut', param: 'shortcut', group: 'methods', paper: 'shortcut', label: 'Shortcut branches', explain: '',
    choices: [
      { value: 'off', label: 'Off', explain: 'Gradients reach the first layers through all those after them.' },
      { value: 'fixed', label: 'Fixed', explain: 'Branches from shallow layers add to the answer while training, always with the same weight.' },
      { value: 'evolving', label: 'Evolving', explain: 'Branches from shallow layers add to the answer while training, with a weight that falls to zero.' },
    ],
  },
  {
    kind: 'number', key: 'shortcutWeight', param: 'shortcutWeight', group: 'methods', paper: 'shortcut', slide: [0.01, 1], step: 0.01,
    label: ({ shortcut }) => (shortcut === 'evolving' ? 'Weight to start from' : 'Weight of the branches'),
    explain: ({ shortcut }) => (shortcut === 'evolving' ? 'The paper starts from 0.25.' : "The paper's first form has 1."),
    shown: ({ shortcut }) => shortcut !== 'off',
  },
  {
    kind: 'number', key: 'membraneNoise', param: 'membraneNoise', group: 'methods', paper: 'paradigm', label: 'Random first potentials', slide: [0.05, 2],
      step: 0.05,
    switch: { label: 'Up to', on: () => ({ membraneNoise: 0.5, evaluationNoise: true }) },
    explain: "Membranes start from a random potential of up to this much when training, as they would at a later time step. The paper's code has 0.5.",
  },
  {
    kind: 'toggle', key: 'evaluationNoise', param: 'evaluationNoise', group: 'methods', paper: 'paradigm', label: 'After training, too',
      shown: ({ membraneNoise }) => membraneNoise > 0,
    explain: "Start from random potentials on held-out samples as well, as the paper's code does.",
  },
  {
    kind: 'number', key: 'evaluationSteps', param: 'evaluationSteps', group: 'methods', paper: 'paradigm', label: 'Time steps after training', slide: [0, 16],
    step: 1,
    explain: 'How long held-out samples are shown; 0 is as long as in training. The paper trains at 1 and runs at 4.',
  },
  {
    kind: 'choice', key: 'loss', param: 'loss', group: 'methods', paper: 'paradigm', label: 'The loss judges', explain: '',
    choices: [
      { value: 'meanLogits', label: 'The mean', explain: 'The answer after all time steps.' },
      { value: 'perStep', label: 'Each step', explain: "The answer of every time step by itself, as in the paper's code. The same thing at one step." },
    ],
  },
  {
    kind: 'number', key: 'imLoss', param: 'imLoss', group: 'methods', paper: 'imLoss', label: 'Information loss', slide: [0.05, 5], step: 0.05,
    switch: { label: 'Weight', on: ({ batchNorm }) => ({ imLoss: batchNorm ? 0.1 : 2 }) },
    explain: "Pulls every layer's mean potential to the threshold, where half of the neurons fire and a spike says most. A summary of the paper gives "
      + "the weight 2, which we take without batch norm; the public code has batch norm and 0.005.",
  },
  {
    kind: 'choice', key: 'imForm', param: 'imForm', group: 'methods', paper: 'imLoss', label: 'It pulls', explain: '', shown: ({ imLoss }) => imLoss > 0,
    choices: [
      { value: 'potential', label: 'Potentials', explain: 'Mean potentials to the threshold, as in the paper; the mean over layers, where the paper '
        + 'takes the sum.' },
      { value: 'current', label: 'Currents', explain: 'Mean currents to 0.5 / T, without the first and the last layer, as in the public code, which '
        + 'differs from the paper.' },
    ],
  },
  {
    kind: 'toggle', key: 'evolveSurrogate', param: 'evolveSurrogate', group: 'methods', paper: 'imLoss', label: 'Evolving surrogate',
    explain: 'The surrogate starts wide and grows sharp over the planned epochs. The formula could only be read garbled; its two ends are certain.',
  },
  {
    kind: 'number', key: 'surrogateEnd', param: 'surrogateEnd', group: 'methods', paper: 'imLoss', label: 'Slope at the end', slide: [1, 25], step: 0.05,
      shown: ({ evolveSurrogate }) => evolveSurrogate,
    explain: 'The paper goes from 1 to 10.',
  },
  {
    kind: 'number', key: 'twinEpochs', param: 'twinEpochs', group: 'methods', label: 'Epochs of the ANN twin', slide: [1, 40], step: 1, shown: isGuided,
    explain: 'The same network of rectified units, trained first on all training samples; it is kept for the next run that needs the same one.',
  },
];
