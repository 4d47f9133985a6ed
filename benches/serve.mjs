/** Serves the benchmark page on this machine: its scripts bundled in memory, the wasm builds from their folders. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, 'page');

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** The page's scripts by path. Each backend of the peer is a chunk of its own, so that a worker loads just what it runs. */
async function bundles() {
  const { outputFiles } = await build({
    entryPoints: ['host.js', 'ours.js', 'peer.js'].map((name) => join(page, name)),
    outdir: page,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    external: ['/pkg/*'],
    logLevel: 'error',
  });
  return new Map(outputFiles.map((file) => [`/${relative(page, file.path)}`, file.contents]));
}

/**
 * @param {string} pkg the folder of the wasm build
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function serve(pkg) {
  const scripts = await bundles();
  const folders = { '/': page, '/pkg': pkg, '/data': join(here, '../www/data'), '/tfjs': join(here, 'node_modules/@tensorflow/tfjs-backend-wasm/dist') };

  const content = async (path) => {
    const folder = folders[dirname(path)];
    if (scripts.has(path)) return scripts.get(path);
    return folder === undefined ? undefined : readFile(join(folder, basename(path))).catch(() => undefined);
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const body = await content(pathname);
    if (body === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`There is no ${pathname} here.\n`);
      return;
    }
    const type = TYPES[extname(pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
