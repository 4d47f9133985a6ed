import { expect, test } from 'vitest';
import { SHIPPED } from '../state/core-settings';
import { convLayers, convLayersOf } from '../state/forms';
import { summaryOf } from '../store/made';
import type { OwnSets } from '../store/own-sets';
import { StorageTrouble } from '../store/trouble';
import { OwnShelf } from './own-shelf';

test('data that are kept are found once the storage answers, without a reload, and take no place that was taken meanwhile', async () => {
  let silent = true;
  const kept = { identity: 'aa', file: new Blob(['kept']), summary: summaryOf('kept'), name: '', usedAt: 1, version: 1 };
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

test('what the data in use are called is told without their being replaced', async () => {
  const names = new Map([['aa', 'mine']]);
  const kept = { identity: 'aa', file: new Blob(['kept']), summary: summaryOf('kept'), name: 'mine', usedAt: 1, version: 1 };
  const sets = {
    newest: () => Promise.resolve({ set: kept, damaged: 0 }),
    write: (identity: string) => Promise.resolve(names.get(identity) ?? ''),
    rename: (identity: string, name: string) => Promise.resolve(void names.set(identity, name)),
  } as unknown as OwnSets;
  const shelf = new OwnShelf(sets);
  await shelf.file();
  const heard: string[] = [];
  shelf.subscribe(() => { heard.push('replaced'); });
  shelf.named.subscribe(() => { heard.push(shelf.name); });
  expect(shelf.name).toBe('mine');
  await shelf.rename('bb', 'another');
  await shelf.rename('aa', 'ours');
  expect(heard).toEqual(['ours']);
  // The same data, brought once more, have the name that they were given.
  await shelf.put({ file: new Blob(['kept']), summary: summaryOf('elsewhere') });
  expect(shelf.name).toBe('');
  await shelf.keep('aa');
  expect(heard).toEqual(['ours', 'replaced', 'ours']);
});

test('a convnet on data of one\'s own has as many layers as their images can be halved, by the core\'s own measure', async () => {
  for (const { form, height, convLayers: most } of Object.values(SHIPPED)) if (form === 'image') expect(convLayersOf(height)).toBe(most);
  const sets = { newest: () => Promise.resolve({ set: undefined, damaged: 0 }) } as unknown as OwnSets;
  const shelf = new OwnShelf(sets);
  const layers = async (side?: number): Promise<number> => {
    await shelf.put({ file: new Blob(['own']), summary: { ...summaryOf('own'), ...(side === undefined ? {} : { side, channels: 3 }) } });
    return convLayers('own');
  };
  expect([await layers(), await layers(32), await layers(48), await layers(64)]).toEqual([4, 5, 5, 6]);
});
