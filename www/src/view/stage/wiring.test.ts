import { expect, test } from 'vitest';
import { heardBy, hears, sourceOf } from './wiring';

const heardOf = (shape: number[], before: number[], neuron: number, network: 'conv' | 'resnet' | 'mlp' | 'pointnet'): number[] => {
  const heard = heardBy({ shape }, before, neuron, network);
  const count = before.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, i) => i).filter((i) => hears(heard, before, i));
};

test('a unit hears all of the layer before', () => {
  expect(heardOf([3], [4], 1, 'mlp')).toEqual([0, 1, 2, 3]);
});

test('a filter of the same size sees three by three, less at the border, in every channel', () => {
  // Row 0, column 0 of a 3 by 3 map over two channels of 3 by 3.
  expect(heardOf([1, 3, 3], [2, 3, 3], 0, 'conv')).toEqual([0, 1, 3, 4, 9, 10, 12, 13]);
  expect(heardOf([1, 3, 3], [1, 3, 3], 4, 'conv')).toHaveLength(9);
});

test('behind pooling a filter sees pairs, behind a stride of two single rows', () => {
  // The second of two columns of a single row's worth: columns 0 to 5 of the pooled map's pairs.
  expect(heardOf([1, 1, 4], [1, 1, 8], 1, 'conv')).toEqual([0, 1, 2, 3, 4, 5]);
  expect(heardOf([1, 1, 4], [1, 1, 8], 1, 'resnet')).toEqual([1, 2, 3]);
});

test('a channel of a point hears that point', () => {
  expect(heardOf([4, 2], [4, 3], 5, 'pointnet')).toEqual([6, 7, 8]);
});

test('what follows a transform hears what stood in front of it, as the transform does', () => {
  const names = ['inputTransform1', 'inputTransform2', 'layer1', 'featureTransform1', 'featureTransform2', 'layer2', 'head1'];
  const layers = names.map((name) => ({ name }));
  expect(names.map((_, i) => sourceOf(layers, i))).toEqual([-1, 0, -1, 2, 3, 2, 5]);
});
