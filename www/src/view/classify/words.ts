/** What the Classify view calls its networks and what they take. */
import type { Form } from '../../run/classification';
import type { DataName } from '../../worker/protocol';

export const DATA_WORDS: Record<DataName, string> = {
  mnist: 'MNIST digits', fashion: 'Fashion-MNIST clothes', digits: '8x8 digits', furniture: 'furniture', own: 'your own data',
};

/** How what is brought is made like what a network was trained on: part of a sentence. */
export const MADE_LIKE: Record<DataName, string> = {
  mnist: 'cropped to the ink, scaled into 20 by 20 pixels and centred by its mass on 28 by 28, as MNIST was made',
  fashion: 'cropped to what stands out and scaled to 28 by 28 pixels, as Fashion-MNIST was made',
  digits: 'cropped to the ink and scaled to 8 by 8 pixels, as these digits were made',
  furniture: 'moved to the middle and scaled into a ball, its up axis upright, as the furniture was made',
  own: 'made like your own data',
};

export const FORM_WORDS: Record<Form, { readonly brought: string; readonly other: string; readonly empty: string; readonly emptyWithoutShelf: string }> = {
  image: {
    brought: 'An image was brought', other: 'a picture of something else',
    empty: 'Draw a digit, drop a picture, or take a shape from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Draw a digit or drop a picture: the answer grows here, spike by spike.',
  },
  cloud: {
    brought: 'A shape was brought', other: 'any other shape',
    empty: 'Drop a shape, or take one from the shelf below: the answer grows here, spike by spike.',
    emptyWithoutShelf: 'Drop a shape: the answer grows here, spike by spike.',
  },
};
