/** What the Classify view calls its networks and what they take. */
import type { Form } from '../../run/classification';
import { DATA_SETS } from '../../state/data-sets';
import type { DataName } from '../../worker/protocol';

/** What a data set is called in a sentence. */
export function calledData(name: DataName): string {
  return name === 'own' ? 'your own data' : DATA_SETS[name].called;
}

/** How what is brought is made like what a network was trained on: part of a sentence. */
export function madeLike(name: DataName): string {
  return name === 'own' ? 'made like your own data' : DATA_SETS[name].madeLike;
}

interface FormWords {
  readonly brought: string;
  readonly other: string;
  readonly empty: string;
  readonly emptyWithoutShelf: string;
}

/** For each form, and for images in colour. */
export const FORM_WORDS: Record<Form | 'colour', FormWords> = {
  image: {
    brought: 'An image was brought', other: 'a picture of something else',
    empty: 'Draw a digit, drop a picture, or take a shape from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Draw a digit or drop a picture: the answer grows here, spike by spike.',
  },
  colour: {
    brought: 'A picture was brought', other: 'a picture of something else',
    empty: 'Drop or paste a picture, or take a shape from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Drop or paste a picture: the answer grows here, spike by spike.',
  },
  cloud: {
    brought: 'A shape was brought', other: 'any other shape',
    empty: 'Drop a shape, or take one from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Drop a shape: the answer grows here, spike by spike.',
  },
  recording: {
    brought: 'A recording was brought', other: 'a recording of anything else',
    empty: 'Drop a recording of events, or take a shape from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Drop a recording of events: the answer grows here, spike by spike.',
  },
};
