/**
 * The settings of a run as a person meets them: what each is called, what it does, what it may be, and the word that
 * stands for it in a link. What it may be is the core's. The settings of the papers' methods stand in `method-fields.ts`.
 */
import type { NetworkKind, SessionConfig, SurrogateKind } from '../worker/protocol';
import { rangeOf } from './core-settings';
import { CLOUD_DATA_FIELDS, CLOUD_NETWORK_FIELDS } from './cloud-fields';
import { DATA_NAMES, DATA_SETS } from './data-sets';
import type { ChoiceField, Field, FieldWords, Group } from './field';
import { formOf, isOffered } from './forms';
import { METHOD_FIELDS } from './method-fields';
import { maxDepth, minDepth } from './reconcile';

export const GROUPS: Record<Group, string> = {
  data: 'Data',
  network: 'Network',
  neuron: 'Neuron',
  gradient: 'Gradient',
  learning: 'Learning',
  methods: 'Methods',
};

interface SurrogateWords {
  readonly label: string;
  readonly explain: string;
  readonly usual: number;
}

/** What a surrogate's one number is, and what the papers take. */
export const SURROGATE_PARAMETER: Record<SurrogateKind, SurrogateWords> = {
  steWindow: { label: 'Window width', explain: 'How far around the threshold a potential still learns.', usual: 1 },
  steTernary: { label: 'Window width', explain: 'How far beyond both thresholds a potential still learns.', usual: 1 },
  tanhWindow: { label: 'Slope', explain: 'Higher is closer to the true step, but reaches fewer neurons. IM-Loss takes 3, Spiking PointNet 5.', usual: 3 },
  esg: { label: 'Slope', explain: 'Higher is closer to the true step. IM-Loss lets it grow from 1 to 10.', usual: 3 },
  rect: { label: 'Window width', explain: 'Only potentials this close around the threshold learn; the height is one over it.', usual: 1 },
  tri: { label: 'Peak height', explain: 'The derivative at the threshold, from which it falls off in straight lines.', usual: 1 },
  arctan: { label: 'Alpha', explain: 'Higher is closer to the true step; half of it is the height. SpikingJelly and snnTorch take 2.', usual: 2 },
  fastSigmoid: { label: 'Slope', explain: 'Higher is closer to the true step; the height stays 1. snnTorch takes 25, Norse 100.', usual: 25 },
};

const onImages = (config: SessionConfig): boolean => formOf(config) === 'image';
const ternary = (config: SessionConfig): boolean => config.spike === 'ternary';

const WIDTHS_WORDS: Record<NetworkKind, { readonly label: string; readonly explain: string }> = {
  conv: { label: 'Channels of each layer', explain: 'Feature maps per spiking layer, input side first.' },
  mlp: { label: 'Neurons of each layer', explain: 'Spiking neurons per hidden layer, input side first.' },
  resnet: { label: 'Channels of each stage', explain: 'Feature maps per stage of blocks, input side first; every stage but the first halves the map.' },
  pointnet: { label: 'Channels in front of the maximum', explain: 'Every point goes through the same layers, input side first. All but the last '
    + 'spike; the last sends currents, of which the largest over all points stays.' },
};

const BASE_FIELDS: readonly FieldWords[] = [
  {
    kind: 'choice', key: 'data', param: 'data', group: 'data', label: 'Data set', explain: '',
    choices: [
      ...DATA_NAMES.map((value) => {
        const { label, explain } = DATA_SETS[value];
        return { value, label, explain, possible: ({ data }: SessionConfig) => isOffered(value) || data === value };
      }),
      { value: 'own', label: 'Your own', explain: 'Images, shapes or recordings of events that you chose, read on this machine.' },
    ],
  },
  {
    kind: 'number', key: 'batch', param: 'batch', group: 'data', label: 'Batch size', slide: [1, 128], step: 1,
    explain: 'Samples that each training step averages over.',
  },
  {
    // "samples" in a link hides the panel of that name.
    kind: 'number', key: 'samples', param: 'trainSamples', group: 'data', label: 'Training samples', slide: [0, 2000], step: 1,
    explain: 'Train on so many samples only, the first of the shuffle; 0 takes all. An ANN twin always sees all.',
  },
  {
    kind: 'number', key: 'shift', param: 'shift', group: 'data', label: 'Moved by up to, pixels', slide: [0, 4], step: 1, shown: onImages,
    explain: 'Each training image is moved along and across by a random number of pixels, anew at every step; its edge goes on where it left. CIFAR-10 '
      + 'is usually trained with 4.',
  },
  {
    kind: 'toggle', key: 'mirror', param: 'mirror', group: 'data', label: 'Mirrored, every second one', shown: onImages,
    explain: 'Training images are turned round left to right at random: good for photographs, bad for digits and letters.',
  },
  {
    kind: 'choice', key: 'encoding', param: 'encoding', group: 'data', label: 'Input over time', explain: '', shown: onImages,
    choices: [
      { value: 'direct', label: 'Direct', explain: 'The picture itself flows in, the same at every time step; the first layer makes spikes of it, as in all '
        + 'seven papers.' },
      { value: 'rate', label: 'Rate', explain: 'At each time step a pixel spikes by chance, the more often the brighter it is (Bernoulli trials). Few time '
        + 'steps tell little: take 8 or more.' },
      { value: 'latency', label: 'Latency', explain: 'Each pixel spikes once, the sooner the brighter it is; a black one never does (time to first spike).' },
      { value: 'saccades', label: 'Event camera', explain: 'The picture moves three times over a simulated event camera, as N-MNIST was recorded: a pixel '
        + 'sends on and off events where its light changes. 308 ms are cut into the time steps: take 8 or more.' },
    ],
  },
  ...CLOUD_DATA_FIELDS,
  {
    kind: 'choice', key: 'network', param: 'net', group: 'network', label: 'Shape', explain: '',
    choices: [
      { value: 'conv', label: 'Convnet', explain: '3 by 3 filters slide over the image; every layer halves its size.' },
      { value: 'resnet', label: 'ResNet', explain: 'Stages of blocks of two 3 by 3 convolutions, each block with a way around it.' },
      { value: 'mlp', label: 'MLP', explain: 'Every neuron is connected to every neuron of the layer before.' },
      { value: 'pointnet', label: 'PointNet', explain: 'For point clouds: every point goes through the same layers, and the largest of each channel '
        + 'over all points describes the cloud.' },
    ],
  },
  {
    kind: 'widths', key: 'widths', param: 'widths', group: 'network',
    label: ({ network }) => WIDTHS_WORDS[network].label,
    explain: ({ network }) => WIDTHS_WORDS[network].explain, most: maxDepth, least: minDepth,
  },
  ...CLOUD_NETWORK_FIELDS,
  {
    kind: 'number', key: 'blocks', param: 'blocks', group: 'network', label: 'Blocks of each stage', step: 1,
    explain: 'Each block is two layers deep.', shown: ({ network }) => network === 'resnet',
  },
  {
    kind: 'choice', key: 'units', param: 'units', group: 'network', label: 'Units', explain: '',
    choices: [
      { value: 'spiking', label: 'Spiking', explain: 'Leaky integrate-and-fire neurons over several time steps.' },
      { value: 'relu', label: 'Rectified', explain: 'The same network as an ordinary one, without time or spikes: the ANN twin itself.' },
    ],
  },
  {
    kind: 'toggle', key: 'batchNorm', param: 'norm', group: 'network', label: 'Batch norm',
    explain: "Keeps each layer's current in a range around the threshold, jointly over time and batch.",
  },
  {
    kind: 'number', key: 'gain', param: 'gain', group: 'network', label: 'Spread of the first weights', slide: [0.05, 2], step: 0.05,
    explain: '1 gives currents of about one for inputs of about one. Smaller, and without batch norm, deep layers fall silent.',
  },
  {
    kind: 'choice', key: 'spike', param: 'spike', group: 'neuron', label: 'Spike kind', explain: '',
    choices: [
      { value: 'binary', label: 'Binary', explain: 'A neuron sends 1 when its potential passes the threshold, else 0.' },
      { value: 'ternary', label: 'Ternary', explain: 'A neuron also sends -1, when its potential falls below the negative threshold.' },
      { value: 'real', label: 'Real', explain: 'A neuron that fires sends its potential itself: a graded spike.' },
    ],
  },
  {
    kind: 'number', key: 'amplitude', param: 'amplitude', group: 'neuron', slide: [0.05, 3], step: 0.05,
    label: (config) => (config.trainAmplitude ? 'Amplitude to start from' : 'Amplitude'), explain: 'The height of a spike as the next layer receives it.',
  },
  {
    kind: 'toggle', key: 'trainAmplitude', param: 'trainAmplitude', group: 'neuron', label: 'Train the amplitude',
    explain: 'Each layer learns the height of its own spikes; it folds into the weights afterwards.',
  },
  {
    kind: 'number', key: 'steps', param: 'steps', group: 'neuron', label: 'Time steps', slide: [1, 16], step: 1,
    explain: 'How long each sample is shown. More steps: more spikes, more evidence, more work.',
  },
  {
    kind: 'number', key: 'decay', param: 'decay', group: 'neuron', step: 0.05,
    label: (config) => (config.trainDecay ? 'Decay to start from' : 'Decay'),
    explain: 'The share of its membrane potential that a neuron keeps from one time step to the next.',
  },
  {
    kind: 'toggle', key: 'trainDecay', param: 'trainDecay', group: 'neuron', label: 'Train the decay',
    explain: 'Each layer learns its own decay, as PLIF does (Fang et al., ICCV 2021); the potential of a neuron shows it.',
  },
  {
    kind: 'number', key: 'threshold', param: 'threshold', group: 'neuron', label: 'Threshold', slide: [0.05, 2], step: 0.05,
    explain: 'The membrane potential at which a neuron fires.',
  },
  {
    kind: 'choice', key: 'reset', param: 'reset', group: 'neuron', label: 'Reset', explain: '',
    choices: [
      { value: 'hard', label: 'Hard', explain: 'After a spike the membrane potential starts again at zero.' },
      { value: 'soft', label: 'Soft', explain: 'A spike takes one threshold off the membrane potential and leaves the rest.' },
    ],
  },
  {
    kind: 'choice', key: 'resetGradient', param: 'resetGradient', group: 'gradient', label: 'Gradient of the reset', explain: '',
    choices: [
      { value: 'attached', label: 'Attached', explain: "Learning also follows the way through the reset, as the papers' code does." },
      { value: 'detached', label: 'Detached', explain: 'Learning takes the reset as given.' },
    ],
  },
  {
    kind: 'choice', key: 'surrogate', param: 'surrogate', group: 'gradient', label: 'Surrogate gradient', explain: '',
    choices: [
      { value: 'tanhWindow', label: 'Tanh window', explain: 'A spike has no slope; a bump around the threshold stands in for it.' },
      { value: 'steWindow', label: 'Window', explain: 'A spike has no slope; a flat window around the threshold stands in for it.' },
      { value: 'steTernary', label: 'Window over both thresholds', explain: 'One flat window from below the negative threshold to above the positive '
        + 'one.', possible: ternary },
      { value: 'esg', label: 'Tanh everywhere', explain: 'A bump around the threshold with tails that reach every neuron.' },
      { value: 'rect', label: 'Rectangle', explain: 'A flat window around the threshold, its area always one.' },
      { value: 'tri', label: 'Triangle', explain: 'Highest at the threshold, falling off in straight lines.' },
      { value: 'arctan', label: 'Arc tangent', explain: 'A bump whose tails fall off with the square of the distance and reach every neuron: ATan of '
        + 'SpikingJelly and snnTorch.' },
      { value: 'fastSigmoid', label: 'Fast sigmoid', explain: 'A sharp peak at the threshold with tails that reach every neuron: fast_sigmoid of '
        + 'snnTorch, SuperSpike of Norse.' },
    ],
  },
  {
    kind: 'number', key: 'surrogateParameter', param: 'surrogateParameter', group: 'gradient', slide: [0.05, 25], step: 0.05,
    label: (config) => SURROGATE_PARAMETER[config.surrogate].label,
    explain: (config) => SURROGATE_PARAMETER[config.surrogate].explain,
  },
  {
    kind: 'choice', key: 'optimiser', param: 'optimiser', group: 'learning', label: 'Optimiser', explain: '',
    choices: [
      { value: 'adam', label: 'Adam', explain: 'Each weight gets a step size of its own from its past gradients.' },
      { value: 'sgd', label: 'SGD', explain: 'Each weight follows its gradient, with momentum.' },
    ],
  },
  {
    kind: 'number', key: 'rate', param: 'rate', group: 'learning', label: 'Learning rate', slide: [0.00001, 1], step: 0.00001, logarithmic: true,
    explain: 'How far each step moves the weights. Too high: the loss jumps. Too low: nothing happens.',
  },
  {
    kind: 'number', key: 'momentum', param: 'momentum', group: 'learning', label: 'Momentum', step: 0.01,
    explain: 'The share of the last step that is taken again.', shown: (config) => config.optimiser === 'sgd',
  },
  {
    kind: 'choice', key: 'schedule', param: 'schedule', group: 'learning', label: 'Schedule', explain: '',
    choices: [
      { value: 'cosine', label: 'Cosine', explain: 'The rate falls along half a cosine to zero over the planned epochs.' },
      { value: 'constant', label: 'Constant', explain: 'The rate stays as it is.' },
    ],
  },
  {
    kind: 'number', key: 'epochs', param: 'epochs', group: 'learning', label: 'Planned epochs', slide: [1, 100], step: 1,
    explain: 'Passes over the training data until training pauses by itself; also the length of the cosine.',
  },
  {
    kind: 'number', key: 'seed', param: 'seed', group: 'learning', label: 'Seed', slide: [0, 100], step: 1,
    explain: 'Decides the first weights and the order of the samples: the same seed gives the same run.',
  },
];

function bounded(field: FieldWords): Field {
  return field.kind === 'number' || field.kind === 'widths' ? { ...field, ...rangeOf(field.key) } : field;
}

export const FIELDS: readonly Field[] = [...BASE_FIELDS, ...METHOD_FIELDS].map(bounded);

/** Whether a setting decides anything in a run: a rectified unit has neither a membrane nor a spike to set. */
export function decides(field: Field, config: SessionConfig): boolean {
  if (config.units === 'relu' && (field.group === 'neuron' || field.group === 'gradient')) return false;
  return field.shown?.(config) !== false;
}

export function words(text: string | ((config: SessionConfig) => string), config: SessionConfig): string {
  return typeof text === 'string' ? text : text(config);
}

/** What is chosen, in the words of its control. */
export function choiceWords(key: ChoiceField['key'], config: SessionConfig): string {
  const field = FIELDS.find((candidate) => candidate.key === key);
  return field?.kind === 'choice' ? field.choices.find((choice) => choice.value === config[key])?.label ?? '' : '';
}
