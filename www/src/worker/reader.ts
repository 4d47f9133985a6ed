/**
 * Reads shapes and archives in a worker of its own, which is started at the first file. The worker can go at any time
 * (a person stops it, it fails, a large file has left its memory large): what is asked for after that is read again.
 */
import * as Comlink from 'comlink';
import { megabytes } from '../state/figures';
import { startGuarded } from './guarded';
import { shownName } from '../state/names';
import { faultOf, isFatal } from './fault';
import type { ArchiveEntry, FileReaderWorker, ShapeInfo, Up } from './reader-protocol';
import program from './reader-worker.ts?worker&url';

export type { ArchiveEntry, ShapeFormat, ShapeInfo, Up } from './reader-protocol';

/** A file could not be read, with a sentence for a person. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
}

/** A person has stopped the reading. */
export class ReadingStopped extends Error {
  override readonly name = 'ReadingStopped';
}

export interface ReadShape {
  readonly id: number;
  readonly info: ShapeInfo;
}

export interface OpenArchive {
  readonly id: number;
  readonly entries: readonly ArchiveEntry[];
  readonly notes: readonly string[];
}

/** Beyond this a phone gives up. */
const MAX_BYTES = 400e6;
/** After a file of this size the worker is let go: the memory of a wasm never shrinks. */
const LARGE_BYTES = 24e6;

const BASE = new URL('.', location.href.replace(/[?#].*$/, '')).href;

/** The axes that may point up, either way. */
export const UPS: readonly Up[] = ['z', 'y', 'x', 'negZ', 'negY', 'negX'];

interface Kept {
  readonly file: Blob;
  readonly name: string;
  readonly kind: 'shape' | 'archive';
  readonly progress: (fraction: number) => void;
}

interface Life {
  readonly worker: Worker;
  readonly remote: Comlink.Remote<FileReaderWorker>;
  /** What this worker holds. */
  readonly held: Set<number>;
  /** Refuses the calls that it has not answered. */
  readonly refuse: Set<(error: Error) => void>;
}

export class FileReaderClient {
  private life: Life | undefined;
  private readonly kept = new Map<number, Kept>();
  private lastId = 0;

  /** Reads a file of a shape and keeps it. `onProgress` is told how much has been read, from 0 to 1. */
  async readShape(file: Blob, name: string, onProgress: (fraction: number) => void = () => undefined): Promise<ReadShape> {
    const kept: Kept = { file, name, kind: 'shape', progress: onProgress };
    const id = this.keep(kept);
    return this.orForget(id, async () => ({ id, info: await this.shape(id, kept) }));
  }

  /**
   * Points of a shape for each way that it may stand, `[count * 3]`: the same points, turned so that z is up, in the unit ball;
   * every beginning of them is a sample of the whole.
   */
  async clouds(id: number, count: number, seed: number): Promise<Record<Up, Float32Array>> {
    const kept = this.find(id);
    if (this.life?.held.has(id) !== true) await this.shape(id, kept);
    const points = await this.call((remote) => remote.clouds(id, UPS, count, seed));
    if (kept.file.size > LARGE_BYTES) this.rest();
    return Object.fromEntries(UPS.map((up, i) => [up, points.subarray(i * 3 * count, (i + 1) * 3 * count)])) as Record<Up, Float32Array>;
  }

  /** Opens a ZIP archive and keeps it. */
  async openArchive(file: Blob, name: string, onProgress: (fraction: number) => void = () => undefined): Promise<OpenArchive> {
    const kept: Kept = { file, name, kind: 'archive', progress: onProgress };
    const id = this.keep(kept);
    return this.orForget(id, async () => ({ id, ...(await this.archive(id, kept)) }));
  }

  /** A file of an archive, unpacked. */
  async extract(id: number, index: number, name: string): Promise<Blob> {
    const kept = this.find(id);
    if (this.life?.held.has(id) !== true) await this.archive(id, kept);
    const bytes = await this.call((remote) => remote.extract(id, index), name);
    return new Blob([bytes as Uint8Array<ArrayBuffer>]);
  }

  /** Lets a shape or an archive go. */
  free(id: number): void {
    const kept = this.kept.get(id);
    this.kept.delete(id);
    if (kept === undefined || this.life?.held.delete(id) !== true) return;
    if (this.kept.size === 0 && kept.file.size > LARGE_BYTES) this.rest();
    else void this.call((remote) => remote.free(id)).catch(() => undefined);
  }

  /** Ends whatever is being read, because a person asked for it. */
  stop(): void {
    this.end(new ReadingStopped('Reading was stopped.'));
  }

  private keep(kept: Kept): number {
    const { file } = kept;
    const name = shownName(kept.name);
    if (file.size === 0) throw new FileRefused(`${name} is empty.`);
    if (file.size > MAX_BYTES) throw new FileRefused(`${name} has ${megabytes(file.size)}, more than the ${megabytes(MAX_BYTES)} that are read here.`);
    this.lastId += 1;
    this.kept.set(this.lastId, kept);
    return this.lastId;
  }

  private find(id: number): Kept {
    const kept = this.kept.get(id);
    if (kept === undefined) throw new FileRefused('The file has been let go; bring it again.');
    return kept;
  }

  private async orForget<T>(id: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.free(id);
      throw error;
    }
  }

  private async shape(id: number, { file, name, progress }: Kept): Promise<ShapeInfo> {
    const info = await this.call((remote) => remote.readShape(id, file, name, BASE, Comlink.proxy(progress)), name);
    this.life?.held.add(id);
    return info;
  }

  private async archive(id: number, { file, name, progress }: Kept): Promise<{ entries: ArchiveEntry[]; notes: string[] }> {
    const opened = await this.call((remote) => remote.openArchive(id, file, BASE, Comlink.proxy(progress)), name);
    this.life?.held.add(id);
    return opened;
  }

  /** Calls the worker. Rejects with what the reader says, or once the worker has ended. */
  private async call<T>(work: (remote: Comlink.Remote<FileReaderWorker>) => Promise<T>, called?: string): Promise<T> {
    const name = called === undefined ? 'The file' : shownName(called);
    const life = (this.life ??= this.start());
    let refuse: (error: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    life.refuse.add(refuse);
    try {
      return await Promise.race([work(life.remote), ended]);
    } catch (error) {
      if (error instanceof ReadingStopped || error instanceof FileRefused) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      // A trap (most often want of memory) leaves the wasm in the middle of what it did.
      if (isFatal(error) || (error instanceof Error && error.name === 'RangeError')) {
        const why = `${name} could not be read: its reader ended, because ${faultOf(reason).reason}.`;
        const refused = new FileRefused(`${why} A smaller file may do; another one can be brought at once.`);
        this.end(refused);
        throw refused;
      }
      // A program that arrived broken stays so for as long as its worker lives.
      if (error instanceof Error && error.name === 'FetchFailed') this.end(new FileRefused(reason));
      throw new FileRefused(called === undefined || reason.includes(name) ? reason : `${name} could not be read. ${reason}`);
    } finally {
      life.refuse.delete(refuse);
    }
  }

  private start(): Life {
    const worker = startGuarded(program, 'spikeground-reader');
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end(new FileRefused(`What reads files has ended, because ${faultOf(event.message).reason}. Bring the file again.`));
    });
    return { worker, remote: Comlink.wrap<FileReaderWorker>(worker), held: new Set(), refuse: new Set() };
  }

  /** Gives the worker's memory back, if it has nothing to do. */
  private rest(): void {
    if (this.life?.refuse.size === 0) this.end(new ReadingStopped('The reader was let go.'));
  }

  private end(error: Error): void {
    const { life } = this;
    this.life = undefined;
    life?.worker.terminate();
    for (const refuse of life?.refuse ?? []) refuse(error);
  }
}
