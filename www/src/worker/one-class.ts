/** What is wrong with files that are all of one class: the planning of a data set knows them no more by then. */
import { endOf, IMAGE_ENDS, RECORDING_ENDS, SHAPE_ENDS } from '../state/file-kinds';
import { counted } from '../state/figures';
import { shownName } from '../state/names';

const WANTED = 'There have to be two classes at least, each a folder of two files or more, as in cats/1.png and dogs/1.png.';

/** A sentence for files that lie in folders of one name, or in none; nothing for others. */
export function oneClassWords(paths: readonly string[]): string | undefined {
  const seen = paths.filter((path) => !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'));
  const of = (ends: readonly string[]): string[] => seen.filter((path) => ends.includes(endOf(path)));
  const kinds = [{ word: 'image', samples: of(IMAGE_ENDS) }, { word: 'shape', samples: of(SHAPE_ENDS) }, { word: 'recording', samples: of(RECORDING_ENDS) }];
  const { word, samples } = kinds.reduce((most, other) => (other.samples.length > most.samples.length ? other : most));
  const [name, ...others] = new Set(samples.map((path) => path.split('/').at(-2)));
  if (samples.length === 0 || others.length > 0) return undefined;
  const found = counted(samples.length, word);
  const what = name === undefined ? `What is here, ${found}, lies in no folder that names a class` : `The only class here is ${shownName(name)}, of ${found}`;
  return `${what}. ${WANTED}`;
}
