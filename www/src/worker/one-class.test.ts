/** Files of one class, in words. */
import { expect, test } from 'vitest';
import { oneClassWords } from './one-class';

test('one class is named and counted, and it is said that there have to be two', () => {
  const wanted = 'There have to be two classes at least, each a folder of two files or more, as in cats/1.png and dogs/1.png.';
  const cats = ['pets/cats/1.jpg', 'pets/cats/2.PNG', 'pets/cats/labels.txt', 'pets/.DS_Store'];
  expect(oneClassWords(cats)).toBe(`The only class here is cats, of 2 images. ${wanted}`);
  expect(oneClassWords(['train/chair/1.off', 'test/chair/2.off', 'train/chair/3.off'])).toBe(`The only class here is chair, of 3 shapes. ${wanted}`);
  expect(oneClassWords(['Train/0/00002.bin', 'Test/0/00004.bin'])).toBe(`The only class here is 0, of 2 recordings. ${wanted}`);
  expect(oneClassWords(['1.png'])).toBe(`What is here, 1 image, lies in no folder that names a class. ${wanted}`);
});

test('nothing is said of two classes, nor where nothing can be used', () => {
  for (const paths of [['a/1.png', 'b/1.png'], ['cats/1.heic', 'cats/2.heic'], []]) expect(oneClassWords(paths)).toBeUndefined();
});
