/** Fetches a wasm build with progress and starts its lab. */
import type * as core from '../../../pkg/cpu/spikeground';
import type { BackendName, Build, Progress } from './protocol';

type Module = typeof core;

/** A lab, and what its module offers beside it. */
export interface Core extends Pick<Module, 'experimentOf' | 'judge'> {
  readonly lab: core.Lab;
}

/** The smallest module with a SIMD instruction: `i8x16.popcnt(i8x16.splat(0))`. */
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

const BUILD_WORDS: Record<Build, string> = { cpu: 'the CPU build', webgpu: 'the WebGPU build' };

/** Every module is initialised once: a second `init` of the same module would lose the first lab's memory. */
const modules = new Map<Build, Promise<Module>>();

async function load(build: Build, base: string, progress: (progress: Progress) => void): Promise<Module> {
  const folder = new URL(`pkg/${build}/`, base);
  // The address is only known at run time, because a build may appear later than the page or be absent.
  let module: Module;
  try {
    module = (await import(/* @vite-ignore */ new URL('spikeground.js', folder).href)) as Module;
  } catch {
    throw new Error(`Fetching ${BUILD_WORDS[build]} failed: the server could not be reached, or does not have it.`);
  }
  await initialise(module, new URL('spikeground_bg.wasm', folder), BUILD_WORDS[build], progress);
  return module;
}

/** Starts a lab on `backend` from one of the builds. */
export async function startLab(
  build: Build,
  backend: BackendName,
  base: string,
  progress: (progress: Progress) => void,
): Promise<Core> {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('This browser has no WebAssembly, which the networks run in. A browser from 2023 or later has it.');
  }
  if (!WebAssembly.validate(SIMD) || typeof DecompressionStream === 'undefined') {
    throw new Error('This browser lacks what the networks run on (WebAssembly with SIMD, and unpacking streams). A browser from 2023 or later has both.');
  }
  let module = modules.get(build);
  if (module === undefined) {
    module = load(build, base, progress);
    modules.set(build, module);
  }
  try {
    const { Lab, experimentOf, judge } = await module;
    return { lab: await Lab.start(backend), experimentOf, judge };
  } catch (error) {
    modules.delete(build);
    throw error;
  }
}

/** What wasm-bindgen makes of a module. */
interface Initialised {
  default(given: { module_or_path: Response }): Promise<unknown>;
}

/** Gives a module its wasm, which the browser compiles while the bytes arrive, whatever type the server calls them. */
export async function initialise(module: Initialised, url: URL, what: string, progress: (progress: Progress) => void): Promise<void> {
  const { body } = await fetchCounted(url, what, progress);
  try {
    await module.default({ module_or_path: new Response(body, { headers: { 'content-type': 'application/wasm' } }) });
  } catch (error) {
    throw new Error(`${failureOf(error, what)} (${error instanceof Error ? error.message : String(error)}).`);
  }
}

/** Why a module did not start. */
function failureOf(error: unknown, what: string): string {
  if (error instanceof TypeError) return `Fetching ${what} failed: it broke off on the way`;
  if (error instanceof RangeError) return `Starting ${what} failed: there is not enough memory`;
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return `Starting ${what} failed: the server gave a part of it, another file, or one of another version`;
  }
  return `Starting ${what} failed`;
}

/** Fetches a whole file, reporting how much of it has arrived. */
export async function download(url: URL, what: string, progress: (progress: Progress) => void): Promise<ArrayBuffer> {
  const arriving = await fetchCounted(url, what, progress);
  try {
    return await arriving.arrayBuffer();
  } catch {
    throw new Error(`Fetching ${what} failed: it broke off on the way.`);
  }
}

/** A file on its way, which reports how much of it has arrived. */
async function fetchCounted(url: URL, what: string, progress: (progress: Progress) => void): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error(`Fetching ${what} failed: the server could not be reached.`);
  }
  if (!response.ok) throw new Error(`Fetching ${what} failed: the server answered ${response.status}.`);
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  // A server that compresses on the way gives the length of the compressed bytes, which says nothing of these.
  const known = Number.isFinite(length) && length > 0 && response.headers.get('content-encoding') === null;
  let loaded = 0;
  progress({ what, loaded, ...(known ? { total: length } : {}) });
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      progress({ what, loaded, ...(known ? { total: length } : {}) });
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counting));
}
