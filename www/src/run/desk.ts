/**
 * Keeps a worker alive and shares it out. The core has one set of lanes open at a time; each view that trains has a
 * [`Slot`], and whichever slot makes a call is put in place first: the other's lanes are checkpointed, its own restored.
 * When the worker dies, the next call starts a new one and goes on from the last checkpoint.
 */
import * as Comlink from 'comlink';
import { Emitter } from '../state/emitter';
import { LabClient } from '../worker/client';
import { WorkerDied, type Fault } from '../worker/fault';
import type {
  AdapterReport, BackendName, Budget, Build, DataInfo, DataName, ExperimentInfo, InkKind, Measured, NetworkInfo, Outcome, Paper, PhotoReport, Probe,
  Progress, Run, SeenImage, ShippedData,
} from '../worker/protocol';
import type { NoticeAction } from './notices';
import { OwnDataMissing, type OwnShelf } from './own-shelf';
import { Slot, type Lab } from './slot';

/** The worker died in the middle of a call. The slot is at its last checkpoint again when it is next called. */
export class RunInterrupted extends Error {
  override readonly name = 'RunInterrupted';
}

/** The worker died. */
export interface Death {
  readonly reason: string;
  /** The backend that it ran on. */
  readonly on: BackendName;
  /** The backend that the next worker will run on. */
  readonly next: BackendName;
}

export interface DeskListener {
  readonly progress?: (progress: Progress | undefined) => void;
  readonly death?: (death: Death) => void;
  readonly backend?: (backend: BackendName) => void;
  /** A data set has been replaced by another of the same name. */
  readonly data?: (name: DataName) => void;
}

/** Whoever works with the worker, and how often in a row that has ended without any progress because the worker died. */
interface Owner {
  readonly called: string;
  deaths: number;
}

/** What has ended the worker this often will end it again. */
const MAX_DEATHS = 3;

/** The folder that holds the page, its wasm and its data. */
export const BASE = new URL('.', location.href.replace(/[?#].*$/, '')).href;

export class Desk {
  private client: LabClient | undefined;
  private seated: Slot | undefined;
  private readonly data = new Map<DataName, DataInfo>();
  private pretrained: { name: ShippedData; info: NetworkInfo } | undefined;
  /** Gives each listener what is done with it. */
  private readonly news = new Emitter<[(listener: DeskListener) => void]>();
  private turn: Promise<unknown> = Promise.resolve();
  private readonly others: Owner = { called: 'the page', deaths: 0 };
  /** Whose work is under way, or was last. */
  private worker: Owner = this.others;
  private lastFault: Fault | undefined;
  private build: Build = 'cpu';
  private name: BackendName = 'flex';

  constructor(private readonly own: OwnShelf) {
    own.subscribe(() => {
      this.data.delete('own');
      this.news.tell((listener) => listener.data?.('own'));
    });
  }

  get backend(): BackendName {
    return this.name;
  }

  listen(listener: DeskListener): () => void {
    return this.news.subscribe((give) => { give(listener); });
  }

  /** A view's own set of lanes, and what it is called in a sentence. */
  slot(called = 'a view'): Slot {
    return new Slot(this, called);
  }

  /** For whom the worker does what it does: "training", "the race". */
  get worksFor(): string {
    return this.worker.called;
  }

  /** Ends the worker as the browser would, without telling the page. For tests and demonstrations. */
  kill(): void {
    this.client?.kill();
  }

  /** How long the worker has not answered, in milliseconds. */
  get silentMs(): number {
    return this.client?.silentMs ?? 0;
  }

  /** Ends a worker that does not answer; the next call starts another. */
  giveUp(): void {
    this.client?.giveUp();
  }

  /** Whatever runs next begins in a new worker, every slot from its last checkpoint. */
  renew(): Promise<void> {
    return this.inTurn(() => {
      this.client?.dispose();
      this.client = undefined;
      this.forget();
      return Promise.resolve();
    });
  }

  /** Puts a worker that has been started on another backend in place; every slot goes on in it from where it was. */
  adopt(client: LabClient, build: Build, backend: BackendName): Promise<void> {
    return this.inTurn(async () => {
      await this.leaveSeat();
      this.client?.dispose();
      this.build = build;
      this.name = backend;
      this.take(client);
      this.news.tell((listener) => listener.backend?.(backend));
    });
  }

  /** What there is for a GPU, asked for where it would be used. */
  adapter(): Promise<AdapterReport> {
    return this.withLab((client) => client.call((lab) => lab.adapter()));
  }

  /** Has a data set fetched, without holding up what else is asked of the worker meanwhile. */
  async fetchAhead(name: DataName): Promise<void> {
    if (name === 'own' || this.data.has(name)) return;
    const client = await this.withLab((client) => Promise.resolve(client));
    try {
      await this.reporting((progress) => client.call((lab) => lab.fetchData(name, BASE, progress)));
    } catch (error) {
      throw error instanceof WorkerDied ? new RunInterrupted(`The worker stopped: ${error.message}.`) : error;
    }
  }

  /** What the core knows of a data set, which is fetched when it has not been. */
  dataInfo(name: DataName): Promise<DataInfo> {
    return this.withLab((client) => this.ensureData(client, name));
  }

  /** Held-out samples of a data set: `[count * channels * height * width]`, greys from 0 (ground) to 255 (ink) or colours, and classes. */
  heldOut(name: DataName, from: number, count: number): Promise<{ images: Uint8Array; labels: Uint8Array }> {
    return this.withLab(async (client) => {
      await this.ensureData(client, name);
      const images = await client.call((lab) => lab.heldOutImages(name, from, count));
      const labels = await client.call((lab) => lab.heldOutLabels(name, from, count));
      return { images, labels };
    });
  }

  /** Held-out clouds of a data set: `[count * points * 3]`, z up, in the unit ball, and classes. */
  heldOutClouds(name: DataName, from: number, count: number): Promise<{ clouds: Float32Array; labels: Uint8Array }> {
    return this.withLab(async (client) => {
      await this.ensureData(client, name);
      const clouds = await client.call((lab) => lab.heldOutClouds(name, from, count));
      const labels = await client.call((lab) => lab.heldOutLabels(name, from, count));
      return { clouds, labels };
    });
  }

  /** A held-out recording of a data set, as its file had it. */
  heldOutRecording(name: DataName, sample: number): Promise<Uint8Array> {
    return this.withLab(async (client) => {
      await this.ensureData(client, name);
      return client.call((lab) => lab.heldOutRecording(name, sample));
    });
  }

  /** The classes of held-out samples. */
  heldOutLabels(name: DataName, from: number, count: number): Promise<Uint8Array> {
    return this.withLab(async (client) => {
      await this.ensureData(client, name);
      return client.call((lab) => lab.heldOutLabels(name, from, count));
    });
  }

  /** An image as the networks of a data set will see it. */
  see(data: DataName, rgba: Uint8Array, width: number, height: number): Promise<SeenImage> {
    return this.withLab((client) => client.call((lab) => lab.see(data, rgba, width, height)));
  }

  /** The digits on a photograph, as the networks of a data set will see them. */
  readPhoto(data: DataName, rgba: Uint8Array, width: number, height: number, ink: InkKind): Promise<PhotoReport> {
    return this.withLab((client) => client.call((lab) => lab.readPhoto(data, rgba, width, height, ink)));
  }

  /** The network that ships for a data set. */
  pretrainedInfo(data: ShippedData): Promise<NetworkInfo> {
    return this.withLab((client) => this.ensurePretrained(client, data));
  }

  /** What the network that ships for a data set makes of an image. */
  classifyPretrained(data: ShippedData, pixels: Float32Array): Promise<Probe> {
    return this.withLab(async (client) => {
      await this.ensurePretrained(client, data);
      return client.call((lab) => lab.classify(undefined, pixels));
    });
  }

  /** What the network that ships for a data set makes of a cloud, `[points * 3]`, z up, in the unit ball. */
  classifyCloud(data: ShippedData, points: Float32Array): Promise<Probe> {
    return this.withLab(async (client) => {
      await this.ensurePretrained(client, data);
      return client.call((lab) => lab.classifyCloud(undefined, points));
    });
  }

  /** What a neuron of the network that ships for a data set says to the classes, for an image or a cloud as a probe has it. */
  saysPretrained(data: ShippedData, seen: Float32Array, layer: number, neuron: number): Promise<Float32Array> {
    return this.withLab(async (client) => {
      await this.ensurePretrained(client, data);
      return client.call((lab) => lab.says(undefined, seen, 0, layer, neuron));
    });
  }

  /** Hands a data set to a worker that need not be this desk's; `progress` hears of the download. */
  async handData(client: LabClient, name: DataName, progress: (progress: Progress) => void): Promise<DataInfo> {
    if (name !== 'own') return client.call((lab) => lab.loadData(name, BASE, Comlink.proxy(progress)));
    const file = await this.own.file();
    return client.call((lab) => lab.addOwnData(file));
  }

  /** What a person can do about an error that no run gets past by itself. */
  waysOut(error: unknown): NoticeAction[] {
    return error instanceof OwnDataMissing ? [{ label: 'Choose your data…', run: () => { this.own.invite(); } }] : [];
  }

  /** The experiment of a paper: its arms, and what the paper itself reports. */
  experimentOf(paper: Paper, budget: Budget): Promise<ExperimentInfo> {
    return this.withLab((client) => client.call((lab) => lab.experimentOf(paper, budget)));
  }

  /** The verdicts on an experiment, from what every arm gave, seed after seed. */
  judge(paper: Paper, budget: Budget, measured: readonly Measured[]): Promise<Outcome[]> {
    return this.withLab((client) => client.call((lab) => lab.judge(paper, budget, [...measured])));
  }

  /** Used by [`Slot`]: runs `work` on a worker in which the slot's lanes are the open ones. */
  seat<T>(slot: Slot, work: (lab: Lab) => Promise<T>): Promise<T> {
    return this.withLab(async (client) => {
      if (this.seated !== slot) {
        await this.leaveSeat();
        await this.ensureSlotData(client, slot);
        await slot.enter((call) => client.call(call));
        this.seated = slot;
      }
      return client.call(work);
    }, slot);
  }

  /** Used by [`Slot`]: opens fresh lanes for it. */
  open(slot: Slot, configs: readonly Run[]): Promise<NetworkInfo[]> {
    return this.replaceLanes(slot, configs, (lab) => lab.open([...configs]));
  }

  /** Used by [`Slot`]: opens the lanes of a checkpoint for it. */
  resume(slot: Slot, configs: readonly Run[], bytes: Uint8Array): Promise<NetworkInfo[]> {
    return this.replaceLanes(slot, configs, (lab) => lab.restore(bytes));
  }

  private replaceLanes(slot: Slot, configs: readonly Run[], work: (lab: Lab) => Promise<NetworkInfo[]>): Promise<NetworkInfo[]> {
    return this.withLab(async (client) => {
      // The slot's own lanes, too, are kept as they are: should opening fail, they are what there is.
      await this.leaveSeat(slot);
      for (const { data } of configs) await this.ensureData(client, data);
      const infos = await client.call(work);
      this.seated = slot;
      return infos;
    }, slot);
  }

  /** Puts the lanes that are open by, to make room for those of `next`. */
  private async leaveSeat(next?: Slot): Promise<void> {
    const { client, seated } = this;
    if (client !== undefined && !client.dead && seated !== undefined) {
      try {
        seated.keep(await client.call((lab) => lab.checkpoint()));
      } catch (error) {
        // A seat that cannot be saved is kept, and whoever wanted it is told; one's own lanes are wanted no more.
        if (seated !== next || error instanceof WorkerDied) throw error;
      }
    }
    this.seated = undefined;
  }

  private async ensureSlotData(client: LabClient, slot: Slot): Promise<void> {
    for (const { data } of slot.configs) await this.ensureData(client, data);
  }

  private async ensureData(client: LabClient, name: DataName): Promise<DataInfo> {
    let info = this.data.get(name);
    if (info === undefined) {
      // What the browser keeps may be found only now.
      if (name === 'own') await this.own.file();
      const { edition } = this.own;
      info = await this.reporting((progress) => this.handData(client, name, progress));
      // Replaced while it was on its way: whoever asks next gets the new one.
      if (name !== 'own' || edition === this.own.edition) this.data.set(name, info);
    }
    return info;
  }

  private async ensurePretrained(client: LabClient, name: ShippedData): Promise<NetworkInfo> {
    if (this.pretrained?.name !== name) {
      this.pretrained = undefined;
      const info = await this.reporting((progress) => client.call((lab) => lab.loadPretrained(name, BASE, progress)));
      this.pretrained = { name, info };
    }
    return this.pretrained.info;
  }

  private withLab<T>(work: (client: LabClient) => Promise<T>, owner: Owner = this.others): Promise<T> {
    return this.inTurn(async () => {
      if (owner.deaths >= MAX_DEATHS) {
        owner.deaths = 0;
        const { reason, advice } = this.lastFault ?? { reason: 'it ended', advice: '' };
        throw new Error(`The worker stopped ${MAX_DEATHS} times in a row with no progress in between, the last time because ${reason}. ${advice}`.trim());
      }
      this.worker = owner;
      try {
        const answer = await work(await this.living());
        // What a slot was asked for proves little: its run may die of the checkpoint. It counts by itself.
        if (owner === this.others) owner.deaths = 0;
        return answer;
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        owner.deaths += 1;
        throw new RunInterrupted(`The worker stopped: ${error.message}.`);
      }
    });
  }

  /** The worker, started when there is none. */
  private async living(): Promise<LabClient> {
    if (this.client !== undefined && !this.client.dead) return this.client;
    const client = new LabClient();
    this.take(client);
    const { build, name } = this;
    try {
      await this.reporting((progress) => client.call((lab) => lab.start(build, name, BASE, progress)));
    } catch (error) {
      client.dispose();
      this.client = undefined;
      throw error;
    }
    this.news.tell((listener) => listener.backend?.(name));
    return client;
  }

  private take(client: LabClient): void {
    client.onDeath = (error) => { this.died(error); };
    this.client = client;
    this.forget();
  }

  private died(error: WorkerDied): void {
    this.lastFault = error.fault;
    const on = this.name;
    // A lost GPU is the likeliest reason on WebGPU, and the CPU cannot be lost.
    this.build = 'cpu';
    this.name = 'flex';
    this.forget();
    this.news.tell((listener) => listener.death?.({ reason: error.message, on, next: this.name }));
  }

  /** A new worker knows nothing of what was handed to the one before. */
  private forget(): void {
    this.seated = undefined;
    this.data.clear();
    this.pretrained = undefined;
  }

  private async reporting<T>(work: (progress: (progress: Progress) => void) => Promise<T>): Promise<T> {
    // Progress comes by a way of its own, and may be told after the end.
    let over = false;
    const tell = (progress: Progress | undefined): void => {
      this.client?.heard();
      if (!over) this.news.tell((listener) => listener.progress?.(progress));
    };
    try {
      return await work(Comlink.proxy(tell));
    } finally {
      tell(undefined);
      over = true;
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
