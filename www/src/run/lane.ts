/** One network of a run: where it is, how fast it goes, and what it has left behind. */
import type { EvaluationReport, NetworkInfo, Probe, Run, SessionConfig, TrainReport } from '../worker/protocol';
import { settingsAt } from '../state/live';
import { RunHistory } from './history';

/** Calls before a lane's pace is a mean: the first ones allocate and compile, and would make it look slow. */
const WARM_UP = 2;
/** How much of the mean the newest call is. */
const NEWEST = 0.2;

/** A neuron of a network. */
export interface Choice {
  readonly layer: number;
  readonly neuron: number;
}

/** What a neuron says to the classes: how much higher the logit of each is than if it were silent. */
export interface NeuronSays extends Choice {
  /** The held-out sample that it was asked about. */
  readonly sample: number;
  readonly values: Float32Array;
}

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
  /** The held-out sample that `probe` is of. */
  sample = 0;
  /** What the neuron that was asked last says. */
  said: NeuronSays | undefined;
  /** Why it stands still, if its loss stopped being a number or the core could not go on with it. */
  stopped: string | undefined;
  /** Whether that was the core, which can then tell nothing else of it either. */
  broken = false;

  /** Whether where it is among its epochs is a guess: what a checkpoint holds is known to the core. */
  isGuess = false;
  /** The steps at which the epoch under way ends, and the planned ones. */
  epochEnd: number;
  planned: number;

  constructor(public config: Run, public info: NetworkInfo, readonly history = new RunHistory()) {
    this.step = info.step;
    ({ epoch: this.epoch, rate: this.rate, epochEnd: this.epochEnd, planned: this.planned } = info);
    history.rewind(info.step);
  }

  /** What it is set to at its present step. */
  get settings(): SessionConfig {
    return settingsAt(this.config, this.step);
  }

  /** Whether its network has such a neuron. */
  has(layer: number, neuron: number): boolean {
    const shape = this.info.layers[layer]?.shape;
    return shape !== undefined && neuron < shape.reduce((product, size) => product * size, 1);
  }

  /** What a neuron says about the sample that is looked at, where that was what was asked last. */
  saidOf(layer: number, neuron: number): Float32Array | undefined {
    const { said } = this;
    return said?.sample === this.sample && said.layer === layer && said.neuron === neuron ? said.values : undefined;
  }

  /** It does something else from here on, though its numbers had stopped being numbers. */
  adjusted(config: Run, info: NetworkInfo): void {
    this.config = config;
    this.info = info;
    ({ epochEnd: this.epochEnd, planned: this.planned } = info);
    this.stopped = undefined;
  }

  /** Takes in what a call gave. */
  took(report: TrainReport, steps: number, spentMs: number): void {
    this.rounds += 1;
    const each = spentMs / steps;
    this.stepMs = this.rounds <= WARM_UP ? each : (1 - NEWEST) * this.stepMs + NEWEST * each;
    this.step = report.step;
    ({ epoch: this.epoch, rate: this.rate, epochEnd: this.epochEnd, planned: this.planned } = report);
    this.stopped = report.stopped;
    this.history.addTraining(report);
  }

  /** Back to where a checkpoint has it; the replay tells again of a loss that stopped being a number. */
  rewind(step: number): void {
    // Where batches have changed in size this is about so, until the core tells.
    this.isGuess = true;
    const { stepsPerEpoch } = this.info;
    this.epoch = step / stepsPerEpoch;
    this.epochEnd = (Math.floor(this.epoch) + 1) * stepsPerEpoch;
    this.step = step;
    this.rate = rateAfter(this.settings, step, this.planned);
    this.stopped = undefined;
    this.broken = false;
    this.evaluation = undefined;
    this.said = undefined;
    this.history.rewind(step);
  }

  /** Where the core has it. */
  placed({ epoch, rate, epochEnd, planned }: NetworkInfo): void {
    [this.epoch, this.rate, this.epochEnd, this.planned, this.isGuess] = [epoch, rate, epochEnd, planned, false];
  }

  /** The pace on another backend has nothing to do with this one's. */
  forgetPace(): void {
    [this.stepMs, this.rounds] = [0, 0];
  }
}

/** The rate of the last of so many steps: constant, or half a cosine to zero over the planned ones; `as-core.test.ts` holds it against the core. */
function rateAfter({ schedule, rate }: SessionConfig, steps: number, planned: number): number {
  if (schedule === 'constant') return rate;
  const done = Math.max(0, steps - 1) / Math.max(1, planned);
  return rate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
}
