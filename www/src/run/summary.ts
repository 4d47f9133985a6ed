/** What an experiment came to: the same for one that ran in this page and for the one that ships with it. */
import type { ExperimentInfo, Measured, Outcome, Paper, Published, SessionConfig } from '../worker/protocol';
import { interval } from './interval';

export interface ArmSummary {
  readonly name: string;
  /** Why it ends no better than chance, where it does; null from a file where nothing is said. */
  readonly why?: string | null;
  readonly config: SessionConfig;
  /** Held-out accuracy, and half of its 95 % interval where there is more than one seed. */
  readonly accuracy: number;
  readonly half: number | null;
  /** Means over spiking layers. */
  readonly rate: number;
  readonly entropy: number;
  readonly synapticOperations: number;
  readonly stepMs: number;
}

export interface Summary {
  readonly paper: Paper;
  readonly seeds: number;
  /** The others follow it. */
  readonly firstSeed: number;
  /** Whether settings were chosen on any of them. */
  readonly chosenOn: boolean;
  /** The accuracy of a network that guesses. */
  readonly chance: number;
  readonly arms: readonly ArmSummary[];
  readonly outcomes: readonly Outcome[];
}

/** What ships with the page: written by `cargo xtask reproduce`. */
export interface Reproduction extends Summary {
  /** Data, network and epochs, in words. */
  readonly budget: string;
  readonly published: readonly Published[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** `measured` holds what every arm gave, for each seed. */
export function summarise(info: ExperimentInfo, measured: readonly (readonly Measured[])[], outcomes: readonly Outcome[]): Summary {
  const arms = info.arms.map(({ name, why, config }, i): ArmSummary => {
    const own = measured.flatMap((seed) => seed[i] ?? []);
    const accuracy = interval(own.map((arm) => arm.accuracy));
    const ofLayers = (of: 'rate' | 'entropy'): number => mean(own.map((arm) => mean(arm.layers.map((layer) => layer[of]))));
    return {
      name, why, config,
      accuracy: accuracy.mean,
      half: Number.isFinite(accuracy.half) ? accuracy.half : null,
      rate: ofLayers('rate'),
      entropy: ofLayers('entropy'),
      synapticOperations: mean(own.map((arm) => arm.counts.synapticOperations)),
      stepMs: mean(own.map((arm) => arm.stepMs)),
    };
  });
  return { paper: info.paper, seeds: measured.length, firstSeed: info.firstSeed, chosenOn: false, chance: info.chance, arms, outcomes };
}
