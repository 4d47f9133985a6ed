/** The numbers that a run leaves behind: what the curves show and what the export holds. */
import type { TrainReport } from '../worker/protocol';

export interface Points {
  readonly x: number[];
  readonly y: number[];
}

const empty = (): Points => ({ x: [], y: [] });

/** Points as JSON has them: what is not a number is null there. */
interface StoredPoints {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** A history that has been put by. */
export interface StoredHistory {
  readonly loss: StoredPoints;
  readonly accuracy: StoredPoints;
  readonly heldOutLoss: StoredPoints;
  readonly heldOutAccuracy: StoredPoints;
  readonly gradients: readonly { readonly name: string; readonly rms: StoredPoints; readonly ratio: StoredPoints }[];
}

const put = ({ x, y }: Points): StoredPoints => ({ x: [...x], y: y.map((value) => (Number.isFinite(value) ? value : null)) });
const got = ({ x, y }: StoredPoints): Points => ({ x: [...x], y: y.map((value) => value ?? Number.NaN) });

/** How strong the gradient of one layer's weights was, by the steps at which it was looked at. */
export interface LayerGradients {
  readonly name: string;
  /** Root mean square of the gradient. */
  readonly rms: Points;
  /** The gradient's norm in that of the weights. */
  readonly ratio: Points;
}

export class RunHistory {
  /** Cross-entropy of each training step's batch, by step. */
  readonly loss: Points;
  /** Share of each training step's batch that was right, by step. */
  readonly accuracy: Points;
  /** Held-out numbers, by the step whose weights the pass over the held-out samples was made with. */
  readonly heldOutLoss: Points;
  readonly heldOutAccuracy: Points;
  /** One for each layer, input side first, once there has been a step. */
  gradients: readonly LayerGradients[];

  /** Empty, or what an earlier one left. */
  constructor(stored?: StoredHistory) {
    const of = (kind: 'loss' | 'accuracy' | 'heldOutLoss' | 'heldOutAccuracy'): Points => (stored === undefined ? empty() : got(stored[kind]));
    [this.loss, this.accuracy, this.heldOutLoss, this.heldOutAccuracy] = [of('loss'), of('accuracy'), of('heldOutLoss'), of('heldOutAccuracy')];
    this.gradients = (stored?.gradients ?? []).map(({ name, rms, ratio }) => ({ name, rms: got(rms), ratio: got(ratio) }));
  }

  /** What an equal history is made of: a copy, which the run does not change any more. */
  toJSON(): StoredHistory {
    return {
      loss: put(this.loss), accuracy: put(this.accuracy), heldOutLoss: put(this.heldOutLoss), heldOutAccuracy: put(this.heldOutAccuracy),
      gradients: this.gradients.map(({ name, rms, ratio }) => ({ name, rms: put(rms), ratio: put(ratio) })),
    };
  }

  addTraining(report: TrainReport): void {
    const first = report.step - report.losses.length + 1;
    report.losses.forEach((loss, i) => {
      this.loss.x.push(first + i);
      this.loss.y.push(loss);
      this.accuracy.x.push(first + i);
      this.accuracy.y.push(report.accuracies[i] ?? 0);
    });
    if (report.losses.length > 0) this.addGradients(report);
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
    this.forgetFrom(step + 1, [this.loss, this.accuracy, this.heldOutLoss, this.heldOutAccuracy, ...this.gradients.flatMap(({ rms, ratio }) => [rms, ratio])]);
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

  private addGradients({ step, gradients }: TrainReport): void {
    // A run that gets out of hand has none shortly before its loss stops being a number.
    if (!gradients.every(({ rms, ratio }) => Number.isFinite(rms) && Number.isFinite(ratio))) return;
    if (this.gradients.length === 0) this.gradients = gradients.map(({ name }) => ({ name, rms: empty(), ratio: empty() }));
    this.gradients.forEach((layer, i) => {
      for (const kind of ['rms', 'ratio'] as const) {
        layer[kind].x.push(step);
        layer[kind].y.push(gradients[i]?.[kind] ?? 0);
      }
    });
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

/** Looks that a recent value is the mean of: a batch is few samples. */
const RECENT = 10;

/** The geometric mean of the last few values; nothing where there are none. */
export function recent({ y }: Points): number | undefined {
  const last = y.slice(-RECENT);
  if (last.length === 0) return undefined;
  return last.some((value) => value <= 0) ? 0 : Math.exp(last.reduce((sum, value) => sum + Math.log(value), 0) / last.length);
}
