/** Single files that are brought as a data set. */
import { expect, test } from 'vitest';
import { BroughtRefused, fromArchive } from './dropped-files';

const refusal = (name: string): Promise<unknown> => fromArchive(new File(['anything'], name)).catch((error: unknown) => error);

test.each([
  ['IMG_0001.HEIC', 'is a HEIC picture, as phones take them, which this browser cannot decode. Save it as JPEG or PNG.'],
  ['night.nef', 'is a raw picture of a camera, which is not read here. Save it as JPEG or PNG.'],
  ['scan.tiff', 'is a picture of a kind that browsers do not decode. Save it as PNG.'],
  ['cat.avif', 'is one image.'],
  ['chair.off', 'is one shape.'],
  ['00002.bin', 'is one recording.'],
  ['notes.doc', 'is no ZIP archive.'],
])('%s %s', async (name, words) => {
  const refused = await refusal(name);
  expect(refused).toBeInstanceOf(BroughtRefused);
  expect(String(refused)).toContain(`${name} ${words} A data set is a ZIP archive or a folder`);
});

test('an archive is one by its name, or by how it begins', async () => {
  expect(await fromArchive(new File(['cut'], 'cats.ZIP'))).toMatchObject({ name: 'cats' });
  expect(await fromArchive(new File(['PK\x03\x04'], 'cats'))).toMatchObject({ name: 'cats' });
});
