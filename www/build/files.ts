/** Which files the page fetches at run time, and what a build makes of them: names with a hash, wasm packed. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Checksum } from '../src/served/checksum.ts';
import type { ServedFile, WasmName } from '../src/served/files.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const PKG = resolve(here, '../../pkg');
const DATA = resolve(here, '../data');

/** Folders that `vite dev` serves as they are. */
export const FOLDERS: Readonly<Record<string, string>> = { '/pkg/': PKG, '/data/': DATA };

/** What wasm-pack makes: the module, and the JavaScript beside it, which is bundled. */
export const MODULES: Readonly<Record<WasmName, { readonly wasm: string; readonly script: string }>> = {
  cpu: { wasm: join(PKG, 'cpu/spikeground_bg.wasm'), script: join(PKG, 'cpu/spikeground.js') },
  webgpu: { wasm: join(PKG, 'webgpu/spikeground_bg.wasm'), script: join(PKG, 'webgpu/spikeground.js') },
  readers: { wasm: join(PKG, 'readers/readers_bg.wasm'), script: join(PKG, 'readers/readers.js') },
};

/** What stands in front of the mark that `wasm/build.rs` leaves in the core: a hash of its sources. */
const MARK = 'spikeground-sources:';
const MARK_LENGTH = 16;

/** Bundled. */
const BUNDLED = 'reproduction.json';
/** Made by whoever wants it, for a page of their own. */
export const UNLICENSED = 'cifar10.safetensors.gz';
/** For people, who find them by their names. */
const READ_BY_PEOPLE = /\.(md|tsv)$/;

/** A file of a build. */
export interface Made {
  /** What the page calls it: a module's name, or a path in `data`. */
  readonly name: string;
  readonly file: ServedFile;
  readonly content: Uint8Array;
}

/** Everything that is fetched at run time, and what lies beside it for people. */
export interface Files {
  readonly wasm: readonly Made[];
  readonly data: readonly Made[];
  readonly forPeople: readonly { readonly path: string; readonly content: Uint8Array }[];
}

/** Whether there is a WebGPU module of the sources that the CPU module was made of. */
export async function webgpuFits(): Promise<boolean> {
  const { cpu, webgpu } = MODULES;
  if (!existsSync(webgpu.wasm) || !existsSync(cpu.wasm)) return false;
  const [mark, other] = [markOf(await readFile(cpu.wasm)), markOf(await readFile(webgpu.wasm))];
  return mark === other;
}

function markOf(wasm: Buffer): string | undefined {
  const at = wasm.indexOf(MARK);
  return at < 0 ? undefined : wasm.subarray(at + MARK.length, at + MARK.length + MARK_LENGTH).toString('latin1');
}

/** The modules that there are. */
export async function modules(): Promise<WasmName[]> {
  const fits = await webgpuFits();
  const names: readonly WasmName[] = ['cpu', 'webgpu', 'readers'];
  return names.filter((name) => (name === 'webgpu' ? fits : existsSync(MODULES[name].wasm)));
}

/** The paths in `data`. */
async function dataPaths(): Promise<string[]> {
  const entries = await readdir(DATA, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(DATA.length + 1).replaceAll('\\', '/')).sort();
}

/** The files as they lie, by name, for a server that reads them at each request. */
export async function listed(): Promise<{ wasm: Record<string, ServedFile>; data: Record<string, ServedFile> }> {
  const wasm = (await modules()).map((name) => [name, { path: MODULES[name].wasm.slice(resolve(PKG, '..').length + 1), gzip: false }] as const);
  const data = (await dataPaths()).map((path) => [path, { path: `data/${path}`, gzip: path.endsWith('.gz') }] as const);
  return { wasm: Object.fromEntries(wasm), data: Object.fromEntries(data) };
}

/** The files of a build. */
export async function make(): Promise<Files> {
  const wasm = await Promise.all((await modules()).map(async (name) => {
    const bytes = await readFile(MODULES[name].wasm);
    return made(name, `pkg/${name}.wasm.gz`, gzipSync(bytes, { level: 9 }), bytes);
  }));
  const paths = (await dataPaths()).filter((path) => path !== BUNDLED);
  const read = await Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(DATA, path)) })));
  const data = read.filter(({ path }) => !READ_BY_PEOPLE.test(path)).map(({ path, content }) =>
    made(path, `data/${path}`, content, path.endsWith('.gz') ? gunzipSync(content) : content));
  const forPeople = read.filter(({ path }) => READ_BY_PEOPLE.test(path)).map(({ path, content }) => ({ path: `data/${path}`, content }));
  return { wasm, data, forPeople };
}

function made(name: string, path: string, content: Uint8Array, unpacked: Uint8Array): Made {
  const checksum = new Checksum();
  checksum.add(unpacked);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const file = { path: path.replace(/\.[^/]*$/, (ending) => `-${hash}${ending}`), gzip: path.endsWith('.gz'), packed: content.length,
    bytes: unpacked.length, checksum: checksum.text };
  return { name, file, content };
}
