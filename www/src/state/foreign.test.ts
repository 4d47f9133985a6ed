import { expect, test } from 'vitest';
import { foreignWords } from './foreign';

test('files of cameras and other programs are told by their names, with a way out', () => {
  expect(foreignWords('IMG_0001.HEIC')).toBe('is a HEIC picture, as phones take them, which this browser cannot decode. Save it as JPEG or PNG.');
  expect(foreignWords('night.nef')).toContain('a raw picture of a camera');
  expect(foreignWords('hand.aedat4')).toContain('a recording of an event camera');
  expect(foreignWords('events.raw')).toContain('nothing in it says what');
  expect(foreignWords('chair.glb')).toContain('Export it as OBJ, PLY or STL.');
});

test('of what is read here, or has no ending, nothing is said', () => {
  for (const name of ['chair.obj', 'two.png', 'all.zip', 'README', '.heic.png']) expect(foreignWords(name)).toBeUndefined();
});
