/** A person's own data set: kept while the page is open, and in the browser's storage for the next time. */
import { learnOwn } from '../state/forms';
import type { OwnSummary } from '../worker/own-data-protocol';
import { readKept, writeKept } from './own-store';

/** A data set and what was read for it. */
export interface OwnData {
  /** Its file. A blob is handed to a worker without copying it. */
  readonly file: Blob;
  readonly summary: OwnSummary;
}

/** There is no data set of one's own on this machine. */
export class OwnDataMissing extends Error {
  override readonly name = 'OwnDataMissing';
}

const MISSING = 'This run is on a data set of your own, and there is none on this machine: such data stay where they were read, and no link carries them.';

export class OwnShelf {
  /** How often the data set has been replaced. */
  edition = 0;
  /** Why it will not be there after a reload. */
  loss = '';
  private data: OwnData | undefined;
  private readonly found: Promise<void>;
  private readonly listeners = new Set<() => void>();
  private readonly hosts = new Set<() => void>();

  constructor() {
    this.found = this.find();
  }

  get summary(): OwnSummary | undefined {
    return this.data?.summary;
  }

  /** Called after the data set has come or been replaced. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The file, once the browser's storage has been looked into. */
  async file(): Promise<Blob> {
    await this.found;
    if (this.data === undefined) throw new OwnDataMissing(MISSING);
    return this.data.file;
  }

  /** Takes a data set in place of the one before, for as long as the page is open. */
  async put(data: OwnData): Promise<void> {
    await this.found;
    this.take(data);
  }

  /** Keeps the data set in the browser's storage; `loss` says why it could not. */
  async keep(): Promise<void> {
    const { data } = this;
    if (data === undefined) return;
    try {
      await writeKept(data);
      this.loss = '';
    } catch (error) {
      this.loss = `The browser does not keep it for the next visit (${error instanceof Error ? error.message : String(error)}).`;
    }
  }

  /** Asks whoever can show the panel in which data are chosen to do so. */
  invite(): void {
    for (const host of this.hosts) host();
  }

  /** Called when the panel is wanted. */
  host(show: () => void): void {
    this.hosts.add(show);
  }

  private async find(): Promise<void> {
    const data = await readKept().catch(() => undefined);
    if (data !== undefined) this.take(data);
  }

  private take(data: OwnData): void {
    const { form, train } = data.summary;
    learnOwn({ form, train });
    this.data = data;
    this.edition += 1;
    for (const listener of [...this.listeners]) listener();
  }
}
