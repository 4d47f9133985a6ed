/**
 * What makes a folder of files a place that is served: the name of the build, in the pages and in `build.json`, by which an old
 * tab sees that there is a newer one; the service worker; the headers that are worth having.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const PUBLIC = resolve(here, '../public');
const WORKER = resolve(here, '../offline/service-worker.ts');

/** Stands in the pages for the name of the build. */
const PLACE = '%BUILD%';
/** Kept for offline use from the first visit; data sets, what a GPU and what 3D needs only once they were used. */
const FIRST = /^(assets\/|pkg\/(cpu|readers)-|data\/(digits|pretrained-digits|shelf\/shelf)-|[^/]+$)/;
const LATER = /^(pkg|data)\/|^assets\/(scene|_?virtual_webgpu)/;
/** Read by servers and browsers, not by the page. */
const NOT_KEPT = /^_headers$|\.(md|tsv)$/;

type Contents = ReadonlyMap<string, Uint8Array | string>;

export function deployed(): Plugin {
  return {
    name: 'spikeground-deployed',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const pages = Object.values(bundle).flatMap((part) => (part.type === 'asset' && part.fileName.endsWith('.html') ? [part] : []));
        const contents = new Map<string, Uint8Array | string>(Object.values(bundle).map((part) =>
          [part.fileName, part.type === 'asset' ? part.source : part.code]));
        for (const name of readdirSync(PUBLIC)) contents.set(name, readFileSync(resolve(PUBLIC, name)));
        const build = hashOf([...contents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => `${path} ${hashOf(content)}`).join('\n'));
        for (const page of pages) {
          page.source = String(page.source).replaceAll(PLACE, build);
          contents.set(page.fileName, page.source);
        }
        this.emitFile({ type: 'asset', fileName: 'build.json', source: `${JSON.stringify({ build })}\n` });
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: await serviceWorker(build, contents) });
        this.emitFile({ type: 'asset', fileName: '_headers', source: headers([...contents.keys()]) });
      },
    },
  };
}

/** Eight hexadecimal digits, as the service worker finds them. */
function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}

async function serviceWorker(name: string, contents: Contents): Promise<string> {
  const kept = [...contents.keys()].filter((path) => !NOT_KEPT.test(path)).sort();
  const isFirst = (path: string): boolean => FIRST.test(path) && !(LATER.test(path) && path.startsWith('assets/'));
  const first = Object.fromEntries(kept.filter(isFirst).map((path) => [path, path.endsWith('.gz') ? null : hashOf(contents.get(path) ?? '')]));
  const later = kept.filter((path) => !isFirst(path));
  const { code } = await transformWithOxc(await readFile(WORKER, 'utf8'), WORKER, { target: 'es2022', sourcemap: false });
  return `const BUILD = ${JSON.stringify({ name, first, later })};\n${code}`;
}

/** For servers that read such a file (Netlify, Cloudflare Pages); `docs/hosting.md` has the others. */
function headers(paths: readonly string[]): string {
  const guarded = paths.filter((path) => /^assets\/[\w-]*worker-[^/]*\.js$/.test(path));
  const policies = guarded.map((path) => `/${path}\n  Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'`);
  const lasting = ['assets', 'pkg', 'data'].map((folder) => `/${folder}/*\n  Cache-Control: public, max-age=31536000, immutable`);
  return `${['/*\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer', ...lasting, ...policies].join('\n')}\n`;
}
