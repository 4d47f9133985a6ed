/**
 * The one database of the page: opened when it is first used, and whatever is wrong with it is a [`StorageTrouble`].
 * Whoever uses it goes on without; nothing waits for it for longer than a bound.
 */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import { LimitPassed, within } from '../worker/limit';
import { StorageTrouble, isClosed, openingTrouble, usingTrouble } from './trouble';

/** What is kept; a record is checked whenever it is read, so its type is not known here. */
export interface Layout extends DBSchema {
  /** Data sets of a person's own, by identity. */
  data: { key: string; value: unknown };
  /** What the list of runs shows, by id. */
  runs: { key: string; value: unknown };
  /** What a run needs to go on, by the same id: some megabytes each, which the list need not read. */
  bodies: { key: string; value: unknown };
  /** Of version 1, where it was there: the one data set of a person's own. */
  'own-data': { key: string; value: unknown };
}

export type Connection = IDBPDatabase<Layout>;
/** What is asked of the database; `alive` is called at every answer. */
type Work<T> = (database: Connection, alive: () => void) => Promise<T>;
export type StoreName = StoreNames<Layout>;

export const DATABASE = 'spikeground';
/** Raised when a store is added; records have a version of their own. */
export const LAYOUT_VERSION = 2;
const STORES: readonly StoreName[] = ['data', 'runs', 'bodies'];
/**
 * A browser opens a database in milliseconds, and in a second or two where it mends one first. A person's own data wait
 * for it, so what has not answered by now is taken as not there.
 */
const BOUND_MS = 5000;
/** An open one answers in milliseconds, too, and on a disk that has just woken in some seconds. */
const SILENT_MS = 15_000;
/** What a slow disk writes a millisecond. */
const SLOWEST = 1000;

export class Database {
  /** Why nothing is kept, since it was last tried. */
  trouble: StorageTrouble | undefined;
  private opening: Promise<Connection> | undefined;

  constructor(private readonly boundMs = BOUND_MS, private readonly silentMs = SILENT_MS) {}

  /** Does some work on the database, which writes so many bytes. Rejects with a [`StorageTrouble`], at once where there has been one before. */
  async use<T>(work: Work<T>, bytes = 0): Promise<T> {
    try {
      return await this.answered(work, bytes);
    } catch (error) {
      if (!isClosed(error)) throw usingTrouble(error);
    }
    // Closed between two uses, by the browser or for another tab.
    this.opening = undefined;
    try {
      return await this.answered(work, bytes);
    } catch (error) {
      throw usingTrouble(error);
    }
  }

  /** What the work gives, unless nothing is heard of it for too long. */
  private async answered<T>(work: Work<T>, bytes: number): Promise<T> {
    const database = await this.connection();
    const limitMs = this.silentMs + bytes / SLOWEST;
    let given: Promise<T> | undefined;
    try {
      return await within(limitMs, '', async (alive) => (given = work(database, alive)));
    } catch (error) {
      if (!(error instanceof LimitPassed)) throw error;
      this.trouble = new StorageTrouble('silent');
      given?.catch(() => undefined).finally(() => { this.heardAgain(); });
      throw this.trouble;
    }
  }

  /** The storage has answered after all, be it with an error; whether that was waited for. */
  private heardAgain(): boolean {
    const wasSilent = this.trouble?.kind === 'silent';
    if (wasSilent) this.trouble = undefined;
    return wasSilent;
  }

  /** The next use opens it anew, whatever was wrong. */
  tryAgain(): void {
    // One that does not answer is let go of.
    void this.opening?.then((database) => { database.close(); }, () => undefined);
    this.trouble = undefined;
    this.opening = undefined;
  }

  /** Deletes all that is kept, also what cannot be read. Rejects with a [`StorageTrouble`]. */
  async clear(): Promise<void> {
    const { opening } = this;
    this.tryAgain();
    await opening?.then((database) => { database.close(); }, () => undefined);
    // A connection that is closed waits for what was begun on it, and holds the storage for that moment, as another tab does for longer.
    const held: StorageTrouble[] = [];
    try {
      await bounded(this.boundMs, () => deleteDB(DATABASE, { blocked: () => { held.push(new StorageTrouble('blocked')); } }));
    } catch (error) {
      throw held[0] ?? openingTrouble(error);
    }
  }

  private connection(): Promise<Connection> {
    if (this.trouble !== undefined) return Promise.reject(this.trouble);
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      this.trouble = openingTrouble(error);
      throw this.trouble;
    });
    return this.opening;
  }

  private async open(): Promise<Connection> {
    const work = async (refuse: (trouble: StorageTrouble) => void): Promise<Connection> => {
      const opened = await openDB<Layout>(DATABASE, LAYOUT_VERSION, {
        upgrade: (upgraded) => {
          // What is there already, of whatever version, stays.
          for (const name of STORES) if (!upgraded.objectStoreNames.contains(name)) upgraded.createObjectStore(name);
        },
        blocked: () => { refuse(new StorageTrouble('blocked')); },
        blocking: (_held, wanted) => {
          opened.close();
          this.opening = undefined;
          // Deleted, it can be opened again; taken over by a newer page, it cannot.
          if (wanted !== null) this.trouble = new StorageTrouble('superseded');
        },
        terminated: () => { this.opening = undefined; },
      });
      return opened;
    };
    const database = await bounded(this.boundMs, work, (late) => { this.openedLate(late); });
    if (isOurs(database)) return database;
    database.close();
    throw new StorageTrouble('unreadable');
  }

  /** Where nobody waits any more, one that is left open would stand in the way of other tabs. */
  private openedLate(late: Connection | undefined): void {
    const isWanted = this.opening === undefined && this.heardAgain();
    if (late === undefined) return;
    if (isWanted && isOurs(late)) this.opening = Promise.resolve(late);
    else late.close();
  }
}

function isOurs(database: Connection): boolean {
  return STORES.every((name) => database.objectStoreNames.contains(name));
}

/** What `work` gives, unless it refuses or lasts too long; what it gives after that, if anything, goes to `late`. */
function bounded<T>(
  boundMs: number, work: (refuse: (reason: unknown) => void) => Promise<T>, late: (value?: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const refuse = (reason: unknown): void => {
      over = true;
      clearTimeout(timer);
      reject(openingTrouble(reason));
    };
    const timer = setTimeout(() => { refuse(new StorageTrouble('silent')); }, boundMs);
    work(refuse).then((value) => {
      clearTimeout(timer);
      if (over) late(value);
      else resolve(value);
    }, (reason: unknown) => {
      if (over) late();
      else refuse(reason);
    });
  });
}

/** A transaction that fails in what is asked of it and, once more where that is waited for, in `done`; nowhere else. */
export function begin<Names extends StoreName[], Mode extends 'readonly' | 'readwrite'>(
  database: Connection, stores: Names, mode: Mode,
): IDBPTransaction<Layout, Names, Mode> {
  const transaction = database.transaction(stores, mode);
  transaction.done.catch(() => undefined);
  return transaction;
}

/** Every record of a store that the browser can read, by key, and the keys of the others: one that is damaged must not hide the rest. */
export async function readEach(
  database: Connection, store: StoreName, alive: () => void,
): Promise<{ readonly records: ReadonlyMap<string, unknown>; readonly damaged: readonly string[] }> {
  const records = new Map<string, unknown>();
  const damaged: string[] = [];
  for (const key of await begin(database, [store], 'readonly').objectStore(store).getAllKeys()) {
    try {
      records.set(key, await begin(database, [store], 'readonly').objectStore(store).get(key));
      alive();
    } catch (error) {
      if (isClosed(error)) throw error;
      damaged.push(key);
    }
  }
  return { records, damaged };
}
