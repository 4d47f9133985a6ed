import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import 'fake-indexeddb/auto';
import { DATABASE, Database, LAYOUT_VERSION } from './database';
import { OwnSets } from './own-sets';
import { RecordUnusable } from './records';
import { KeptRuns, UNNAMED } from './runs';
import { headOf, keptRun, summaryOf } from './made';
import { StorageTrouble } from './trouble';

beforeEach(() => { vi.stubGlobal('indexedDB', new IDBFactory()); });

const setsOf = (database: Database): OwnSets => new OwnSets(database, new KeptRuns(database));

async function troubleOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  return error instanceof StorageTrouble ? error.kind : `no trouble but ${String(error)}`;
}

describe('runs', () => {
  test('come back as they were kept, newest first', async () => {
    const runs = new KeptRuns(new Database());
    const [older, newer] = [keptRun('a', { savedAt: 1 }), keptRun('b', { savedAt: 2, name: 'mine' })];
    await runs.write(newer);
    await runs.write(older);
    expect((await runs.list()).runs).toEqual([newer.head, older.head]);
    const read = await runs.read('a');
    expect(read.head).toEqual(older.head);
    expect(read.body.progress).toEqual(older.body.progress);
    expect(await read.body.checkpoint.text()).toBe('weights');
  });

  test('keep the name that they were given meanwhile', async () => {
    const runs = new KeptRuns(new Database());
    await runs.write(keptRun('a', {}));
    await runs.rename('a', 'the good one');
    await runs.write(keptRun('a', { step: 200 }));
    expect((await runs.list()).runs).toMatchObject([{ name: 'the good one', step: 200 }]);
  });

  test('that are damaged, foreign or newer are said and hide no other', async () => {
    const database = new Database();
    const runs = new KeptRuns(database);
    await runs.write(keptRun('good', {}));
    await database.use(async (connection) => {
      await connection.put('runs', 'nonsense', 'text');
      await connection.put('runs', { ...headOf('newer', {}), version: 2 }, 'newer');
      await connection.put('runs', { ...headOf('step', {}), step: -1 }, 'step');
      await connection.put('runs', headOf('bare', {}), 'bare');
      await connection.put('bodies', { version: 1, id: 'good', checkpoint: 'no blob' }, 'good');
    });
    const { runs: listed, unusable } = await runs.list();
    expect(listed.map(({ id }) => id).sort()).toEqual(['bare', 'good']);
    expect(unusable.get('newer')).toContain('newer version');
    expect([...unusable.keys()].sort()).toEqual(['newer', 'step', 'text']);
    await expect(runs.read('bare')).rejects.toThrow('not kept any more');
    await expect(runs.read('good')).rejects.toThrow(RecordUnusable);
    await runs.delete([...unusable.keys(), 'good', 'bare']);
    expect((await runs.list()).unusable.size).toBe(0);
  });

  test('make room for a new one, the oldest without a name first, when the storage is full', async () => {
    const database = new Database();
    const runs = new KeptRuns(database);
    await runs.write(keptRun('named', { savedAt: 1, name: 'mine' }));
    await runs.write(keptRun('oldest', { savedAt: 2 }));
    await runs.write(keptRun('older', { savedAt: 3 }));
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => { throw new DOMException('full', 'QuotaExceededError'); });
    expect(await runs.write(keptRun('new', { savedAt: 4 }))).toBe(1);
    vi.restoreAllMocks();
    expect((await runs.list()).runs.map(({ id }) => id)).toEqual(['new', 'older', 'named']);
  });

  test('say that the storage is full where no run can make room', async () => {
    const runs = new KeptRuns(new Database());
    await runs.write(keptRun('named', { name: 'mine' }));
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => { throw new DOMException('full', 'QuotaExceededError'); });
    expect(await troubleOf(runs.write(keptRun('new', {})))).toBe('full');
    vi.restoreAllMocks();
    expect((await runs.list()).runs.map(({ id }) => id)).toEqual(['named']);
  });

  test('without a name are kept up to a number, those with one always', async () => {
    const runs = new KeptRuns(new Database());
    await runs.write(keptRun('named', { savedAt: 0, name: 'mine' }));
    for (let i = 1; i <= UNNAMED + 2; i++) await runs.write(keptRun(`run-${i}`, { savedAt: i }));
    expect(await runs.tidy(`run-${UNNAMED + 2}`)).toBe(2);
    const ids = (await runs.list()).runs.map(({ id }) => id);
    expect(ids).toHaveLength(UNNAMED + 1);
    expect(ids).toContain('named');
    expect(ids).not.toContain('run-2');
  });
});

describe('data sets of one\'s own', () => {
  const file = new Blob(['pixels']);

  test('are several, the last used first, and one that is kept again is the same', async () => {
    const sets = setsOf(new Database());
    await sets.write('aa', file, summaryOf('cats'), 1);
    await sets.write('bb', file, summaryOf('dogs'), 2);
    await sets.write('aa', file, summaryOf('cats'), 3);
    expect((await sets.list()).sets.map(({ identity }) => identity)).toEqual(['aa', 'bb']);
    expect((await sets.newest()).set?.summary.source).toBe('cats');
  });

  test('keep the name that they were given when they are used again, each its own', async () => {
    const sets = setsOf(new Database());
    await sets.write('aa', file, summaryOf('cats'), 1);
    await sets.write('bb', file, summaryOf('cats'), 2);
    await sets.rename('aa', 'the good cats');
    expect(await sets.write('aa', file, summaryOf('cats'), 3)).toBe('the good cats');
    expect((await sets.list()).sets.map(({ name }) => name)).toEqual(['the good cats', '']);
    expect((await sets.read('aa')).name).toBe('the good cats');
    await sets.rename('aa', '');
    await expect(sets.rename('gone', 'nothing')).rejects.toThrow(RecordUnusable);
    expect((await sets.list()).sets.map(({ identity, name }) => `${identity} ${name}`)).toEqual(['aa ', 'bb ']);
  });

  test('that were kept before they could have names open, and can be given one', async () => {
    const database = new Database();
    const sets = setsOf(database);
    await database.use((connection) => connection.put('data', { version: 1, identity: 'aa', summary: summaryOf('cats'), file, usedAt: 1 }, 'aa'));
    expect((await sets.newest()).set).toMatchObject({ identity: 'aa', name: '' });
    await sets.rename('aa', 'old cats');
    expect((await sets.read('aa')).name).toBe('old cats');
  });

  test('whose record is damaged give way to a good one, without a name', async () => {
    const database = new Database();
    const sets = setsOf(database);
    await database.use((connection) => connection.put('data', { version: 1, identity: 'aa', name: 7, usedAt: 2 }, 'aa'));
    await expect(sets.rename('aa', 'cats')).rejects.toThrow(RecordUnusable);
    expect(await sets.write('aa', file, summaryOf('cats'), 3)).toBe('');
    expect((await sets.list()).sets).toMatchObject([{ identity: 'aa', name: '' }]);
  });

  test('of version 1 of the database move once they are used', async () => {
    const earlier = await openDB(DATABASE, 1, { upgrade: (database) => { database.createObjectStore('own-data'); } });
    await earlier.put('own-data', { file, summary: summaryOf('cats') }, 'newest');
    earlier.close();
    const sets = setsOf(new Database());
    const { set: found } = await sets.newest();
    expect(found).toMatchObject({ identity: '', summary: { source: 'cats' } });
    expect(await found?.file.text()).toBe('pixels');
    await sets.write('aa', file, summaryOf('cats'), 1);
    expect((await sets.list()).sets.map(({ identity }) => identity)).toEqual(['aa']);
  });

  test.each([
    ['a text', 'nonsense'], ['a record without a file', { summary: summaryOf('cats') }], ['a file without a summary', { file, summary: {} }],
    ['an empty file', { file: new Blob([]), summary: summaryOf('cats') }], ['classes that are none', { file, summary: { ...summaryOf('cats'), classes: 7 } }],
  ])('of version 1 that are %s are nothing', async (_, record) => {
    const earlier = await openDB(DATABASE, 1, { upgrade: (database) => { database.createObjectStore('own-data'); } });
    await earlier.put('own-data', record, 'newest');
    earlier.close();
    const sets = setsOf(new Database());
    expect((await sets.newest()).set).toBeUndefined();
    await sets.write('aa', file, summaryOf('cats'), 1);
    expect((await sets.newest()).set?.identity).toBe('aa');
  });

  test('that are damaged are passed over for the one before', async () => {
    const database = new Database();
    const sets = setsOf(database);
    await sets.write('aa', file, summaryOf('cats'), 1);
    await database.use((connection) => connection.put('data', { version: 1, identity: 'bb', usedAt: 2 }, 'bb'));
    expect((await sets.newest()).set?.identity).toBe('aa');
    expect([...(await sets.list()).unusable.keys()]).toEqual(['bb']);
    await sets.delete(['bb']);
    expect((await sets.list()).unusable.size).toBe(0);
  });
});

describe('the database', () => {
  const count = (database: Database): Promise<number> => database.use((connection) => connection.count('runs'));

  test('of a newer version is left alone, and can be cleared', async () => {
    (await openDB(DATABASE, LAYOUT_VERSION + 1)).close();
    const database = new Database();
    expect(await troubleOf(count(database))).toBe('newer');
    expect(database.trouble?.clearable).toBe(true);
    expect(await troubleOf(count(database))).toBe('newer');
    await database.clear();
    expect(await count(database)).toBe(0);
  });

  test('that another page holds in an older version is said to be held, and opens once it is let go', async () => {
    const held = await openDB(DATABASE, 1);
    const database = new Database();
    expect(await troubleOf(count(database))).toBe('blocked');
    expect(await troubleOf(count(database))).toBe('blocked');
    held.close();
    database.tryAgain();
    expect(await count(database)).toBe(0);
  });

  test('makes way for a newer page, and says so', async () => {
    const database = new Database();
    await count(database);
    (await openDB(DATABASE, LAYOUT_VERSION + 1)).close();
    expect(await troubleOf(count(database))).toBe('superseded');
  });

  test('makes way for a page that clears it, and opens anew', async () => {
    const [database, other] = [new Database(), new Database()];
    await new KeptRuns(database).write(keptRun('a', {}));
    await other.clear();
    expect(await count(database)).toBe(0);
  });

  /** Holds the answer to a request back until the test lets it go. */
  const heldBack = (request: IDBRequest): () => void => {
    let answer: () => void = () => undefined;
    const dispatch = request.dispatchEvent.bind(request);
    request.dispatchEvent = (event) => {
      if (event.type !== 'success') return dispatch(event);
      answer = () => { dispatch(event); };
      return true;
    };
    return () => { answer(); };
  };

  /** A database that is not opened until the test lets it be. */
  const slowlyOpened = (): { readonly database: Database; readonly answer: () => void } => {
    const open = indexedDB.open.bind(indexedDB);
    let answer: () => void = () => undefined;
    vi.spyOn(indexedDB, 'open').mockImplementationOnce((...given) => {
      const request = open(...given);
      answer = heldBack(request);
      return request;
    });
    return { database: new Database(20), answer: () => { answer(); } };
  };

  test('that does not open is given up after a bound, and used once it has opened after all', async () => {
    const { database, answer } = slowlyOpened();
    expect(await troubleOf(count(database))).toBe('silent');
    expect(await troubleOf(count(database))).toBe('silent');
    answer();
    await vi.waitFor(async () => { expect(await count(database)).toBe(0); });
    expect(database.trouble).toBeUndefined();
  });

  test('that opens after it has been tried again is closed', async () => {
    const { database, answer } = slowlyOpened();
    expect(await troubleOf(count(database))).toBe('silent');
    database.tryAgain();
    expect(await count(database)).toBe(0);
    const close = vi.spyOn(IDBDatabase.prototype, 'close');
    answer();
    await vi.waitFor(() => { expect(close).toHaveBeenCalledOnce(); });
    close.mockRestore();
    expect(await count(database)).toBe(0);
  });

  test.each(['get', 'put', 'getAllKeys', 'delete'] as const)('whose %s never answers is given up, and used once it has answered after all', async (method) => {
    const database = new Database(20, 50);
    const runs = new KeptRuns(database);
    await runs.write(keptRun('a', {}));
    const stores = IDBObjectStore.prototype as unknown as Record<string, (...given: unknown[]) => IDBRequest>;
    const real = stores[method] ?? (() => { throw new Error('it is not there'); });
    let answer: () => void = () => undefined;
    vi.spyOn(stores, method).mockImplementationOnce(function (this: unknown, ...given) {
      const request = real.apply(this, given);
      answer = heldBack(request);
      return request;
    });
    const works = { get: () => runs.read('a'), put: () => runs.write(keptRun('b', {})), getAllKeys: () => runs.list(), delete: () => runs.delete(['a']) };
    expect(await troubleOf(works[method]())).toBe('silent');
    expect(await troubleOf(count(database))).toBe('silent');
    answer();
    await vi.waitFor(async () => { expect(await troubleOf(count(database))).toContain('no trouble'); });
  });

  test('is waited for longer where much is written, and where each of many answers comes in time', async () => {
    const database = new Database(20, 60);
    const late = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
    expect(await troubleOf(database.use(() => late(150), 1e6))).toContain('no trouble');
    const many = async (_: unknown, alive: () => void): Promise<void> => {
      for (let answer = 0; answer < 5; answer += 1) {
        await late(30);
        alive();
      }
    };
    expect(await troubleOf(database.use(many))).toContain('no trouble');
    expect(await troubleOf(database.use(() => late(150)))).toBe('silent');
  });

  test('that is refused, missing or broken is a sentence each', async () => {
    const refusals: [unknown, string][] = [
      [new DOMException('denied', 'SecurityError'), 'none'], [new TypeError('undefined is no function'), 'none'],
      [new DOMException('backing store', 'UnknownError'), 'unreadable'], [new DOMException('full', 'QuotaExceededError'), 'full'],
    ];
    for (const [error, kind] of refusals) {
      vi.spyOn(indexedDB, 'open').mockImplementation(() => { throw error; });
      expect(await troubleOf(count(new Database()))).toBe(kind);
    }
    vi.restoreAllMocks();
  });

  test('with other stores than ours is unreadable, and can be cleared', async () => {
    (await openDB(DATABASE, LAYOUT_VERSION, { upgrade: (database) => { database.createObjectStore('theirs'); } })).close();
    const database = new Database();
    expect(await troubleOf(count(database))).toBe('unreadable');
    await database.clear();
    expect(await count(database)).toBe(0);
  });

  test('that the browser has closed is opened again', async () => {
    const database = new Database();
    await database.use((connection) => { connection.close(); return Promise.resolve(); });
    expect(await count(database)).toBe(0);
  });
});
