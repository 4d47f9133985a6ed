/** What crosses between the page and the worker that makes a data set out of a person's files. */
import type { ChosenForm, ImageForm } from '../state/image-form';
import type { DataForm } from './protocol';

/** A file that was chosen, with the path that it has in the folder. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** Why files were left out, and which. */
export interface SkippedGroup {
  readonly reason: string;
  readonly count: number;
  /** The first of them. */
  readonly paths: readonly string[];
}

export interface OwnClass {
  readonly name: string;
  readonly train: number;
  readonly heldOut: number;
}

/** What a data set was made of; `side` is that of images, or of the sensor of recordings. */
export interface OwnSummary extends Partial<ImageForm> {
  /** The folder or the archive. */
  readonly source: string;
  readonly form: DataForm;
  readonly classes: readonly OwnClass[];
  readonly train: number;
  readonly heldOut: number;
  /** Whether the files came split; else every fifth of a class was held out. */
  readonly cameSplit: boolean;
  readonly skipped: readonly SkippedGroup[];
  /** What was taken in, but not all of it, or by a guess; what was kept before this was told has none. */
  readonly noted?: readonly SkippedGroup[];
  /** What the files proposed that images become; `side` and `channels` are what they became, none of it told before there was a choice. */
  readonly proposal?: ImageForm;
}

/** What is to be read, and how. */
export interface Order {
  /** The folder or the archive. */
  readonly source: string;
  /** The archive, unless files were taken. */
  readonly archive: Blob | undefined;
  /** What images become. */
  readonly chosen: ChosenForm;
}

/** How far the reading is. */
export interface OwnProgress {
  /** What is being done, as the beginning of a sentence. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
}

/** The worker as the page sees it: files are handed over in portions, then read once. */
export interface OwnDataWorker {
  take(files: ChosenFile[]): Promise<void>;
  /** Makes a data set of the files that were taken, or of the one archive. Rejects with a sentence. */
  read(order: Order, base: string, progress: (progress: OwnProgress) => void): Promise<{ file: Blob; summary: OwnSummary }>;
}

/** Beyond this a tab gives up: it holds the archive, the data set and the network. */
export const MAX_BYTES = 500e6;
