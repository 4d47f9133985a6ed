/**
 * How accurate a trained PointNet is when it runs for 1, 2 and 4 time steps, whatever it was trained at: the claim of
 * Spiking PointNet. Measured in one call when the planned epochs end, or when a person asks.
 */
import { Emitter } from '../state/emitter';
import { RunInterrupted } from './desk';
import type { TrainRun } from './train';

export interface StepsResult {
  /** Time steps at inference, and the held-out accuracy with them. */
  readonly at: readonly (readonly [number, number])[];
  /** Time steps in training. */
  readonly trained: number;
  /** The training step whose weights were measured. */
  readonly step: number;
}

export class StepsAccuracy extends Emitter {
  result: StepsResult | undefined;
  busy = false;
  /** Why it could not be measured. */
  refusal = '';
  private history: unknown;

  constructor(private readonly training: TrainRun) {
    super();
    training.subscribe(() => {
      if (this.history !== training.history) {
        this.history = training.history;
        this.result = undefined;
        this.refusal = '';
      }
      if (training.finished && this.possible && !this.current && this.refusal === '') void this.measure();
    });
  }

  /** Whether the run has time steps to be varied, on clouds. */
  get wanted(): boolean {
    const config = this.training.info?.config;
    return config?.network === 'pointnet' && config.units === 'spiking';
  }

  /** Whether it can be measured now. */
  get possible(): boolean {
    const { status, step, outlived } = this.training;
    return this.wanted && !this.busy && status === 'paused' && step > 0 && !outlived;
  }

  /** Whether what was measured is of the present weights. */
  get current(): boolean {
    return this.result?.step === this.training.step;
  }

  async measure(): Promise<void> {
    const { training } = this;
    const { step, history } = training;
    const trained = training.info?.config.steps ?? 0;
    this.busy = true;
    this.refusal = '';
    this.tell();
    try {
      const { accuracyAt } = await training.slot.measure(0, false, true);
      if (history === training.history) this.result = { at: accuracyAt, trained, step };
    } catch (error) {
      this.refusal = error instanceof RunInterrupted ? 'The worker stopped meanwhile; ask again.' : error instanceof Error ? error.message : String(error);
    }
    this.busy = false;
    this.tell();
  }
}
