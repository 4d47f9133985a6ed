import { expect, test } from 'vitest';
import { summaryOf } from '../store/made';
import type { OwnSets } from '../store/own-sets';
import { StorageTrouble } from '../store/trouble';
import { OwnShelf } from './own-shelf';

test('data that are kept are found once the storage answers, without a reload, and take no place that was taken meanwhile', async () => {
  let silent = true;
  const kept = { identity: 'aa', file: new Blob(['kept']), summary: summaryOf('kept'), usedAt: 1, version: 1 };
  const newest = (): Promise<unknown> => (silent ? Promise.reject(new StorageTrouble('silent')) : Promise.resolve({ set: kept, damaged: 0 }));
  const sets = { newest } as unknown as OwnSets;
  const [shelf, other] = [new OwnShelf(sets), new OwnShelf(sets)];
  await expect(shelf.file()).rejects.toThrow('storage does not answer');
  await expect(other.file()).rejects.toThrow('storage does not answer');
  silent = false;
  expect(await shelf.file()).toBe(kept.file);
  const brought = { file: new Blob(['brought']), summary: summaryOf('brought') };
  const [file] = await Promise.all([other.file(), other.put(brought)]);
  expect([file, await other.file()]).toContain(brought.file);
  expect(await other.file()).toBe(brought.file);
});
