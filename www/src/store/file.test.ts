import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { readRunFile, runFile } from './file';
import { keptRun } from './made';
import { RecordUnusable } from './records';
import type { KeptRun } from './runs';

/** A safetensors file of one tensor of two numbers. */
function weights(): Blob {
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { format: 'x' }, 'lane0.w': { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(header.length), true);
  return new Blob([length, header, Float32Array.of(1.5, -2)]);
}

function withWeights(checkpoint: Blob): KeptRun {
  const run = keptRun('a', { name: 'the good one' });
  return { ...run, body: { ...run.body, checkpoint } };
}

test('a run goes into a file and comes back, its curves and what is not a number included', async () => {
  const run = withWeights(weights());
  const { head, body } = await readRunFile(await runFile(run), 'a.spikeground');
  expect(head).toEqual(run.head);
  expect(body.progress).toEqual(run.body.progress);
});

test('the file is a safetensors file with the tensors as they were, and the metadata beside', async () => {
  const file = await runFile(withWeights(weights()));
  const bytes = await file.arrayBuffer();
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  type Header = Record<string, { format?: string; data_offsets?: number[] }>;
  const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length))) as Header;
  expect(header.__metadata__?.format).toBe('x');
  expect(header['lane0.w']?.data_offsets).toEqual([0, 8]);
  expect([...new Float32Array(bytes.slice(8 + length))]).toEqual([1.5, -2]);
});

test('a file that is opened and saved again does not grow', async () => {
  const first = await runFile(withWeights(weights()));
  expect((await runFile(await readRunFile(first, 'a'))).size).toBe(first.size);
});

test('a run without a network under way has no checkpoint in its file', async () => {
  const { body } = await readRunFile(await runFile(withWeights(new Blob([]))), 'a');
  expect(body.checkpoint.size).toBe(0);
});

test('weights alone are said to be that', async () => {
  await expect(readRunFile(weights(), 'w.safetensors')).rejects.toThrow('w.safetensors holds the weights of a network alone, without the run');
});

test('what is empty and what is something else are said to be that', async () => {
  await expect(readRunFile(new Blob([]), 'empty.png')).rejects.toThrow('empty.png is empty.');
  for (const other of ['x', 'a longer text that is no file of ours']) {
    await expect(readRunFile(new Blob([other]), 'notes.txt')).rejects.toThrow('notes.txt is no run that Spikeground saved.');
  }
});

test('a file that was cut or has a byte more is damaged', async () => {
  const good = await runFile(withWeights(weights()));
  for (const end of [good.size - 1, good.size - 8, Math.round(good.size / 2)]) {
    await expect(readRunFile(good.slice(0, end), 'half.run')).rejects.toThrow('half.run is damaged: a part of it is missing.');
  }
  await expect(readRunFile(new Blob([good, 'x']), 'x')).rejects.toThrow('x is damaged: it holds more than it says.');
});

test('a changed byte of the weights is noticed, but in a file of an earlier version, which has no checksum', async () => {
  const bytes = new Uint8Array(await (await runFile(withWeights(weights()))).arrayBuffer());
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  await expect(readRunFile(new Blob([bytes]), 'x')).rejects.toThrow('x is damaged: it is not what was saved.');
  const earlier = new TextDecoder('latin1').decode(bytes).replace('spikeground-checksum', 'something-of-others.');
  const { head } = await readRunFile(new Blob([Uint8Array.from(earlier, (letter) => letter.charCodeAt(0))]), 'x');
  expect(head.name).toBe('the good one');
});

/** A file that says of itself how large it is, and is not. */
function sized(parts: BlobPart[], size: number): Blob {
  return Object.defineProperty(new Blob(parts), 'size', { value: size });
}

test('what is larger than a run can be is refused before it is read', async () => {
  const whole = sized(['x'], 600e6);
  const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
  await expect(readRunFile(whole, 'large.run')).rejects.toThrow('large.run has 600 MB, and a run has 512 MB at most.');
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, 80_000_000n, true);
  const text = vi.spyOn(JSON, 'parse');
  await expect(readRunFile(sized([length, '{'], 90e6), 'long.run')).rejects.toThrow('long.run tells 80 MB of itself, and a run tells 64 MB at most.');
  expect(text).not.toHaveBeenCalled();
  text.mockRestore();
});

test('a run that could not be read again is not saved', async () => {
  const { head, body } = withWeights(weights());
  await expect(runFile({ head: { ...head, link: 'x'.repeat(65e6) }, body })).rejects.toThrow('too large for a file that could be opened again');
});

test('whatever bytes come, the answer is a run or a sentence', async () => {
  const good = new Uint8Array(await (await runFile(withWeights(weights()))).arrayBuffer());
  const damaged = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
    const bytes = good.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  const cut = fc.nat(good.length).map((end) => good.slice(0, end));
  await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged, cut), async (bytes) => {
    const error: unknown = await readRunFile(new Blob([bytes]), 'x').then(() => undefined, (reason: unknown) => reason);
    expect(error === undefined || error instanceof RecordUnusable).toBe(true);
  }), { numRuns: 500 });
});
