/** Serves the benchmark page on this machine: its scripts bundled in memory, the rest from folders. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, 'page');

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' };
/** As a server compresses while it answers. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** The page's scripts by path. Each backend of a peer is a chunk of its own, so that a worker loads just what it runs. */
async function bundles() {
  const { outputFiles } = await build({
    entryPoints: ['host.js', 'ours.js', 'peer.js', 'jax.js', 'ort.js'].map((name) => join(page, name)),
    outdir: page,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    external: ['/pkg/*', '/pkg-webgpu/*'],
    logLevel: 'error',
  });
  return new Map(outputFiles.map((file) => [`/${relative(page, file.path)}`, file.contents]));
}

/** What has been served, and how large it is, compressed once for each path. */
class Ledger {
  #served = new Map();
  #compressed = new Map();

  enter(path, body) {
    this.#served.set(path, body);
  }

  /** The bytes of what has been served since this was last asked. */
  take() {
    const sum = { raw: 0, brotli: 0 };
    for (const [path, body] of this.#served) {
      if (!this.#compressed.has(path)) this.#compressed.set(path, brotliCompressSync(body, BROTLI).length);
      sum.raw += body.length;
      sum.brotli += this.#compressed.get(path);
    }
    this.#served.clear();
    return sum;
  }
}

/**
 * @param {{ cpu: string, webgpu: string }} builds the folders of the wasm builds
 * @returns {Promise<{ address: string, loaded: () => { raw: number, brotli: number }, close: () => void }>} `loaded`: the bytes
 *   of what has been served since it was last called
 */
export async function serve(builds) {
  const scripts = await bundles();
  const ledger = new Ledger();
  const folders = {
    '/': page,
    '/pkg': builds.cpu,
    '/pkg-webgpu': builds.webgpu,
    '/data': join(here, '../www/data'),
    '/tfjs': join(here, 'node_modules/@tensorflow/tfjs-backend-wasm/dist'),
    '/ort': join(here, 'node_modules/onnxruntime-web/dist'),
  };

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
    ledger.enter(pathname, body);
    const type = TYPES[extname(pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, loaded: () => ledger.take(), close: () => server.close() };
}
