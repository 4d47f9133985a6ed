/** The membrane potential of one neuron over the time steps, with the reset (methods, section 1.2) worked out again. */
import type { ProbeLayer, SessionConfig } from '../../worker/protocol';

/** What decides how a potential goes on. */
export type Dynamics = Pick<SessionConfig, 'threshold' | 'reset'>;

export interface Trace {
  /** After each time step's input. */
  readonly before: readonly number[];
  /** The same after the reset, of which a share is left at the next step. */
  readonly after: readonly number[];
  readonly spikes: readonly number[];
  /** The share that is left. */
  readonly decay: number;
}

export function traceOf({ potentials, spikes, decay }: ProbeLayer, steps: number, neuron: number, { reset, threshold }: Dynamics): Trace {
  const of = (values: Float32Array): number[] => Array.from({ length: steps }, (_, t) => values[(t * values.length) / steps + neuron] ?? 0);
  const [before, sent] = [of(potentials), of(spikes)];
  const after = before.map((potential, t) => {
    const sign = Math.sign(sent[t] ?? 0);
    if (sign === 0) return potential;
    return reset === 'hard' ? 0 : potential - sign * threshold;
  });
  return { before, after, spikes: sent, decay };
}
