/** Fetches the wasm of a module whose JavaScript is bundled. */
import { WASM } from 'virtual:served';
import { fetchServed, FetchFailed, type Tell } from './fetching';
import type { WasmName } from './files';

/** What wasm-bindgen makes of a module. */
interface Initialised {
  default(given: { module_or_path: Response }): Promise<unknown>;
}

/** Gives a module its wasm, which the browser compiles while the bytes arrive. */
export async function initialise(module: Initialised, name: WasmName, what: string, base: string, progress: Tell): Promise<void> {
  const file = WASM[name];
  if (file === undefined) throw new FetchFailed(`Fetching ${what} failed: this copy of the page was built without it.`);
  await fetchServed(file, base, what, progress, async (arriving) => {
    try {
      await module.default({ module_or_path: arriving });
    } catch (error) {
      throw error instanceof TypeError ? error : new Error(`${failureOf(error, what)} (${error instanceof Error ? error.message : String(error)}).`);
    }
  });
}

/** Why a module did not start. */
function failureOf(error: unknown, what: string): string {
  if (error instanceof RangeError) return `Starting ${what} failed: there is not enough memory`;
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return `Starting ${what} failed: the server gave a part of it, another file, or one of another version`;
  }
  return `Starting ${what} failed`;
}
