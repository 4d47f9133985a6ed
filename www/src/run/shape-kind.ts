/** Which of the kinds of files that the page reads a file is. */

import { shownName } from '../state/names';
import { foreignWords } from './foreign';

export type FileKind = 'image' | 'shape' | 'archive' | 'unknown';

const SHAPES = ['off', 'ply', 'obj', 'stl', 'pcd', 'xyz', 'csv', 'txt', 'pts', 'npy'];
const IMAGES = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'bmp', 'svg'];

/** For the file dialogue. */
export const ACCEPT = ['image/*', ...[...SHAPES, 'zip'].map((end) => `.${end}`)].join();

/** What counts as a shape, for a sentence. */
export const SHAPE_FORMATS = SHAPES.map((end) => end.toUpperCase()).join(', ');

/** What may be brought, to stand behind a file of another kind. */
export const ACCEPTED = `PNG, JPEG, WebP, GIF, AVIF, BMP and SVG images, shapes (${SHAPE_FORMATS}), and ZIP archives of them are accepted.`;

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
  const end = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (SHAPES.includes(end)) return 'shape';
  if (end === 'zip') return 'archive';
  if (foreignWords(name) !== undefined) return 'unknown';
  if (IMAGES.includes(end) || file.type.startsWith('image/')) return 'image';
  const bytes = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const beginning = String.fromCharCode(...bytes);
  return BEGINNINGS.find(([with_]) => beginning.startsWith(with_))?.[1] ?? 'unknown';
}
