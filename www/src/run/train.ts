/**
 * The run of the Train view. It pulls: it asks the worker for a few steps, takes in what they gave, looks at a sample or
 * a slice of the held-out part now and then, and asks again. Pausing is not asking.
 */
import type { Store } from '../state/store';
import { sameConfig } from '../state/settings';
import type { DataInfo, EvaluationReport, NetworkInfo, Probe, SessionConfig, TrainReport } from '../worker/protocol';
import { RunInterrupted, type Desk, type Slot } from './desk';
import { RunHistory } from './history';
import type { Notices } from './notices';

export type TrainStatus = 'starting' | 'ready' | 'running' | 'paused' | 'stopped' | 'failed';
/** How far training goes when it is started. */
export type Until = 'paused' | 'step' | 'epoch';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 100;
const PROBE_EVERY_MS = 300;
const CHECKPOINT_EVERY_MS = 5000;
/** The share of the time that may go into held-out samples while training. */
const EVALUATION_SHARE = 0.2;
const FIRST_SLICE = 64;
const MAX_SLICE = 512;
/** While training, answers are kept fresh on so many held-out samples; whole passes are made at rest and after epochs. */
const ROLLING = 512;

/** Nothing is known of a held-out sample's answer yet. */
export const NO_ANSWER = 255;

export class TrainRun {
  status: TrainStatus = 'starting';
  data: DataInfo | undefined;
  info: NetworkInfo | undefined;
  step = 0;
  epoch = 0;
  rate = 0;
  samplesPerSecond = 0;
  history = new RunHistory();
  /** The newest held-out numbers; they cover `done` of `total` samples. */
  evaluation: EvaluationReport | undefined;
  /** The newest answer to each held-out sample. */
  answers = new Uint8Array(0);
  confidences = new Float32Array(0);
  /** The true classes of the held-out samples. */
  labels: Uint8Array = new Uint8Array(0);
  /** The held-out images, `[samples * height * width]` greys. */
  images: Uint8Array = new Uint8Array(0);
  probe: Probe | undefined;
  /** What happened last, in a few words. */
  message = '';

  readonly slot: Slot;
  private opened: SessionConfig | undefined;
  private opening: Promise<void> | undefined;
  private until: Until | undefined;
  private loop: Promise<void> | undefined;
  private stepMs = 0;
  private sliceMs = 0;
  private slice = FIRST_SLICE;
  private trainingMs = 0;
  private evaluatingMs = 0;
  private evaluated = 0;
  /** The step whose weights the pass under way began with, and keeps. */
  private passStep = 0;
  private wholePass = false;
  /** The step whose weights gave `evaluation`. */
  evaluationStep = 0;
  private idleWork = 0;
  private away = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    this.slot = desk.slot();
    store.subscribe((state, before) => {
      if (!sameConfig(state.config, before.config)) void this.follow();
      else if (state.sample !== before.sample && this.until === undefined) void this.idle();
    });
    desk.listen({
      death: ({ reason }) => {
        // A running loop notices by its refused call; a run at rest has to be set up again.
        if (this.loop === undefined && this.opening === undefined && this.info !== undefined) void this.recover(reason);
      },
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get running(): boolean {
    return this.until !== undefined;
  }

  /** Training steps after which the planned epochs are done. */
  get plannedSteps(): number {
    return (this.info?.stepsPerEpoch ?? 0) * (this.opened?.epochs ?? 0);
  }

  get finished(): boolean {
    return this.step > 0 && this.step >= this.plannedSteps;
  }

  /** Opens the network of the present settings, untrained. */
  follow(): Promise<void> {
    this.until = undefined;
    this.opening ??= this.openWanted().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  /** Starts anew with the same settings. */
  reset(): Promise<void> {
    this.opened = undefined;
    return this.follow();
  }

  start(until: Until): void {
    if (this.info === undefined || this.opening !== undefined || this.status === 'stopped' || this.status === 'failed') return;
    if (this.finished && this.opened?.schedule === 'cosine') {
      this.say('The planned epochs are done and the cosine has brought the rate to zero: plan more epochs or reset.');
      return;
    }
    this.until = until;
    this.setStatus('running');
    this.loop ??= this.train().finally(() => {
      this.loop = undefined;
      // Started again while the loop was ending.
      if (this.until !== undefined) this.start(this.until);
    });
  }

  /** Training ends after the steps that are under way. */
  pause(): void {
    this.until = undefined;
  }

  /** Leaves the core to another view: no more steps, and no more work at rest. */
  leave(): void {
    this.pause();
    this.idleWork += 1;
    this.away = true;
  }

  /** Takes up the work at rest again. */
  comeBack(): void {
    this.away = false;
    if (this.info !== undefined && this.loop === undefined && this.opening === undefined) void this.idle();
  }

  private async openWanted(): Promise<void> {
    await this.loop;
    for (;;) {
      const { config } = this.store.state;
      const standing = this.opened !== undefined && sameConfig(this.opened, config);
      // The worker may have died between the network and the images.
      if (standing && this.images.length > 0) break;
      const lost = this.step;
      this.setStatus('starting');
      try {
        this.data = await this.desk.dataInfo(config.data);
        const [info] = await this.slot.open([config]);
        if (info === undefined) throw new Error('The core opened no network.');
        this.begin(config, info, lost);
        if (this.images.length === 0) {
          const { images, labels } = await this.desk.heldOut(config.data, 0, this.data.heldOut);
          this.images = images;
          this.labels = labels;
        }
        await this.look();
      } catch (error) {
        if (error instanceof RunInterrupted) continue;
        this.fail(error);
        return;
      }
    }
    this.notices.dismiss('run');
    this.setStatus('ready');
    void this.idle();
  }

  private begin(config: SessionConfig, info: NetworkInfo, lost: number): void {
    if (this.opened?.data !== config.data) {
      this.images = new Uint8Array(0);
      this.labels = new Uint8Array(0);
    }
    this.opened = config;
    this.info = info;
    this.step = 0;
    this.epoch = 0;
    this.rate = config.rate;
    this.samplesPerSecond = 0;
    this.stepMs = 0;
    this.history = new RunHistory();
    this.evaluation = undefined;
    this.evaluationStep = 0;
    const heldOut = this.data?.heldOut ?? 0;
    this.answers = new Uint8Array(heldOut).fill(NO_ANSWER);
    this.confidences = new Float32Array(heldOut);
    this.resetEvaluation();
    this.message = lost > 0 ? `Started anew from untrained weights; the run before had ${lost} steps.` : 'Untrained: every answer is a guess so far.';
    // A choice that the network no longer has would show nothing.
    const { layer, neuron } = this.store.state;
    const shape = info.layers[layer]?.shape;
    if (shape === undefined) this.store.update({ layer: 0, neuron: 0 }, 'replace');
    else if (neuron >= shape.reduce((product, size) => product * size, 1)) this.store.update({ neuron: 0 }, 'replace');
    if (this.store.state.sample >= heldOut) this.store.update({ sample: 0 }, 'replace');
  }

  private async train(): Promise<void> {
    this.idleWork += 1;
    this.message = '';
    // A pass at rest that has not come to its end is over.
    this.evaluated = 0;
    let probed = 0;
    let saved = performance.now();
    while (this.until !== undefined) {
      try {
        const report = await this.takeSteps();
        if (report.stopped !== undefined) {
          this.stop(report.stopped);
          return;
        }
        const epochEnds = report.step % (this.info?.stepsPerEpoch ?? 1) === 0;
        if (this.until === 'step' || (epochEnds && (this.until === 'epoch' || this.finished))) this.until = undefined;
        if (performance.now() - probed >= PROBE_EVERY_MS || this.until === undefined) {
          await this.look();
          probed = performance.now();
        }
        if (epochEnds && this.until !== undefined) await this.evaluateAll(() => this.until !== undefined);
        else if (this.evaluatingMs < EVALUATION_SHARE * this.trainingMs) await this.evaluateSlice();
        if (performance.now() - saved >= CHECKPOINT_EVERY_MS) {
          await this.slot.save();
          saved = performance.now();
        }
      } catch (error) {
        if (!(error instanceof RunInterrupted)) {
          this.fail(error);
          return;
        }
        this.goBack(error, true);
      }
    }
    if (this.finished) this.message = this.opened?.epochs === 1 ? 'The planned epoch is done.' : `The planned ${this.opened?.epochs ?? 0} epochs are done.`;
    this.setStatus('paused');
    void this.idle();
  }

  /** As many steps as a call should take, but not beyond the end of the epoch. */
  private async takeSteps(): Promise<TrainReport> {
    const perEpoch = this.info?.stepsPerEpoch ?? 1;
    const fitting = this.stepMs === 0 ? 1 : Math.max(1, Math.round(CALL_MS / this.stepMs));
    const count = this.until === 'step' ? 1 : Math.min(fitting, perEpoch - (this.step % perEpoch));
    const start = performance.now();
    const [report] = await this.slot.train(count);
    if (report === undefined) throw new Error('The core trained no lane.');
    const spent = performance.now() - start;
    const each = spent / count;
    this.stepMs = this.stepMs === 0 ? each : 0.7 * this.stepMs + 0.3 * each;
    this.trainingMs += spent;
    this.samplesPerSecond = ((this.opened?.batch ?? 0) * 1000) / this.stepMs;
    this.step = report.step;
    this.epoch = report.epoch;
    this.rate = report.rate;
    this.history.addTraining(report);
    this.tell();
    return report;
  }

  private async look(): Promise<void> {
    this.probe = await this.slot.probe(0, this.store.state.sample);
    this.tell();
  }

  /** What can wait until training rests: a checkpoint, the sample that is looked at, a whole pass over the held-out part. */
  private async idle(): Promise<void> {
    if (this.away) return;
    this.idleWork += 1;
    const work = this.idleWork;
    const still = (): boolean => work === this.idleWork && this.until === undefined && this.opening === undefined;
    try {
      await this.look();
      if (still()) await this.slot.save();
      const known = this.evaluation?.done === this.evaluation?.total && this.history.heldOutLoss.x.at(-1) === this.step;
      if (still() && !known) await this.evaluateAll(still);
    } catch (error) {
      if (error instanceof RunInterrupted) this.goBack(error, false);
      else this.fail(error);
    }
  }

  private async recover(reason: string): Promise<void> {
    this.goBack(new RunInterrupted(`The worker stopped: ${reason}.`), false);
    if (this.status === 'failed') {
      this.notices.dismiss('run');
      this.setStatus('paused');
    }
    await this.idle();
  }

  private resetEvaluation(): void {
    this.evaluated = 0;
    this.evaluatingMs = 0;
    this.trainingMs = 0;
  }

  /** A whole pass over the held-out part with the present weights, as long as `still` holds. */
  private async evaluateAll(still: () => boolean): Promise<void> {
    this.evaluated = 0;
    this.wholePass = true;
    try {
      do await this.evaluateSlice();
      while (this.evaluated > 0 && still());
    } finally {
      this.wholePass = false;
    }
  }

  /** The next held-out samples; with the last of them the pass becomes a point of the curves, at the step it began with. */
  private async evaluateSlice(): Promise<void> {
    const from = this.evaluated;
    const start = performance.now();
    const limit = this.wholePass ? this.answers.length : Math.min(ROLLING, this.answers.length);
    const report = await this.slot.evaluate(0, from, Math.min(this.slice, limit - from));
    if (report.from !== from) {
      // Another view had the core meanwhile and the pass is lost; two that began anew by turns would never end.
      this.evaluated = 0;
      return;
    }
    const spent = performance.now() - start;
    const samples = report.done - report.from;
    if (report.from === 0) this.passStep = this.step;
    this.evaluatingMs += spent;
    this.sliceMs = spent / Math.max(1, samples);
    this.slice = Math.min(MAX_SLICE, Math.max(16, Math.round(CALL_MS / this.sliceMs)));
    this.answers.set(report.answers, report.from);
    this.confidences.set(report.confidences, report.from);
    const ended = report.done >= limit;
    // Half a pass after a whole one would make the matrix flicker between few and many samples.
    if (ended || this.evaluation === undefined || report.done >= this.evaluation.done) {
      this.evaluation = report;
      this.evaluationStep = this.passStep;
    }
    if (report.done === report.total) this.history.addHeldOut(this.passStep, report.loss, report.accuracy);
    this.evaluated = ended ? 0 : report.done;
    this.tell();
  }

  private goBack(error: RunInterrupted, goesOn: boolean): void {
    const step = this.slot.checkpointStep;
    this.step = step;
    this.epoch = step / (this.info?.stepsPerEpoch ?? 1);
    this.history.rewind(step);
    this.resetEvaluation();
    const again = goesOn ? `training goes on from step ${step}` : `the run stands at step ${step}`;
    this.notices.show({ name: 'worker', kind: 'warning', text: `${error.message} It was started anew, and ${again}.` });
    this.tell();
  }

  private stop(reason: string): void {
    this.until = undefined;
    const { config } = this.store.state;
    this.notices.show({
      name: 'run',
      kind: 'error',
      text: reason,
      actions: [
        { label: 'Halve the rate and start anew', run: () => { this.store.update({ config: { ...config, rate: config.rate / 2 } }); } },
        { label: 'Start anew', run: () => { void this.reset(); } },
      ],
    });
    this.setStatus('stopped');
  }

  private fail(error: unknown): void {
    this.until = undefined;
    this.notices.show({
      name: 'run',
      kind: 'error',
      text: error instanceof Error ? error.message : String(error),
      actions: [
        // A new worker takes up the last checkpoint.
        ...(this.slot.checkpointStep > 0 ? [{ label: `Go back to step ${this.slot.checkpointStep}`, run: () => { this.desk.giveUp(); } }] : []),
        { label: 'Try again from the start', run: () => { this.notices.dismiss('run'); void this.reset(); } },
      ],
    });
    this.setStatus('failed');
  }

  private say(message: string): void {
    this.message = message;
    this.tell();
  }

  private setStatus(status: TrainStatus): void {
    this.status = status;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
