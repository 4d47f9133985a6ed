/**
 * Sizes of a PointNet and ways to train it, each a handful of settings under one name. They are read off the settings, so
 * a link needs no word for them.
 */
import type { SessionConfig } from '../worker/protocol';
import { SHIPPED } from './core-settings';
import { grouped } from './figures';

export type RecipeSettings = Partial<SessionConfig>;

export interface Recipe<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly explain: string;
  /** What choosing it sets. */
  readonly sets: RecipeSettings;
  /** The settings by which it is recognised; missing: all that it sets. */
  readonly known?: (config: SessionConfig) => boolean;
}

export type SizeName = 'small' | 'full';
export type WayName = 'paper' | 'several' | 'twin';

export const SIZES: readonly Recipe<SizeName>[] = [
  {
    value: 'small', label: 'Small', explain: 'Trains in a minute or two on any machine.',
    sets: { widths: [32, 64, 128], head: [64], points: 256, inputTransform: false, featureTransform: false, dropout: 0 },
  },
  {
    value: 'full', label: 'Full, as published', explain: `The widths, transforms and dropout of the paper, on 512 of the `
      + `${grouped(SHIPPED.furniture.points)} stored points: for a GPU, or for an hour or two of patience.`,
    sets: { widths: [64, 128, 1024], head: [512, 256], points: 512, inputTransform: true, featureTransform: true, dropout: 0.4 },
  },
];

export const WAYS: readonly Recipe<WayName>[] = [
  {
    value: 'paper', label: 'One time step, from noisy membranes', explain: "Spiking PointNet's way: trained at one time step from random potentials, "
      + "then run for four.",
    sets: { units: 'spiking', steps: 1, membraneNoise: 0.5, evaluationNoise: true, evaluationSteps: 4, surrogate: 'tanhWindow', surrogateParameter: 5,
      loss: 'perStep' },
  },
  {
    value: 'several', label: 'Several time steps', explain: 'The usual way: trained and run for four time steps. It takes four times the memory and the time.',
    sets: { units: 'spiking', steps: 4, membraneNoise: 0, evaluationNoise: false, evaluationSteps: 0, loss: 'perStep' },
    known: ({ units, steps, membraneNoise, evaluationSteps, loss }) =>
      units === 'spiking' && steps > 1 && membraneNoise === 0 && evaluationSteps === 0 && loss === 'perStep',
  },
  {
    value: 'twin', label: 'Its ANN twin', explain: 'The same network of rectified units, without time or spikes: what the spikes have to measure up to.',
    sets: { units: 'relu', membraneNoise: 0, evaluationNoise: false, evaluationSteps: 0 },
    known: ({ units }) => units === 'relu',
  },
];

/** The recipe that a run's settings are. */
export function recipeOf<T extends string>(recipes: readonly Recipe<T>[], config: SessionConfig): T | undefined {
  const is = ({ sets, known }: Recipe<T>): boolean =>
    known?.(config) ?? (Object.keys(sets) as (keyof SessionConfig)[]).every((key) => String(config[key]) === String(sets[key]));
  return recipes.find(is)?.value;
}

function settingsOf<T extends string>(recipes: readonly Recipe<T>[], name: T): RecipeSettings {
  return recipes.find(({ value }) => value === name)?.sets ?? {};
}

/** What a first run on point clouds takes: small, trained the paper's way. */
export const CLOUD_RUN: RecipeSettings = {
  network: 'pointnet', ...settingsOf(SIZES, 'small'), ...settingsOf(WAYS, 'paper'),
  batch: 16, epochs: 60, rate: 0.002, schedule: 'cosine',
};
