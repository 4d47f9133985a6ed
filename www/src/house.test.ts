/** What is asked of every source file of the page, whoever wrote it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const HERE = dirname(fileURLToPath(import.meta.url));
const HOUSE = join(HERE, '..');
/** Longer lines do not fit beside another file on a screen. */
const LINE = 160;

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name)).map((name) => join(folder, name));
}

const short = (file: string): string => relative(HERE, file);

/** The files of ours that a file imports, for types or for more. */
function importsOf(file: string, all: ReadonlySet<string>): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)[ (]*'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => join(dirname(file), `${path}.ts`)).filter((path) => all.has(path));
}

/** "a.ts -> b.ts -> a.ts": every circle that a walk from file to file comes back into. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].map(short).join(' -> '));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    imports.get(file)?.forEach(walk);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) walk(file);
  return found;
}

test('no file imports itself by way of others', () => {
  const files = new Set(filesIn(HERE, /\.ts$/));
  expect(files.size).toBeGreaterThan(100);
  expect(circles(new Map([...files].map((file) => [file, importsOf(file, files)])))).toEqual([]);
});

test('a circle is found', () => {
  expect(circles(new Map([[join(HERE, 'a'), [join(HERE, 'b')]], [join(HERE, 'b'), [join(HERE, 'a')]]]))).toEqual(['a -> b -> a']);
});

test(`no line is longer than ${LINE} characters`, () => {
  const files = [HERE, join(HOUSE, 'tests'), join(HOUSE, 'build')].flatMap((folder) => filesIn(folder, /\.(ts|css)$/));
  const long = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').flatMap((line, i) => (line.length > LINE ? [`${short(file)}:${i + 1}`] : [])));
  expect(long).toEqual([]);
});

test('every style sheet is part of the one that pages start with, and none comes with a program', () => {
  const sheets = filesIn(HERE, /\.css$/).filter((file) => !/(main|tutorial)\.css$/.test(file));
  const main = readFileSync(join(HERE, 'style/main.css'), 'utf8');
  const imported = [...main.matchAll(/@import '(\.[^']+)'/g)].map(([, path = '']) => join(HERE, 'style', path));
  expect(imported.toSorted()).toEqual(sheets.toSorted());
  expect(filesIn(HERE, /\.ts$/).filter((file) => /^import '[^']*\.css'/m.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('every class in a style sheet stands in the code, or is one of the charts\'', () => {
  const code = filesIn(HERE, /\.ts$/).map((file) => readFileSync(file, 'utf8')).join('\n');
  const unused = filesIn(HERE, /\.css$/).filter((file) => !file.endsWith('tutorial.css')).flatMap((file) => {
    const rules = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\{[^{}]*\}/g, '{}');
    const names = [...rules.matchAll(/\.([a-z][a-z0-9-]*)/g)].map(([, name = '']) => name);
    return [...new Set(names)].filter((name) => !name.startsWith('u-') && !code.includes(name)).map((name) => `${short(file)}: .${name}`);
  });
  expect(unused).toEqual([]);
});
