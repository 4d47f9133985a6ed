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

/** "10,000", "28 by 28", and "2,000 are held out" of a data set. */
function facts(data: ShippedData): { readonly samples: string; readonly size: string; readonly held: string; readonly classes: number } {
  const { train, heldOut, height, width, classes } = SHIPPED[data];
  return { samples: grouped(train + heldOut), size: `${height} by ${width}`, held: `${grouped(heldOut)} are held out`, classes: classes.length };
}

const words = (data: ShippedData, of: (its: ReturnType<typeof facts>) => DataSetWords): DataSetWords => of(facts(data));

export const DATA_SETS: Readonly<Record<ShippedData, DataSetWords>> = {
  mnist: words('mnist', ({ samples, size, held }) => ({
    label: 'MNIST digits', explain: `${samples} handwritten digits of ${size} pixels; ${held}.`, called: 'MNIST digits',
    madeLike: `cropped to the ink, scaled into 20 by 20 pixels and centred by its mass on ${size}, as MNIST was made`,
  })),
  fashion: words('fashion', ({ samples, size, held }) => ({
    label: 'Fashion-MNIST', explain: `${samples} pictures of clothes, ${size} pixels: harder than digits; ${held}.`,
    called: 'Fashion-MNIST clothes', madeLike: `cropped to what stands out and scaled to ${size} pixels, as Fashion-MNIST was made`,
  })),
  digits: words('digits', ({ samples, size, held }) => ({
    label: `Digits ${size}`, explain: `${samples} tiny digits: learnt in seconds on any machine; ${held}.`,
    called: '8x8 digits', madeLike: `cropped to the ink and scaled to ${size} pixels, as these digits were made`,
  })),
  emoji: words('emoji', ({ samples, size, held, classes }) => ({
    label: 'Emoji, in colour',
    explain: `${samples} pictures of emoji by seven artists, ${size} pixels in colour, in ${classes} classes; ${held}, of emoji that no artist shows in `
      + 'training.',
    called: 'emoji', madeLike: `the largest square in its middle, scaled to ${size} pixels in colour`,
  })),
  cifar10: words('cifar10', ({ samples, size, held, classes }) => ({
    label: 'CIFAR-10, photographs',
    explain: `${samples} photographs of ${classes} kinds of things, ${size} pixels in colour: the hardest here; ${held}.`,
    called: 'CIFAR-10 photographs', madeLike: `the largest square in its middle, scaled to ${size} pixels in colour`,
  })),
  furniture: words('furniture', ({ samples, held, classes }) => ({
    label: 'Furniture, point clouds',
    explain: `Points sampled from the original meshes of ${samples} pieces in ${classes} classes; ${held}.`,
    called: 'furniture', madeLike: 'moved to the middle and scaled into a ball, its up axis upright, as the furniture was made',
  })),
};

/** In the order of the rows above, in which a list offers them. */
export const DATA_NAMES = Object.keys(DATA_SETS) as readonly ShippedData[];
