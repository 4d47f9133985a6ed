/** Fetches the wasm that reads shapes, archives and folders, for the workers that use it. */
import * as readers from '../../../pkg/readers/readers';
import { initialise } from '../served/module';

export type Readers = typeof readers;

/** `arrives` is called whenever a part of it has come: what is on its way is not silent. */
export async function loadReaders(base: string, arrives: () => void): Promise<Readers> {
  await initialise(readers, 'readers', 'what reads files', base, arrives);
  return readers;
}
