import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PARTS } from './settings';

const VIEWS = new URL('../view/', import.meta.url);

test('what `hide=` may name is what the views ask for by name', () => {
  const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const code = files.map((name) => readFileSync(new URL(name, VIEWS), 'utf8')).join('\n');
  const asked = [...code.matchAll(/(?:panel\(\s*app,|\bshows\()\s*'(\w+)'/g)].flatMap(([, name]) => name ?? []);
  // The other names are those of controls (`data`) and of papers; size and way are controls without a word of their own.
  const known: ReadonlySet<string> = new Set(PARTS);
  expect(asked.filter((name) => !known.has(name) && name !== 'data')).toEqual([]);
  expect(PARTS.filter((name) => !asked.includes(name) && name !== 'size' && name !== 'way')).toEqual([]);
});
