/**
 * Counts a worker's wasm memory. Imported, it patches what makes instances, which has to happen before the library makes
 * any: each memory is one that an instance imports or exports.
 */

const memories = new Set();

function keep(names) {
  for (const value of Object.values(names)) if (value instanceof WebAssembly.Memory) memories.add(value);
}

function keepOf({ exports }, imports = {}) {
  Object.values(imports).forEach(keep);
  keep(exports);
}

for (const method of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[method];
  WebAssembly[method] = async (given, imports) => {
    const made = await original(given, imports);
    keepOf(made.instance ?? made, imports);
    return made;
  };
}

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(type, [module, imports]) {
    const instance = new type(module, imports);
    keepOf(instance, imports);
    return instance;
  },
});

/** Bytes of all wasm memory, which grows and never shrinks. */
export const wasmBytes = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
