/** Asks for a GPU, in the worker, where it would be used. */
import { fieldOf } from '../state/untyped';
import { LimitPassed, within } from './limit';
import type { AdapterReport } from './protocol';

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}
interface Adapter {
  readonly limits?: { readonly maxStorageBufferBindingSize?: number; readonly maxBufferSize?: number };
  readonly info?: AdapterInfo;
  readonly isFallbackAdapter?: boolean;
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** Software adapters that do not always admit to being one. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** A driver that has not answered by then does not work. */
const LIMIT_MS = 10_000;

const isGpu = (given: unknown): given is Gpu => typeof fieldOf(given, 'requestAdapter') === 'function';

function gpuHere(): Gpu | undefined {
  const gpu = fieldOf(self.navigator, 'gpu');
  return isGpu(gpu) ? gpu : undefined;
}

/** Bytes of the largest buffer that the GPU binds, which no tensor may be larger than; undefined where it does not say so. */
export async function largestBuffer(): Promise<number | undefined> {
  const gpu = gpuHere();
  const limits = (await gpu?.requestAdapter({ powerPreference: 'high-performance' }))?.limits;
  const known = [limits?.maxStorageBufferBindingSize, limits?.maxBufferSize].filter((bytes) => bytes !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

export async function findAdapter(): Promise<AdapterReport> {
  const gpu = gpuHere();
  if (gpu === undefined) return { kind: 'none', name: 'this browser offers no WebGPU here' };
  let adapter: Adapter | null;
  try {
    adapter = await within(LIMIT_MS, `WebGPU did not answer within ${LIMIT_MS / 1000} seconds`,
      () => gpu.requestAdapter({ powerPreference: 'high-performance' }));
  } catch (error) {
    if (error instanceof LimitPassed) return { kind: 'none', name: error.message };
    return { kind: 'none', name: `the browser refused WebGPU (${error instanceof Error ? error.message : String(error)})` };
  }
  if (adapter === null) return { kind: 'none', name: 'WebGPU found no graphics adapter' };
  const info = adapter.info ?? {};
  const words = [info.vendor, info.architecture, info.device, info.description].filter((word) => word !== undefined && word !== '');
  const name = words.length > 0 ? [...new Set(words)].join(' ') : 'an adapter without a name';
  const software = info.isFallbackAdapter === true || adapter.isFallbackAdapter === true || SOFTWARE.test(name);
  return { kind: software ? 'software' : 'gpu', name };
}
