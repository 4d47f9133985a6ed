/**
 * The Papers view's experiments: for each seed, every arm from untrained weights to its last epoch, measured, and after
 * each seed the verdicts. One experiment runs at a time; what the others gave is kept while the page is open.
 */
import type { ExperimentInfo, Measured, Outcome, Paper } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import { Pace } from './pace';
import { Preparation } from './preparation';
import type { Slot } from './slot';

export type ExperimentStatus = 'idle' | 'running' | 'stopping' | 'stopped' | 'interrupted' | 'done' | 'failed';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 150;
/** Calls in an epoch at the least: gradients are looked at after each. */
const CALLS = 8;
/** Seeds that an experiment usually takes. */
export const USUAL_SEEDS = 5;

/** Where a running experiment is. */
export interface Place {
  readonly seed: number;
  /** Number of the arm, from 0. */
  readonly arm: number;
  /** Steps of the arm, and those it will take. */
  readonly step: number;
  readonly planned: number;
}

/** One paper's experiment in this page. */
export class Trial {
  info: ExperimentInfo | undefined;
  status: ExperimentStatus = 'idle';
  /** Seeds that are asked for. */
  seeds = USUAL_SEEDS;
  /** What every arm gave, for each seed that is through. */
  measured: readonly (readonly Measured[])[] = [];
  /** The verdicts on those seeds. */
  outcomes: readonly Outcome[] = [];
  place: Place | undefined;
  /** Why it stands, where that is not a person's doing. */
  reason = '';
  readonly pace = new Pace();
  /** What the arms of the seed under way gave so far, while the core still holds their lanes as they were trained. */
  begun: { readonly seed: number; readonly entries: number; readonly arms: Measured[] } | undefined;
}

export class Experiments {
  /** The ANN twin of the seed under way, while it is trained. */
  readonly preparation = new Preparation();
  private readonly trials = new Map<Paper, Trial>();
  private readonly slot: Slot;
  private current: Paper | undefined;
  /** Whose lanes the slot holds. */
  private holder: Trial | undefined;
  private loop: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk) {
    this.slot = desk.slot();
  }

  subscribe(listener: () => void): void {
    this.listeners.add(listener);
  }

  trial(paper: Paper): Trial {
    let trial = this.trials.get(paper);
    if (trial === undefined) {
      trial = new Trial();
      this.trials.set(paper, trial);
    }
    return trial;
  }

  /** The paper whose experiment runs. */
  get running(): Paper | undefined {
    return this.current;
  }

  /** What a paper's experiment is. */
  async load(paper: Paper): Promise<ExperimentInfo> {
    const trial = this.trial(paper);
    trial.info ??= await this.desk.experimentOf(paper, 'page');
    this.tell();
    return trial.info;
  }

  /** Runs an experiment to so many seeds: on from those that are through, or anew where there are as many. Another one that runs stops first. */
  start(paper: Paper, seeds: number): void {
    const trial = this.trial(paper);
    this.stop();
    if (trial.measured.length >= seeds) Object.assign(trial, { measured: [], outcomes: [], begun: undefined });
    Object.assign(trial, { seeds, status: 'running', reason: '' });
    this.current = paper;
    this.loop = this.loop.then(() => this.run(paper, trial));
    this.tell();
  }

  /** The experiment that runs stops after the call that is under way; what its seeds gave is kept. */
  stop(): void {
    const { current } = this;
    if (current === undefined) return;
    this.current = undefined;
    this.trial(current).status = 'stopping';
    this.tell();
  }

  private async run(paper: Paper, trial: Trial): Promise<void> {
    try {
      const info = await this.load(paper);
      trial.pace.plan(info, trial.seeds);
      while (this.goes(paper, trial) && trial.measured.length < trial.seeds) {
        const arms = await this.runSeed(trial, info, trial.measured.length + 1, () => this.goes(paper, trial));
        if (arms === undefined) continue;
        const measured = [...trial.measured, arms];
        trial.outcomes = await this.desk.judge(paper, 'page', measured.flat());
        trial.measured = measured;
        trial.begun = undefined;
        this.tell();
      }
      trial.status = trial.measured.length >= trial.seeds ? 'done' : 'stopped';
    } catch (error) {
      trial.begun = undefined;
      trial.status = error instanceof RunInterrupted ? 'interrupted' : 'failed';
      trial.reason = error instanceof Error ? error.message : String(error);
    }
    this.preparation.forget();
    if (this.current === paper) this.current = undefined;
    this.tell();
  }

  private goes(paper: Paper, trial: Trial): boolean {
    return this.current === paper && trial.status === 'running';
  }

  /** Every arm of one seed; undefined where it was stopped before the last, or has to begin anew. */
  private async runSeed(trial: Trial, info: ExperimentInfo, seed: number, goes: () => boolean): Promise<Measured[] | undefined> {
    // A seed that lost the core begins anew, so that all of its arms are timed in one piece.
    if (this.holder !== trial || trial.begun?.seed !== seed || trial.begun.entries !== this.slot.entries) {
      this.holder = undefined;
      trial.place = { seed, arm: 0, step: 0, planned: 0 };
      this.tell();
      for (const { config } of info.arms) await this.desk.dataInfo(config.data);
      await this.slot.open(info.arms.map(({ config }) => ({ ...config, seed })));
      trial.begun = { seed, entries: this.slot.entries, arms: [] };
      this.holder = trial;
    }
    const { arms, entries } = trial.begun;
    while (goes() && (await this.preparation.advance(this.slot))) this.tell();
    while (goes() && arms.length < info.arms.length) {
      const measured = await this.runArm(trial, info, seed, arms.length, goes);
      // Another view, or another backend, had the core meanwhile.
      if (this.slot.entries !== entries) return undefined;
      if (measured !== undefined) arms.push(measured);
    }
    return arms.length === info.arms.length ? arms : undefined;
  }

  /** One arm to its last epoch and measured; undefined where it was stopped before. It goes on from where its lane is. */
  private async runArm(trial: Trial, info: ExperimentInfo, seed: number, arm: number, goes: () => boolean): Promise<Measured | undefined> {
    const { pace } = trial;
    const perEpoch = this.slot.infos[arm]?.stepsPerEpoch ?? 1;
    const planned = perEpoch * (info.arms[arm]?.config.epochs ?? 0);
    pace.begin(arm, planned);
    let step = trial.place?.seed === seed && trial.place.arm === arm ? trial.place.step : 0;
    while (step < planned) {
      if (!goes()) return undefined;
      const left = perEpoch - (step % perEpoch);
      const count = Math.min(left, Math.ceil(perEpoch / CALLS), pace.fitting(CALL_MS));
      const start = performance.now();
      const report = await this.slot.trainLane(arm, count);
      pace.took(arm, performance.now() - start, count);
      step = report.step;
      trial.place = { seed, arm, step, planned };
      this.tell();
      if (report.stopped !== undefined) break;
    }
    const start = performance.now();
    const measures = await this.slot.measure(arm, info.withTwin, info.withSteps);
    const stepMs = pace.end(arm, performance.now() - start);
    trial.place = { seed, arm: arm + 1, step: 0, planned };
    this.tell();
    return { ...measures, stepMs };
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
