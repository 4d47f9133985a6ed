/** What crosses between the page and the worker that reads files. */

import type { Entry, Format, ShapeInfo, Up } from '../../../pkg/readers/readers';

export type { Entry as ArchiveEntry, Format as ShapeFormat, ShapeInfo, Up };

/** The reader as the page sees it. Ids are the page's: it may hand the same one to the next worker. */
export interface FileReaderWorker {
  /** Reads a shape and keeps it under `id`. `progress` is told how much has been read, from 0 to 1, and while the reader itself is on its way. */
  readShape(id: number, file: Blob, name: string, base: string, progress: (fraction: number) => void): Promise<ShapeInfo>;
  /** The same points of a shape for each of `ups` in turn, `[ups * count * 3]`: see `FileReaderClient.clouds`. */
  clouds(id: number, ups: readonly Up[], count: number, seed: number): Promise<Float32Array>;
  openArchive(id: number, file: Blob, base: string, progress: (fraction: number) => void): Promise<{ entries: Entry[]; notes: string[] }>;
  extract(id: number, index: number): Promise<Uint8Array>;
  free(id: number): Promise<void>;
}
