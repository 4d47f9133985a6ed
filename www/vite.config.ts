import { createReadStream, existsSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Folders that the page fetches from at run time and that no bundler touches. */
const FOLDERS: Record<string, string> = { '/pkg/': resolve(here, '../pkg'), '/data/': resolve(here, 'data') };

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.wasm': 'application/wasm',
};

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = decodeURIComponent((request.url ?? '/').split(/[?#]/, 1)[0] ?? '/');
  const prefix = Object.keys(FOLDERS).find((p) => path.startsWith(p));
  if (prefix === undefined) {
    next();
    return;
  }
  const folder = FOLDERS[prefix] ?? here;
  const file = join(folder, path.slice(prefix.length));
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`There is no ${path} here.\n`);
    return;
  }
  const { size, mtimeMs } = statSync(file);
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  const headers = { etag, 'cache-control': 'no-cache' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': size });
  if (request.method === 'HEAD') response.end();
  // A build may replace the file while it is being read.
  else createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

/** A worker does not inherit the page's policy: it takes that of its own response. */
function guardWorker(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (/\/[a-z-]*worker-[^/]*\.js/.test(request.url ?? '')) {
    response.setHeader('content-security-policy', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
  }
  next();
}

/**
 * Serves the wasm builds and the data sets by reading their folders at every request, so that a build that appears
 * later is found without a restart, and copies them into a production build so that `dist` is complete.
 */
function runtimeFolders(): Plugin {
  return {
    name: 'spikeground-runtime-folders',
    configureServer(server) {
      server.middlewares.use(serve);
    },
    configurePreviewServer(server) {
      server.middlewares.use(guardWorker);
      server.middlewares.use(serve);
    },
    async writeBundle(options) {
      for (const [prefix, folder] of Object.entries(FOLDERS)) {
        if (!existsSync(folder) || options.dir === undefined) continue;
        await cp(folder, join(options.dir, prefix), { recursive: true, dereference: true, filter: (source) => !source.endsWith('.gitignore') });
      }
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [runtimeFolders()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // three.js, which is fetched only where a cloud is shown, is larger than what is warned of.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: ['index.html', 'embed.html', 'tutorial.html'].map((page) => join(here, page)).filter((page) => existsSync(page)),
    },
  },
  worker: { format: 'es' },
});
