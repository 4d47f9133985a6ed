/** How fast the arms of an experiment go, and how long all of it will still take. */
import { layersOf } from '../state/reconcile';
import type { ExperimentInfo } from '../worker/protocol';

interface Arm {
  /** How dear a step is in that of the others, guessed from what it computes. */
  readonly weight: number;
  planned: number;
  /** Milliseconds a step in each call of the run under way but the first, which warms up. */
  timed: number[];
  calls: number;
  /** Milliseconds a step, and to measure it, the last time that it was known. */
  stepMs: number | undefined;
  measureMs: number | undefined;
}

/** A browser compiles again what it has run for a while, so that the first calls say little. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export class Pace {
  private arms: Arm[] = [];
  private seeds = 0;
  private current = 0;

  /** What is to come: every arm of every seed. */
  plan({ arms }: ExperimentInfo, seeds: number): void {
    this.seeds = seeds;
    if (this.arms.length === arms.length) return;
    this.arms = arms.map(({ config }) => ({
      weight: config.steps * layersOf(config), planned: 0, timed: [], calls: 0, stepMs: undefined, measureMs: undefined,
    }));
  }

  /** An arm's run begins. */
  begin(arm: number, planned: number): void {
    this.current = arm;
    const found = this.arms[arm];
    if (found !== undefined) Object.assign(found, { planned, timed: [], calls: 0 });
  }

  /** Steps that fit into a call. */
  fitting(callMs: number): number {
    const stepMs = this.arms[this.current]?.calls === 0 ? undefined : this.arms[this.current]?.stepMs;
    return stepMs === undefined ? 1 : Math.max(1, Math.round(callMs / stepMs));
  }

  /** A call has taken so long. */
  took(arm: number, spentMs: number, steps: number): void {
    const found = this.arms[arm];
    if (found === undefined) return;
    found.calls += 1;
    if (found.calls === 1) {
      found.stepMs ??= spentMs / steps;
      return;
    }
    found.timed.push(spentMs / steps);
    found.stepMs = median(found.timed);
  }

  /** An arm has been measured; milliseconds that a training step of it took. */
  end(arm: number, measureMs: number): number {
    const found = this.arms[arm];
    if (found === undefined) return 0;
    found.measureMs = measureMs;
    return found.stepMs ?? 0;
  }

  /** Milliseconds that are still to come after so many seeds, arms and steps; undefined while nothing is known. */
  leftMs(seedsDone: number, arm: number, step: number): number | undefined {
    const known = this.arms.find(({ stepMs }) => stepMs !== undefined);
    if (known?.stepMs === undefined) return undefined;
    const [msPerWeight, planned] = [known.stepMs / known.weight, known.planned];
    const stepMsOf = (of: Arm): number => of.stepMs ?? of.weight * msPerWeight;
    const plannedOf = (of: Arm): number => (of.planned === 0 ? planned : of.planned);
    // Measuring takes the held-out part once, three times as many images as a step for every batch.
    const whole = (of: Arm): number => plannedOf(of) * stepMsOf(of) + (of.measureMs ?? 20 * stepMsOf(of));
    const seed = this.arms.reduce((sum, of) => sum + whole(of), 0);
    const doneOfSeed = this.arms.slice(0, arm).reduce((sum, of) => sum + whole(of), 0);
    const under = this.arms[arm];
    const doneOfArm = under === undefined ? 0 : Math.min(step, plannedOf(under)) * stepMsOf(under);
    return Math.max(0, (this.seeds - seedsDone) * seed - doneOfSeed - doneOfArm);
  }
}
