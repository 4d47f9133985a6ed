/** The runs that are kept: a light record each for the list, and a body with the network and the curves. */
import { fieldOf } from '../state/untyped';
import type { Database } from './database';
import { begin, readEach } from './database';
import { StorageTrouble } from './trouble';
import { bodySchema, checked, headSchema, RecordUnusable, type RunBody, type RunHead } from './records';

/** A run as it is kept. */
export interface KeptRun {
  readonly head: RunHead;
  readonly body: RunBody;
}

/** What the list shows. */
export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunHead[];
  /** Entries that cannot be read, by id, with the reason. */
  readonly unusable: ReadonlyMap<string, string>;
}

/** Runs without a name, of which the newest are kept: each is some megabytes, and every run is kept by itself. */
export const UNNAMED = 30;

export class KeptRuns {
  constructor(private readonly database: Database) {}

  list(): Promise<RunList> {
    return this.database.use(async (database, alive) => {
      const { records, damaged } = await readEach(database, 'runs', alive);
      const runs: RunHead[] = [];
      const unusable = new Map(damaged.map((id) => [id, 'What is kept of it is damaged.']));
      for (const [id, record] of records) {
        try {
          runs.push(checked(headSchema, record));
        } catch (error) {
          if (!(error instanceof RecordUnusable)) throw error;
          unusable.set(id, error.message);
        }
      }
      runs.sort((one, other) => other.savedAt - one.savedAt);
      return { runs, unusable };
    });
  }

  /** A run with all that it needs to go on. Throws a [`RecordUnusable`] where it is damaged or gone. */
  async read(id: string): Promise<KeptRun> {
    const [head, body] = await this.database.use(async (database) => {
      const transaction = begin(database, ['runs', 'bodies'], 'readonly');
      return Promise.all([transaction.objectStore('runs').get(id), transaction.objectStore('bodies').get(id)]);
    });
    if (head === undefined || body === undefined) throw new RecordUnusable('It is not kept any more.');
    return { head: checked(headSchema, head), body: checked(bodySchema, body) };
  }

  /** Keeps a run in place of what was kept of it. How many old ones made room for it. */
  write({ head, body }: KeptRun): Promise<number> {
    return this.makingRoom(head.id, () => this.database.use(async (database) => {
      const transaction = begin(database, ['runs', 'bodies'], 'readwrite');
      const heads = transaction.objectStore('runs');
      // A name may have been given since the run was last written, perhaps in another tab.
      const before: unknown = await heads.get(head.id);
      await Promise.all([
        heads.put({ ...head, name: nameOf(before) ?? head.name }, head.id), transaction.objectStore('bodies').put(body, head.id), transaction.done,
      ]);
    }, body.checkpoint.size));
  }

  /** Does a write; where there is no room for it, the oldest runs without a name, but not `but`, make some. How many did. */
  async makingRoom(but: string, work: () => Promise<void>): Promise<number> {
    for (let gone = 0; ; gone++) {
      try {
        await work();
        return gone;
      } catch (error) {
        const isFull = error instanceof StorageTrouble && error.kind === 'full';
        if (!isFull || (await this.prune(1, but)) === 0) throw error;
      }
    }
  }

  /** Lets the oldest runs without a name go until so many are gone, but not `but`. How many went. */
  async prune(count: number, but: string): Promise<number> {
    const { runs } = await this.list();
    const oldest = runs.filter(({ id, name }) => name === '' && id !== but).reverse().slice(0, count);
    await this.delete(oldest.map(({ id }) => id));
    return oldest.length;
  }

  /** Lets go of runs without a name beyond the newest. How many went. */
  async tidy(but: string): Promise<number> {
    const { runs } = await this.list();
    const unnamed = runs.filter(({ name }) => name === '').length;
    return unnamed <= UNNAMED ? 0 : this.prune(unnamed - UNNAMED, but);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.database.use(async (database) => {
      const transaction = begin(database, ['runs'], 'readwrite');
      const runs = transaction.objectStore('runs');
      const head: unknown = await runs.get(id);
      if (head !== undefined) await runs.put({ ...checked(headSchema, head), name }, id);
      await transaction.done;
    });
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.use(async (database) => {
      const transaction = begin(database, ['runs', 'bodies'], 'readwrite');
      const gone = ids.flatMap((id) => [transaction.objectStore('runs').delete(id), transaction.objectStore('bodies').delete(id)]);
      await Promise.all([...gone, transaction.done]);
    });
  }
}

/** The name in a record, whatever else is wrong with it; undefined where there is none. */
export function nameOf(record: unknown): string | undefined {
  const name = fieldOf(record, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}
