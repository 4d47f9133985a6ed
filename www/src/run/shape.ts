/**
 * The files that a person brings, of every kind: images go on as they are, shapes are read and asked about as clouds, and
 * of an archive, or of several files at once, one is chosen.
 */
import { FileReaderClient, FileRefused, ReadingStopped, type ArchiveEntry, type Up } from '../worker/reader';
import type { Classification } from './classification';
import type { ShapeReading } from './shape-reading';
import { Emitter } from '../state/emitter';
import { megabytes } from '../state/figures';
import { shownName, shownPath } from '../state/names';
import { ACCEPTED, kindOf, unknownWords, type FileKind } from './shape-kind';
import { Silence } from './silence';

/** One of several files to choose from. */
export interface Item {
  /** As it may be shown. */
  readonly path: string;
  /** The file's own name. */
  readonly name: string;
  readonly size: number;
  open(): Promise<Blob>;
}

export interface Selection {
  /** The archive's name, or nothing where several files were brought. */
  readonly name: string | undefined;
  readonly items: readonly Item[];
  /** Files that are of no kind that is read here. */
  readonly others: number;
  readonly notes: readonly string[];
}

export const COUNTS = [256, 512, 1024, 2048, 4096] as const;
const USUAL_COUNT = 1024;
/** Fewer different points hardly make a shape. */
export const FEW = 32;
/** The same points of the same file, every time. */
const SEED = 1;
/** A recording of N-MNIST has some 20 kB, and its times end after eight seconds. */
const MOST_OF_RECORDING = 50e6;

/** The name at the end of a path. */
export const nameOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

export class ShapeDesk extends Emitter {
  /** The file that is being read, and how far. */
  reading: { readonly name: string; readonly fraction: number } | undefined;
  /** What there is to choose from. */
  selection: Selection | undefined;
  /** What was still being taken when something else came in its place. */
  gaveUp: { readonly name: string; readonly by: string } | undefined;
  /** What is being taken. */
  private taking: { readonly name: string } | undefined;
  private readonly silence = new Silence(() => { this.tell(); });
  private readonly client = new FileReaderClient();
  private shape: ShapeReading | undefined;
  private archive: number | undefined;
  private count: number = USUAL_COUNT;

  constructor(private readonly work: Classification) {
    super();
  }

  /** How long the reader has been silent, in a sentence; empty while that is not long. */
  get silent(): string {
    return this.silence.words;
  }

  /** Takes what was brought: one file, or several of which one is chosen. */
  async takeAll(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    if (files.length === 1) {
      this.select(undefined);
      await this.take(first, first.name);
      return;
    }
    this.letGo();
    const items = files.map((file): Item => ({ path: shownName(file.name), name: file.name, size: file.size, open: () => Promise.resolve(file) }));
    this.select({ name: undefined, items, others: 0, notes: [] });
  }

  /** Takes one file of whatever kind; `truth` is the class that it is of, where that is known. */
  async take(file: Blob, name: string, truth?: string): Promise<void> {
    // A large file that is still being read is not wanted any more.
    if (this.reading !== undefined) this.client.stop();
    const taking = { name: shownName(name) };
    this.gaveUp = this.taking === undefined ? undefined : { name: this.taking.name, by: taking.name };
    this.taking = taking;
    this.report(undefined);
    const asked = this.work.wait();
    try {
      await this.takeKind(await kindOf(file, name), file, name, asked, truth);
    } catch {
      if (this.work.isNewest(asked)) this.work.refuse(`${shownName(name)} could not be opened: it may be a folder, or have changed since it was chosen.`);
    } finally {
      if (this.taking === taking) this.taking = undefined;
    }
  }

  private async takeKind(kind: FileKind, file: Blob, name: string, asked: number, truth: string | undefined): Promise<void> {
    if (!this.work.isNewest(asked)) return;
    if (kind === 'image') await this.work.askFile(file, name);
    else if (kind === 'unknown') await this.work.askFile(file, name, unknownWords(name));
    else if (kind === 'recording') await this.askRecording(file, name, asked, truth);
    else {
      await this.whileReading(name, asked, async () => {
        if (kind === 'shape') await this.readShape(file, name, asked, truth);
        else await this.openArchive(file, name, asked);
      });
    }
  }

  /** What is wrong with a recording, the network that is asked about it says. */
  private async askRecording(file: Blob, name: string, asked: number, truth: string | undefined): Promise<void> {
    if (file.size > MOST_OF_RECORDING) {
      this.work.refuse(`${shownName(name)} has ${megabytes(file.size)}, more than the ${megabytes(MOST_OF_RECORDING)} of a recording that are read here.`);
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!this.work.isNewest(asked)) return;
    this.work.ask({ form: 'recording', bytes, label: shownName(name), ...(truth === undefined ? {} : { truth }) });
  }

  /** Takes one of what there is to choose from. */
  async choose(item: Item): Promise<void> {
    const asked = this.work.wait();
    const file = await this.whileReading(item.name, asked, () => item.open());
    if (file !== undefined && this.work.isNewest(asked)) await this.take(file, item.name);
  }

  /** Says why what was brought last cannot be taken; what came before it goes, but for an answer that stands. */
  refuse(reason: string): void {
    this.letGo();
    this.select(undefined);
    this.work.refuse(reason);
  }

  /** Stops the reading that is under way. */
  stop(): void {
    if (this.reading !== undefined) this.letGo();
  }

  /** Closes what there is to choose from. */
  closeSelection(): void {
    this.select(undefined);
  }

  /** Takes the shape that was read with another axis up. */
  stand(reading: ShapeReading, up: Up): void {
    this.askAbout({ ...reading, up });
  }

  /** Takes another number of points of the shape that was read. */
  async recount(reading: ShapeReading, count: number): Promise<void> {
    this.count = count;
    const asked = this.work.wait();
    await this.whileReading(reading.name, asked, () => this.takePoints({ ...reading, count }, asked));
  }

  /** Gives up whatever is on its way, and what was said of anything before. */
  private letGo(): void {
    if (this.reading !== undefined) this.client.stop();
    this.gaveUp = undefined;
    this.report(undefined);
    this.work.giveUp();
  }

  private async readShape(file: Blob, name: string, asked: number, truth: string | undefined): Promise<void> {
    const { id, info } = await this.client.readShape(file, name, this.reporter(name, asked));
    if (!this.work.isNewest(asked)) {
      this.client.free(id);
      return;
    }
    if (info.extents.every((extent) => extent === 0)) {
      this.client.free(id);
      throw new FileRefused(`All points of ${shownName(name)} are the same: there is no shape to look at.`);
    }
    await this.takePoints({ id, name: shownName(name), info, up: info.up, count: this.count, ...(truth === undefined ? {} : { truth }) }, asked);
  }

  private async takePoints(wanted: Omit<ShapeReading, 'clouds' | 'different'>, asked: number): Promise<void> {
    const clouds = await this.client.clouds(wanted.id, wanted.count, SEED);
    const reading = { ...wanted, clouds, different: differentPoints(clouds[wanted.up]) };
    if (this.shape !== undefined && this.shape.id !== reading.id) this.client.free(this.shape.id);
    this.shape = reading;
    if (this.work.isNewest(asked)) this.askAbout(reading);
  }

  private askAbout(reading: ShapeReading): void {
    const { clouds, up, name, truth } = reading;
    this.work.ask({ form: 'cloud', points: clouds[up], label: name, reading, ...(truth === undefined ? {} : { truth }) });
  }

  private async openArchive(file: Blob, name: string, asked: number): Promise<void> {
    const { id, entries, notes } = await this.client.openArchive(file, name, this.reporter(name, asked));
    const known = readable(entries);
    const [only] = known;
    if (!this.work.isNewest(asked)) {
      this.client.free(id);
      return;
    }
    if (only === undefined) {
      this.client.free(id);
      throw new FileRefused([`${shownName(name)} holds no image, no shape and no recording.`, ...notes, ACCEPTED].join(' '));
    }
    const items = known.map(({ path, size, index }): Item => {
      const own = nameOf(path);
      return { path: shownPath(path), name: own, size, open: () => this.client.extract(id, index, own) };
    });
    this.select({ name: shownName(name), items, others: entries.length - known.length, notes }, id);
    const [item] = items;
    if (items.length === 1 && item !== undefined) void this.choose(item);
    else this.work.giveUp();
  }

  /** Runs `work` on a file; where it fails, says why in a sentence and gives nothing. */
  private async whileReading<T>(name: string, asked: number, work: () => Promise<T>): Promise<T | undefined> {
    const shown = shownName(name);
    this.report({ name: shown, fraction: 0 });
    try {
      return await work();
    } catch (error) {
      if (error instanceof ReadingStopped || !this.work.isNewest(asked)) return undefined;
      this.work.refuse(error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      if (this.reading?.name === shown) this.report(undefined);
    }
  }

  private select(selection: Selection | undefined, archive?: number): void {
    if (this.archive !== undefined && this.archive !== archive) this.client.free(this.archive);
    this.archive = archive;
    this.selection = selection;
    this.tell();
  }

  /** Tells how much of a file has been read, as long as nothing else is wanted. */
  private reporter(name: string, asked: number): (fraction: number) => void {
    return (fraction) => {
      if (this.work.isNewest(asked)) this.report({ name: shownName(name), fraction });
    };
  }

  private report(reading: { readonly name: string; readonly fraction: number } | undefined): void {
    if (reading === undefined) this.silence.end();
    else if (this.reading === undefined) this.silence.begin();
    else this.silence.heard();
    this.reading = reading;
    this.tell();
  }
}

/** Images and shapes of an archive. A text file is most often there to be read by people: it counts where there is nothing else. */
function readable(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  const known = entries.filter(({ kind }) => kind !== 'other');
  const others = known.filter(({ path }) => !/\.txt$/i.test(path));
  return others.length > 0 ? others : known;
}

/** Different points, counted as far as `FEW`. */
function differentPoints(points: Float32Array): number {
  const seen = new Set<string>();
  for (let i = 0; i < points.length && seen.size < FEW; i += 3) seen.add(points.subarray(i, i + 3).join());
  return seen.size;
}
