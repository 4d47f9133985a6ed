/** A person's own data sets: one is in use while the page is open, and the browser's storage keeps those that were for the next time. */
import { Emitter } from '../state/emitter';
import { convLayersOf, learnOwn } from '../state/forms';
import { PLAIN } from '../state/image-form';
import type { OwnList, OwnSets } from '../store/own-sets';
import type { OwnSummary } from '../worker/own-data-protocol';

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

/** Tells when the data set has come or been replaced. */
export class OwnShelf extends Emitter {
  /** Tells when the data set in use is called something else. */
  readonly named = new Emitter();
  /** How often the data set has been replaced. */
  edition = 0;
  /** Why it will not be there after a reload. */
  loss = '';
  /** What the one in use is known by, where it is kept. */
  identity: string | undefined;
  /** What a person calls the one in use; empty where it has no name. */
  name = '';
  private data: OwnData | undefined;
  /** Why what was kept could not be looked into. */
  private trouble = '';
  private found: Promise<void>;
  private readonly wanted = new Emitter();

  constructor(private readonly sets: OwnSets) {
    super();
    this.found = this.find();
  }

  get summary(): OwnSummary | undefined {
    return this.data?.summary;
  }

  /** The file, once the browser's storage has been looked into. */
  async file(): Promise<Blob> {
    await this.found;
    // It may answer by now.
    if (this.data === undefined && this.trouble !== '') await (this.found = this.find());
    if (this.data === undefined) throw new OwnDataMissing(this.trouble === '' ? MISSING : `${MISSING} ${this.trouble}`);
    return this.data.file;
  }

  /** Takes a data set in place of the one before, for as long as the page is open. */
  async put(data: OwnData): Promise<void> {
    await this.found;
    this.take(data, undefined, '');
  }

  /** Keeps the data set in use in the browser's storage, by the identity that the core gave it; `loss` says why it could not. */
  async keep(identity: string): Promise<void> {
    const { data } = this;
    if (data === undefined) return;
    try {
      const name = await this.sets.write(identity, data.file, data.summary, Date.now());
      this.loss = '';
      if (this.data !== data) return;
      this.identity = identity;
      this.call(name);
    } catch (error) {
      this.loss = `Your data are here until this page is closed. ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Takes one that is kept in place of the one in use. Rejects where it is gone or damaged. */
  async use(identity: string): Promise<void> {
    await this.found;
    if (this.data !== undefined && this.identity === identity) return;
    const kept = await this.sets.read(identity);
    this.take(kept, identity, kept.name);
    await this.keep(identity);
  }

  /** Those that are kept. Rejects where the storage cannot be looked into. */
  list(): Promise<OwnList> {
    return this.sets.list();
  }

  /** Calls one that is kept something else; an empty name is none. */
  async rename(identity: string, name: string): Promise<void> {
    await this.sets.rename(identity, name);
    if (this.identity === identity) this.call(name);
  }

  /** Lets go of what is kept; the one in use stays as long as the page is open. */
  async delete(identities: readonly string[]): Promise<void> {
    await this.sets.delete(identities);
    if (this.identity !== undefined && identities.includes(this.identity)) this.identity = undefined;
  }

  /** Asks whoever can show the panel in which data are chosen to do so. */
  invite(): void {
    this.wanted.tell();
  }

  /** Called when the panel is wanted. */
  host(show: () => void): void {
    this.wanted.subscribe(show);
  }

  private async find(): Promise<void> {
    this.trouble = '';
    try {
      const { set, damaged } = await this.sets.newest();
      // One may have been brought meanwhile.
      if (this.data !== undefined) return;
      if (set !== undefined) this.take(set, set.identity, set.name);
      else if (damaged > 0) this.trouble = 'What this browser kept of one is damaged.';
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }

  private call(name: string): void {
    if (this.name === name) return;
    this.name = name;
    this.named.tell();
  }

  private take({ file, summary }: OwnData, identity: string | undefined, name: string): void {
    const { form, train, side = PLAIN.side } = summary;
    learnOwn({ form, train, ...(form === 'cloud' ? {} : { convLayers: convLayersOf(side) }) });
    this.data = { file, summary };
    this.identity = identity;
    this.name = name;
    this.edition += 1;
    this.tell();
  }
}
