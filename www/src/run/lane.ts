/** One network of a run: where it is, how fast it goes, and what it has left behind. */
import type { EvaluationReport, NetworkInfo, Probe, SessionConfig, TrainReport } from '../worker/protocol';
import { RunHistory } from './history';

/** Calls before a lane's pace is a mean: the first ones allocate and compile, and would make it look slow. */
const WARM_UP = 2;
/** How much of the mean the newest call is. */
const NEWEST = 0.2;

export class Lane {
  step: number;
  /** Epochs that the steps make, with their fraction. */
  epoch: number;
  rate: number;
  /** A training step, with its way to the worker and back; 0 while none has been taken on the present backend. */
  stepMs = 0;
  /** Calls that it has been timed over. */
  rounds = 0;
  evaluation: EvaluationReport | undefined;
  probe: Probe | undefined;
  /** Why it stands still, if its loss stopped being a number or the core could not go on with it. */
  stopped: string | undefined;
  /** Whether that was the core, which can then tell nothing else of it either. */
  broken = false;

  constructor(readonly config: SessionConfig, readonly info: NetworkInfo, readonly history = new RunHistory()) {
    this.step = info.step;
    this.epoch = info.step / info.stepsPerEpoch;
    this.rate = rateAfter(config, info.step, info.stepsPerEpoch);
    history.rewind(info.step);
  }

  /** Takes in what a call gave. */
  took(report: TrainReport, steps: number, spentMs: number): void {
    this.rounds += 1;
    const each = spentMs / steps;
    this.stepMs = this.rounds <= WARM_UP ? each : (1 - NEWEST) * this.stepMs + NEWEST * each;
    this.step = report.step;
    this.epoch = report.epoch;
    this.rate = report.rate;
    this.stopped = report.stopped;
    this.history.addTraining(report);
  }

  /** Back to where a checkpoint has it; the replay tells again of a loss that stopped being a number. */
  rewind(step: number): void {
    this.step = step;
    this.epoch = step / this.info.stepsPerEpoch;
    this.rate = rateAfter(this.config, step, this.info.stepsPerEpoch);
    this.stopped = undefined;
    this.broken = false;
    this.evaluation = undefined;
    this.history.rewind(step);
  }

  /** The pace on another backend has nothing to do with this one's. */
  forgetPace(): void {
    [this.stepMs, this.rounds] = [0, 0];
  }
}

/** The rate that the last of so many steps was taken with, as the core has it: constant, or half a cosine to zero over the planned epochs. */
function rateAfter({ schedule, rate, epochs }: SessionConfig, steps: number, stepsPerEpoch: number): number {
  if (schedule === 'constant') return rate;
  const done = Math.max(0, steps - 1) / Math.max(1, epochs * stepsPerEpoch);
  return rate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
}
