/**
 * A worker for unit tests, without wasm: what a lane's losses are is a function of its config and step alone, time passes
 * when it works, and it dies where a test wants it to.
 */
import { fromHereOn, settingsAt } from '../state/live';
import { FAULTS, WorkerDied } from '../worker/fault';
import type {
  DataInfo, EvaluationReport, LabWorker, LayerInfo, NetworkInfo, PreparationReport, Probe, Run, SessionConfig, TrainReport,
} from '../worker/protocol';

/** Training steps of an epoch, and of an ANN twin; samples that are held out. */
export const PER_EPOCH = 40;
export const TWIN_STEPS = 90;
export const HELD_OUT = 100;
/** Samples of a batch that a run on its way takes. */
export const MOST_IN_A_BATCH = 256;

/** The only layer of every network. */
const NEURONS = { shape: [4] } as LayerInfo;

/** The loss of a training step, counted from 1. */
export function lossAt({ seed, rate, spike }: SessionConfig, step: number): number {
  return Math.fround(Math.abs(Math.sin(step * rate + seed + spike.length)) + 1 / step);
}

/** What a report says of a step. */
function placeOf(config: Run, step: number): Pick<TrainReport, 'epoch' | 'rate' | 'epochEnd' | 'planned'> {
  const { rate, epochs } = settingsAt(config, step);
  return { epoch: step / PER_EPOCH, rate, epochEnd: (Math.floor(step / PER_EPOCH) + 1) * PER_EPOCH, planned: epochs * PER_EPOCH };
}

interface FakeLane {
  config: Run;
  step: number;
  twin: number;
}

/** What happens in a call. */
export type Fate = 'answers' | 'diesBefore' | 'diesAfter' | 'refuses';

/** The world that a fake worker lives in: its clock, and what becomes of the calls to come. */
export class FakeWorld {
  now = 1;
  stepMs = 10;
  checkpointMs = 1;
  /** Fates of the calls to come; those after them are answered. */
  fates: Fate[] = [];
  /** The worker that lives. */
  living: FakeClient | undefined;
  /** Calls that were ever under way at once. */
  mostAtOnce = 0;
  workers = 0;
  /** Signs of life that were passed on. */
  heard = 0;
  /** Steps that the lane of this number refuses to go beyond. */
  brokenAt: { readonly lane: number; readonly step: number } | undefined;
}

export const world = { now: new FakeWorld() };

class FakeLab {
  private lanes: FakeLane[] = [];

  adapter(): Promise<never> {
    throw new Error('There is no adapter here.');
  }

  loadData(name: string): DataInfo {
    const info: Partial<DataInfo> = { name: name as DataInfo['name'], form: 'image', heldOut: HELD_OUT, classes: ['a', 'b'] };
    return info as DataInfo;
  }

  heldOutImages(): Uint8Array {
    return new Uint8Array(HELD_OUT);
  }

  heldOutLabels(): Uint8Array {
    return new Uint8Array(HELD_OUT);
  }

  open(configs: readonly Run[]): NetworkInfo[] {
    if (configs.some(({ threshold }) => threshold === 0)) throw new Error('The threshold was 0; accepted is more.');
    this.lanes = configs.map((config) => ({ config, step: 0, twin: 0 }));
    return this.infos();
  }

  adjust(index: number, config: Run): NetworkInfo {
    if (settingsAt(config, Infinity).batch > MOST_IN_A_BATCH) throw new Error('The batch is too large.');
    const lane = this.lane(index);
    if (fromHereOn(lane.config, config, lane.step) === undefined) throw new Error('Only what comes from here on can be changed.');
    lane.config = config;
    const info = this.infos()[index];
    if (info === undefined) throw new Error('There is no such lane.');
    return info;
  }

  prepare(steps: number): PreparationReport | undefined {
    const [lane] = this.lanes.filter((one) => one.config.contrast > 0 && one.twin < TWIN_STEPS);
    if (lane === undefined) return undefined;
    lane.twin = Math.min(TWIN_STEPS, lane.twin + steps);
    world.now.now += steps * world.now.stepMs;
    return { step: lane.twin, total: TWIN_STEPS, accuracy: 0.5 };
  }

  trainLane(index: number, steps: number): TrainReport {
    const lane = this.lane(index);
    const broken = world.now.brokenAt;
    if (broken?.lane === index && lane.step + steps > broken.step) throw new Error('The device gave no answer.');
    if (lane.config.contrast > 0 && lane.twin < TWIN_STEPS) throw new Error('The twin is missing.');
    const losses = Array.from({ length: steps }, (_, i) => lossAt(settingsAt(lane.config, lane.step + i), lane.step + i + 1));
    lane.step += steps;
    world.now.now += steps * world.now.stepMs;
    return { step: lane.step, ...placeOf(lane.config, lane.step), losses, accuracies: losses.map(() => 0.5),
      gradients: [] } as unknown as TrainReport;
  }

  evaluate(index: number, from: number, count: number): EvaluationReport {
    const done = Math.min(HELD_OUT, from + count);
    const report = { from, done, total: HELD_OUT, loss: lossAt(this.lane(index).config, this.lane(index).step + 1), accuracy: 0.5,
      answers: new Uint8Array(done - from), confidences: new Float32Array(done - from) };
    world.now.now += 1;
    return report as unknown as EvaluationReport;
  }

  probe(index: number, sample: number): Probe {
    if (sample >= HELD_OUT) throw new Error(`There is no sample ${sample}.`);
    return { lane: this.lane(index).step, layers: [], pixels: Float32Array.of(sample) } as unknown as Probe;
  }

  /** Which sample the pixels are of, and which one they are said to be of. */
  says(_: number, pixels: Float32Array, sample: number): Float32Array {
    return Float32Array.of(pixels[0] ?? -1, sample);
  }

  checkpoint(): Uint8Array {
    world.now.now += world.now.checkpointMs;
    return new TextEncoder().encode(JSON.stringify(this.lanes));
  }

  restore(bytes: Uint8Array): NetworkInfo[] {
    this.lanes = JSON.parse(new TextDecoder().decode(bytes)) as FakeLane[];
    return this.infos();
  }

  private lane(index: number): FakeLane {
    const lane = this.lanes[index];
    if (lane === undefined) throw new Error(`Lane ${index} was asked for, but ${this.lanes.length} are open.`);
    return lane;
  }

  private infos(): NetworkInfo[] {
    return this.lanes.map(({ config, step, twin }) => {
      const info: Partial<NetworkInfo> = { config, step, stepsPerEpoch: PER_EPOCH, ...placeOf(config, step),
        layers: [NEURONS], needsTwin: config.contrast > 0 && twin < TWIN_STEPS };
      return info as NetworkInfo;
    });
  }
}

/** Stands in for the page's side of a worker. */
export class FakeClient {
  onDeath: ((error: WorkerDied) => void) | undefined;
  private readonly lab: unknown = asynchronous(new FakeLab());
  private death: WorkerDied | undefined;
  private atOnce = 0;
  private readonly refuse = new Set<(error: WorkerDied) => void>();

  constructor() {
    world.now.living = this;
    world.now.workers += 1;
  }

  get dead(): boolean {
    return this.death !== undefined;
  }

  readonly silentMs = 0;

  heard(): void {
    world.now.heard += 1;
  }

  async call<T>(work: (lab: LabWorker) => Promise<T>): Promise<T> {
    if (this.death !== undefined) throw this.death;
    this.atOnce += 1;
    world.now.mostAtOnce = Math.max(world.now.mostAtOnce, this.atOnce);
    const fate = world.now.fates.shift() ?? 'answers';
    let refuse: (error: WorkerDied) => void = () => undefined;
    const died = new Promise<never>((_, reject) => { refuse = reject; });
    this.refuse.add(refuse);
    try {
      return await Promise.race([this.answer(work, fate), died]);
    } finally {
      this.refuse.delete(refuse);
      this.atOnce -= 1;
    }
  }

  /** The browser ends it. */
  kill(): void {
    this.die();
  }

  giveUp(): void {
    this.die();
  }

  dispose(): void {
    this.death ??= new WorkerDied(FAULTS.replaced);
  }

  private async answer<T>(work: (lab: LabWorker) => Promise<T>, fate: Fate): Promise<T> {
    await new Promise((resolve) => { setImmediate(resolve); });
    if (fate === 'diesBefore') this.die();
    if (fate === 'refuses') throw new Error('The core refused.');
    const answer = this.death === undefined ? await work(this.lab as LabWorker) : await new Promise<never>(() => undefined);
    if (fate === 'diesAfter') this.die();
    return this.death === undefined ? answer : new Promise<never>(() => undefined);
  }

  private die(): void {
    if (this.death !== undefined) return;
    this.death = new WorkerDied(FAULTS.outside);
    for (const refuse of [...this.refuse]) refuse(this.death);
    this.onDeath?.(this.death);
  }
}

/** Every method answers later, as it does across threads; what the fake does not have answers nothing. */
function asynchronous(lab: object): unknown {
  return new Proxy(lab, {
    get: (target, name) => async (...given: unknown[]): Promise<unknown> => {
      const method = Reflect.get(target, name) as ((...given: unknown[]) => unknown) | undefined;
      await Promise.resolve();
      return method?.apply(target, given);
    },
  });
}
