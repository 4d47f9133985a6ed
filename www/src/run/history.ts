/** The numbers that a run leaves behind: what the curves show and what the export holds. */
import type { TrainReport } from '../worker/protocol';

export interface Points {
  readonly x: number[];
  readonly y: number[];
}

const empty = (): Points => ({ x: [], y: [] });

export class RunHistory {
  /** Cross-entropy of each training step's batch, by step. */
  readonly loss = empty();
  /** Share of each training step's batch that was right, by step. */
  readonly accuracy = empty();
  /** Held-out numbers, by the step whose weights the pass over the held-out samples was made with. */
  readonly heldOutLoss = empty();
  readonly heldOutAccuracy = empty();

  addTraining(report: TrainReport): void {
    const first = report.step - report.losses.length + 1;
    report.losses.forEach((loss, i) => {
      this.loss.x.push(first + i);
      this.loss.y.push(loss);
      this.accuracy.x.push(first + i);
      this.accuracy.y.push(report.accuracies[i] ?? 0);
    });
  }

  addHeldOut(step: number, loss: number, accuracy: number): void {
    this.forgetFrom(step, [this.heldOutLoss, this.heldOutAccuracy]);
    this.heldOutLoss.x.push(step);
    this.heldOutLoss.y.push(loss);
    this.heldOutAccuracy.x.push(step);
    this.heldOutAccuracy.y.push(accuracy);
  }

  /** Takes back what came after a step, because the run goes on from there once more. */
  rewind(step: number): void {
    this.forgetFrom(step + 1, [this.loss, this.accuracy, this.heldOutLoss, this.heldOutAccuracy]);
  }

  /** One row a step; the held-out columns are filled where a pass ended. */
  csv(): string {
    const heldOut = new Map(this.heldOutLoss.x.map((step, i) => [step, i]));
    const steps = [...new Set([...this.loss.x, ...this.heldOutLoss.x])].sort((a, b) => a - b);
    const training = new Map(this.loss.x.map((step, i) => [step, i]));
    const cell = (values: readonly number[], i: number | undefined): string => (i === undefined ? '' : String(values[i]));
    const rows = steps.map((step) => {
      const [t, e] = [training.get(step), heldOut.get(step)];
      return [step, cell(this.loss.y, t), cell(this.accuracy.y, t), cell(this.heldOutLoss.y, e), cell(this.heldOutAccuracy.y, e)].join(',');
    });
    return `step,train_loss,train_accuracy,held_out_loss,held_out_accuracy\n${rows.join('\n')}\n`;
  }

  private forgetFrom(step: number, all: readonly Points[]): void {
    for (const points of all) {
      while ((points.x.at(-1) ?? -1) >= step) {
        points.x.pop();
        points.y.pop();
      }
    }
  }
}
