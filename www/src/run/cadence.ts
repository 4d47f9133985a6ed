/**
 * When a run's next checkpoint is due. A worker's death costs at most 50 steps or two seconds of training, whichever is
 * more; while checkpoints are cheap, two seconds, however few steps those are.
 */

/** Training that a death may cost: the larger of the two. */
const MOST_STEPS = 50;
const MOST_MS = 2000;
/** So many times as long as the last call the next one is taken to be. */
const SLOWER = 1.5;
/** The share of the time that checkpoints may take before both have to be used up. */
const SHARE = 0.03;
/** The first checkpoint after a death comes soon: whatever ended one worker may end the next. */
const SHAKEN_MS = 250;

export class Cadence {
  /** When the training began that no checkpoint holds. */
  private since = 0;
  private steps = 0;
  private lastSteps = 0;
  private lastMs = 0;
  private saveMs = 0;
  private shaken = false;

  /** A call has trained. `now` is when it ended. */
  took(steps: number, spentMs: number, now: number): void {
    if (this.steps === 0) this.since = now - spentMs;
    this.steps += steps;
    [this.lastSteps, this.lastMs] = [steps, spentMs];
  }

  /** Whether a checkpoint has to be taken before another call like the last one is made. */
  due(now: number): boolean {
    if (this.steps === 0) return false;
    // The next call may take longer than the last.
    const elapsed = now - this.since + SLOWER * this.lastMs;
    if (this.shaken) return elapsed >= SHAKEN_MS;
    return elapsed >= MOST_MS && (this.steps + this.lastSteps > MOST_STEPS || this.saveMs <= SHARE * elapsed);
  }

  /** A checkpoint has been taken. */
  saved(spentMs: number): void {
    this.saveMs = spentMs;
    this.steps = 0;
    this.shaken = false;
  }

  /** Other lanes stand, or the same ones at their last checkpoint; `shaken` where that is a death's doing. */
  restart(shaken: boolean): void {
    this.steps = 0;
    this.shaken = shaken;
  }
}
