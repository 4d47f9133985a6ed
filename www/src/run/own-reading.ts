/** Reads a person's files into a data set, in a worker of its own that lives as long as the reading. */
import * as Comlink from 'comlink';
import type { ChosenFile, OwnDataWorker, OwnProgress } from '../worker/own-data-protocol';
import { MAX_BYTES } from '../worker/own-data-protocol';
import { startGuarded } from '../worker/guarded';
import program from '../worker/own-data-worker.ts?worker&url';
import { MAX_FILES } from '../state/bounds';
import { Emitter } from '../state/emitter';
import { grouped, megabytes } from '../state/figures';
import type { ChosenForm } from '../state/image-form';
import { BASE } from './desk';
import { Silence } from './silence';
import { faultOf } from '../worker/fault';
import type { OwnData } from './own-shelf';

export type ReadingStatus = 'idle' | 'reading' | 'done' | 'refused' | 'stopped';

/** What a person brought: the files of a folder, or an archive. */
export interface Brought {
  readonly name: string;
  readonly files: readonly ChosenFile[];
  readonly archive?: File;
}

/** Files that are handed over at once: more would hold the page up. */
const PORTION = 400;
/** An estimate from less than this would jump about. */
const SETTLED_MS = 1000;

/** Tells when anything has become of the reading. */
export class OwnReading extends Emitter {
  status: ReadingStatus = 'idle';
  progress: OwnProgress | undefined;
  /** Seconds left, once that can be told. */
  left: number | undefined;
  /** Why there is no data set. */
  refusal = '';
  /** What a person chose that images become. */
  chosen: ChosenForm = {};
  /** The data set that was read last, until it is used or let go. */
  found: OwnData | undefined;
  /** The name of what was given up for what came after it. */
  gaveUp: string | undefined;
  private readonly silence = new Silence(() => { this.tell(); });
  private end: ((reason: Error) => void) | undefined;
  /** What is read, or was read last and may be read again. */
  private brought: Brought | undefined;

  /** How long the reader has been silent, in a sentence; empty while that is not long. */
  get silent(): string {
    return this.silence.words;
  }

  /** True once there is a data set. The newest reading takes the place of one that is under way. */
  async read(brought: Brought): Promise<boolean> {
    this.gaveUp = this.end === undefined || this.brought?.files === brought.files ? undefined : this.brought?.name;
    this.end?.(new Replaced());
    this.brought = brought;
    this.progress = undefined;
    this.left = undefined;
    this.found = undefined;
    this.set('reading');
    const worker = startGuarded(program, 'spikeground-own-data');
    let end: (reason: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => { end = reject; });
    this.end = end;
    this.silence.begin();
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      end(new Error(`What reads the files has ended, because ${faultOf(event.message).reason}. Bring them again.`));
    });
    try {
      const found = await Promise.race([this.work(Comlink.wrap<OwnDataWorker>(worker), brought), ended]);
      if (this.end !== end) return false;
      this.found = found;
      this.finish();
      this.set('done');
      return true;
    } catch (error) {
      if (error instanceof Replaced || this.end !== end) return false;
      this.finish();
      if (error instanceof Stopped) this.set('stopped');
      else this.fail(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      worker.terminate();
    }
  }

  /** Has images become something else, and reads again what was brought, if anything was. True once there is a data set of it. */
  choose(chosen: ChosenForm): Promise<boolean> {
    this.chosen = chosen;
    // A copy, which tells this reading from the one before.
    if (this.brought !== undefined) return this.read({ ...this.brought });
    this.tell();
    return Promise.resolve(false);
  }

  private finish(): void {
    this.end = undefined;
    this.silence.end();
  }

  stop(): void {
    this.end?.(new Stopped());
  }

  /** Forgets what was read, and what there was to say of it. */
  letGo(): void {
    if (this.end !== undefined) return;
    this.found = undefined;
    this.brought = undefined;
    this.chosen = {};
    this.set('idle');
  }

  /** Says why there is nothing to read. */
  refuse(reason: string): void {
    if (this.end === undefined) this.brought = undefined;
    this.fail(reason);
  }

  private fail(reason: string): void {
    this.found = undefined;
    this.refusal = reason;
    this.set('refused');
  }

  private async work(remote: Comlink.Remote<OwnDataWorker>, brought: Brought): Promise<OwnData> {
    const { name, files, archive } = brought;
    if (files.length > MAX_FILES) throw new Error(`There are ${grouped(files.length)} files, more than the ${grouped(MAX_FILES)} that are read here. `
      + `Fewer samples of each class will do.`);
    if (archive !== undefined && archive.size > MAX_BYTES) throw new Error(`${name} has ${megabytes(archive.size)}, more than the `
      + `${megabytes(MAX_BYTES)} that are read here. Fewer samples of each class will do.`);
    for (let from = 0; from < files.length; from += PORTION) await remote.take(files.slice(from, from + PORTION));
    let since: number | undefined;
    const hear = (progress: OwnProgress): void => {
      if (this.brought !== brought) return;
      this.silence.heard();
      this.progress = progress;
      if (progress.done > 0) since ??= performance.now();
      const spent = since === undefined ? 0 : performance.now() - since;
      this.left = spent < SETTLED_MS ? undefined : ((progress.total - progress.done) * spent) / progress.done / 1000;
      this.tell();
    };
    return remote.read({ source: name, archive, chosen: this.chosen }, BASE, Comlink.proxy(hear));
  }

  private set(status: ReadingStatus): void {
    this.status = status;
    if (status !== 'refused') this.refusal = '';
    this.tell();
  }
}

/** A person has stopped the reading. */
class Stopped extends Error {}

/** Something else was brought in the middle of it. */
class Replaced extends Error {}
