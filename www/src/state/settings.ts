/** The page's whole state: one typed object, from which a link can be made and which a link gives back. */
import type { Change, Paper, Run, SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import { reconcile } from './reconcile';

export const VIEWS = ['train', 'compare', 'classify', 'papers'] as const;
export type ViewName = (typeof VIEWS)[number];

export const BACKEND_CHOICES = ['auto', 'flex', 'webgpu'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** The networks that ship, by the data set they were trained on, and the one of the Train view. */
export const CLASSIFIERS = ['mnist', 'fashion', 'digits', 'emoji', 'furniture', 'trained'] as const;
export type Classifier = (typeof CLASSIFIERS)[number];

/** Words of the papers, newest first. */
export const PAPERS: readonly Paper[] = ['reverb', 'contrast', 'enof', 'shortcut', 'ternary', 'paradigm', 'imLoss'];

/** Settings that a lane may change besides its spikes: those that leave data, batches and initial weights the same. */
export const RACED: readonly (keyof SessionConfig)[] = [
  'steps', 'decay', 'trainDecay', 'threshold', 'trainAmplitude', 'amplitude', 'reset', 'resetGradient', 'surrogate', 'surrogateParameter', 'batchNorm',
    'optimiser', 'rate', 'units',
  'weights', 'trainFactor', 'binaryEnds', 'contrast', 'contrastWeights', 'contrastTemperature', 'contrastMemory', 'align', 'alignThrough',
    'alignTemperature', 'lastActivation', 'twinEpochs',
  'shortcut', 'shortcutWeight', 'membraneNoise', 'evaluationNoise', 'evaluationSteps', 'loss', 'imLoss', 'imForm', 'evolveSurrogate', 'surrogateEnd',
];

/** What the Train view shows under the stage, one at a time. */
export const TABS = ['spikes', 'maps', 'layers', 'gradients', 'samples', 'confusion'] as const;
export type TabName = (typeof TABS)[number];

/** Parts of the page that `hide=` takes away, besides the controls by their words and the papers: bars, panels, choices. */
export const PARTS = [
  'views', 'backend', 'settings', 'own', 'size', 'way', 'playback', 'export', 'kept', 'network',
  'stage', 'curves', 'evidence', 'spikes', 'samples', 'maps', 'potential', 'potentials', 'confusion', 'steps', 'gradients', 'layers',
  'lanes', 'table', 'seeds', 'input', 'seen', 'shelf',
] as const;

/** What a lane of the Compare view changes about the run that all lanes share. */
export type LaneChange = Partial<SessionConfig>;

export interface AppState {
  readonly view: ViewName;
  /** What the settings are now: what a run is set to at its present step, or will begin with. */
  readonly config: SessionConfig;
  /** The run of the Train view as a whole, where it is set otherwise on its way. */
  readonly begun: Run | undefined;
  readonly backend: BackendChoice;
  /** Number of the held-out sample that the Train view looks at. */
  readonly sample: number;
  /** The spiking layer and the neuron in it whose membrane potential is shown. */
  readonly layer: number;
  readonly neuron: number;
  /** What the Train view shows under the stage. */
  readonly tab: TabName;
  readonly lanes: readonly LaneChange[];
  /** Which network answers in the Classify view. */
  readonly classifier: Classifier;
  /** The card of the Papers view that is open. */
  readonly paper: Paper | undefined;
  /** Controls (by the word that stands for them in a link) and panels (by name) that are not shown. */
  readonly hide: readonly string[];
}

export { DEFAULT_CONFIG };

export const DEFAULT_STATE: AppState = {
  view: 'train',
  config: DEFAULT_CONFIG,
  begun: undefined,
  backend: 'auto',
  sample: 0,
  layer: 0,
  neuron: 0,
  tab: 'spikes',
  lanes: [{ spike: 'binary' }, { spike: 'ternary' }, { spike: 'real' }],
  classifier: 'mnist',
  paper: undefined,
  hide: [],
};

export const MAX_LANES = 3;

/** The run of a lane: what all lanes share, with the lane's changes. */
export function laneConfig(config: SessionConfig, change: LaneChange): SessionConfig {
  return reconcile({ ...config, ...change }, change).config;
}

/** What of a lane's run had to be mended: parts of a sentence. */
export function laneNotes(config: SessionConfig, change: LaneChange): readonly string[] {
  return reconcile({ ...config, ...change }, change).notes;
}

/** Whether two values of a setting are the same one; widths are lists. */
export function sameSetting(one: unknown, other: unknown): boolean {
  return String(one) === String(other);
}

/** In whatever order a change names its settings. */
export function sameChanges(some: readonly Change[] = [], others: readonly Change[] = []): boolean {
  return some.length === others.length && some.every((change, i) => {
    const other = others[i];
    const [keys, otherKeys] = [change.settings, other?.settings ?? {}].map((settings) => Object.keys(settings) as (keyof SessionConfig)[]);
    return other?.step === change.step && keys?.length === otherKeys?.length
      && keys?.every((key) => sameSetting(change.settings[key], other.settings[key])) === true;
  });
}

/** Whether two runs are the same one, what they change on their way with them. */
export function sameConfig(one: Run, other: Run): boolean {
  const keys = (Object.keys(one) as (keyof Run)[]).filter((key) => key !== 'changes');
  return keys.every((key) => sameSetting(one[key], other[key])) && sameChanges(one.changes, other.changes);
}

export function sameConfigs(some: readonly Run[], others: readonly Run[]): boolean {
  return some.length === others.length && some.every((config, i) => sameConfig(config, others[i] ?? config));
}
