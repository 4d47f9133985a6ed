/**
 * The run of the Train view: one lane, a sample that is looked at, and the held-out part, some of it now and then while
 * training and all of it after each epoch and at rest.
 */
import type { Store } from '../state/store';
import { counted, errorSentence, grouped } from '../state/figures';
import { changedAt, fromHereOn, isLive, rebased, settingsAt, startOf } from '../state/live';
import { sameConfig, type AppState } from '../state/settings';
import type { DataInfo, NetworkInfo, Probe, Run, SessionConfig } from '../worker/protocol';
import type { Desk } from './desk';
import type { Client, StoredRun } from './client';
import { Engine } from './engine';
import { HeldOut } from './held-out';
import { RunHistory } from './history';
import type { Lane, NeuronSays } from './lane';
import type { NoticeAction, Notices } from './notices';
import type { Preparation } from './preparation';
import type { Slot } from './slot';
import type { Waiting } from './waiting';

export type TrainStatus = 'starting' | 'ready' | 'running' | 'paused' | 'stopped' | 'failed';
/** How far training goes when it is started. */
export type Until = 'paused' | 'step' | 'epoch';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 100;
const PROBE_EVERY_MS = 300;
/** It is asked for less often: it takes the network twice. */
const SAYS_EVERY_MS = 1500;
/** The share of the time that may go into held-out samples while training. */
const EVALUATION_SHARE = 0.2;

export class TrainRun implements Client {
  readonly called = 'training';
  readonly engine: Engine;
  /** The held-out samples, and the answers to them. */
  readonly heldOut = new HeldOut();
  /** What happened last, in a few words. */
  message = '';
  shown = true;
  private until: Until = 'paused';
  /** Single steps that are still to be taken. */
  private stepsWanted = 0;
  private trainingMs = 0;
  private probedAt = 0;
  private heardAt = 0;
  /** What decides the answers to held-out samples beside the weights. */
  private conditions = '';
  private readonly empty = new RunHistory();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    this.engine = new Engine(desk, notices, this);
    store.subscribe((state, before) => {
      this.fitChoice();
      // While another view is open its networks have the core; this one catches up when its view is shown again.
      if (state.view === 'train' && !sameConfig(runOf(state), runOf(before))) this.take(runOf(state));
      else if (!this.running && (state.sample !== before.sample || state.layer !== before.layer || state.neuron !== before.neuron)) this.engine.settle();
    });
    desk.listen({
      data: (name) => {
        if (store.state.config.data === name) this.heldOut.forgetSamples();
      },
      backend: () => { this.heldOut.forgetPace(); },
    });
  }

  subscribe(listener: () => void): () => void {
    return this.engine.subscribe(listener);
  }

  get status(): TrainStatus {
    const { phase } = this.engine;
    if (phase === 'failed' || phase === 'running') return phase;
    if (phase !== 'rest') return 'starting';
    if (this.lane?.stopped !== undefined) return 'stopped';
    // A run that waits for its twin has begun, though it has taken no step.
    return this.step > 0 || this.preparation.report !== undefined ? 'paused' : 'ready';
  }

  get slot(): Slot {
    return this.engine.slot;
  }

  get data(): DataInfo | undefined {
    return this.engine.data;
  }

  get info(): NetworkInfo | undefined {
    return this.lane?.info;
  }

  get step(): number {
    return this.lane?.step ?? 0;
  }

  get epoch(): number {
    return this.lane?.epoch ?? 0;
  }

  get rate(): number {
    return this.lane?.rate ?? 0;
  }

  get samplesPerSecond(): number {
    return this.untried ? 0 : ((this.lane?.settings.batch ?? 0) * 1000) / (this.lane?.stepMs ?? 1);
  }

  get history(): RunHistory {
    return this.lane?.history ?? this.empty;
  }

  /** The newest held-out accuracy, and the step whose weights gave it: what the history has, where no answer of the run is known any more. */
  get heldOutFigure(): { readonly accuracy: number; readonly step: number } | undefined {
    const { evaluation, evaluationStep } = this.heldOut;
    if (evaluation !== undefined) return { accuracy: evaluation.accuracy, step: evaluationStep };
    const { x, y } = this.history.heldOutAccuracy;
    const [step, accuracy] = [x.at(-1), y.at(-1)];
    return step === undefined || accuracy === undefined ? undefined : { accuracy, step };
  }

  get probe(): Probe | undefined {
    return this.lane?.probe;
  }

  /** What the chosen neuron says to the classes, and which one that was. */
  get said(): NeuronSays | undefined {
    return this.lane?.said;
  }

  /** What the chosen neuron says about the sample that is looked at, where that is known. */
  get saidNow(): Float32Array | undefined {
    const { layer, neuron } = this.store.state;
    return this.lane?.saidOf(layer, neuron);
  }

  /** The ANN twin that guides the run, on its way. */
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

  /** Whether it goes for single steps, of which more can be asked for. */
  get stepping(): boolean {
    return this.running && this.until === 'step';
  }

  /** A person has paused, and the steps under way are not over yet. */
  get pausing(): boolean {
    return this.engine.pausing;
  }

  /** Whether this network has not taken a step on the present backend: the first one allocates, and compiles for a GPU. */
  get untried(): boolean {
    return (this.lane?.rounds ?? 0) === 0;
  }

  /** Whether the run that is wanted could not be opened, so that all that can be shown is still of the one before. */
  get outlived(): boolean {
    return this.engine.outlived;
  }

  /** Training steps after which the planned epochs are done. */
  get plannedSteps(): number {
    return this.lane?.planned ?? 0;
  }

  get finished(): boolean {
    return this.step > 0 && this.step >= this.plannedSteps;
  }

  /** Whether no step is left to take: behind the planned epochs the cosine has brought the rate to zero. */
  get over(): boolean {
    return this.finished && this.lane?.settings.schedule === 'cosine';
  }

  get place(): string {
    return `step ${this.step}`;
  }

  /** Opens the network of the present settings, untrained, unless it stands. */
  follow(): Promise<void> {
    return this.engine.follow();
  }

  /** Starts anew with the settings as they are now, and no changes on the way. */
  reset(): Promise<void> {
    const { config, begun } = this.store.state;
    if (begun !== undefined) {
      this.store.update({ config, begun: undefined });
      this.notices.show({ name: 'replay', kind: 'info', text: 'Begun anew with the settings as they were last, from the first step on.',
        actions: [{ label: 'Replay the changes in place of that', run: () => { this.store.update(stateOf(begun)); } }] });
    }
    return this.engine.follow({ anew: true });
  }

  /** Takes up a run that has been put by. */
  resume(run: StoredRun): Promise<void> {
    const [config] = run.configs;
    if (config !== undefined) this.store.update(stateOf(config));
    return this.engine.resume(run);
  }

  /** The run that stands, set to something else from its next step on; undefined where that makes another network, or it has no step. */
  changedTo(config: SessionConfig): Run | undefined {
    const { lane, store: { state } } = this;
    if (lane === undefined || lane.step === 0 || !this.engine.takesChanges || !isLive(state.config, config)) return undefined;
    // What was chosen a moment ago may still be on its way.
    const run = rebased(lane.config, runOf(state), lane.step);
    return run === undefined ? undefined : changedAt(run, lane.step, config);
  }

  start(until: Until): void {
    // A run that is on its way goes once it stands: the button that was pressed may still be of the one before.
    if (!this.engine.opening && (this.info === undefined || this.status === 'stopped' || this.status === 'failed' || this.over)) return;
    // Steps are asked for faster than they are taken.
    this.stepsWanted = until === 'step' ? 1 + (this.stepping ? this.stepsWanted : 0) : 0;
    this.until = until;
    this.engine.start();
  }

  /** Training ends after the steps that are under way. */
  pause(): void {
    this.engine.end();
  }

  /** Leaves the core to another view: no more steps, and no more work at rest. */
  leave(): void {
    this.shown = false;
    this.pause();
  }

  /** Takes up the work at rest again. */
  comeBack(): void {
    this.shown = true;
    const run = runOf(this.store.state);
    // Another view may have set the run that stands otherwise.
    if (!this.engine.standing && this.takes(run)) this.engine.change();
    else this.engine.comeBack();
  }

  needs(): boolean {
    return true;
  }

  wanted(): readonly Run[] {
    return [runOf(this.store.state)];
  }

  opened(lost: number): void {
    if (this.heldOut.dataName !== this.data?.name) this.heldOut.forgetSamples();
    this.heldOut.forgetAnswers(this.data?.heldOut ?? 0);
    this.rewound();
    this.conditions = conditionsOf(this.store.state.config);
    this.message = lost > 0 ? `Started anew from untrained weights; the run before had ${counted(lost, 'step')}.`
      : 'Untrained: every answer is a guess so far.';
    if (this.step > 0) this.message = `Goes on from step ${this.step}, where it was put by.`;
    this.followSettings();
    this.ended();
    this.fitChoice();
  }

  adjusted([run]: readonly Run[]): void {
    if (run === undefined) return;
    const { config } = this.store.state;
    // Something else may have been chosen while the core took it in.
    const begun = sameConfig(settingsAt(run, this.step), config) ? run : changedAt(run, this.step, config);
    this.store.update({ config, begun }, 'replace');
    this.notices.dismiss('run');
    this.message = '';
    // What was answered under other conditions is no figure of this run any more.
    const conditions = conditionsOf(config);
    if (conditions !== this.conditions) {
      this.heldOut.forgetAnswers(this.data?.heldOut ?? 0);
      this.heldOut.restart();
    }
    this.conditions = conditions;
  }

  unchanged(error: unknown): void {
    const { lane } = this;
    if (lane === undefined) return;
    this.store.update(stateOf(lane.config, lane.step), 'replace');
    this.notices.show({ name: 'run', kind: 'warning', text: `${errorSentence(error)} The run goes on as it was.` });
  }

  async present(): Promise<void> {
    const { data } = this;
    if (data !== undefined) await this.heldOut.load(this.desk, data, () => { this.engine.tell(); });
    await this.look();
    this.notices.dismiss('run');
  }

  begin(): void {
    this.message = '';
    this.probedAt = 0;
    // A pass at rest that has not come to its end is over.
    this.heldOut.restart();
  }

  async turn(): Promise<void> {
    const { lane } = this;
    if (lane === undefined) return;
    const { epochEnd } = lane;
    const fitting = lane.rounds === 0 ? 1 : Math.max(1, Math.round(CALL_MS / lane.stepMs));
    const count = this.until === 'step' ? 1 : Math.min(fitting, Math.max(1, epochEnd - lane.step));
    const start = performance.now();
    const report = await this.engine.train(0, count);
    this.trainingMs += performance.now() - start;
    this.followSettings();
    this.engine.tell();
    if (report.stopped !== undefined) {
      this.stop(report.stopped);
      return;
    }
    const epochEnds = report.step >= epochEnd;
    if (this.until === 'step') this.stepsWanted -= 1;
    if (this.stepsWanted === 0 && this.until === 'step') this.engine.end();
    if (epochEnds && (this.until === 'epoch' || this.finished)) this.engine.end();
    if (performance.now() - this.probedAt >= PROBE_EVERY_MS || !this.running) {
      await this.look();
      this.probedAt = performance.now();
    }
    if (epochEnds && this.running) await this.evaluateAll(() => this.running);
    else if (this.running && this.heldOut.spentMs < EVALUATION_SHARE * this.trainingMs) await this.evaluateSlice(false);
  }

  ended(): void {
    if (!this.finished) return;
    const epochs = this.lane?.settings.epochs ?? 0;
    const done = epochs === 1 ? 'The planned epoch is done.' : `The planned ${epochs} epochs are done.`;
    this.message = this.over ? `${done} To train on, plan more epochs.` : done;
  }

  async rest(still: () => boolean): Promise<void> {
    await this.look();
    const { evaluation } = this.heldOut;
    const known = evaluation !== undefined && evaluation.done === evaluation.total && this.history.heldOutLoss.x.at(-1) === this.step;
    if (still() && !known) await this.evaluateAll(still);
  }

  rewound(): void {
    this.heldOut.restart();
    this.heldOut.rewind(this.step);
    this.followSettings();
    this.heldOut.spentMs = 0;
    this.trainingMs = 0;
  }

  failed(error: unknown): void {
    const { outlived } = this;
    const text = errorSentence(error);
    this.notices.show({
      name: 'run',
      kind: 'error',
      text: outlived ? `${text} What is shown is still the run before.` : text,
      actions: [
        ...this.desk.waysOut(error),
        ...this.waysBack(),
        { label: 'Try again from the start', run: () => { this.notices.dismiss('run'); void this.reset(); } },
      ],
    });
  }

  private get lane(): Lane | undefined {
    return this.engine.lanes[0];
  }

  private waysBack(): NoticeAction[] {
    if (this.outlived) return [{ label: 'Back to the run before', run: () => { this.takeUpAgain(); } }];
    const { checkpointStep } = this.slot;
    return checkpointStep === 0 ? [] : [{ label: `Go back to step ${checkpointStep}`, run: () => { void this.engine.goBack(); } }];
  }

  /** Back to the run that is shown although another was wanted. */
  private takeUpAgain(): void {
    const { lane } = this;
    if (lane !== undefined) this.store.update(stateOf(lane.config, lane.step));
    this.engine.takeUpAgain();
  }

  /** Other settings are wanted: the run that stands takes them, or another one is opened. */
  private take(run: Run): void {
    if (this.takes(run)) this.engine.change();
    else void this.follow();
  }

  /** Whether the run that stands becomes this one by what it does from here on. */
  private takes(run: Run): boolean {
    const { lane } = this;
    const goesOn = lane === undefined ? undefined : fromHereOn(lane.config, run, lane.step);
    // A change that would have to be moved to the present step is the past of another run.
    return goesOn !== undefined && sameConfig(goesOn, run) && this.engine.takesChanges;
  }

  /** The settings are shown as they are at the present step. */
  private followSettings(): void {
    const { lane, store: { state } } = this;
    if (lane === undefined || state.begun === undefined || !this.engine.standing) return;
    this.store.update({ config: lane.settings, begun: state.begun }, 'replace');
  }

  /** A choice that the network or its data do not have would show nothing. */
  private fitChoice(): void {
    const { layer, neuron, sample, config } = this.store.state;
    if (this.info === undefined || this.data === undefined || !this.engine.standing || config.data !== this.data.name) return;
    const shape = this.info.layers[layer]?.shape;
    const change = {
      ...(shape === undefined ? { layer: 0, neuron: 0 } : neuron >= shape.reduce((product, size) => product * size, 1) ? { neuron: 0 } : {}),
      ...(sample >= this.data.heldOut ? { sample: 0 } : {}),
    };
    if (change.sample !== undefined) {
      const text = `Sample ${sample} became 0: there are only ${grouped(this.data.heldOut)} held-out samples, the first of them 0.`;
      this.notices.show({ name: 'sample', kind: 'info', text });
    }
    if (Object.keys(change).length > 0) this.store.update(change, 'replace');
  }

  private async look(): Promise<void> {
    await this.engine.look(this.store.state.sample);
    if (!this.running || performance.now() - this.heardAt >= SAYS_EVERY_MS) await this.hear();
  }

  /** Asks what the chosen neuron says about the sample. */
  private async hear(): Promise<void> {
    const { layer, neuron } = this.store.state;
    await this.engine.hear(layer, neuron);
    this.heardAt = performance.now();
  }

  /** A whole pass over the held-out part with the present weights, as long as `still` holds. */
  private async evaluateAll(still: () => boolean): Promise<void> {
    this.heldOut.restart();
    do await this.evaluateSlice(true);
    while (this.heldOut.midway && still());
  }

  /** The next held-out samples. */
  private async evaluateSlice(whole: boolean): Promise<void> {
    await this.waiting.during('heldOut', this.heldOut.next(this.slot, this, whole));
    this.engine.tell();
  }

  private stop(reason: string): void {
    this.engine.end();
    const slower = (): SessionConfig => {
      const { config } = this.store.state;
      return { ...config, rate: config.rate / 2 };
    };
    const goOn = (): void => {
      const config = slower();
      const begun = this.changedTo(config);
      if (begun !== undefined) this.store.update({ config, begun }, 'replace');
    };
    this.notices.show({
      name: 'run',
      kind: 'error',
      text: reason,
      actions: [
        ...(this.step > 0 ? [{ label: `Halve the rate from step ${grouped(this.step)} on`, run: goOn }] : []),
        { label: 'Halve the rate and start anew', run: () => { this.store.update({ config: slower() }); } },
        { label: 'Start anew', run: () => { void this.reset(); } },
      ],
    });
  }
}

/** The run of the Train view, whole. */
export function runOf({ config, begun }: Pick<AppState, 'config' | 'begun'>): Run {
  return begun ?? config;
}

/** The settings of a run once it has taken so many steps. */
export function stateOf(run: Run, step = 0): Pick<AppState, 'config' | 'begun'> {
  return run.changes === undefined || run.changes.length === 0 ? { config: startOf(run), begun: undefined } : { config: settingsAt(run, step), begun: run };
}

/** What decides the answers of the same weights. */
function conditionsOf({ evaluationSteps, evaluationNoise, membraneNoise }: SessionConfig): string {
  return [evaluationSteps, evaluationNoise, evaluationNoise ? membraneNoise : 0].join();
}
