import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { Checksum } from './checksum';
import { fetchBytes, fetchServed } from './fetching';
import type { ServedFile } from './files';

/** Noise of six bits, which packs to about three quarters. */
const CONTENT = new Uint8Array(50_000);
let noise = 1;
for (let i = 0; i < CONTENT.length; i += 1) {
  noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
  CONTENT[i] = noise >>> 26;
}
const PACKED = new Uint8Array(gzipSync(CONTENT));

function file(): ServedFile {
  const sum = new Checksum();
  sum.add(CONTENT);
  return { path: 'pkg/cpu.wasm.gz', gzip: true, packed: PACKED.length, bytes: CONTENT.length, checksum: sum.text };
}

/** A server that gives these bytes in pieces of `piece`, the first of which has less than what tells gzip. */
function serve(bytes: Uint8Array<ArrayBuffer>, piece: number, headers: Readonly<Record<string, string>> = {}): void {
  vi.stubGlobal('fetch', () => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, at += at === 0 ? 1 : piece));
      },
    });
    return Promise.resolve(new Response(body, { headers }));
  });
}

afterEach(() => { vi.unstubAllGlobals(); });

test('a file that a server gives packed, as it lies there, is unpacked and counted in packed bytes', async () => {
  serve(PACKED, 1000, { 'content-type': 'text/plain', 'content-length': String(PACKED.length) });
  const told: { loaded: number; total?: number }[] = [];
  expect(await fetchBytes(file(), 'http://here/', 'it', (progress) => told.push(progress))).toEqual(CONTENT);
  expect(told.at(0)).toEqual({ what: 'it', loaded: 0, total: PACKED.length });
  expect(told.at(-1)).toEqual({ what: 'it', loaded: PACKED.length, total: PACKED.length });
});

test('a file that the browser has unpacked on the way, because the server called gzip an encoding, is taken as it is', async () => {
  serve(CONTENT, 1000, { 'content-encoding': 'gzip', 'content-length': String(PACKED.length) });
  const told: { loaded: number; total?: number }[] = [];
  expect(await fetchBytes(file(), 'http://here/', 'it', (progress) => told.push(progress))).toEqual(CONTENT);
  expect(told.at(-1)).toEqual({ what: 'it', loaded: CONTENT.length, total: CONTENT.length });
});

test('what is made of a file begins before its end, with the type that browsers compile wasm by', async () => {
  serve(PACKED, 1000, { 'content-type': 'text/plain' });
  await fetchServed(file(), 'http://here/', 'it', () => undefined, async (arriving) => {
    expect(arriving.headers.get('content-type')).toBe('application/wasm');
    const reader = arriving.body?.getReader();
    const { value } = await reader?.read() ?? {};
    expect(value?.length).toBeLessThan(CONTENT.length);
    while (!(await reader?.read())?.done);
  });
});

// What ends in the middle of gzip is another error in a browser than in Node: `faults.spec.ts` has it.
test('another file, packed or not, and half of one are refused in a sentence', async () => {
  const other = Uint8Array.from(CONTENT, (byte, i) => (i === 40_000 ? byte + 1 : byte));
  for (const bytes of [other, CONTENT.slice(0, 20_000), new Uint8Array(gzipSync(other))]) {
    serve(bytes, 1000);
    await expect(fetchBytes(file(), 'http://here/', 'it', () => undefined)).rejects.toThrow('Fetching it failed: the server gave a part of it');
  }
});
