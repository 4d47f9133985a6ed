/**
 * A run as one file: the core's safetensors file of its checkpoint, with all that the page keeps beside it under one more
 * key of the metadata, so that whatever reads safetensors reads the weights.
 */
import * as v from 'valibot';
import { bodySchema, checked, headSchema, RECORD_VERSION, RecordUnusable } from './records';
import type { KeptRun } from './runs';

/** The key in the metadata. */
const KEY = 'spikeground-run';
/** A header is a JSON text behind its length in eight bytes. */
const LENGTH_BYTES = 8;
/** Curves of a million steps; a file that says more is none of ours. */
const MAX_HEADER = 100e6;

export const FILE_ENDING = '.spikeground';

const headerSchema = v.objectWithRest({ __metadata__: v.optional(v.record(v.string(), v.string())) }, v.unknown());

/** The file of a run. */
export async function runFile({ head, body }: KeptRun): Promise<Blob> {
  const { header, tensors } = await split(body.checkpoint);
  const metadata = { ...header.__metadata__, [KEY]: JSON.stringify({ head, progress: body.progress }, tagged) };
  const text = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: metadata }));
  // Tensors lie at multiples of eight bytes; blanks may stand behind a JSON text.
  const padded = new Uint8Array(Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES).fill(' '.charCodeAt(0));
  padded.set(text);
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setBigUint64(0, BigInt(padded.length), true);
  return new Blob([length, padded, tensors], { type: 'application/octet-stream' });
}

/** Reads such a file again. Throws a [`RecordUnusable`] with a sentence for what is none. */
export async function readRunFile(file: Blob, name: string): Promise<KeptRun> {
  const refuse = (why: string): RecordUnusable => new RecordUnusable(`${name} is no run of Spikeground that can be opened here: ${why}`);
  let parts: Awaited<ReturnType<typeof split>>;
  try {
    parts = await split(file);
  } catch {
    throw refuse('it is not a safetensors file.');
  }
  const text = parts.header.__metadata__?.[KEY];
  if (text === undefined) throw refuse('it holds weights alone, without the run that they come from.');
  // The core passes over what it does not know in the metadata.
  const checkpoint = parts.tensors.size === 0 ? new Blob([]) : file.slice(0, file.size);
  try {
    const { head, progress } = v.parse(v.object({ head: v.unknown(), progress: v.unknown() }), JSON.parse(text, untagged));
    const kept = checked(headSchema, head);
    return { head: kept, body: checked(bodySchema, { version: RECORD_VERSION, id: kept.id, checkpoint, progress }) };
  } catch (error) {
    throw refuse(error instanceof RecordUnusable ? error.message : 'what it says of the run is damaged.');
  }
}

/** The header of a safetensors file, and what lies behind it; nothing of either where there is no file. */
async function split(file: Blob): Promise<{ header: v.InferOutput<typeof headerSchema>; tensors: Blob }> {
  if (file.size === 0) return { header: {}, tensors: file };
  const length = Number(new DataView(await file.slice(0, LENGTH_BYTES).arrayBuffer()).getBigUint64(0, true));
  if (length > Math.min(MAX_HEADER, file.size - LENGTH_BYTES)) throw new RecordUnusable('Its header is longer than the file.');
  const text = await file.slice(LENGTH_BYTES, LENGTH_BYTES + length).text();
  return { header: v.parse(headerSchema, JSON.parse(text)), tensors: file.slice(LENGTH_BYTES + length) };
}

/** JSON has neither arrays of one kind of number nor what is not a number. */
function tagged(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) return { float64: [...value] };
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

const taggedSchema = v.union([
  v.strictObject({ float64: v.array(v.custom<number>((given) => typeof given === 'number')) }),
  v.strictObject({ number: v.picklist(['NaN', 'Infinity', '-Infinity']) }),
]);

function untagged(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const found = v.safeParse(taggedSchema, value);
  if (!found.success) return value;
  return 'float64' in found.output ? Float64Array.from(found.output.float64) : Number(found.output.number);
}
