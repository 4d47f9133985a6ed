/** A person's own data sets, kept by what they hold. */
import type { OwnSummary } from '../worker/own-data-protocol';
import { begin, readEach, type Connection, type Database } from './database';
import { earlierSchema, ownSchema, type OwnRecord } from './own-records';
import { checked, RECORD_VERSION, RecordUnusable } from './records';
import { nameOf, type KeptRuns } from './runs';

/** Where version 1 of the database kept its one data set, whose identity nobody had asked for. */
const EARLIER = { store: 'own-data', key: 'newest' } as const;

export interface OwnList {
  /** Last used first. */
  readonly sets: readonly OwnRecord[];
  /** Entries that cannot be read, by key, with the reason. */
  readonly unusable: ReadonlyMap<string, string>;
}

export class OwnSets {
  constructor(private readonly database: Database, private readonly runs: KeptRuns) {}

  list(): Promise<OwnList> {
    return this.database.use(async (database, alive) => {
      const { records, damaged } = await readEach(database, 'data', alive);
      const sets: OwnRecord[] = [];
      const unusable = new Map(damaged.map((key) => [key, 'What is kept of it is damaged.']));
      for (const [key, record] of records) {
        try {
          sets.push(checked(ownSchema, record));
        } catch (error) {
          if (!(error instanceof RecordUnusable)) throw error;
          unusable.set(key, error.message);
        }
      }
      const earlier = await this.earlier(database);
      if (earlier !== undefined) sets.push(earlier);
      sets.sort((one, other) => other.usedAt - one.usedAt);
      return { sets, unusable };
    });
  }

  /** The data set that was used last and that the browser can still read, and how many there are that it cannot. */
  async newest(): Promise<{ readonly set: OwnRecord | undefined; readonly damaged: number }> {
    const { sets, unusable } = await this.list();
    let damaged = unusable.size;
    for (const set of sets) {
      if (await readable(set.file)) return { set, damaged };
      damaged += 1;
    }
    return { set: undefined, damaged };
  }

  async read(identity: string): Promise<OwnRecord> {
    const { sets } = await this.list();
    const set = sets.find((candidate) => candidate.identity === identity);
    if (set === undefined) throw new RecordUnusable('The data of your own that it is on are not kept here any more: bring them again.');
    if (!(await readable(set.file))) throw new RecordUnusable('What is kept of the data of your own is damaged: bring them again.');
    return set;
  }

  /** Keeps a data set as the one that is used now; old runs make room for it. The name that it has, which it may have been given before. */
  async write(identity: string, file: Blob, summary: OwnSummary, now: number): Promise<string> {
    let name = '';
    await this.runs.makingRoom('', () => this.database.use(async (database) => {
      name = await this.nameKept(database, identity);
      const record: OwnRecord = { version: RECORD_VERSION, identity, summary, name, file, usedAt: now };
      await database.put('data', record, identity);
      // By now its successor stands under its identity.
      if (database.objectStoreNames.contains(EARLIER.store)) await database.delete(EARLIER.store, EARLIER.key);
    }, file.size));
    return name;
  }

  /** Calls it something else; an empty name is none. Rejects where it is gone or damaged. */
  async rename(identity: string, name: string): Promise<void> {
    const record: OwnRecord = { ...await this.read(identity), name };
    await this.database.use((database) => database.put('data', record, identity));
  }

  async delete(identities: readonly string[]): Promise<void> {
    await this.database.use(async (database) => {
      for (const identity of identities) await database.delete('data', identity);
      if (identities.includes('') && database.objectStoreNames.contains(EARLIER.store)) await database.delete(EARLIER.store, EARLIER.key);
    });
  }

  /** Read by itself, because a record that is damaged must not end what writes a good one in its place. */
  private async nameKept(database: Connection, identity: string): Promise<string> {
    const before: unknown = await begin(database, ['data'], 'readonly').objectStore('data').get(identity).catch(() => undefined);
    return nameOf(before) ?? '';
  }

  /** What version 1 kept, until it is used again and so gets its identity; what is damaged or foreign there is nothing. */
  private async earlier(database: Connection): Promise<OwnRecord | undefined> {
    if (!database.objectStoreNames.contains(EARLIER.store)) return undefined;
    try {
      const { file, summary } = checked(earlierSchema, await begin(database, [EARLIER.store], 'readonly').objectStore(EARLIER.store).get(EARLIER.key));
      return { version: RECORD_VERSION, identity: '', summary, name: '', file, usedAt: 0 };
    } catch {
      return undefined;
    }
  }
}

/** The browser hands out blobs whose files are gone, and says so only when they are read. */
async function readable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
