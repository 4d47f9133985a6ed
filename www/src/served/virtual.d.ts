/** What `build/plugin.ts` makes while the page is built. */

declare module 'virtual:served' {
  export const WASM: import('./files').Wasm;
  export const DATA: import('./files').Data;
  /** The names of the data sets that there are. */
  export const SETS: readonly string[];
}

/** The JavaScript beside the WebGPU module; `undefined` for a page that was built before it. */
declare module 'virtual:webgpu' {
  export const webgpu: typeof import('../../../pkg/cpu/spikeground') | undefined;
}
