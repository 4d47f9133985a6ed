/**
 * The run of the Compare view: lanes in lock-step. All get the same seed, batches and initial weights; a round takes the
 * same number of steps in each, one lane after the other, so that each can be timed by itself.
 */
import { lossWords } from '../state/figures';
import { laneConfig, sameConfig, type AppState } from '../state/settings';
import type { Store } from '../state/store';
import type { DataInfo, EvaluationReport, NetworkInfo, Probe, SessionConfig } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import { RunHistory } from './history';
import type { Notices } from './notices';
import { Preparation } from './preparation';
import type { Slot } from './slot';
import { Waiting } from './waiting';

export type RaceStatus = 'starting' | 'ready' | 'running' | 'paused' | 'failed';

/** A round of all lanes that takes this long keeps the overhead small and the page lively. */
const ROUND_MS = 200;
const PROBE_EVERY_MS = 700;
const CHECKPOINT_EVERY_MS = 8000;
/** The share of the time that may go into held-out samples while training. */
const EVALUATION_SHARE = 0.2;
const SLICE = 64;
/** Seeds are whole numbers of 32 bits. */
const MAX_SEED = 2 ** 32 - 1;

export interface Lane {
  readonly config: SessionConfig;
  readonly info: NetworkInfo;
  readonly history: RunHistory;
  step: number;
  /** A training step, with its way to the worker and back. */
  stepMs: number;
  /** Calls that it has been timed over. */
  rounds: number;
  evaluation: EvaluationReport | undefined;
  probe: Probe | undefined;
  /** Why it stands still, if its loss stopped being a number. */
  stopped: string | undefined;
}

/** Held-out accuracies of all lanes at the end of one seed's run. */
export interface SeedResult {
  readonly seed: number;
  readonly accuracies: readonly number[];
}

export class Race {
  status: RaceStatus = 'starting';
  data: DataInfo | undefined;
  lanes: readonly Lane[] = [];
  message = '';
  /** A person has paused, and the steps under way are not over yet. */
  pausing = false;
  /** What the runs over several seeds have given so far. */
  results: readonly SeedResult[] = [];
  /** Seeds that are still to run, the present one first; empty outside such a series. */
  seeds: readonly number[] = [];

  /** The ANN twin that guides a lane, on its way. */
  readonly preparation = new Preparation();
  /** What the worker has been asked for. */
  readonly waiting = new Waiting(() => { this.tell(); });
  private readonly slot: Slot;
  private opened: readonly SessionConfig[] = [];
  private opening: Promise<void> | undefined;
  private until: 'paused' | 'epoch' | undefined;
  private loop: Promise<void> | undefined;
  private pass = 0;
  private passStep = 0;
  private trainingMs = 0;
  private evaluatingMs = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    this.slot = desk.slot();
    store.subscribe((state, before) => {
      if (this.status === 'failed' && this.lanes.length === 0 && !sameConfigs(wanted(state), wanted(before))) {
        // What failed is wanted no more; the lanes of today are opened when their view is shown.
        notices.dismiss('race');
        this.setStatus('starting');
      }
      // While another view is open its lanes have the core; these catch up when their view is shown again.
      if (state.view === 'compare' && this.lanes.length > 0 && !sameConfigs(wanted(state), this.opened)) void this.follow();
    });
    desk.listen({
      data: (name) => {
        if (store.state.config.data !== name || (this.lanes.length === 0 && this.status !== 'failed')) return;
        this.opened = [];
        this.lanes = [];
        this.setStatus('starting');
        if (store.state.view === 'compare') void this.follow();
      },
      backend: () => {
        // The pace on another backend has nothing to do with this one's.
        for (const lane of this.lanes) [lane.stepMs, lane.rounds] = [0, 0];
      },
    });
  }

  subscribe(listener: () => void): void {
    this.listeners.add(listener);
  }

  get running(): boolean {
    return this.until !== undefined;
  }

  /** Steps that every lane has taken, but those that stopped; with all stopped, as far as the last one came. */
  get step(): number {
    if (this.allStopped) return Math.max(0, ...this.lanes.map((lane) => lane.step));
    return Math.min(...this.lanes.flatMap((lane) => (lane.stopped === undefined ? [lane.step] : [])));
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

  /** Whether a lane has not taken a step on the present backend: the first one allocates, and compiles for a GPU. */
  get untried(): boolean {
    return this.lanes.some((lane) => lane.rounds === 0 && lane.stopped === undefined);
  }

  /** Whether the lanes that are wanted could not be opened, so that all that can be shown is still of those before. */
  get outlived(): boolean {
    return this.status === 'failed' && this.opened.length === 0 && this.lanes.length > 0;
  }

  /** The seed of the lanes that are open. */
  get seed(): number {
    return this.lanes[0]?.config.seed ?? this.store.state.config.seed;
  }

  /** Opens the lanes of the present settings, untrained. */
  follow(): Promise<void> {
    this.until = undefined;
    this.seeds = [];
    this.results = [];
    return this.reopen();
  }

  reset(): Promise<void> {
    this.opened = [];
    return this.follow();
  }

  start(until: 'paused' | 'epoch'): void {
    if (this.opening !== undefined || this.status === 'failed' || this.finished || this.allStopped) return;
    this.until = until;
    this.pausing = false;
    this.setStatus('running');
    this.loop ??= this.run().finally(() => {
      this.loop = undefined;
      if (this.until !== undefined) this.start(this.until);
    });
  }

  pause(): void {
    this.until = undefined;
    this.pausing = this.loop !== undefined;
    this.tell();
  }

  /** Runs the planned epochs for the present seed and those after it, from untrained weights. */
  async startSeeds(count: number): Promise<void> {
    this.until = undefined;
    const first = Math.min(this.store.state.config.seed, MAX_SEED - count + 1);
    const seeds = Array.from({ length: count }, (_, i) => first + i);
    this.results = [];
    this.seeds = seeds;
    this.opened = [];
    await this.reopen();
    // A change of the settings meanwhile has ended the series before it began.
    if (this.seeds === seeds) this.start('paused');
  }

  private reopen(): Promise<void> {
    this.opening ??= this.open().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private async open(): Promise<void> {
    await this.loop;
    for (;;) {
      const configs = wanted(this.store.state);
      if (sameConfigs(configs, this.opened)) break;
      this.setStatus('starting');
      const seed = this.seeds[0];
      try {
        // What kind of data a person's own are is known only then, and may change the settings.
        await this.desk.dataInfo(this.store.state.config.data);
        if (!sameConfigs(configs, wanted(this.store.state))) continue;
        await this.openLanes(seed === undefined ? configs : configs.map((config) => ({ ...config, seed })));
        this.opened = configs;
        await this.look();
      } catch (error) {
        if (error instanceof RunInterrupted || !sameConfigs(configs, wanted(this.store.state))) continue;
        this.opened = [];
        this.fail(error);
        return;
      }
    }
    this.notices.dismiss('race');
    this.setStatus(this.step > 0 ? 'paused' : 'ready');
  }

  private async openLanes(configs: readonly SessionConfig[]): Promise<void> {
    const [first] = configs;
    if (first === undefined) return;
    const data = await this.desk.dataInfo(first.data);
    const infos = await this.waiting.during('opening', this.slot.open(configs));
    this.data = data;
    this.lanes = configs.flatMap((config, i) => {
      const info = infos[i];
      if (info === undefined) return [];
      return [{ config, info, history: new RunHistory(), step: 0, stepMs: 0, rounds: 0, evaluation: undefined, probe: undefined, stopped: undefined }];
    });
    this.message = '';
    this.preparation.forget();
    this.resetPass();
  }

  private async run(): Promise<void> {
    this.message = '';
    let [probed, saved] = [0, performance.now()];
    while (this.until !== undefined) {
      try {
        if (this.slot.needsTwin && (await this.waiting.during('twin', this.preparation.advance(this.slot)))) {
          this.tell();
          continue;
        }
        await this.round();
        const epochEnds = this.step % this.stepsPerEpoch === 0;
        if (performance.now() - probed >= PROBE_EVERY_MS || epochEnds) {
          await this.look();
          probed = performance.now();
        }
        if (epochEnds && (this.running || this.finished)) await this.evaluateAll();
        else if (this.running && this.evaluatingMs < EVALUATION_SHARE * this.trainingMs) await this.evaluateSlice();
        if (this.opening !== undefined) break;
        if (epochEnds && this.until === 'epoch') this.until = undefined;
        if (this.finished || this.allStopped) await this.endOfRun();
        if (performance.now() - saved >= CHECKPOINT_EVERY_MS) {
          await this.slot.save();
          saved = performance.now();
        }
      } catch (error) {
        if (!(error instanceof RunInterrupted)) {
          this.fail(error);
          return;
        }
        await this.goBack(error, true);
      }
    }
    this.setStatus('paused');
    if (this.opening === undefined) await this.rest();
  }

  /** Lanes at rest are checkpointed as they stand: whatever ends the worker, they go on from here. */
  private async rest(): Promise<void> {
    try {
      await this.slot.save();
    } catch (error) {
      if (error instanceof RunInterrupted) await this.goBack(error, false);
      else this.fail(error);
    }
  }

  /** The same step in every lane that still goes. */
  private async round(): Promise<void> {
    const at = this.step;
    const all = this.lanes.reduce((sum, lane) => sum + lane.stepMs, 0);
    const fitting = all === 0 ? 1 : Math.max(1, Math.round(ROUND_MS / all));
    const target = at + Math.min(fitting, this.stepsPerEpoch - (at % this.stepsPerEpoch));
    for (const [i, lane] of this.lanes.entries()) {
      // A lane may be ahead where the worker died between two lanes.
      const steps = target - lane.step;
      if (lane.stopped !== undefined || steps <= 0) continue;
      const start = performance.now();
      const report = await this.waiting.during('steps', this.slot.trainLane(i, steps));
      const spent = performance.now() - start;
      lane.rounds += 1;
      // The first round warms up, in the first lane most of all: it would make that lane look slow.
      lane.stepMs = lane.rounds <= 2 ? spent / steps : 0.8 * lane.stepMs + (0.2 * spent) / steps;
      lane.step = report.step;
      lane.stopped = report.stopped;
      lane.history.addTraining(report);
      this.trainingMs += spent;
    }
    this.tell();
  }

  private async look(): Promise<void> {
    for (const [i, lane] of this.lanes.entries()) {
      lane.probe = await this.waiting.during('sample', this.slot.probe(i, this.store.state.sample % (this.data?.heldOut ?? 1)));
    }
    this.tell();
  }

  /** A whole pass over the held-out part with the present weights, unless other lanes are wanted or a pause before the end of the run. */
  private async evaluateAll(): Promise<void> {
    this.pass = 0;
    while (!(await this.evaluateSlice()) && this.opening === undefined && (this.until !== undefined || this.finished));
  }

  /** The next held-out samples in every lane, each with the weights of the step at which the pass began; true with the last of them. */
  private async evaluateSlice(): Promise<boolean> {
    const [from, start] = [this.pass, performance.now()];
    if (from === 0) this.passStep = this.step;
    let done = 0;
    let total = 0;
    for (const [i, lane] of this.lanes.entries()) {
      const report = await this.waiting.during('heldOut', this.slot.evaluate(i, from, SLICE));
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
    this.tell();
    return done === total;
  }

  /** The planned epochs are done: the next seed, or a rest. */
  private async endOfRun(): Promise<void> {
    const [seed, ...rest] = this.seeds;
    if (seed === undefined) {
      this.until = undefined;
      this.message = this.finished ? 'The planned epochs are done: plan more in the Train view, or reset.' : 'Every lane has stopped: reset to start anew.';
      return;
    }
    const accuracies = this.lanes.map((lane) => (lane.stopped === undefined ? lane.history.heldOutAccuracy.y.at(-1) ?? 0 : Number.NaN));
    const next = rest[0];
    // Opened before the result is taken in: if the worker dies meanwhile, this end of the run comes once more.
    if (next !== undefined) await this.openLanes(this.opened.map((config) => ({ ...config, seed: next })));
    this.results = [...this.results, { seed, accuracies }];
    this.seeds = rest;
    if (next !== undefined) return;
    this.until = undefined;
    this.message = `${this.results.length} seeds are done.`;
  }

  private resetPass(): void {
    this.pass = 0;
    this.trainingMs = 0;
    this.evaluatingMs = 0;
  }

  /** To the last checkpoint, in a new worker. */
  private async goBack(error: RunInterrupted, goesOn: boolean): Promise<void> {
    const before = this.step;
    this.preparation.forget();
    this.resetPass();
    try {
      await this.slot.save();
    } catch (again) {
      if (again instanceof RunInterrupted) return;
      this.fail(again);
      return;
    }
    this.lanes.forEach((lane, i) => {
      lane.step = this.slot.infos[i]?.step ?? 0;
      lane.history.rewind(lane.step);
    });
    this.notices.show({ name: 'worker', kind: 'warning', text: `${error.message} It was started anew, and the lanes ${goesOn ? (this.step === 0 ? 'start again from' : 'go on from') : 'stand at'} step ${this.step}${lossWords(before - this.step)}.` });
    this.tell();
  }

  private fail(error: unknown): void {
    this.until = undefined;
    this.seeds = [];
    this.status = 'failed';
    const text = error instanceof Error ? error.message : String(error);
    this.notices.show({
      name: 'race',
      kind: 'error',
      text: this.outlived ? `${text} What is shown is still the race before.` : text,
      actions: [
        ...this.desk.waysOut(error),
        { label: 'Try again', run: () => { void this.reset(); } },
      ],
    });
    this.tell();
  }

  private setStatus(status: RaceStatus): void {
    this.status = status;
    if (status !== 'running') this.pausing = false;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function sameConfigs(some: readonly SessionConfig[], others: readonly SessionConfig[]): boolean {
  return some.length === others.length && some.every((config, i) => sameConfig(config, others[i] ?? config));
}

function wanted(state: AppState): SessionConfig[] {
  return state.lanes.map((change) => laneConfig(state.config, change));
}
