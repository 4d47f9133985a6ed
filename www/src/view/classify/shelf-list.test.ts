import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readShelf } from './shelf-list';

const SHIPPED = new Uint8Array(readFileSync(new URL('../../../data/shelf/shelf.json', import.meta.url)));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the list that ships is read', () => {
  const { models } = readShelf(SHIPPED);
  expect(models.length).toBeGreaterThan(5);
  expect(models.map(({ files }) => files[0])).toContain('dining-chair.obj');
});

test.each([
  ['no JSON', '<!doctype html>'], ['no list', '{}'], ['nothing', 'null'], ['models that are none', '{"note":"","models":[{"title":7}]}'],
  ['a model without a file', new TextDecoder().decode(SHIPPED).replace(/"files": \[[^\]]*\]/, '"files": []')],
  ['a picture that is none', new TextDecoder().decode(SHIPPED).replace(/"preview": "[^"]*"/, '"preview": "<>"')],
])('%s is refused in a sentence', (_, text) => {
  expect(() => readShelf(bytes(text))).toThrow(/^The list of what stands on the shelf is damaged/);
});
