/**
 * The run of the Compare view: lanes in lock-step. All get the same seed, batches and initial weights; a round takes the
 * same number of steps in each, one lane after the other, so that each can be timed by itself. A lane that stops, because
 * its loss is no number any more or because the core cannot go on with it, leaves the others as they are.
 */
import { rangeOf } from '../state/core-settings';
import { counted, errorSentence } from '../state/figures';
import { laneConfig, sameConfigs, type AppState } from '../state/settings';
import type { Store } from '../state/store';
import type { DataInfo, SessionConfig } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import type { Client, StoredRun } from './client';
import { Engine } from './engine';
import type { Choice, Lane } from './lane';
import type { Notices } from './notices';
import type { Preparation } from './preparation';
import type { Waiting } from './waiting';

export type { Lane } from './lane';
export type RaceStatus = 'starting' | 'ready' | 'running' | 'paused' | 'failed';

/** A round of all lanes that takes this long keeps the overhead small and the page lively. */
const ROUND_MS = 200;
const PROBE_EVERY_MS = 700;
/** It is asked for less often: it takes every network twice. */
const SAYS_EVERY_MS = 3000;
/** The share of the time that may go into held-out samples while training. */
const EVALUATION_SHARE = 0.2;
const SLICE = 64;

/** Held-out accuracies of all lanes at the end of one seed's run. */
export interface SeedResult {
  readonly seed: number;
  readonly accuracies: readonly number[];
}

/** A race over several seeds; empty where it is over one. */
export interface Series {
  readonly results: readonly SeedResult[];
  /** Those that are still to run, the present one first. */
  readonly seeds: readonly number[];
  /** The seed that the lanes have, or will. */
  readonly seed: number | undefined;
}

export class Race implements Client {
  readonly called = 'the race';
  readonly engine: Engine;
  message = '';
  /** What the runs over several seeds have given so far. */
  results: readonly SeedResult[] = [];
  /** Seeds that are still to run, the present one first; empty outside such a series. */
  seeds: readonly number[] = [];
  /** The seed of a series that is wanted now; the settings' own outside of one. */
  private seriesSeed: number | undefined;
  /** The neuron that is looked at in every lane that has it. */
  choice: Choice | undefined;
  private until: 'paused' | 'epoch' = 'paused';
  private pass = 0;
  private passStep = 0;
  private probedAt = 0;
  private heardAt = 0;
  private trainingMs = 0;
  private evaluatingMs = 0;

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    this.engine = new Engine(desk, notices, this);
    store.subscribe((state, before) => {
      const changed = !sameConfigs(lanesOf(state), lanesOf(before));
      // A series is one of seeds of these settings.
      if (changed) this.endSeries();
      if (changed && this.status === 'failed') notices.dismiss('race');
      if (state.sample !== before.sample) this.lookAgain();
      // While another view is open its lanes have the core; these catch up when their view is shown again.
      if (state.view !== 'compare' || this.engine.phase === 'empty') return;
      if (before.view !== 'compare') this.engine.comeBack();
      else if (changed) void this.follow();
    });
  }

  subscribe(listener: () => void): () => void {
    return this.engine.subscribe(listener);
  }

  get status(): RaceStatus {
    const { phase } = this.engine;
    if (phase === 'failed' || phase === 'running') return phase;
    if (phase !== 'rest') return 'starting';
    // A run that waits for its twin has begun, though it has taken no step.
    return this.step > 0 || this.preparation.report !== undefined ? 'paused' : 'ready';
  }

  get data(): DataInfo | undefined {
    return this.engine.data;
  }

  get lanes(): readonly Lane[] {
    return this.engine.lanes;
  }

  /** The ANN twin that guides a lane, on its way. */
  get preparation(): Preparation {
    return this.engine.preparation;
  }

  /** What the worker has been asked for. */
  get waiting(): Waiting {
    return this.engine.waiting;
  }

  get running(): boolean {
    return this.engine.running;
  }

  /** A person has paused, and the steps under way are not over yet. */
  get pausing(): boolean {
    return this.engine.pausing;
  }

  /** Steps that every lane has taken, but those that stopped; with all stopped, as far as the last one came. */
  get step(): number {
    if (this.allStopped) return Math.max(0, ...this.lanes.map((lane) => lane.step));
    return Math.min(...this.lanes.flatMap((lane) => (lane.stopped === undefined ? [lane.step] : [])));
  }

  get place(): string {
    return `step ${this.step}${this.seeds.length > 0 ? ` of seed ${this.seed}` : ''}`;
  }

  get shown(): boolean {
    return this.store.state.view === 'compare';
  }

  get allStopped(): boolean {
    return this.lanes.every((lane) => lane.stopped !== undefined);
  }

  get stepsPerEpoch(): number {
    return this.lanes[0]?.info.stepsPerEpoch ?? 1;
  }

  get plannedSteps(): number {
    return this.stepsPerEpoch * (this.lanes[0]?.config.epochs ?? 0);
  }

  get finished(): boolean {
    return this.step > 0 && this.step >= this.plannedSteps;
  }

  /** Why no lane has a step left to take; nothing where one has. */
  get over(): string | undefined {
    if (this.finished) return 'The planned epochs are done: reset to race again.';
    return this.lanes.length > 0 && this.allStopped ? 'Every lane has stopped: reset to start anew.' : undefined;
  }

  /** Whether a lane has not taken a step on the present backend: the first one allocates, and compiles for a GPU. */
  get untried(): boolean {
    return this.lanes.some((lane) => lane.rounds === 0 && lane.stopped === undefined);
  }

  /** Whether the lanes that are wanted could not be opened, so that all that can be shown is still of those before. */
  get outlived(): boolean {
    return this.engine.outlived;
  }

  /** The seed of the lanes that are open. */
  get seed(): number {
    return this.lanes[0]?.config.seed ?? this.store.state.config.seed;
  }

  /** Opens the lanes of the present settings, untrained, unless they stand. */
  follow(): Promise<void> {
    this.endSeries();
    return this.engine.follow();
  }

  reset(): Promise<void> {
    this.endSeries();
    return this.engine.follow({ anew: true });
  }

  /** Looks at a neuron, and asks what it says. */
  choose(choice: Choice): void {
    this.choice = choice;
    this.engine.tell();
    this.lookAgain();
  }

  /** What a series has given, and what of it is to come. */
  get series(): Series {
    return { results: this.results, seeds: this.seeds, seed: this.seriesSeed };
  }

  /** Takes up a race that has been put by, whose settings are the present ones; between two seeds there are no lanes to go on with. */
  resume({ results, seeds, seed }: Series, run: Omit<StoredRun, 'configs'> | undefined): Promise<void> {
    [this.results, this.seeds, this.seriesSeed] = [results, seeds, seed];
    return run === undefined ? this.engine.follow({ anew: true }) : this.engine.resume({ ...run, configs: this.wanted() });
  }

  start(until: 'paused' | 'epoch'): void {
    // Lanes that are on their way go once they stand: the button that was pressed may still be of those before.
    if (!this.engine.opening && (this.lanes.length === 0 || this.status === 'failed' || this.over !== undefined)) return;
    this.until = until;
    this.engine.start();
  }

  pause(): void {
    this.engine.end();
  }

  /** Runs the planned epochs for the present seed and those after it, from untrained weights. */
  startSeeds(count: number): Promise<void> {
    const first = Math.min(this.store.state.config.seed, rangeOf('seed').max - count + 1);
    this.seeds = Array.from({ length: count }, (_, i) => first + i);
    this.results = [];
    this.seriesSeed = first;
    this.until = 'paused';
    return this.engine.follow({ goes: true, anew: true });
  }

  needs(): boolean {
    return true;
  }

  wanted(): readonly SessionConfig[] {
    const configs = lanesOf(this.store.state);
    const seed = this.seriesSeed;
    return seed === undefined ? configs : configs.map((config) => ({ ...config, seed }));
  }

  opened(before: number): void {
    // The next of several seeds is no other race.
    const isAnother = before > 0 && this.step === 0 && this.seeds.length === 0;
    this.message = isAnother ? `Started anew from untrained weights; the race before had ${counted(before, 'step')}.` : '';
    this.rewound();
    this.ended();
  }

  async present(): Promise<void> {
    await this.look();
    this.notices.dismiss('race');
  }

  begin(): void {
    this.message = '';
    this.probedAt = 0;
  }

  async turn(): Promise<void> {
    await this.round();
    if (this.allStopped) {
      await this.evaluateAll();
      this.endOfRun();
      return;
    }
    const epochEnds = this.step % this.stepsPerEpoch === 0;
    if (performance.now() - this.probedAt >= PROBE_EVERY_MS || epochEnds) {
      await this.look();
      this.probedAt = performance.now();
    }
    if (epochEnds && (this.running || this.finished)) await this.evaluateAll();
    else if (this.running && this.evaluatingMs < EVALUATION_SHARE * this.trainingMs) await this.evaluateSlice();
    if (this.engine.opening) return;
    if (epochEnds && this.until === 'epoch') this.engine.end();
    if (this.finished) this.endOfRun();
  }

  ended(): void {
    if (this.message === '' && this.seeds.length === 0) this.message = this.over ?? '';
  }

  rest(): Promise<void> {
    return this.look();
  }

  rewound(): void {
    this.pass = 0;
    this.trainingMs = 0;
    this.evaluatingMs = 0;
  }

  failed(error: unknown): void {
    this.seeds = [];
    const { checkpointStep } = this.engine.slot;
    const text = errorSentence(error);
    this.notices.show({
      name: 'race',
      kind: 'error',
      text: this.outlived ? `${text} What is shown is still the race before.` : text,
      actions: [
        ...this.desk.waysOut(error),
        ...(this.outlived || checkpointStep === 0 ? [] : [{ label: `Go back to step ${checkpointStep}`, run: () => { void this.engine.goBack(); } }]),
        { label: 'Try again', run: () => { void this.reset(); } },
      ],
    });
  }

  private endSeries(): void {
    [this.seeds, this.results, this.seriesSeed] = [[], [], undefined];
  }

  /** The same step in every lane that still goes. */
  private async round(): Promise<void> {
    const at = this.step;
    const all = this.lanes.reduce((sum, lane) => sum + lane.stepMs, 0);
    const fitting = this.untried ? 1 : Math.max(1, Math.round(ROUND_MS / all));
    const target = at + Math.min(fitting, this.stepsPerEpoch - (at % this.stepsPerEpoch));
    const start = performance.now();
    for (const [i, lane] of this.lanes.entries()) {
      // A lane may be ahead where a checkpoint was taken between two lanes.
      const steps = target - lane.step;
      if (lane.stopped === undefined && steps > 0) await this.trainOrStop(i, lane, steps);
    }
    this.trainingMs += performance.now() - start;
    this.engine.tell();
  }

  /** A lane that the core cannot go on with stops; the others do not. */
  private async trainOrStop(index: number, lane: Lane, steps: number): Promise<void> {
    try {
      await this.engine.train(index, steps);
    } catch (error) {
      if (error instanceof RunInterrupted || this.lanes.length === 1) throw error;
      lane.broken = true;
      lane.stopped = `This lane stands still at step ${lane.step}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** What goes on does so with its next round. */
  private lookAgain(): void {
    [this.probedAt, this.heardAt] = [0, 0];
    if (this.shown && !this.running && this.lanes.length > 0 && this.status !== 'failed') this.engine.settle();
  }

  private async look(): Promise<void> {
    await this.engine.look(this.store.state.sample);
    if (this.choice === undefined || (this.running && performance.now() - this.heardAt < SAYS_EVERY_MS)) return;
    await this.engine.hear(this.choice.layer, this.choice.neuron);
    this.heardAt = performance.now();
  }

  /** A whole pass over the held-out part with the present weights, unless other lanes are wanted or a pause before the end of the run. */
  private async evaluateAll(): Promise<void> {
    this.pass = 0;
    while (!(await this.evaluateSlice()) && !this.engine.opening && (this.running || this.finished));
  }

  /** The next held-out samples in every lane, each with the weights of the step at which the pass began; true with the last of them. */
  private async evaluateSlice(): Promise<boolean> {
    const [from, start] = [this.pass, performance.now()];
    if (from === 0) this.passStep = this.step;
    let done = 0;
    let total = 0;
    for (const [i, lane] of this.lanes.entries()) {
      if (lane.broken) continue;
      const report = await this.waiting.during('heldOut', this.engine.slot.evaluate(i, from, SLICE));
      // A pass that began anew, because the core was put aside meanwhile, begins anew in every lane.
      if (report.from !== from) {
        this.pass = 0;
        return false;
      }
      [done, total] = [report.done, report.total];
      if (done === total || lane.evaluation === undefined || lane.evaluation.done < lane.evaluation.total) lane.evaluation = report;
      // A lane that stopped keeps the weights of its last good step.
      if (done === total) lane.history.addHeldOut(Math.min(this.passStep, lane.step), report.loss, report.accuracy);
    }
    this.evaluatingMs += performance.now() - start;
    this.pass = done === total ? 0 : done;
    this.engine.tell();
    return done === total;
  }

  /** The planned epochs are done, or no lane goes on: the next seed, or a rest. */
  private endOfRun(): void {
    const [seed, ...rest] = this.seeds;
    if (seed === undefined) {
      this.engine.end();
      return;
    }
    const accuracies = this.lanes.map((lane) => (lane.stopped === undefined ? lane.history.heldOutAccuracy.y.at(-1) ?? 0 : Number.NaN));
    this.results = [...this.results, { seed, accuracies }];
    this.seeds = rest;
    if (rest.length > 0) {
      this.seriesSeed = rest[0];
      void this.engine.follow({ goes: this.running });
      return;
    }
    this.message = `${this.results.length} seeds are done.`;
    this.engine.end();
  }
}

function lanesOf(state: AppState): SessionConfig[] {
  return state.lanes.map((change) => laneConfig(state.config, change));
}
