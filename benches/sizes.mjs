/** How large the wasm is that a page loads, and whose code it is. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The readers are fetched when somebody brings a file. */
const BUILDS = [['pkg/cpu', 'spikeground'], ['pkg/webgpu', 'spikeground'], ['pkg/readers', 'readers']];
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

/**
 * @param {string} root the folder that has `pkg`
 * @returns {Promise<{ name: string, raw: number, gzip: number, brotli: number }[]>} bytes, of the builds that are there
 */
export async function wasmSizes(root) {
  const sizes = [];
  for (const [name, file] of BUILDS) {
    const bytes = await readFile(join(root, name, `${file}_bg.wasm`)).catch(() => undefined);
    if (bytes === undefined) continue;
    const [zipped, brotli] = await Promise.all([
      promisify(gzip)(bytes, { level: 9 }),
      promisify(brotliCompress)(bytes, BROTLI),
    ]);
    sizes.push({ name, raw: bytes.length, gzip: zipped.length, brotli: brotli.length });
  }
  return sizes;
}

/**
 * Bytes of code by crate in the benchmark's CPU build, the largest first. `cargo xtask bench` weighs it.
 *
 * @returns {Promise<[string, number][]>}
 */
export async function wasmWeights(root) {
  const weights = await readFile(join(root, 'target/bench-pkg/weights.json'), 'utf8').catch(() => '[]');
  return JSON.parse(weights);
}
