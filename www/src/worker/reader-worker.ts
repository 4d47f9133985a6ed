/** The worker that reads shapes and archives, so that neither the page nor the networks wait for a large file. */
import * as Comlink from 'comlink';
import type * as readerModule from '../../../pkg/readers/readers';
import { lockDown } from './lock-down';
import type { ArchiveEntry, FileReaderWorker, ShapeInfo, Up } from './reader-protocol';
import { loadReaders, type Readers } from './readers';


let readers: Promise<Readers> | undefined;

/** Loaded at the first file; a failed download is tried again at the next. */
function loaded(base: string, arrives: () => void): Promise<Readers> {
  readers ??= loadReaders(base, arrives).then((found) => {
    lockDown();
    return found;
  }).catch((error: unknown) => {
    readers = undefined;
    throw error;
  });
  return readers;
}

class FileReaders implements FileReaderWorker {
  private readonly shapes = new Map<number, readerModule.ShapeReader>();
  private readonly archives = new Map<number, readerModule.ArchiveReader>();

  async readShape(id: number, file: Blob, name: string, base: string, progress: (fraction: number) => void): Promise<ShapeInfo> {
    const { ShapeReader } = await loaded(base, () => { progress(0); });
    const shape = ShapeReader.read(name, new Uint8Array(await file.arrayBuffer()), progress);
    this.shapes.set(id, shape);
    return shape.info();
  }

  clouds(id: number, ups: readonly Up[], count: number, seed: number): Promise<Float32Array> {
    const shape = this.shapes.get(id);
    if (shape === undefined) return Promise.reject(new Error('The shape has been let go.'));
    const points = shape.clouds([...ups], count, seed);
    return Promise.resolve(Comlink.transfer(points, [points.buffer as ArrayBuffer]));
  }

  async openArchive(id: number, file: Blob, base: string, progress: (fraction: number) => void): Promise<{ entries: ArchiveEntry[]; notes: string[] }> {
    const { ArchiveReader } = await loaded(base, () => { progress(0); });
    const archive = new ArchiveReader(new Uint8Array(await file.arrayBuffer()));
    this.archives.set(id, archive);
    return { entries: archive.entries(), notes: archive.notes() };
  }

  extract(id: number, index: number): Promise<Uint8Array> {
    const archive = this.archives.get(id);
    if (archive === undefined) return Promise.reject(new Error('The archive has been let go.'));
    const bytes = archive.extract(index);
    return Promise.resolve(Comlink.transfer(bytes, [bytes.buffer as ArrayBuffer]));
  }

  free(id: number): Promise<void> {
    this.shapes.get(id)?.free();
    this.archives.get(id)?.free();
    this.shapes.delete(id);
    this.archives.delete(id);
    return Promise.resolve();
  }
}

Comlink.expose(new FileReaders());
