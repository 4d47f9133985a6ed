/** The worker: owns the wasm, and the GPU where one is used. */
import * as Comlink from 'comlink';
import type {
  AdapterReport, BackendName, Budget, Build, DataInfo, DataName, EvaluationReport, ExperimentInfo, InkKind, LabWorker, Measured, Measures,
  NetworkInfo, Outcome, Paper, PhotoReport, PreparationReport, Probe, Progress, Run, SeenImage, ShippedData, Timing, TrainReport,
} from './protocol';
import { findAdapter } from './adapter';
import { fetchData, fetchPretrained } from './datasets';
import { beatOn } from './pulse';
import { WARM_UP_STEPS } from './protocol';
import { startLab, type Core } from './wasm';

/** Hands a reply's typed arrays over instead of copying them. */
function handOver<T>(reply: T): T {
  const buffers = new Set<ArrayBufferLike>();
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) buffers.add(value.buffer);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(reply);
  return buffers.size === 0 ? reply : Comlink.transfer(reply, [...buffers] as ArrayBuffer[]);
}

/** A backend is timed over at least this long, or this many steps, whichever ends first. */
const TIMING_MS = 600;
const TIMING_STEPS = 12;

class SerialLab implements LabWorker {
  private current: Core | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  /** Data sets that are on their way, or here and not taken in yet. */
  private readonly fetched = new Map<ShippedData, Promise<Uint8Array>>();

  /** A lab's methods borrow it whole, so a call waits until the one before it has answered. */
  private inTurn<T>(work: (lab: Core['lab'], core: Core) => T | Promise<T>): Promise<T> {
    return this.queue(async () => {
      if (this.current === undefined) throw new Error('The network core has not been started.');
      return handOver(await work(this.current.lab, this.current));
    });
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  holdLock(name: string): Promise<void> {
    return new Promise((held, refused) => {
      navigator.locks.request(name, () => {
        held();
        return new Promise<never>(() => undefined);
      }).catch(refused);
    });
  }

  beat(port: MessagePort): void {
    beatOn(port);
  }

  adapter(): Promise<AdapterReport> {
    return findAdapter();
  }

  start(build: Build, backend: BackendName, base: string, progress: (progress: Progress) => void): Promise<void> {
    return this.queue(async () => {
      this.current?.lab.free();
      this.current = undefined;
      this.current = await startLab(build, backend, base, progress);
    });
  }

  loadData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<DataInfo> {
    return this.inTurn(async (lab) => {
      const bytes = await this.bytesOf(name, base, progress);
      this.fetched.delete(name);
      return lab.addData(bytes);
    });
  }

  async fetchData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<void> {
    await this.bytesOf(name, base, progress);
  }

  private bytesOf(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
    const known = this.fetched.get(name);
    if (known !== undefined) return known;
    const bytes = fetchData(name, base, progress);
    this.fetched.set(name, bytes);
    // What did not come is fetched again when it is next asked for.
    bytes.catch(() => this.fetched.delete(name));
    return bytes;
  }

  addOwnData(file: Blob): Promise<DataInfo> {
    return this.inTurn(async (lab) => lab.addData(new Uint8Array(await file.arrayBuffer())));
  }

  loadPretrained(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<NetworkInfo> {
    return this.inTurn(async (lab) => lab.loadPretrained(await fetchPretrained(name, base, progress)));
  }

  time(): Promise<Timing> {
    return this.inTurn(async (lab) => {
      await lab.train(WARM_UP_STEPS);
      const start = performance.now();
      let steps = 0;
      while (steps < TIMING_STEPS && performance.now() - start < TIMING_MS) {
        await lab.train(1);
        steps += 1;
      }
      return { stepMs: (performance.now() - start) / steps };
    });
  }

  open(runs: Run[]): Promise<NetworkInfo[]> {
    return this.inTurn((lab) => lab.open(runs));
  }

  adjust(lane: number, run: Run): Promise<NetworkInfo> {
    return this.inTurn((lab) => lab.adjust(lane, run));
  }

  train(steps: number): Promise<TrainReport[]> {
    return this.inTurn((lab) => lab.train(steps));
  }

  trainLane(lane: number, steps: number): Promise<TrainReport> {
    return this.inTurn((lab) => lab.trainLane(lane, steps));
  }

  prepare(steps: number): Promise<PreparationReport | undefined> {
    return this.inTurn((lab) => lab.prepare(steps));
  }

  measure(lane: number, withTwin: boolean, withSteps: boolean): Promise<Measures> {
    return this.inTurn((lab) => lab.measure(lane, withTwin, withSteps));
  }

  weights(lane: number, folded: boolean): Promise<Uint8Array> {
    return this.inTurn((lab) => lab.weights(lane, folded));
  }

  experimentOf(paper: Paper, budget: Budget): Promise<ExperimentInfo> {
    return this.inTurn((_, core) => core.experimentOf(paper, budget));
  }

  judge(paper: Paper, budget: Budget, measured: Measured[]): Promise<Outcome[]> {
    return this.inTurn((_, core) => core.judge(paper, budget, measured));
  }

  evaluate(lane: number, from: number, count: number): Promise<EvaluationReport> {
    return this.inTurn((lab) => lab.evaluate(lane, from, count));
  }

  probe(lane: number, sample: number): Promise<Probe> {
    return this.inTurn((lab) => lab.probe(lane, sample));
  }

  classify(lane: number | undefined, pixels: Float32Array): Promise<Probe> {
    return this.inTurn((lab) => lab.classify(lane, pixels));
  }

  classifyCloud(lane: number | undefined, points: Float32Array): Promise<Probe> {
    return this.inTurn((lab) => lab.classifyCloud(lane, points));
  }

  classifyRecording(lane: number | undefined, bytes: Uint8Array): Promise<Probe> {
    return this.inTurn((lab) => lab.classifyRecording(lane, bytes));
  }

  says(lane: number | undefined, seen: Float32Array, sample: number, layer: number, neuron: number): Promise<Float32Array> {
    return this.inTurn((lab) => lab.says(lane, seen, sample, layer, neuron));
  }

  see(data: DataName, rgba: Uint8Array, width: number, height: number): Promise<SeenImage> {
    return this.inTurn((lab) => lab.see(data, rgba, width, height));
  }

  readPhoto(data: DataName, rgba: Uint8Array, width: number, height: number, ink: InkKind): Promise<PhotoReport> {
    return this.inTurn((lab) => lab.readPhoto(data, rgba, width, height, ink));
  }

  checkpoint(): Promise<Uint8Array> {
    return this.inTurn((lab) => lab.checkpoint());
  }

  restore(bytes: Uint8Array): Promise<NetworkInfo[]> {
    return this.inTurn((lab) => lab.restore(bytes));
  }

  heldOutImages(data: DataName, from: number, count: number): Promise<Uint8Array> {
    return this.inTurn((lab) => lab.heldOutImages(data, from, count));
  }

  heldOutClouds(data: DataName, from: number, count: number): Promise<Float32Array> {
    return this.inTurn((lab) => lab.heldOutClouds(data, from, count));
  }

  heldOutRecording(data: DataName, sample: number): Promise<Uint8Array> {
    return this.inTurn((lab) => lab.heldOutRecording(data, sample));
  }

  heldOutLabels(data: DataName, from: number, count: number): Promise<Uint8Array> {
    return this.inTurn((lab) => lab.heldOutLabels(data, from, count));
  }
}

Comlink.expose(new SerialLab());
