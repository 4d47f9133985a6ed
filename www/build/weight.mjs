/** What a package adds to the built page: `node build/weight.mjs lit-html` bundles all that the page's sources import of it, by itself. */
import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const ENTRY = 'virtual:weighed';
const [name = ''] = process.argv.slice(2);
const sources = new URL('../src/', import.meta.url);

/** The names that are imported of each module of the package; types weigh nothing. */
const imported = new Map();
for (const file of await readdir(sources, { recursive: true })) {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
  const code = await readFile(new URL(file, sources), 'utf8');
  for (const [, names, from] of code.matchAll(/import \{([^}]+)\} from '([^']+)'/g)) {
    if (from !== name && !from.startsWith(`${name}/`)) continue;
    const values = names.split(',').map((one) => one.trim()).filter((one) => one !== '' && !one.startsWith('type '));
    imported.set(from, new Set([...(imported.get(from) ?? []), ...values]));
  }
}
if (imported.size === 0) throw new Error(`The page's sources name nothing that they import of ${name}.`);

const entry = [...imported].map(([from, names]) => `export { ${[...names].join(', ')} } from '${from}';`).join('\n');
const [{ output }] = [await build({
  configFile: false,
  logLevel: 'error',
  root: new URL('..', import.meta.url).pathname,
  plugins: [{ name: 'weighed', resolveId: (id) => (id === ENTRY ? id : undefined), load: (id) => (id === ENTRY ? entry : undefined) }],
  build: { write: false, target: 'es2022', minify: true, rollupOptions: { input: ENTRY, preserveEntrySignatures: 'strict' } },
})].flat();
const code = output.map((part) => part.code ?? '').join('');
console.log(`${name}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} as gzip 9, ${brotliCompressSync(code).length} as brotli 11`);
