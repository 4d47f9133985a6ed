/** One entry in the browser's storage: the data set that a person last read here. */
import type { OwnData } from './own-shelf';

const DATABASE = 'spikeground';
const STORE = 'own-data';
const KEY = 'newest';
/** Raised when what is kept changes its shape; what an older page kept is then no longer read. */
const VERSION = 1;

function asPromise<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => { resolve(request.result); });
    request.addEventListener('error', () => { reject(request.error ?? new Error('the storage did not answer')); });
  });
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.addEventListener('upgradeneeded', () => { opening.result.createObjectStore(STORE); });
  const database = await asPromise(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => { resolve(); });
      transaction.addEventListener('abort', () => { reject(transaction.error ?? new Error('the storage is full')); });
    });
    const [result] = await Promise.all([asPromise(work(transaction.objectStore(STORE))), ended]);
    return result;
  } finally {
    database.close();
  }
}

/** What is kept, if anything is. */
export async function readKept(): Promise<OwnData | undefined> {
  return (await inStore('readonly', (store) => store.get(KEY))) as OwnData | undefined;
}

/** Keeps a data set in place of the one before. Rejects where there is no storage, or no room in it. */
export async function writeKept(data: OwnData): Promise<void> {
  await inStore('readwrite', (store) => store.put(data, KEY));
}
