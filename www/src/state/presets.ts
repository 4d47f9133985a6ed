/** Settings worth a try, each under a name: what goes wrong and why, what shows a difference, and the papers' methods. */
import type { Paper, SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import { switched } from './methods';
import { PAPER_WORDS } from './papers';
import { PAPERS, type AppState, type LaneChange, type ViewName } from './settings';

export interface Preset {
  readonly value: string;
  readonly label: string;
  /** What to look at. */
  readonly explain: string;
  /** Whether it leads to another view than Train. */
  readonly leaves?: boolean;
  change(state: AppState): PresetChange;
}

/** What a preset asks for; what it does not name stays. */
export interface PresetChange {
  readonly view: ViewName;
  readonly config: Partial<SessionConfig>;
  readonly lanes?: readonly LaneChange[];
}

/** Tiny digits and a small MLP: a run of seconds, in which one thing is not as it should be. */
const SMALL: SessionConfig = {
  ...DEFAULT_CONFIG, data: 'digits', network: 'mlp', widths: [64, 64], epochs: 8, rate: 0.005,
};

/** The neuron of the Shortcut paper, in a chain of twelve layers: the experiment of its card. */
const DEEP: SessionConfig = {
  ...SMALL, widths: Array.from({ length: 12 }, () => 64), steps: 2, decay: 0.5, threshold: 1, surrogate: 'steWindow', surrogateParameter: 1, rate: 0.002,
  epochs: 12,
};

const run = (config: SessionConfig) => (): PresetChange => ({ view: 'train', config });

export const LESSONS: readonly Preset[] = [
  {
    value: 'dead', label: 'A dead layer', change: run({
      ...SMALL, widths: [64, 64, 64], batchNorm: false, gain: 0.05, surrogate: 'steWindow', surrogateParameter: 0.5,
    }),
    explain: 'First weights so small that currents stay far under the threshold: nothing fires, no potential comes into the window in which it could '
      + 'learn, and nothing ever does. Set the spread of the first weights under Network to 1, which makes another network, and press Play.',
  },
  {
    value: 'fast', label: 'A rate that is too high', change: run({ ...SMALL, rate: 0.5, schedule: 'constant', batchNorm: false }),
    explain: 'Each step overshoots: the loss jumps instead of falling, and the answers stay guesses. Lower the rate under Learning to 0.005 '
      + 'while it runs: it holds from the next step on, and the curves bear a mark there.',
  },
  {
    value: 'once', label: 'One time step', change: run({ ...SMALL, steps: 1 }),
    explain: 'Every neuron gets one chance to fire: no memory, and all evidence comes from one look. Compare with four steps under Neuron.',
  },
  {
    value: 'deep', label: 'Deep, without shortcuts', change: run(DEEP),
    explain: 'Twelve layers in a chain: gradients fade on their way down (see Gradients under the stage). Switch Shortcut on under Methods.',
  },
  {
    value: 'race', label: 'Ternary against binary', leaves: true, explain: 'Two networks from the same weights on the same batches. Press Race.',
    change: () => ({ view: 'compare', config: SMALL, lanes: [{ spike: 'binary' }, { spike: 'ternary' }] }),
  },
];

/** Each paper's method, switched on in the run as it is set. */
export const METHOD_PRESETS: readonly Preset[] = PAPERS.map((paper: Paper): Preset => ({
  value: paper, label: PAPER_WORDS[paper].name, explain: PAPER_WORDS[paper].claim,
  change: ({ config }) => ({ view: 'train', config: switched(paper, true, config) }),
}));
