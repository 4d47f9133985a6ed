/** Puts into a build what the page fetches at run time, tells the page its names, and serves it to `vite dev`. */
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import type { Plugin } from 'vite';
import { FOLDERS, listed, make, MODULES, modules, UNLICENSED, type Files, type Made } from './files.ts';

const SERVED = 'virtual:served';
const WEBGPU = 'virtual:webgpu';
/** How the name of a data set's file ends. */
const SET = '.safetensors.gz';
const TYPES: Record<string, string> = { '.json': 'application/json', '.wasm': 'application/wasm' };
/** What wasm-pack writes, wherever the folder really lies. */
const GLUE = /[\\/]pkg[\\/](cpu|webgpu|readers)[\\/]\w+\.js$/;

/** For the page's build and for those of its workers, which have plugins of their own. */
export function servedNames(): Plugin {
  let building = false;
  return {
    name: 'spikeground-served-names',
    enforce: 'pre',
    configResolved({ command }) {
      building = command === 'build';
    },
    resolveId(id) {
      return id === SERVED || id === WEBGPU ? `\0${id}` : undefined;
    },
    async load(id) {
      if (id === `\0${WEBGPU}`) {
        const there = (await modules()).includes('webgpu');
        return there ? `export * as webgpu from ${JSON.stringify(MODULES.webgpu.script)};` : 'export const webgpu = undefined;';
      }
      if (id !== `\0${SERVED}`) return undefined;
      const { wasm, data } = building ? inLists(await files()) : await listed();
      const sets = Object.keys(data).filter((name) => name.endsWith(SET)).map((name) => name.slice(0, -SET.length));
      return `export const WASM = ${JSON.stringify(wasm)};\nexport const DATA = ${JSON.stringify(data)};\nexport const SETS = ${JSON.stringify(sets)};`;
    },
    transform(code, id) {
      // The module is always handed over, so its address must not become one more copy of it in the build.
      return GLUE.test(id.split('?', 1)[0] ?? id) ? code.replace(/new URL\('\w+\.wasm', import\.meta\.url\)/, 'undefined') : undefined;
    },
  };
}

/** Emits the files, or serves them where they lie. */
export function servedFiles(): Plugin {
  return {
    name: 'spikeground-served-files',
    config: () => ({ server: { fs: { allow: ['.',
      ...Object.values(FOLDERS).filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder))] } } }),
    configureServer(server) {
      server.middlewares.use(serve);
    },
    // While it is worked on, Vite puts styles into the page itself, which the page's policy would forbid.
    transformIndexHtml: (html, { server }) => (server === undefined ? html : html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")),
    async generateBundle() {
      const { wasm, data, forPeople } = await files();
      if (data.some(({ name }) => name === UNLICENSED)) this.warn(`data/${UNLICENSED} is in this build; its images carry no licence to pass them on.`);
      for (const { file, content } of [...wasm, ...data]) this.emitFile({ type: 'asset', fileName: file.path, source: content });
      for (const { path, content } of forPeople) this.emitFile({ type: 'asset', fileName: path, source: content });
    },
  };
}

let made: Promise<Files> | undefined;

/** Read once, so that page, workers and files are of one build. */
function files(): Promise<Files> {
  made ??= make();
  return made;
}

function inLists({ wasm, data }: Files): Record<'wasm' | 'data', Record<string, unknown>> {
  const list = (all: readonly Made[]): Record<string, unknown> => Object.fromEntries(all.map(({ name, file }) => [name, file]));
  return { wasm: list(wasm), data: list(data) };
}

/** Reads at every request, so that a new build is found by a reload. */
function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = decodeURIComponent((request.url ?? '/').split(/[?#]/, 1)[0] ?? '/');
  const [prefix, folder] = Object.entries(FOLDERS).find(([prefix]) => path.startsWith(prefix)) ?? [];
  if (prefix === undefined || folder === undefined) {
    next();
    return;
  }
  const file = join(folder, path.slice(prefix.length));
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`There is no ${path} here.\n`);
    return;
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'cache-control': 'no-cache', 'content-type': type, 'content-length': statSync(file).size });
  // A build may replace the file while it is being read.
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}
