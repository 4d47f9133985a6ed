/** Folders and files that a person chose or dropped, as one list with the paths that they have. */
import type { ChosenFile } from '../worker/own-data-protocol';
import { MAX_FILES } from '../state/bounds';
import { IMAGE_ENDS } from '../state/file-kinds';
import { foreignWords } from '../state/foreign';
import { shownName } from '../state/names';
import type { Brought } from './own-reading';
import { kindOf } from './shape-kind';

/** What was brought can make no data set, with a sentence for a person. */
export class BroughtRefused extends Error {
  override readonly name = 'BroughtRefused';
}

/** What a data set comes as, to stand behind what is none. */
const DATA_SET = 'A data set is a ZIP archive or a folder, in which a folder for each class holds its images '
  + `(${IMAGE_ENDS.map((end) => end.toUpperCase()).join(', ')}), its meshes or point clouds, or its recordings of events.`;

const SINGLE_WORDS = { image: 'is one image.', shape: 'is one shape.', recording: 'is one recording.', unknown: 'is no ZIP archive.' } as const;

/** What `<input webkitdirectory>` gave. */
export function fromFolder(files: FileList): Brought {
  const chosen = Array.from(files, (file) => ({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file }));
  return { name: shownName(chosen[0]?.path.split('/')[0] ?? 'folder'), files: chosen };
}

/** The one file that was chosen or dropped, if it is an archive. */
export async function fromArchive(file: File): Promise<Brought> {
  const kind = await kindOf(file, file.name);
  if (kind !== 'archive') throw new BroughtRefused(`${shownName(file.name)} ${foreignWords(file.name) ?? SINGLE_WORDS[kind]} ${DATA_SET}`);
  return { name: shownName(file.name.replace(/\.zip$/i, '')), files: [], archive: file };
}

export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
  readonly files: readonly File[];
}

/** What was dropped has to be asked for while the drop is being told; what is in folders can be looked up afterwards. */
export function droppedIn(transfer: DataTransfer): Dropped {
  return { entries: [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []), files: [...transfer.files] };
}

/** What was dropped: an archive, or every file of the folders. */
export async function fromDrop({ entries, files: loose }: Dropped): Promise<Brought> {
  const [first] = entries;
  const [file] = loose;
  if (first === undefined) {
    // Some programs hand files over that are in no folder.
    if (loose.length === 1 && file !== undefined) return fromArchive(file);
    throw new BroughtRefused('What was dropped is neither a folder nor a ZIP archive.');
  }
  if (entries.length === 1 && isFile(first)) return fromArchive(await fileOf(first));
  if (entries.every((entry) => entry.isFile)) {
    throw new BroughtRefused('These are files without their folders, and the folders name the classes. Drop the folder that holds them.');
  }
  const files: ChosenFile[] = [];
  for (const entry of entries) await collect(entry, entries.length === 1 ? '' : first.name, files);
  return { name: shownName(first.name), files };
}

/** What of a drop are files, and the names of the folders in it, which tell nothing of what is in them. */
export function filesAndFolders(transfer: DataTransfer): { readonly files: readonly File[]; readonly folders: readonly string[] } {
  const entries = [...transfer.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry());
  const folders = entries.filter((entry) => entry?.isDirectory === true);
  return { files: [...transfer.files].filter((_, i) => entries[i]?.isDirectory !== true), folders: folders.map((entry) => entry?.name ?? '') };
}

async function collect(entry: FileSystemEntry, above: string, into: ChosenFile[]): Promise<void> {
  if (into.length > MAX_FILES) return;
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (isFile(entry)) into.push({ path, file: await fileOf(entry) });
  if (!isFolder(entry)) return;
  const reader = entry.createReader();
  for (;;) {
    // A folder is told in portions, the last of which is empty.
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (portion.length === 0) return;
    for (const child of portion) await collect(child, path, into);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => { entry.file(resolve, reject); });
}
