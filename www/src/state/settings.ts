/** The page's whole state: one typed object, from which a link can be made and which a link gives back. */
import type { DataName, SessionConfig } from '../worker/protocol';

export const VIEWS = ['train', 'compare', 'classify'] as const;
export type ViewName = (typeof VIEWS)[number];

export const BACKEND_CHOICES = ['auto', 'flex', 'webgpu'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** The networks that ship, by the data set they were trained on, and the one of the Train view. */
export const CLASSIFIERS = ['mnist', 'fashion', 'digits', 'trained'] as const;
export type Classifier = (typeof CLASSIFIERS)[number];

/** Settings that a lane may change besides its spikes: those that leave data, batches and initial weights the same. */
export const RACED: readonly (keyof SessionConfig)[] = ['steps', 'decay', 'threshold', 'trainAmplitude', 'amplitude', 'reset', 'resetGradient', 'surrogate', 'surrogateParameter', 'batchNorm', 'optimiser', 'rate'];

/** What a lane of the Compare view changes about the run that all lanes share. */
export type LaneChange = Partial<SessionConfig>;

export interface AppState {
  readonly view: ViewName;
  readonly config: SessionConfig;
  readonly backend: BackendChoice;
  /** Number of the held-out sample that the Train view looks at. */
  readonly sample: number;
  /** The spiking layer and the neuron in it whose membrane potential is shown. */
  readonly layer: number;
  readonly neuron: number;
  readonly lanes: readonly LaneChange[];
  /** Which network answers in the Classify view. */
  readonly classifier: Classifier;
  /** Controls (by the word that stands for them in a link) and panels (by name) that are not shown. */
  readonly hide: readonly string[];
}

/** The same first run as the core's default. */
export const DEFAULT_CONFIG: SessionConfig = {
  data: 'mnist',
  network: 'conv',
  widths: [16, 32, 64],
  batchNorm: true,
  spike: 'binary',
  amplitude: 1,
  trainAmplitude: false,
  steps: 4,
  decay: 0.25,
  threshold: 0.5,
  reset: 'hard',
  resetGradient: 'attached',
  surrogate: 'tanhWindow',
  surrogateParameter: 3,
  optimiser: 'adam',
  rate: 0.003,
  momentum: 0.9,
  schedule: 'cosine',
  epochs: 5,
  batch: 32,
  seed: 1,
};

export const DEFAULT_STATE: AppState = {
  view: 'train',
  config: DEFAULT_CONFIG,
  backend: 'auto',
  sample: 0,
  layer: 0,
  neuron: 0,
  lanes: [{ spike: 'binary' }, { spike: 'ternary' }, { spike: 'real' }],
  classifier: 'mnist',
  hide: [],
};

export const MAX_DEPTH = 6;
export const MAX_LANES = 3;

/** A convnet halves its image in every layer, down to one pixel. */
const CONV_DEPTH: Record<DataName, number> = { mnist: 4, fashion: 4, digits: 3 };

export function maxDepth(config: SessionConfig): number {
  return config.network === 'conv' ? CONV_DEPTH[config.data] : MAX_DEPTH;
}

/** What the settings rule out together although each is in its range, mended; with a sentence for each thing mended. */
export function reconcile(config: SessionConfig): { config: SessionConfig; notes: string[] } {
  const notes: string[] = [];
  let { widths, surrogate, batch } = config;
  const depth = maxDepth(config);
  if (widths.length > depth) {
    notes.push(`a convnet on these images has at most ${depth} layers, so the last ${widths.length - depth} went`);
    widths = widths.slice(0, depth);
  }
  if (surrogate === 'steTernary' && config.spike !== 'ternary') {
    notes.push('the window over both thresholds needs ternary spikes, so the plain window took its place');
    surrogate = 'steWindow';
  }
  if (config.batchNorm && batch < 2) {
    notes.push('batch norm compares the samples of a batch, so a batch has two of them');
    batch = 2;
  }
  return { config: { ...config, widths, surrogate, batch }, notes };
}

/** The run of a lane: what all lanes share, with the lane's changes. */
export function laneConfig(config: SessionConfig, change: LaneChange): SessionConfig {
  return reconcile({ ...config, ...change }).config;
}

export function sameConfig(one: SessionConfig, other: SessionConfig): boolean {
  return (Object.keys(one) as (keyof SessionConfig)[]).every((key) => String(one[key]) === String(other[key]));
}
