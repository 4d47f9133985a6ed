/**
 * The files that the page fetches while it runs. A built page knows them by names that carry a hash, and knows their sizes
 * and checksums, so that nothing of another build is taken for its own; `build/files.ts` makes the lists.
 */

/** A file that is fetched at run time. */
export interface ServedFile {
  /** Below the folder of the page. */
  readonly path: string;
  /** Whether it is gzip on the server. */
  readonly gzip: boolean;
  /** Bytes on the server; with those that follow, unknown to `vite dev`, whose files change while it runs. */
  readonly packed?: number;
  /** Bytes once unpacked. */
  readonly bytes?: number;
  /** The [`Checksum`](./checksum.ts) of what is unpacked. */
  readonly checksum?: string;
}

export type WasmName = 'cpu' | 'webgpu' | 'readers';

/** The names of `www/data`. */
export type Data = Readonly<Record<string, ServedFile>>;

/** Those modules that the page was built with: the WebGPU one may follow later. */
export type Wasm = Readonly<Partial<Record<WasmName, ServedFile>>>;
