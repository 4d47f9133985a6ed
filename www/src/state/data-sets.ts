/** What the page says of each data set that ships; what one is in numbers is the core's. A new one is a row here. */
import type { ShippedData } from '../worker/protocol';
import { SHIPPED } from './core-settings';
import { grouped } from './figures';

interface DataSetWords {
  /** In the list of data sets. */
  readonly label: string;
  readonly explain: string;
  /** In a sentence. */
  readonly called: string;
  /** How what is brought is made like its samples: part of a sentence. */
  readonly madeLike: string;
}

/** "10,000", "28 by 28 pixels", and "2,000 are held out" of a data set. */
function factsOf(data: ShippedData): { readonly samples: string; readonly pixels: string; readonly held: string; readonly classes: number } {
  const { train, heldOut, height, width, classes } = SHIPPED[data];
  return { samples: grouped(train + heldOut), pixels: `${height} by ${width} pixels`, held: `${grouped(heldOut)} are held out`, classes: classes.length };
}

const [MNIST, FASHION, DIGITS, EMOJI, CIFAR, FURNITURE] = (['mnist', 'fashion', 'digits', 'emoji', 'cifar10', 'furniture'] as const).map(factsOf) as
  [Facts, Facts, Facts, Facts, Facts, Facts];
type Facts = ReturnType<typeof factsOf>;

export const DATA_SETS: Readonly<Record<ShippedData, DataSetWords>> = {
  mnist: {
    label: 'MNIST digits', explain: `${MNIST.samples} handwritten digits of ${MNIST.pixels}; ${MNIST.held}.`, called: 'MNIST digits',
    madeLike: 'cropped to the ink, scaled into 20 by 20 pixels and centred by its mass on 28 by 28, as MNIST was made',
  },
  fashion: {
    label: 'Fashion-MNIST', explain: `${FASHION.samples} pictures of clothes, ${FASHION.pixels}: harder than digits; ${FASHION.held}.`,
    called: 'Fashion-MNIST clothes', madeLike: 'cropped to what stands out and scaled to 28 by 28 pixels, as Fashion-MNIST was made',
  },
  digits: {
    label: `Digits ${SHIPPED.digits.height} by ${SHIPPED.digits.width}`,
    explain: `${DIGITS.samples} tiny digits: learnt in seconds on any machine; ${DIGITS.held}.`,
    called: '8x8 digits', madeLike: 'cropped to the ink and scaled to 8 by 8 pixels, as these digits were made',
  },
  emoji: {
    label: 'Emoji, in colour',
    explain: `${EMOJI.samples} pictures of emoji by seven artists, ${EMOJI.pixels} in colour, in ${EMOJI.classes} classes; ${EMOJI.held}, of emoji that `
      + 'no artist shows in training.',
    called: 'emoji', madeLike: 'the largest square in its middle, scaled to 32 by 32 pixels in colour',
  },
  cifar10: {
    label: 'CIFAR-10, photographs',
    explain: `${CIFAR.samples} photographs of ${CIFAR.classes} kinds of things, ${CIFAR.pixels} in colour: the hardest here; `
      + `${CIFAR.held}.`,
    called: 'CIFAR-10 photographs', madeLike: 'the largest square in its middle, scaled to 32 by 32 pixels in colour',
  },
  furniture: {
    label: 'Furniture, point clouds',
    explain: `Points sampled from the original meshes of ${FURNITURE.samples} pieces in ${FURNITURE.classes} classes; `
      + `${FURNITURE.held}.`,
    called: 'furniture', madeLike: 'moved to the middle and scaled into a ball, its up axis upright, as the furniture was made',
  },
};

/** Those in the order of the core, as a list offers them. */
export const DATA_NAMES = Object.keys(DATA_SETS) as readonly ShippedData[];
