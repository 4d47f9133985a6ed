/**
 * What trains. Train, Compare and Papers each have an engine and tell it, as its [`Client`], what a turn of theirs is.
 *
 * One driver does one thing after another, so that there are never two loops, and looks before each what is wanted by
 * then. A call that is under way is never broken off: what a person does meanwhile only sets what comes next.
 *
 * | wanted              | by                                   | what is under way         | after it                      |
 * | ------------------- | ------------------------------------ | ------------------------- | ----------------------------- |
 * | other lanes         | a change of settings or data, reset  | ends, its numbers count   | fresh lanes, at rest          |
 * | to go               | Play, a step, an epoch               | ends                      | turns, until there is no more |
 * | to stand            | Pause, another view                  | ends                      | a checkpoint, work at rest    |
 * | work at rest        | another sample, the view shown again | ends                      | begins anew                   |
 * | nothing (it failed) | an error of the core                 | was refused               | a sentence with ways out      |
 *
 * A worker that dies takes what came after the last checkpoint with it. The histories go back to it at once, and the next
 * thing that is done does what the dead worker was doing again, in a new one.
 */
import { lossWords } from '../state/figures';
import { rebased } from '../state/live';
import { sameConfig, sameConfigs } from '../state/settings';
import type { DataInfo, DataName, Run, TrainReport } from '../worker/protocol';
import { Cadence } from './cadence';
import { PassedOver, type Client, type StoredRun } from './client';
import { RunInterrupted, type Death, type Desk } from './desk';
import { Emitter } from '../state/emitter';
import { RunHistory } from './history';
import { Lane } from './lane';
import type { Notices } from './notices';
import { Preparation } from './preparation';
import type { Slot } from './slot';
import { Waiting } from './waiting';
import { seenOf } from './seen';

export type Phase = 'empty' | 'opening' | 'rest' | 'running' | 'failed';

/** A run that is to be taken up, and whom to tell where it is not. */
type Stored = Readonly<{ run: StoredRun; refuse: (error: unknown) => void }>;

export class Engine extends Emitter {
  readonly slot: Slot;
  /** The ANN twin that guides a lane, on its way. */
  readonly preparation = new Preparation();
  /** What the worker has been asked for. */
  readonly waiting = new Waiting(() => { this.tell(); });
  phase: Phase = 'empty';
  data: DataInfo | undefined;
  lanes: readonly Lane[] = [];
  /** The run that had been put by and that those lanes go on with. */
  resumed: StoredRun | undefined;
  private configs: readonly Run[] = [];
  private readonly cadence = new Cadence();
  private driver: Promise<void> | undefined;
  /** What is wanted next, the first before the others. */
  private opens = false;
  /** Whether what is wanted is what stands, but for what it does from here on. */
  private changes = false;
  private presents = false;
  private going = false;
  private rests = false;
  /** Whether lanes are to be opened although those that stand are the wanted ones. */
  private anew = false;
  private stored: Stored | undefined;
  /** What could not be opened when that was last tried. */
  private refused: readonly Run[] = [];
  private waiters: (() => void)[] = [];
  private isLeft = false;

  constructor(private readonly desk: Desk, private readonly notices: Notices, private readonly client: Client) {
    super();
    this.slot = desk.slot(client.called);
    desk.listen({
      death: (death) => { this.putBack(death); },
      data: (name) => { this.dataReplaced(name); },
      backend: () => { this.lanes.forEach((lane) => { lane.forgetPace(); }); },
    });
  }

  /** Whether it goes, and will until it is told otherwise. */
  get running(): boolean {
    return this.going;
  }

  /** Whether a person has paused, and what is under way is not over yet. */
  get pausing(): boolean {
    return this.phase === 'running' && !this.going;
  }

  /** Whether other lanes are on their way. */
  get opening(): boolean {
    return this.opens || this.presents;
  }

  /** Whether the lanes that stand are the wanted ones. */
  get standing(): boolean {
    return !this.anew && this.lanes.length > 0 && sameConfigs(this.configs, this.client.wanted());
  }

  /** Whether the lanes that stand can be given something else to do, those among them that have only just been opened. */
  get takesChanges(): boolean {
    return !this.anew && this.lanes.length > 0 && (this.presents || this.phase === 'rest' || this.phase === 'running');
  }

  /** Whether the lanes that are wanted could not be opened, so that all that can be shown is still of those before. */
  get outlived(): boolean {
    return this.phase === 'failed' && this.lanes.length > 0 && !this.standing;
  }

  /** Whether what is shown is of lanes that nobody wants any more, from when others could not be opened until some are. */
  get left(): boolean {
    return this.outlived || (this.isLeft && this.lanes.length > 0 && this.phase === 'opening');
  }

  /** Opens the wanted lanes, unless they stand, and goes with them if asked to. Resolves once they stand, or cannot. */
  follow({ goes = false, anew = false } = {}): Promise<void> {
    if (anew) this.passOver(new PassedOver());
    this.going = goes;
    this.changes = false;
    this.anew ||= anew;
    this.opens = true;
    return this.whenOpen();
  }

  /** What is wanted is what stands, but for what it does from here on: it goes on as it was, and takes that with its next step. */
  change(): void {
    this.opens = true;
    this.changes = true;
    this.wake();
  }

  /**
   * Takes up a run that has been put by, whose configs are the wanted ones. Where it cannot be opened the run begins anew,
   * and this rejects; with [`PassedOver`] where something else was wanted meanwhile.
   */
  resume(run: StoredRun): Promise<void> {
    return new Promise((resolve, refuse) => {
      const opened = this.follow({ anew: true });
      this.stored = { run, refuse };
      void opened.then(resolve);
    });
  }

  /** Somebody looks again: what is wanted by now is opened, but for what has been refused already. */
  comeBack(): void {
    const wanted = this.client.wanted();
    if (this.phase === 'empty' || (this.phase === 'failed' && sameConfigs(this.refused, wanted))) return;
    if (this.standing) this.settle();
    else if (this.changes) this.wake();
    else void this.follow();
  }

  /** Back to the lanes that stand although others were wanted, or although something failed. */
  takeUpAgain(): void {
    this.anew = false;
    this.isLeft = false;
    this.phase = 'opening';
    void this.follow();
  }

  /** Back to the last checkpoint, in a new worker. */
  async goBack(): Promise<void> {
    await this.desk.renew();
    this.rewind();
    this.takeUpAgain();
  }

  /** What is on its way goes once it stands. */
  start(): void {
    this.going = true;
    if (this.phase === 'rest' && !this.opening) this.setOff();
    this.wake();
  }

  /** The run stands once what is under way is over. */
  end(): void {
    this.going = false;
    this.tell();
  }

  /** Work at rest is wanted. */
  settle(): void {
    this.rests = true;
    this.wake();
  }

  /** Resolves once nothing is left to do. */
  async whenStill(): Promise<void> {
    while (this.driver !== undefined) await this.driver;
  }

  /** Training steps in a lane. */
  async train(index: number, steps: number): Promise<TrainReport> {
    const start = performance.now();
    const report = await this.waiting.during('steps', this.slot.trainLane(index, steps));
    const spent = performance.now() - start;
    this.lanes[index]?.took(report, steps, spent);
    this.cadence.took(steps, spent, performance.now());
    return report;
  }

  /** A held-out sample on its way through every lane. */
  async look(sample: number): Promise<void> {
    const chosen = Math.min(sample, (this.data?.heldOut ?? 1) - 1);
    for (const [i, lane] of this.lanes.entries()) {
      if (lane.broken) continue;
      const probe = await this.waiting.during('sample', this.slot.probe(i, chosen));
      [lane.probe, lane.sample] = [probe, chosen];
    }
    this.tell();
  }

  /** Asks in every lane that has it what a neuron says about the sample that was looked at. */
  async hear(layer: number, neuron: number): Promise<void> {
    for (const [i, lane] of this.lanes.entries()) {
      // Another sample may be wanted by now; number and pixels are those of the one that was looked at.
      const { probe, sample } = lane;
      if (lane.broken || probe === undefined || !lane.has(layer, neuron)) continue;
      const values = await this.waiting.during('sample', this.slot.says(i, seenOf(probe), sample, layer, neuron));
      lane.said = { sample, layer, neuron, values };
    }
    this.tell();
  }

  private whenOpen(): Promise<void> {
    const opened = new Promise<void>((resolve) => { this.waiters.push(resolve); });
    this.wake();
    return opened;
  }

  private wake(): void {
    this.driver ??= this.drive().finally(() => {
      this.driver = undefined;
      // Something may have been wanted while the driver was ending.
      if (this.opens || this.presents || this.going || this.rests || this.phase === 'running') this.wake();
    });
    this.tell();
  }

  private async drive(): Promise<void> {
    for (;;) {
      const { opens } = this;
      try {
        if (this.pausing) this.comeToStand();
        else if (opens) await this.open();
        else if (this.presents) await this.present();
        else if (this.going) await this.goOn();
        else if (this.rests) await this.rest();
        else return;
      } catch (error) {
        // The worker died: the same is done again, in the next.
        if (error instanceof RunInterrupted) this.rests ||= this.phase === 'rest';
        // What went wrong with lanes that make room for others is nobody's concern.
        else if (opens || !this.opens) this.fail(error);
      }
    }
  }

  private async open(): Promise<void> {
    const configs = this.client.wanted();
    if (this.standing) {
      this.opens = false;
      this.presents = true;
      return;
    }
    if (await this.adjust(configs)) return;
    this.phase = 'opening';
    this.tell();
    try {
      const data = await this.dataOf(configs);
      // What kind of data a person's own are is known only now, and may have changed the settings.
      if (!sameConfigs(configs, this.client.wanted())) return;
      const { stored } = this;
      const run = await this.openSlot(configs, stored);
      // What was wanted while they were on their way comes next.
      this.anew = this.stored !== stored;
      if (!this.anew && run === undefined) this.passOver(new PassedOver());
      if (!this.anew) this.stored = undefined;
      this.begin(configs, data, run);
    } catch (error) {
      // Nor is what went wrong with settings that nobody wants any more.
      if (!(error instanceof RunInterrupted) && !sameConfigs(configs, this.client.wanted())) return;
      this.refused = configs;
      throw error;
    }
  }

  /** Has the lanes that stand do what is wanted from here on, where that is all; whether it is. */
  private async adjust(configs: readonly Run[]): Promise<boolean> {
    if (!this.changes || !this.takesChanges || this.stored !== undefined || this.lanes.length !== configs.length) return false;
    const settled = this.lanes.map((lane, i) => rebased(lane.config, configs[i] ?? lane.config, lane.step));
    if (!settled.every((config) => config !== undefined)) return false;
    this.changes = false;
    try {
      for (const [i, lane] of this.lanes.entries()) {
        const config = settled[i] ?? lane.config;
        if (!sameConfig(config, lane.config)) lane.adjusted(config, await this.slot.adjust(i, config));
      }
      this.configs = settled;
      this.client.adjusted?.(settled);
    } catch (error) {
      if (error instanceof RunInterrupted) {
        this.changes = true;
        throw error;
      }
      this.configs = this.lanes.map(({ config }) => config);
      this.client.unchanged?.(error);
    }
    // Something else may have been wanted meanwhile, as by a reset.
    this.opens = this.anew || this.waiters.length > 0 || !sameConfigs(this.configs, this.client.wanted());
    this.rests ||= this.phase === 'rest';
    this.tell();
    return true;
  }

  private async dataOf(configs: readonly Run[]): Promise<DataInfo | undefined> {
    let info: DataInfo | undefined;
    for (const data of new Set(configs.map((config) => config.data))) info = await this.desk.dataInfo(data);
    return info;
  }

  /** Fresh lanes, or those that have been put by; the run that they go on with. */
  private async openSlot(configs: readonly Run[], stored: Stored | undefined): Promise<StoredRun | undefined> {
    if (stored !== undefined && sameConfigs(stored.run.configs, configs)) {
      try {
        await this.waiting.during('opening', this.slot.resume(stored.run));
        return stored.run;
      } catch (error) {
        if (error instanceof RunInterrupted) throw error;
        stored.refuse(error);
      }
    }
    await this.waiting.during('opening', this.slot.open(configs));
    return undefined;
  }

  private begin(configs: readonly Run[], data: DataInfo | undefined, run: StoredRun | undefined): void {
    const before = Math.max(0, ...this.lanes.map((lane) => lane.step));
    this.configs = configs;
    this.isLeft = false;
    this.data = data;
    this.resumed = run;
    this.presents = true;
    this.lanes = this.slot.infos.flatMap((info, i) => {
      const config = configs[i];
      return config === undefined ? [] : [new Lane(config, info, new RunHistory(run?.histories[i]))];
    });
    this.opens = this.anew || !sameConfigs(configs, this.client.wanted());
    this.preparation.forget();
    this.cadence.restart(false);
    this.client.opened(before);
  }

  private async present(): Promise<void> {
    await this.client.present();
    if (this.opens) return;
    this.presents = false;
    this.phase = 'rest';
    this.rests = true;
    this.release();
  }

  private async goOn(): Promise<void> {
    if (this.phase !== 'running') this.setOff();
    if (this.lanes.some((lane) => lane.isGuess)) await this.place();
    else if (!(await this.prepare())) await this.client.turn();
    if (this.cadence.due(performance.now())) await this.save();
  }

  /** Asks the core where its lanes are that went back to a checkpoint. */
  private async place(): Promise<void> {
    const infos = await this.waiting.during('opening', this.slot.place());
    this.lanes.forEach((lane, i) => {
      const info = infos[i];
      if (info?.step === lane.step) lane.placed(info);
      lane.isGuess = false;
    });
  }

  private setOff(): void {
    this.phase = 'running';
    this.client.begin();
    this.tell();
  }

  /** A call's worth of the ANN twin that a lane waits for; false when none waits. */
  private async prepare(): Promise<boolean> {
    if (!this.slot.needsTwin) return false;
    const start = performance.now();
    const trained = await this.waiting.during('twin', this.preparation.advance(this.slot));
    this.cadence.took(this.preparation.steps, performance.now() - start, performance.now());
    this.tell();
    return trained;
  }

  private comeToStand(): void {
    this.phase = 'rest';
    this.rests = true;
    this.client.ended();
    this.tell();
  }

  private async rest(): Promise<void> {
    this.rests = false;
    // Whatever ends the worker now, and whoever takes the core, the run goes on from here.
    if (this.slot.unsaved) await this.save();
    const still = (): boolean => this.client.shown && !this.opens && !this.going && !this.rests;
    if (still()) await this.client.rest(still);
  }

  private async save(): Promise<void> {
    const start = performance.now();
    await this.slot.save();
    this.cadence.saved(performance.now() - start);
  }

  /** The run that was to be taken up is not, and whoever asked for it is told. */
  private passOver(reason: unknown): void {
    this.stored?.refuse(reason);
    this.stored = undefined;
  }

  private fail(error: unknown): void {
    this.passOver(error);
    this.going = false;
    this.opens = false;
    this.presents = false;
    this.rests = false;
    this.phase = 'failed';
    this.isLeft = this.outlived;
    // It says how the run goes on, which it does not.
    this.notices.dismiss('worker');
    this.client.failed(error);
    this.release();
    this.tell();
  }

  private release(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const resolve of waiters) resolve();
    this.tell();
  }

  /** What the page shows goes back to the last checkpoint before anybody can look; the lanes follow with their next call. */
  private putBack({ reason }: Death): void {
    if (this.lanes.length === 0) return;
    const before = this.lanes.map((lane) => lane.step);
    this.rewind();
    const lost = Math.max(...this.lanes.map((lane, i) => (this.client.needs(i) ? (before[i] ?? 0) - lane.step : 0)));
    const concerned = this.client.shown || this.driver !== undefined || lost > 0;
    if (!concerned) return;
    this.notices.show({ name: 'worker', kind: 'warning',
      text: `The worker stopped: ${reason}. A new one takes its place, and ${this.standWords()}${lossWords(lost)}.` });
    // At rest nothing would call the new worker, and what it has lost would not be made up for.
    if (this.phase === 'rest' && this.client.shown) this.settle();
    this.tell();
  }

  /** What becomes of the run in the next worker. */
  private standWords(): string {
    const { called, place } = this.client;
    if (this.opens) return 'what was being set up is set up in it';
    if (!this.going) return `${called} stands at ${place}`;
    return `${called} goes on ${this.slot.needsTwin ? 'with its ANN twin, from the last checkpoint' : `from ${place}`}`;
  }

  private rewind(): void {
    const steps = this.slot.checkpointSteps;
    this.lanes.forEach((lane, i) => { lane.rewind(steps[i] ?? 0); });
    this.preparation.forget();
    this.cadence.restart(true);
    this.client.rewound();
  }

  private dataReplaced(name: DataName): void {
    const concerned = this.client.wanted().some(({ data }) => data === name);
    if (!concerned || this.phase === 'empty') return;
    this.anew = true;
    this.passOver(new PassedOver());
    if (this.client.shown) void this.follow();
  }
}
