/**
 * What crosses between the page and the worker. The core's own types are generated with the wasm; both sides use them
 * through this file.
 */
import type * as core from '../../../pkg/cpu/spikeground';

export type {
  Asks,
  BackendName,
  Bound,
  Budget,
  Change,
  DataFacts,
  DataForm,
  DataInfo,
  DataName,
  Energy,
  EvaluationReport,
  ExperimentInfo,
  GradientReport,
  InkKind,
  InputProbe,
  LayerInfo,
  LayerStatistics,
  Measured,
  Measures,
  NetworkInfo,
  NetworkKind,
  OptimiserKind,
  Outcome,
  Paper,
  PhotoReport,
  PreparationReport,
  Probe,
  ProbeLayer,
  Published,
  Reset,
  ResetGradient,
  Schedule,
  SeenImage,
  SpikeKind,
  SurrogateKind,
  TrainReport,
  Unit,
  Verdict,
} from '../../../pkg/cpu/spikeground';

/** What a run is set to. The core fills in what is missing; the page always names everything. */
export type SessionConfig = Required<Omit<core.SessionConfig, 'changes'>>;

/** A run with what it sets otherwise on its way. */
export type Run = SessionConfig & Pick<core.SessionConfig, 'changes'>;

/** A data set that comes with the page. */
export type ShippedData = Exclude<core.DataName, 'own'>;

/** A download under way. `total` is missing where the server does not say how long the file is. */
export interface Progress {
  readonly what: string;
  readonly loaded: number;
  readonly total?: number;
}

/** What the worker found when it asked for a GPU. */
export interface AdapterReport {
  /** `software` is an adapter that computes on the CPU, which Flex does better. */
  readonly kind: 'gpu' | 'software' | 'none';
  /** What the adapter calls itself, or why there is none, fit to stand inside a sentence. */
  readonly name: string;
}

/** Training steps that are run before timing: the first ones allocate, and compile shaders on WebGPU. */
export const WARM_UP_STEPS = 2;

/** How long a training step takes on a backend. */
export interface Timing {
  readonly stepMs: number;
}

/** Where a page cannot wait for a lock of the worker's, a sign of life comes this often. */
export const BEAT_MS = 250;
/** Whether it comes from beside the worker, or from the worker itself, which is silent while it works. */
export type Beat = 'always' | 'between calls';

/** The worker as the page sees it. One call runs at a time; the others wait their turn inside the worker. */
export interface LabWorker {
  /** Has something beat on a port, each time with a [`Beat`], for as long as this worker lives. */
  beat(port: MessagePort): void;
  /** Takes a lock that the browser gives back when this worker ends, however it ends. Resolves once it is held. */
  holdLock(name: string): Promise<void>;
  adapter(): Promise<AdapterReport>;
  /** Loads a wasm build below `base` and starts its lab. */
  start(build: Build, backend: core.BackendName, base: string, progress: (progress: Progress) => void): Promise<void>;
  /** Fetches a data set for `loadData`, and keeps no other call waiting. */
  fetchData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<void>;
  loadData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<core.DataInfo>;
  /** Takes in a person's own data set in place of the one before. */
  addOwnData(file: Blob): Promise<core.DataInfo>;
  loadPretrained(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<core.NetworkInfo>;
  /** Times training steps of the lanes that are open, the first ones (which compile and allocate) left out. */
  time(): Promise<Timing>;
  open(runs: Run[]): Promise<core.NetworkInfo[]>;
  /** Has a lane do something else from its present step on. */
  adjust(lane: number, run: Run): Promise<core.NetworkInfo>;
  train(steps: number): Promise<core.TrainReport[]>;
  trainLane(lane: number, steps: number): Promise<core.TrainReport>;
  /** Training steps of the next ANN twin that a lane needs; undefined when every lane has what it needs. */
  prepare(steps: number): Promise<core.PreparationReport | undefined>;
  /** A trained lane in numbers, for an experiment. */
  measure(lane: number, withTwin: boolean, withSteps: boolean): Promise<core.Measures>;
  /** A lane's weights as a safetensors file, as they are or folded for inference. */
  weights(lane: number, folded: boolean): Promise<Uint8Array>;
  experimentOf(paper: core.Paper, budget: core.Budget): Promise<core.ExperimentInfo>;
  /** The verdicts on an experiment, from what every arm gave, seed after seed. */
  judge(paper: core.Paper, budget: core.Budget, measured: core.Measured[]): Promise<core.Outcome[]>;
  evaluate(lane: number, from: number, count: number): Promise<core.EvaluationReport>;
  probe(lane: number, sample: number): Promise<core.Probe>;
  classify(lane: number | undefined, pixels: Float32Array): Promise<core.Probe>;
  /** A cloud, `[points * 3]`, z up, in the unit ball. */
  classifyCloud(lane: number | undefined, points: Float32Array): Promise<core.Probe>;
  /** The bytes of a recording, as its file has them. */
  classifyRecording(lane: number | undefined, bytes: Uint8Array): Promise<core.Probe>;
  /** What a neuron says to the classes, for what a lane's network or the pre-trained one has seen. */
  says(lane: number | undefined, seen: Float32Array, sample: number, layer: number, neuron: number): Promise<Float32Array>;
  see(data: core.DataName, rgba: Uint8Array, width: number, height: number): Promise<core.SeenImage>;
  readPhoto(data: core.DataName, rgba: Uint8Array, width: number, height: number, ink: core.InkKind): Promise<core.PhotoReport>;
  checkpoint(): Promise<Uint8Array>;
  restore(bytes: Uint8Array): Promise<core.NetworkInfo[]>;
  heldOutImages(data: core.DataName, from: number, count: number): Promise<Uint8Array>;
  /** `[count * points * 3]`, as they are stored. */
  heldOutClouds(data: core.DataName, from: number, count: number): Promise<Float32Array>;
  /** A recording as its file had it. */
  heldOutRecording(data: core.DataName, sample: number): Promise<Uint8Array>;
  heldOutLabels(data: core.DataName, from: number, count: number): Promise<Uint8Array>;
}

/** A wasm build: `cpu` holds Flex alone, `webgpu` holds both backends and is five times the download. */
export type Build = 'cpu' | 'webgpu';
