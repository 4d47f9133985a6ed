/**
 * The Papers view's experiments: for each seed, every arm from untrained weights to its last epoch, measured, and after
 * each seed the verdicts. One experiment runs at a time; what the others gave is kept while the page is open.
 */
import { errorSentence } from '../state/figures';
import type { Store } from '../state/store';
import type { ExperimentInfo, Measured, Outcome, Paper, SessionConfig } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import type { Client, StoredRun } from './client';
import { Engine } from './engine';
import type { Notices } from './notices';
import { Pace } from './pace';
import type { Preparation } from './preparation';

export type ExperimentStatus = 'idle' | 'running' | 'stopping' | 'stopped' | 'done' | 'failed';

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
  /** What the arms of the seed under way gave so far. */
  arms: readonly Measured[] = [];

  constructor(readonly paper: Paper) {}

  /** The seed under way. */
  get seed(): number {
    return this.measured.length + 1;
  }
}

/** What is kept of an experiment. */
export interface KeptTrial {
  readonly seeds: number;
  readonly measured: readonly (readonly Measured[])[];
  /** Of the data that its arms train on. */
  readonly identity: string;
  /** The settings of its arms, as [`settingsOf`] has them. */
  readonly armsAre: string;
}

/** The settings of an experiment's arms: another version of the page may have others. */
export function settingsOf(info: ExperimentInfo | undefined): string {
  return JSON.stringify(info?.arms.map(({ config }) => config) ?? []);
}

export class Experiments implements Client {
  readonly called = 'the experiment';
  readonly engine: Engine;
  private readonly trials = new Map<Paper, Trial>();
  /** The experiment whose lanes are open or wanted. */
  private current: Trial | undefined;

  constructor(private readonly desk: Desk, private readonly store: Store, notices: Notices) {
    this.engine = new Engine(desk, notices, this);
  }

  subscribe(listener: () => void): () => void {
    return this.engine.subscribe(listener);
  }

  /** The ANN twin of the seed under way, while it is trained. */
  get preparation(): Preparation {
    return this.engine.preparation;
  }

  trial(paper: Paper): Trial {
    let trial = this.trials.get(paper);
    if (trial === undefined) {
      trial = new Trial(paper);
      this.trials.set(paper, trial);
    }
    return trial;
  }

  /** The paper whose experiment runs. */
  get running(): Paper | undefined {
    return this.current?.status === 'running' ? this.current.paper : undefined;
  }

  get place(): string {
    const { place, info } = this.current ?? {};
    if (place === undefined) return 'its beginning';
    const arm = info?.arms[place.arm]?.name;
    return `${arm === undefined ? '' : `step ${place.step} of the arm "${arm}", `}seed ${place.seed}`;
  }

  get shown(): boolean {
    return this.store.state.view === 'papers';
  }

  /** What a paper's experiment is. */
  async load(paper: Paper): Promise<ExperimentInfo> {
    const trial = this.trial(paper);
    trial.info ??= await this.desk.experimentOf(paper, 'page');
    this.engine.tell();
    return trial.info;
  }

  /** Runs an experiment to so many seeds: on from those that are through, or anew where there are as many. Another one that runs stops first. */
  start(paper: Paper, seeds: number): void {
    const trial = this.trial(paper);
    this.stop();
    const anew = trial.measured.length >= seeds;
    if (anew) Object.assign(trial, { measured: [], outcomes: [], arms: [] });
    Object.assign(trial, { seeds, status: 'running', reason: '' });
    void this.launch(trial, anew);
    this.engine.tell();
  }

  /** The experiment that runs stops after the call that is under way; what its arms and seeds gave is kept. */
  stop(): void {
    for (const trial of this.trials.values()) {
      if (trial.status === 'running') trial.status = 'stopping';
    }
    this.engine.end();
    // One that had not begun has nothing to end.
    if (this.engine.phase !== 'running' && this.current?.status === 'stopping') this.ended();
  }

  /** What has been measured need not be trained again. */
  needs(lane: number): boolean {
    return lane >= (this.current?.arms.length ?? 0);
  }

  /** The experiment whose lanes are open or wanted. */
  get open(): Trial | undefined {
    return this.current;
  }

  /** Takes up an experiment that has been put by: what its seeds gave, and the seed that was under way. False where it is another one by now. */
  async takeUp(paper: Paper, kept: KeptTrial,
    underWay: { readonly arms: readonly Measured[]; readonly run: Omit<StoredRun, 'configs'> } | undefined): Promise<boolean> {
    this.stop();
    await this.engine.whenStill();
    const info = await this.load(paper);
    for (const { config } of info.arms) {
      if ((await this.desk.dataInfo(config.data)).identity !== kept.identity) return false;
    }
    if (settingsOf(info) !== kept.armsAre) return false;
    const { seeds, measured } = kept;
    const outcomes = measured.length === 0 ? [] : await this.desk.judge(paper, 'page', measured.flat());
    const trial = this.trial(paper);
    Object.assign(trial, { seeds, measured, outcomes, arms: [], place: undefined, reason: '', status: measured.length >= seeds ? 'done' : 'stopped' });
    this.current = trial;
    if (underWay !== undefined) {
      await this.engine.resume({ ...underWay.run, configs: this.wanted() });
      trial.arms = underWay.arms;
      this.beginArm();
    }
    this.engine.tell();
    return true;
  }

  wanted(): readonly SessionConfig[] {
    const { info, seed } = this.current ?? {};
    // Settings were chosen on the first seeds, so that a verdict rests on others.
    return info === undefined || seed === undefined ? [] : info.arms.map(({ config }) => ({ ...config, seed: info.firstSeed + seed - 1 }));
  }

  opened(): void {
    const { current } = this;
    if (current === undefined) return;
    current.arms = [];
    current.place = { seed: current.seed, arm: 0, step: 0, planned: 0 };
  }

  present(): Promise<void> {
    return Promise.resolve();
  }

  begin(): void {
    const { current } = this;
    if (current?.info !== undefined) current.pace.plan(current.info, current.seeds);
    this.beginArm();
  }

  async turn(): Promise<void> {
    const { current } = this;
    if (current?.info === undefined) return;
    const arm = current.arms.length;
    if (arm === current.info.arms.length) await this.judge(current, current.info);
    else if (this.trained(arm)) await this.measure(current, current.info);
    else await this.advance(current);
    this.engine.tell();
  }

  ended(): void {
    if (this.current?.status === 'stopping') this.current.status = 'stopped';
    this.engine.tell();
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  rewound(): void {
    this.beginArm();
  }

  failed(error: unknown): void {
    if (this.current === undefined) return;
    this.current.status = 'failed';
    this.current.reason = errorSentence(error);
  }

  private async launch(trial: Trial, anew: boolean): Promise<void> {
    await this.engine.whenStill();
    // Stopped, or another one started, meanwhile.
    if (!this.goes(trial)) return;
    this.current = trial;
    try {
      await this.load(trial.paper);
    } catch (error) {
      if (error instanceof RunInterrupted) void this.launch(trial, anew);
      else this.failed(error);
      return;
    }
    if (this.goes(trial)) await this.engine.follow({ goes: true, anew });
  }

  /** Whether an experiment that is to begin still is; one that is not has stopped. */
  private goes(trial: Trial): boolean {
    if (trial.status === 'stopping') trial.status = 'stopped';
    return trial.status === 'running';
  }

  private planned(arm: number): number {
    const lane = this.engine.lanes[arm];
    return lane === undefined ? 0 : lane.info.stepsPerEpoch * lane.config.epochs;
  }

  private trained(arm: number): boolean {
    const lane = this.engine.lanes[arm];
    return lane === undefined || lane.stopped !== undefined || lane.step >= this.planned(arm);
  }

  /** An arm begins, or goes on from where its lane is. */
  private beginArm(): void {
    const { current } = this;
    if (current === undefined) return;
    const arm = current.arms.length;
    current.pace.begin(arm, this.planned(arm));
    current.place = { seed: current.seed, arm, step: this.engine.lanes[arm]?.step ?? 0, planned: this.planned(arm) };
  }

  /** Training steps in the arm under way. */
  private async advance(trial: Trial): Promise<void> {
    const arm = trial.arms.length;
    const { step = 0, info } = this.engine.lanes[arm] ?? {};
    const perEpoch = info?.stepsPerEpoch ?? 1;
    const count = Math.min(perEpoch - (step % perEpoch), Math.ceil(perEpoch / CALLS), trial.pace.fitting(CALL_MS));
    const start = performance.now();
    const report = await this.engine.train(arm, count);
    trial.pace.took(arm, performance.now() - start, count);
    trial.place = { seed: trial.seed, arm, step: report.step, planned: this.planned(arm) };
  }

  private async measure(trial: Trial, info: ExperimentInfo): Promise<void> {
    const arm = trial.arms.length;
    const start = performance.now();
    const measures = await this.engine.slot.measure(arm, info.withTwin, info.withSteps);
    trial.arms = [...trial.arms, { ...measures, stepMs: trial.pace.end(arm, performance.now() - start) }];
    this.beginArm();
  }

  /** A seed is through: the verdicts, and the next seed. */
  private async judge(trial: Trial, info: ExperimentInfo): Promise<void> {
    const measured = [...trial.measured, trial.arms];
    trial.outcomes = await this.desk.judge(info.paper, 'page', measured.flat());
    trial.measured = measured;
    trial.arms = [];
    if (measured.length < trial.seeds) {
      // A person who has just stopped it finds the next seed's lanes ready.
      void this.engine.follow({ goes: this.engine.running });
      return;
    }
    trial.status = 'done';
    this.engine.end();
  }
}
