/**
 * The run of the Train view. It pulls: it asks the worker for a few steps, takes in what they gave, looks at a sample or
 * a slice of the held-out part now and then, and asks again. Pausing is not asking.
 */
import type { Store } from '../state/store';
import { counted, lossWords } from '../state/figures';
import { sameConfig } from '../state/settings';
import type { DataInfo, NetworkInfo, Probe, SessionConfig, TrainReport } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import { HeldOut } from './held-out';
import { RunHistory } from './history';
import type { Notices } from './notices';
import { Preparation } from './preparation';
import type { Slot } from './slot';
import { Waiting } from './waiting';

export type TrainStatus = 'starting' | 'ready' | 'running' | 'paused' | 'stopped' | 'failed';
/** How far training goes when it is started. */
export type Until = 'paused' | 'step' | 'epoch';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 100;
const PROBE_EVERY_MS = 300;
const CHECKPOINT_EVERY_MS = 5000;
/** The share of the time that may go into held-out samples while training. */
const EVALUATION_SHARE = 0.2;

export class TrainRun {
  status: TrainStatus = 'starting';
  data: DataInfo | undefined;
  info: NetworkInfo | undefined;
  step = 0;
  epoch = 0;
  rate = 0;
  samplesPerSecond = 0;
  history = new RunHistory();
  /** The held-out samples, and the answers to them. */
  readonly heldOut = new HeldOut();
  probe: Probe | undefined;
  /** The ANN twin that guides the run, on its way. */
  readonly preparation = new Preparation();
  /** A person has paused, and the steps under way are not over yet. */
  pausing = false;
  /** What happened last, in a few words. */
  message = '';

  readonly slot: Slot;
  /** What the worker has been asked for. */
  readonly waiting = new Waiting(() => { this.tell(); });
  private opened: SessionConfig | undefined;
  /** Whether the run that stands is to be opened anew although its settings are the wanted ones. */
  private anew = false;
  private opening: Promise<void> | undefined;
  private until: Until | undefined;
  private loop: Promise<void> | undefined;
  private stepMs = 0;
  private trainingMs = 0;
  private idleWork = 0;
  private away = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    this.slot = desk.slot();
    store.subscribe((state, before) => {
      // While another view is open its networks have the core; this one catches up when its view is shown again.
      if (state.view === 'train' && !sameConfig(state.config, before.config)) void this.follow();
      else if (state.sample !== before.sample && this.until === undefined) void this.idle();
    });
    desk.listen({
      death: ({ reason }) => {
        // A running loop notices by its refused call; a run at rest has to be set up again.
        if (this.loop === undefined && this.opening === undefined && this.info !== undefined && !this.outlived) void this.recover(reason);
      },
      data: (name) => {
        if (store.state.config.data !== name || (this.opened === undefined && this.status !== 'failed')) return;
        this.heldOut.forgetSamples();
        this.anew = true;
        if (store.state.view === 'train') void this.follow();
      },
      backend: () => {
        // The pace on another backend has nothing to do with this one's.
        this.stepMs = 0;
        this.heldOut.forgetPace();
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

  /** Whether this network has not taken a step on the present backend: the first one allocates, and compiles for a GPU. */
  get untried(): boolean {
    return this.stepMs === 0;
  }

  /** Whether the run that is wanted could not be opened, so that all that can be shown is still of the one before. */
  get outlived(): boolean {
    return this.status === 'failed' && this.opened !== undefined && !this.standing;
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
    this.anew = true;
    return this.follow();
  }

  start(until: Until): void {
    if (this.info === undefined || this.opening !== undefined || this.status === 'stopped' || this.status === 'failed') return;
    if (this.finished && this.opened?.schedule === 'cosine') {
      this.say('The planned epochs are done and the cosine has brought the rate to zero: plan more epochs or reset.');
      return;
    }
    this.until = until;
    this.pausing = false;
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
    this.pausing = this.loop !== undefined;
    this.tell();
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
    if (this.info === undefined || this.loop !== undefined || this.opening !== undefined) return;
    void (this.standing || (this.status === 'failed' && !this.anew) ? this.idle() : this.follow());
  }

  private async openWanted(): Promise<void> {
    await this.loop;
    for (;;) {
      const { config } = this.store.state;
      // The worker may have died between the network and the images.
      if (this.standing && this.heldOut.known) break;
      const lost = this.step;
      this.setStatus('starting');
      try {
        const data = await this.desk.dataInfo(config.data);
        // What kind of data a person's own are is known only now, and may have changed the settings.
        if (!sameConfig(config, this.store.state.config)) continue;
        const [info] = await this.waiting.during('opening', this.slot.open([config]));
        if (info === undefined) throw new Error('The core opened no network.');
        this.begin(config, data, info, lost);
        await this.heldOut.load(this.desk, data, () => { this.tell(); });
        await this.look();
      } catch (error) {
        // What went wrong with settings that nobody wants any more is nobody's concern.
        if (error instanceof RunInterrupted || !sameConfig(config, this.store.state.config)) continue;
        this.fail(error);
        return;
      }
    }
    this.notices.dismiss('run');
    this.setStatus(this.step > 0 ? 'paused' : 'ready');
    void this.idle();
  }

  /** Whether the run that is open is the wanted one. */
  private get standing(): boolean {
    return !this.anew && this.opened !== undefined && sameConfig(this.opened, this.store.state.config);
  }

  private begin(config: SessionConfig, data: DataInfo, info: NetworkInfo, lost: number): void {
    if (this.opened?.data !== config.data) this.heldOut.forgetSamples();
    this.opened = config;
    this.anew = false;
    this.data = data;
    this.info = info;
    this.step = 0;
    this.epoch = 0;
    this.rate = config.rate;
    this.samplesPerSecond = 0;
    this.stepMs = 0;
    this.history = new RunHistory();
    this.heldOut.forgetAnswers(data.heldOut);
    this.preparation.forget();
    this.resetEvaluation();
    this.message = lost > 0 ? `Started anew from untrained weights; the run before had ${counted(lost, 'step')}.` : 'Untrained: every answer is a guess so far.';
    // A choice that the network no longer has would show nothing.
    const { layer, neuron } = this.store.state;
    const shape = info.layers[layer]?.shape;
    if (shape === undefined) this.store.update({ layer: 0, neuron: 0 }, 'replace');
    else if (neuron >= shape.reduce((product, size) => product * size, 1)) this.store.update({ neuron: 0 }, 'replace');
    if (this.store.state.sample >= data.heldOut) this.store.update({ sample: 0 }, 'replace');
  }

  private async train(): Promise<void> {
    this.idleWork += 1;
    this.message = '';
    // A pass at rest that has not come to its end is over.
    this.heldOut.restart();
    let probed = 0;
    let saved = performance.now();
    while (this.until !== undefined) {
      try {
        if (this.slot.needsTwin && (await this.waiting.during('twin', this.preparation.advance(this.slot)))) {
          this.tell();
          continue;
        }
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
        else if (this.until !== undefined && this.heldOut.spentMs < EVALUATION_SHARE * this.trainingMs) await this.evaluateSlice(false);
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
    const [report] = await this.waiting.during('steps', this.slot.train(count));
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
    this.probe = await this.waiting.during('sample', this.slot.probe(0, this.store.state.sample));
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
      // Opening another run in vain may have cost this one its worker, and with it what came after the checkpoint.
      if (this.slot.step < this.step) {
        this.rewind(this.slot.step);
        this.say(`The run stands at step ${this.step} again, its last checkpoint.`);
      }
      if (still()) await this.slot.save();
      const { evaluation } = this.heldOut;
      const known = evaluation?.done === evaluation?.total && this.history.heldOutLoss.x.at(-1) === this.step;
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
    this.heldOut.restart();
    this.heldOut.spentMs = 0;
    this.trainingMs = 0;
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
    this.tell();
  }

  private goBack(error: RunInterrupted, goesOn: boolean): void {
    const [step, before] = [this.slot.checkpointStep, this.step];
    this.preparation.forget();
    this.rewind(step);
    const again = goesOn ? `training ${step === 0 ? 'starts again' : 'goes on'} from step ${step}` : `the run stands at step ${step}`;
    this.notices.show({ name: 'worker', kind: 'warning', text: `${error.message} It was started anew, and ${again}${lossWords(before - step)}.` });
    this.tell();
  }

  private rewind(step: number): void {
    this.step = step;
    this.epoch = step / (this.info?.stepsPerEpoch ?? 1);
    this.history.rewind(step);
    this.resetEvaluation();
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
    this.status = 'failed';
    const { outlived } = this;
    const text = error instanceof Error ? error.message : String(error);
    this.notices.show({
      name: 'run',
      kind: 'error',
      text: outlived ? `${text} What is shown is still the run before.` : text,
      actions: [
        ...this.desk.waysOut(error),
        ...(outlived ? [{ label: 'Back to the run before', run: () => { this.takeUpAgain(); } }] : []),
        // A new worker takes up the last checkpoint.
        ...(!outlived && this.slot.checkpointStep > 0 ? [{ label: `Go back to step ${this.slot.checkpointStep}`, run: () => { this.desk.giveUp(); } }] : []),
        { label: 'Try again from the start', run: () => { this.notices.dismiss('run'); void this.reset(); } },
      ],
    });
    this.tell();
  }

  /** Back to the run that is shown although another was wanted. */
  private takeUpAgain(): void {
    this.anew = false;
    if (this.opened !== undefined) this.store.update({ config: this.opened });
    void this.follow();
  }

  private say(message: string): void {
    this.message = message;
    this.tell();
  }

  private setStatus(status: TrainStatus): void {
    this.status = status;
    if (status !== 'running') this.pausing = false;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
