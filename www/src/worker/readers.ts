/** Fetches the wasm that reads shapes, archives and folders, for the workers that use it. */
import * as readers from '../../../pkg/readers/readers';
import { initialise } from '../served/module';

export type Readers = typeof readers;

export async function loadReaders(base: string): Promise<Readers> {
  await initialise(readers, 'readers', 'what reads files', base, () => undefined);
  return readers;
}
