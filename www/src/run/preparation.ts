/** Trains the ANN twin that some methods are guided by, before the run that waits for it takes its first step. */
import type { PreparationReport } from '../worker/protocol';
import type { Slot } from './slot';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 100;

export class Preparation {
  /** How far the twin is; undefined when none is under way. */
  report: PreparationReport | undefined;
  /** Training steps of the last call. */
  steps = 0;
  private stepMs = 0;

  /** A call's worth of the twin that a lane waits for; false when none waits any more. */
  async advance(slot: Slot): Promise<boolean> {
    if (!slot.needsTwin) return false;
    const count = this.stepMs === 0 ? 1 : Math.max(1, Math.round(CALL_MS / this.stepMs));
    const [start, before] = [performance.now(), this.report?.step ?? 0];
    this.report = await slot.prepare(count);
    if (this.report === undefined) return false;
    // A twin that another run left half trained goes on from there.
    this.steps = Math.min(count, Math.max(1, this.report.step - before));
    this.stepMs = (performance.now() - start) / this.steps;
    return true;
  }

  /** Another run, or another worker, begins with none under way. */
  forget(): void {
    this.report = undefined;
    this.stepMs = 0;
  }
}
