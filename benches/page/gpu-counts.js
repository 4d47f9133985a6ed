/**
 * Counts what a library asks of WebGPU: dispatches, bytes that go up and come back, and the buffers that it holds. Imported,
 * it patches the prototypes, which has to happen before the library makes its device.
 */

const total = { dispatches: 0, uploaded: 0, read: 0 };

/** Bytes of the buffers that stand, and each one's share of them. */
let held = 0;
const shares = new WeakMap();

/** A buffer goes when it is destroyed or, in a library that never does that, when it is collected. */
function letGo(share) {
  held -= share.bytes;
  share.bytes = 0;
}
const collected = new FinalizationRegistry(letGo);

function hold(buffer) {
  const share = { bytes: buffer.size };
  held += share.bytes;
  shares.set(buffer, share);
  collected.register(buffer, share);
  return buffer;
}

/** Runs `before` with the arguments of each call of a method. */
function watch(type, method, before) {
  const original = type.prototype[method];
  type.prototype[method] = function watched(...given) {
    before.apply(this, given);
    return original.apply(this, given);
  };
}

/** The bytes of a `writeBuffer`, whose offset and size count a typed array's elements, or else bytes. */
function writtenBytes(data, offset = 0, size = undefined) {
  const unit = data.BYTES_PER_ELEMENT ?? 1;
  return size === undefined ? data.byteLength - offset * unit : size * unit;
}

function dispatched() {
  total.dispatches += 1;
}

if (globalThis.GPUDevice !== undefined) {
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function made(descriptor) {
    return hold(createBuffer.call(this, descriptor));
  };
  watch(GPUComputePassEncoder, 'dispatchWorkgroups', dispatched);
  watch(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', dispatched);
  watch(GPUQueue, 'writeBuffer', (_buffer, _at, data, offset, size) => {
    total.uploaded += writtenBytes(data, offset, size);
  });
  watch(GPUDevice, 'createBuffer', ({ mappedAtCreation, size }) => {
    if (mappedAtCreation) total.uploaded += size;
  });
  watch(GPUBuffer, 'destroy', function destroyed() {
    letGo(shares.get(this));
  });
  watch(GPUBuffer, 'mapAsync', function mapped(mode, offset = 0, size = this.size - offset) {
    if (mode & GPUMapMode.READ) total.read += size;
    else total.uploaded += size;
  });
}

/** What has been counted so far. */
export const gpuTotal = () => ({ ...total });

/** Bytes of the buffers that have been made and are neither destroyed nor, after a collection, collected. */
export async function gpuBytes() {
  if (held === 0) return 0;
  // What a collection has found is told in a task of its own.
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve));
  return held;
}

/** What each of `steps` steps took, on average, since `before`. */
export function gpuPerStep(before, steps) {
  return Object.fromEntries(Object.keys(total).map((key) => [key, (total[key] - before[key]) / steps]));
}
