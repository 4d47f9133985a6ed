/**
 * The worker that makes a data set of a person's files, so that neither the page nor the networks wait for it: which file
 * is of which class and part, every image and shape brought into the form that a network takes, and one file of it all.
 * What cannot be read is left out, counted, and told.
 */
import * as Comlink from 'comlink';
import type * as readerModule from '../../../pkg/readers/readers';
import { MAX_FILES, RECORDING_SIDE } from '../state/bounds';
import { SHIPPED } from '../state/core-settings';
import { grouped, megabytes } from '../state/figures';
import { foreignWords } from '../state/foreign';
import { formFor, spreadOver, type Glance, type ImageForm } from '../state/image-form';
import { shownName, shownPath } from '../state/names';
import { lockDown } from './lock-down';
import { faultOf, isFatal } from './fault';
import { oneClassWords } from './one-class';
import { ImageReader } from './own-images';
import { MAX_BYTES, type ChosenFile, type Order, type OwnDataWorker, type OwnProgress, type OwnSummary, type SkippedGroup } from './own-data-protocol';
import { loadReaders, type Readers } from './readers';

type Plan = readerModule.Plan;

const TELL_EVERY_MS = 120;
/** Paths that are told of each reason. */
const MOST_PATHS = 50;

/** Where the files come from: a folder, or an archive. */
interface Source {
  readonly files: readonly readerModule.PlannedFile[];
  bytes(index: number): Promise<Uint8Array>;
  /** What is not among the files, because it cannot be used. */
  readonly leftOut: readonly readerModule.Skipped[];
}

/** Files of which the same is to be told: why they were left out, or what was lost of them. */
class Groups {
  count = 0;
  private readonly groups = new Map<string, { count: number; paths: string[] }>();

  add(path: string, reason: string): void {
    this.count += 1;
    const group = this.groups.get(reason) ?? { count: 0, paths: [] };
    group.count += 1;
    if (group.paths.length < MOST_PATHS) group.paths.push(shownPath(path));
    this.groups.set(reason, group);
  }

  list(): SkippedGroup[] {
    return [...this.groups].map(([reason, group]) => ({ reason, ...group })).sort((a, b) => b.count - a.count);
  }
}

class OwnDataMaker implements OwnDataWorker {
  private readonly chosen: ChosenFile[] = [];

  take(files: ChosenFile[]): Promise<void> {
    this.chosen.push(...files);
    return Promise.resolve();
  }

  async read({ source, archive, chosen }: Order, base: string, progress: (progress: OwnProgress) => void): Promise<{ file: Blob; summary: OwnSummary }> {
    const begin = (what: string) => (): void => { progress({ what, done: 0, total: 0, skipped: 0 }); };
    const fetching = begin('Fetching what reads them');
    const readers = await loadReaders(base, fetching);
    // Fetched even where there are no images, because what follows is a stranger's, and nothing is fetched after that.
    await ImageReader.prepare(base, fetching);
    lockDown();
    begin(archive === undefined ? 'Looking at the folder' : 'Opening the archive')();
    const from = archive === undefined ? this.folder() : await openArchive(readers, archive);
    if (from.files.length > MAX_FILES) throw new Error(`There are ${grouped(from.files.length)} files, more than the ${grouped(MAX_FILES)} that are `
      + `read here. Fewer samples of each class will do.`);
    const [skips, notes] = [new Groups(), new Groups()];
    for (const { path, reason } of from.leftOut) skips.add(path, sentence(reason));
    const plan = planOf(readers, from, skips);
    for (const { path, reason } of plan.skipped) skips.add(path, sentence(reason));
    const images = await ImageReader.start();
    let became: { form: ImageForm; proposal: ImageForm } | undefined;
    if (plan.form === 'image') {
      begin('Looking at some of the images')();
      // An archive stays beside what is made of it.
      became = formFor(await glancesAt(readers, images, from, plan), chosen, plan.items.length, MAX_BYTES - (archive?.size ?? 0));
    }
    const writer = new readers.DataSetWriter(plan.form, 'own', plan.classes);
    const counts = plan.classes.map((name) => ({ name, train: 0, heldOut: 0 }));
    const asTheyAre = plan.form === 'recording' ? recordingAdder : shapeAdder;
    const add = became === undefined ? asTheyAre(writer) : imageAdder(readers, writer, images, became.form);
    const what = { image: 'Reading images', cloud: 'Reading shapes', recording: 'Reading recordings' }[plan.form];
    let told = 0;
    for (const [done, item] of plan.items.entries()) {
      if (performance.now() - told >= TELL_EVERY_MS) {
        told = performance.now();
        progress({ what, done, total: plan.items.length, skipped: skips.count });
      }
      const path = from.files[item.index]?.path ?? '';
      try {
        for (const note of await add(item, path, await from.bytes(item.index))) notes.add(path, note);
        const count = counts[item.label];
        if (count !== undefined) count[item.part] += 1;
      } catch (error) {
        endWhereFatal(error, path);
        skips.add(path, reasonOf(error, path));
      }
    }
    progress({ what: 'Putting it together', done: plan.items.length, total: plan.items.length, skipped: skips.count });
    if (skips.count > 0 && writer.count('train') + writer.count('heldOut') === 0) throw new Error(nothingReadable(skips));
    const bytes = writer.finish();
    const file = new Blob([bytes as Uint8Array<ArrayBuffer>]);
    const total = (part: 'train' | 'heldOut'): number => counts.reduce((sum, count) => sum + count[part], 0);
    const { form, cameSplit } = plan;
    return { file, summary: { source, form, classes: counts, train: total('train'), heldOut: total('heldOut'), cameSplit, skipped: skips.list(),
      noted: notes.list(), ...became?.form, ...(form === 'recording' ? { side: RECORDING_SIDE } : {}),
      ...(became === undefined ? {} : { proposal: became.proposal }) } };
  }

  private folder(): Source {
    const { chosen } = this;
    const size = chosen.reduce((sum, { file }) => sum + file.size, 0);
    if (size > MAX_BYTES) throw new Error(`The folder has ${megabytes(size)}, more than the ${megabytes(MAX_BYTES)} that are read here. Fewer samples `
      + `of each class will do.`);
    return {
      leftOut: [],
      files: chosen.map(({ path, file }) => ({ path, size: file.size })),
      bytes: async (index) => {
        const entry = chosen[index];
        if (entry === undefined) throw new Error('it is not there any more');
        const bytes = await entry.file.arrayBuffer().catch(() => { throw new Error('it could not be opened, or has changed since it was chosen'); });
        return new Uint8Array(bytes);
      },
    };
  }
}

async function openArchive(readers: Readers, archive: Blob): Promise<Source> {
  if (archive.size > MAX_BYTES) throw new Error(`The archive has ${megabytes(archive.size)}, more than the ${megabytes(MAX_BYTES)} that are read `
    + `here. Fewer samples of each class will do.`);
  const reader = new readers.ArchiveReader(new Uint8Array(await archive.arrayBuffer()));
  const entries = reader.entries();
  return {
    leftOut: reader.leftOut(),
    files: entries.map(({ path, size }) => ({ path, size })),
    bytes: (index) => {
      const entry = entries[index];
      return entry === undefined ? Promise.reject(new Error('it is not in the archive')) : Promise.resolve(reader.extract(entry.index));
    },
  };
}

/** What becomes of the files. Where they make no data set, what was left out of the archive may be why, or files of a foreign kind. */
function planOf(readers: Readers, from: Source, skips: Groups): Plan {
  try {
    return readers.planDataSet([...from.files]);
  } catch (error) {
    const out = skips.list().map(({ reason, count }) => `${grouped(count)} left out: ${reason}`);
    const paths = from.files.filter(({ size }) => size > 0).map(({ path }) => path);
    const why = oneClassWords(paths) ?? (error instanceof Error ? error.message : String(error));
    throw new Error([why, ...foreignNote(paths), ...out].join(' '), { cause: error });
  }
}

/** What the first file of a foreign kind is, and what to do about it. */
function foreignNote(paths: readonly string[]): string[] {
  const names = paths.map((path) => path.split('/').at(-1) ?? path).filter((name) => !name.startsWith('.'));
  const name = names.find((candidate) => foreignWords(candidate) !== undefined);
  return name === undefined ? [] : [`${shownName(name)} ${foreignWords(name) ?? ''}`];
}

/** Takes in a file, and gives what there is to say of it. */
type Add = (item: Plan['items'][number], path: string, bytes: Uint8Array) => Promise<readonly string[]>;

function imageAdder(readers: Readers, writer: readerModule.DataSetWriter, images: ImageReader, form: ImageForm): Add {
  return async ({ part, label }, _, bytes) => {
    // Before it is decoded, which a few bytes could make fill the memory.
    readers.checkImage(bytes);
    writer.addImage(part, label, await images.read(bytes, form), form.channels, form.side);
    return [];
  };
}

/** What a few of the images are like; what is wrong with one is told when its turn comes to be read. */
async function glancesAt(readers: Readers, images: ImageReader, from: Source, plan: Plan): Promise<Glance[]> {
  const glances: Glance[] = [];
  for (const { index } of spreadOver(plan.items)) {
    try {
      const bytes = await from.bytes(index);
      readers.checkImage(bytes);
      glances.push(await images.glance(bytes));
    } catch (error) {
      endWhereFatal(error, from.files[index]?.path ?? '');
    }
  }
  return glances;
}

/** A trap leaves the wasm in the middle of what it did: nothing in it can be trusted after that. */
function endWhereFatal(error: unknown, path: string): void {
  if (!(error instanceof WebAssembly.RuntimeError) && !isFatal(error)) return;
  throw new Error(`The reader ended at ${shownPath(path)}, because ${faultOf(error.message).reason}. Without that file it may work.`, { cause: error });
}

/** As many points are stored of each shape as of those that ship. */
function shapeAdder(writer: readerModule.DataSetWriter): Add {
  const { points } = SHIPPED.furniture;
  return ({ part, label, index }, path, bytes) => {
    return Promise.resolve(writer.addShape(part, label, path.split('/').at(-1) ?? path, bytes, points, index));
  };
}

/** Recordings are kept as they are. */
function recordingAdder(writer: readerModule.DataSetWriter): Add {
  return ({ part, label }, _, bytes) => {
    writer.addRecording(part, label, bytes);
    return Promise.resolve([]);
  };
}

/** The same reason for the same trouble, whatever the file is called. */
function reasonOf(error: unknown, path: string): string {
  const text = error instanceof Error ? error.message : String(error);
  const name = path.split('/').at(-1) ?? path;
  return sentence(text.replaceAll(path, 'it').replaceAll(name, 'it').replaceAll(shownName(name), 'it'));
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

function nothingReadable(skips: Groups): string {
  const [first] = skips.list();
  return `None of the files could be read. ${first === undefined ? '' : `Most often: ${first.reason}`}`.trimEnd();
}

Comlink.expose(new OwnDataMaker());
