/** A view's share of the worker. */
import type * as Comlink from 'comlink';
import { Emitter } from '../state/emitter';
import { sameChanges } from '../state/settings';
import type { EvaluationReport, LabWorker, Measures, NetworkInfo, PreparationReport, Probe, Run, TrainReport } from '../worker/protocol';

export type Lab = Comlink.Remote<LabWorker>;

/** Lanes as they stood at a step: all that is needed to go on from there, in this page or another. */
export interface Checkpoint {
  readonly configs: readonly Run[];
  /** Training steps of each lane. */
  readonly steps: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a slot asks of the desk: to put its lanes into the worker, and to call that. */
export interface Seats {
  seat<T>(slot: Slot, work: (lab: Lab) => Promise<T>): Promise<T>;
  open(slot: Slot, configs: readonly Run[]): Promise<NetworkInfo[]>;
  resume(slot: Slot, configs: readonly Run[], bytes: Uint8Array): Promise<NetworkInfo[]>;
}

/** A view's own lanes, which it can call at any time, whatever the other views do in between. */
export class Slot {
  configs: readonly Run[] = [];
  infos: readonly NetworkInfo[] = [];
  /** Training steps that each lane has taken; fewer than before where they went back to a checkpoint. */
  steps: readonly number[] = [];
  /** Workers that died while they did something for these lanes, one after the other, without any progress in between. */
  deaths = 0;
  private kept: Checkpoint | undefined;
  /** Training steps, those of ANN twins included, that were taken since the lanes were opened, and how many of them the checkpoint holds. */
  private work = 0;
  private keptWork = 0;
  private readonly checkpoints = new Emitter<[Checkpoint]>();

  constructor(private readonly desk: Seats, readonly called: string) {}

  /** Training steps of the lane that has the most. */
  get step(): number {
    return Math.max(0, ...this.steps);
  }

  /** Training steps that the last checkpoint holds: where the run goes on if the worker dies now. */
  get checkpointStep(): number {
    return Math.max(0, ...this.checkpointSteps);
  }

  /** The same of each lane. */
  get checkpointSteps(): readonly number[] {
    return this.kept?.steps ?? this.configs.map(() => 0);
  }

  /** Whether the lanes have trained since the last checkpoint. */
  get unsaved(): boolean {
    return this.work > this.keptWork;
  }

  /** The last checkpoint, where the lanes have not trained since. */
  get saved(): Checkpoint | undefined {
    return this.unsaved ? undefined : this.kept;
  }

  /** Hears of every checkpoint: those that a run takes as it goes, and the last one before its lanes make room for others. */
  onCheckpoint(listener: (checkpoint: Checkpoint) => void): () => void {
    return this.checkpoints.subscribe(listener);
  }

  /** Opens one lane for each config with fresh weights; what the slot held before is gone. */
  async open(configs: readonly Run[]): Promise<readonly NetworkInfo[]> {
    const infos = await this.desk.open(this, configs);
    this.configs = configs;
    this.kept = undefined;
    [this.work, this.keptWork] = [0, 0];
    this.deaths = 0;
    this.stand(infos);
    return infos;
  }

  /** Opens the lanes of a checkpoint; where that cannot be, the slot holds what it held before. */
  async resume(checkpoint: Pick<Checkpoint, 'configs' | 'bytes'>): Promise<readonly NetworkInfo[]> {
    const { configs, infos: before, steps, kept, work, keptWork } = this;
    const infos = await this.desk.resume(this, checkpoint.configs, checkpoint.bytes);
    this.configs = checkpoint.configs;
    this.stand(infos);
    this.kept = { ...checkpoint, steps: this.steps };
    this.work = this.keptWork = Math.max(1, this.step);
    try {
      if (infos.some((info, i) => this.isBehind(info, i))) await this.desk.seat(this, (lab) => this.catchUp((call) => call(lab)));
    } catch (error) {
      [this.configs, this.infos, this.steps, this.kept, this.work, this.keptWork] = [configs, before, steps, kept, work, keptWork];
      throw error;
    }
    return this.infos;
  }

  /** The lanes as the core has them, put in place first where they are not. */
  place(): Promise<readonly NetworkInfo[]> {
    return this.desk.seat(this, () => Promise.resolve(this.infos));
  }

  /** Has a lane do something else from its present step on. */
  async adjust(lane: number, config: Run): Promise<NetworkInfo> {
    const info = await this.desk.seat(this, (lab) => lab.adjust(lane, config));
    this.configs = this.configs.map((before, i) => (i === lane ? config : before));
    this.infos = this.infos.map((before, i) => (i === lane ? info : before));
    return info;
  }

  /** Whether a lane waits for an ANN twin that has to be trained first. */
  get needsTwin(): boolean {
    return this.infos.some((info) => info.needsTwin);
  }

  /** Training steps of the next ANN twin that a lane needs; undefined once every lane has what it needs. */
  async prepare(steps: number): Promise<PreparationReport | undefined> {
    const report = await this.desk.seat(this, (lab) => lab.prepare(steps));
    this.work += steps;
    if (report !== undefined) return report;
    this.infos = this.infos.map((info) => ({ ...info, needsTwin: false }));
    return undefined;
  }

  measure(lane: number, withTwin: boolean, withSteps: boolean): Promise<Measures> {
    return this.desk.seat(this, (lab) => lab.measure(lane, withTwin, withSteps));
  }

  /** A lane's weights as a safetensors file, as they are or folded for inference. */
  weights(lane: number, folded: boolean): Promise<Uint8Array> {
    return this.desk.seat(this, (lab) => lab.weights(lane, folded));
  }

  async trainLane(lane: number, steps: number): Promise<TrainReport> {
    const report = await this.desk.seat(this, (lab) => lab.trainLane(lane, steps));
    this.steps = this.steps.map((step, i) => (i === lane ? report.step : step));
    this.work += steps;
    return report;
  }

  evaluate(lane: number, from: number, count: number): Promise<EvaluationReport> {
    return this.desk.seat(this, (lab) => lab.evaluate(lane, from, count));
  }

  probe(lane: number, sample: number): Promise<Probe> {
    return this.desk.seat(this, (lab) => lab.probe(lane, sample));
  }

  /** What a neuron says to the classes, for an image or a cloud as a probe has it. */
  says(lane: number, seen: Float32Array, sample: number, layer: number, neuron: number): Promise<Float32Array> {
    return this.desk.seat(this, (lab) => lab.says(lane, seen, sample, layer, neuron));
  }

  classify(lane: number, pixels: Float32Array): Promise<Probe> {
    return this.desk.seat(this, (lab) => lab.classify(lane, pixels));
  }

  /** A cloud, `[points * 3]`, z up, in the unit ball. */
  classifyCloud(lane: number, points: Float32Array): Promise<Probe> {
    return this.desk.seat(this, (lab) => lab.classifyCloud(lane, points));
  }

  /** A recording, as its file has it. */
  classifyRecording(lane: number, bytes: Uint8Array): Promise<Probe> {
    return this.desk.seat(this, (lab) => lab.classifyRecording(lane, bytes));
  }

  /** Takes a checkpoint, from which the run goes on if the worker dies. */
  async save(): Promise<void> {
    this.keep(await this.desk.seat(this, (lab) => lab.checkpoint()));
  }

  /** Used by [`Desk`]: a checkpoint of these lanes, taken because another slot needs the core. */
  keep(bytes: Uint8Array): void {
    const kept = { configs: this.configs, steps: this.steps, bytes };
    this.kept = kept;
    // Only what no death can take back is progress.
    if (this.unsaved) this.deaths = 0;
    this.keptWork = this.work;
    this.checkpoints.tell(kept);
  }

  /** Used by [`Desk`]: makes these lanes the open ones, as they were at the last checkpoint. */
  async enter(call: <T>(work: (lab: Lab) => Promise<T>) => Promise<T>): Promise<void> {
    if (this.configs.length === 0) throw new Error('No network is open yet.');
    const { kept } = this;
    this.work = this.keptWork;
    this.stand(kept === undefined ? await call((lab) => lab.open([...this.configs])) : await call((lab) => lab.restore(kept.bytes)));
    await this.catchUp(call);
  }

  /** A checkpoint knows of no change that was made after it was taken. */
  private async catchUp(call: <T>(work: (lab: Lab) => Promise<T>) => Promise<T>): Promise<void> {
    for (const [i, config] of this.configs.entries()) {
      const info = this.infos[i];
      if (info === undefined || !this.isBehind(info, i)) continue;
      const adjusted = await call((lab) => lab.adjust(i, config));
      this.infos = this.infos.map((before, at) => (at === i ? adjusted : before));
    }
  }

  private isBehind(info: NetworkInfo, lane: number): boolean {
    return !sameChanges(info.config.changes, this.configs[lane]?.changes);
  }

  private stand(infos: readonly NetworkInfo[]): void {
    this.infos = infos;
    this.steps = infos.map(({ step }) => step);
  }
}
