/** Fetches a wasm build with progress and starts its lab. */
import * as cpu from '../../../pkg/cpu/spikeground';
import { FetchFailed } from '../served/fetching';
import { initialise } from '../served/module';
import { largestBuffer } from './adapter';
import type { BackendName, Build, Progress } from './protocol';

type Module = typeof cpu;

/** A lab, and what its module offers beside it. */
export interface Core extends Pick<Module, 'experimentOf' | 'judge'> {
  readonly lab: cpu.Lab;
}

/** The smallest module with a SIMD instruction: `i8x16.popcnt(i8x16.splat(0))`. */
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

const BUILD_WORDS: Record<Build, string> = { cpu: 'the CPU build', webgpu: 'the WebGPU build' };
const NOT_BUILT = 'This copy of the page was built without the WebGPU build.';

/** Every module is initialised once: a second `init` of the same module would lose the first lab's memory. */
const modules = new Map<Build, Promise<Module>>();

async function load(build: Build, base: string, progress: (progress: Progress) => void): Promise<Module> {
  const module = build === 'cpu' ? cpu : await webgpu();
  await initialise(module, build, BUILD_WORDS[build], base, progress);
  return module;
}

/** The JavaScript beside the WebGPU module, a file of its own that few visitors need. */
async function webgpu(): Promise<Module> {
  let found;
  try {
    found = await import('virtual:webgpu');
  } catch {
    throw new FetchFailed(`Fetching ${BUILD_WORDS.webgpu} failed: the server could not be reached, or does not have it.`);
  }
  if (found.webgpu === undefined) throw new Error(`${NOT_BUILT} It may have been built since then: reload the page.`);
  return found.webgpu;
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
    return { lab: await Lab.start(backend, backend === 'webgpu' ? await largestBuffer() : undefined), experimentOf, judge };
  } catch (error) {
    modules.delete(build);
    throw error;
  }
}
