/** Which of the kinds of files that the page reads a file is. */
import { endOf, IMAGE_ENDS, RECORDING_ENDS, SHAPE_ENDS } from '../state/file-kinds';
import { foreignWords } from '../state/foreign';
import { shownName } from '../state/names';

export type FileKind = 'image' | 'shape' | 'recording' | 'archive' | 'unknown';

/** For the file dialogue. */
export const ACCEPT = ['image/*', ...[...SHAPE_ENDS, ...RECORDING_ENDS, 'zip'].map((end) => `.${end}`)].join();

/** What counts as a shape, for a sentence. */
export const SHAPE_FORMATS = SHAPE_ENDS.map((end) => end.toUpperCase()).join(', ');

/** What may be brought, to stand behind a file of another kind. */
export const ACCEPTED = `PNG, JPEG, WebP, GIF, AVIF, BMP and SVG images, shapes (${SHAPE_FORMATS}), recordings of events as N-MNIST has them (BIN), `
  + 'and ZIP archives of them are accepted.';

/** Why a file of no kind that is read here gets no answer. */
export function unknownWords(name: string): string {
  return `${shownName(name)} ${foreignWords(name) ?? 'is neither an image nor a shape that is read here.'} ${ACCEPTED}`;
}

/** How the files begin that say what they are. */
const BEGINNINGS: readonly (readonly [string, FileKind])[] = [
  ['PK\x03\x04', 'archive'], ['PK\x05\x06', 'archive'], ['ply', 'shape'], ['OFF', 'shape'], ['COFF', 'shape'], ['solid', 'shape'], ['# .PCD', 'shape'],
    ['\x93NUMPY', 'shape'],
];

/** By the end of the name; a name without one that is known is looked into. */
export async function kindOf(file: Blob, name: string): Promise<FileKind> {
  const end = endOf(name);
  if (SHAPE_ENDS.includes(end)) return 'shape';
  if (RECORDING_ENDS.includes(end)) return 'recording';
  if (end === 'zip') return 'archive';
  if (foreignWords(name) !== undefined) return 'unknown';
  if (IMAGE_ENDS.includes(end) || end === 'svg' || file.type.startsWith('image/')) return 'image';
  const bytes = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const beginning = String.fromCharCode(...bytes);
  return BEGINNINGS.find(([with_]) => beginning.startsWith(with_))?.[1] ?? 'unknown';
}
