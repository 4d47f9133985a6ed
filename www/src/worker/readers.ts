/** Fetches the wasm that reads shapes, archives and folders, for the workers that use it. */
import type * as readerModule from '../../../pkg/readers/readers';
import { initialise } from './wasm';

export type Readers = typeof readerModule;

const WHAT = 'what reads files';

export async function loadReaders(base: string): Promise<Readers> {
  const folder = new URL('pkg/readers/', base);
  let module: Readers;
  try {
    module = (await import(/* @vite-ignore */ new URL('readers.js', folder).href)) as Readers;
  } catch {
    throw new Error('What reads files could not be fetched: the server could not be reached, or does not have it.');
  }
  await initialise(module, new URL('readers_bg.wasm', folder), WHAT, () => undefined);
  return module;
}
