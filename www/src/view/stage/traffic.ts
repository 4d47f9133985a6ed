/**
 * Spikes on their way from one column to the next: a sample of them, the same one whenever the same time step is shown. Each
 * goes from a neuron that fired to one that fired in the same step of the next layer, as far as any did.
 */
import { sentAt, type Look, type Moment } from './film';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What is under way. */
export interface Pulse {
  readonly from: Place;
  readonly to: Place;
  /** -1 to 1: what was sent, in proportion to the strongest. */
  readonly sent: number;
  /** 0 to 1: how late it starts, so that not all arrive at once. */
  readonly delay: number;
}

/** A column as what can be sent from, or arrive: neurons that are in sight, with their places. */
export interface Stop {
  readonly neurons: readonly number[];
  place(neuron: number): Place | undefined;
}

/** What is at least this share of the strongest counts as strong. */
const STRONG = 0.5;
/** Between two columns. More are a fog. */
export const MOST_PULSES = 28;
/** Of a layer with many more neurons in sight only these are asked whether they fired. */
const MOST_ASKED = 1500;

/** The neurons of a layer that fired at a moment, at most so many, spread over all that are in sight. */
export function firing(stop: Stop, look: Look, moment: Moment, most: number): readonly number[] {
  const { neurons } = stop;
  const every = Math.max(1, Math.ceil(neurons.length / MOST_ASKED));
  const fired: number[] = [];
  for (let i = 0; i < neurons.length; i += every) {
    const neuron = neurons[i] ?? 0;
    if (sentAt(look, neuron, moment) !== 0) fired.push(neuron);
  }
  return spread(fired, most);
}

/** At most so many of them, spread over all. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => Math.floor((i * all.length) / most)).flatMap((at) => all.slice(at, at + 1));
}

/** Of what is under way the strongest, where spikes differ in strength, at most so many. */
export function busiest(pulses: readonly Pulse[], most: number): readonly Pulse[] {
  const strongest = Math.max(...pulses.map(({ sent }) => Math.abs(sent)));
  return spread(pulses.filter(({ sent }) => Math.abs(sent) >= STRONG * strongest), most);
}

export interface Leg {
  readonly from: Stop;
  readonly to: Stop;
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  /** What a source sent, in proportion to the strongest. */
  readonly sent: (neuron: number) => number;
}

export function pulsesOf({ from, to, sources, targets, sent }: Leg): Pulse[] {
  const aims = targets.length > 0 ? targets : to.neurons;
  if (aims.length === 0) return [];
  return sources.flatMap((neuron, i) => {
    // Golden ratio: neighbours go to places that are far from each other.
    const start = from.place(neuron);
    const end = to.place(aims[Math.floor(((i * 0.618034) % 1) * aims.length)] ?? 0);
    return start === undefined || end === undefined ? [] : [{ from: start, to: end, sent: sent(neuron), delay: (i * 0.381966) % 1 }];
  });
}
