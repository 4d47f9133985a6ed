/**
 * A run as one file: the core's safetensors file of its checkpoint, with all that the page keeps beside it under one more
 * key of the metadata, so that whatever reads safetensors reads the weights.
 */
import * as v from 'valibot';
import { megabytes } from '../state/figures';
import { Checksum } from '../served/checksum';
import { bodySchema, checked, headSchema, RECORD_VERSION, RecordUnusable } from './records';
import type { KeptRun } from './runs';

/** The key in the metadata. */
const KEY = 'spikeground-run';
/** The key of the checksum over all the rest, which files of earlier versions do not have. */
const CHECK = 'spikeground-checksum';
/** A header is a JSON text behind its length in eight bytes. */
const LENGTH_BYTES = 8;
/** Curves of a million steps, which the page's own thread reads in a second. */
const MAX_HEADER = 64e6;
/** A tab has room for no run that is much larger: it lies in memory several times while it is opened. */
const MAX_BYTES = 512e6;
/** A checksum is taken of so much at once, so that a large file neither blocks the page nor lies in memory twice. */
const PIECE = 4e6;

export const FILE_ENDING = '.spikeground';

const headerSchema = v.objectWithRest({ __metadata__: v.optional(v.record(v.string(), v.string())) }, v.unknown());
type Header = v.InferOutput<typeof headerSchema>;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const tensorSchema = v.object({ data_offsets: v.tuple([whole, whole]) });

/** The file of a run. */
export async function runFile({ head, body }: KeptRun): Promise<Blob> {
  const { header, tensors } = await split(body.checkpoint);
  const metadata = { ...without(header.__metadata__, CHECK), [KEY]: JSON.stringify({ head, progress: body.progress }, tagged) };
  const check = await checksum({ ...header, __metadata__: metadata }, tensors);
  const text = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: { ...metadata, [CHECK]: check } }));
  // Tensors lie at multiples of eight bytes; blanks may stand behind a JSON text.
  const padded = new Uint8Array(Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES).fill(' '.charCodeAt(0));
  padded.set(text);
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setBigUint64(0, BigInt(padded.length), true);
  const file = new Blob([length, padded, tensors], { type: 'application/octet-stream' });
  if (padded.length <= MAX_HEADER && file.size <= MAX_BYTES) return file;
  throw new RecordUnusable('The run has become too large for a file that could be opened again: its curves and weights can be exported where it is open.');
}

/** Reads such a file again. Throws a [`RecordUnusable`] with a sentence for what is none, or is damaged. */
export async function readRunFile(file: Blob, name: string): Promise<KeptRun> {
  const refuse = (what: string): RecordUnusable => new RecordUnusable(`${name} ${what}`);
  if (file.size === 0) throw refuse('is empty.');
  if (file.size > MAX_BYTES) throw refuse(`has ${megabytes(file.size)}, and a run has ${megabytes(MAX_BYTES)} at most.`);
  let parts: Awaited<ReturnType<typeof split>>;
  try {
    parts = await split(file);
  } catch (error) {
    throw refuse(error instanceof RecordUnusable ? error.message : 'is no run that Spikeground saved.');
  }
  const check = parts.header.__metadata__?.[CHECK];
  const metadata = without(parts.header.__metadata__, CHECK);
  const text = metadata[KEY];
  if (text === undefined) throw refuse('holds the weights of a network alone, without the run that they come from.');
  if (check !== undefined && check !== await checksum({ ...parts.header, __metadata__: metadata }, parts.tensors)) {
    throw refuse('is damaged: it is not what was saved.');
  }
  // The core passes over what it does not know in the metadata.
  const checkpoint = parts.tensors.size === 0 ? new Blob([]) : file.slice(0, file.size);
  try {
    const { head, progress } = v.parse(v.object({ head: v.unknown(), progress: v.unknown() }), JSON.parse(text, untagged));
    const kept = checked(headSchema, head);
    return { head: kept, body: checked(bodySchema, { version: RECORD_VERSION, id: kept.id, checkpoint, progress }) };
  } catch (error) {
    throw refuse(`cannot be opened. ${error instanceof RecordUnusable ? error.message : 'What it says of the run is damaged.'}`);
  }
}

/** The header of a safetensors file, and what lies behind it; nothing of either where there is no file. */
async function split(file: Blob): Promise<{ header: Header; tensors: Blob }> {
  if (file.size === 0) return { header: {}, tensors: file };
  const length = Number(new DataView(await file.slice(0, LENGTH_BYTES).arrayBuffer()).getBigUint64(0, true));
  const begins = await file.slice(LENGTH_BYTES, LENGTH_BYTES + 1).text();
  if (begins !== '{' || length > MAX_BYTES) throw new RecordUnusable('is no run that Spikeground saved.');
  if (length > file.size - LENGTH_BYTES) throw new RecordUnusable('is damaged: a part of it is missing.');
  if (length > MAX_HEADER) throw new RecordUnusable(`tells ${megabytes(length)} of itself, and a run tells ${megabytes(MAX_HEADER)} at most.`);
  const text = await file.slice(LENGTH_BYTES, LENGTH_BYTES + length).text();
  const tensors = file.slice(LENGTH_BYTES + length);
  let header: Header;
  let end: number;
  try {
    header = v.parse(headerSchema, JSON.parse(text));
    end = endOf(header);
  } catch {
    throw new RecordUnusable('is damaged: what it says of its content cannot be read.');
  }
  if (end > tensors.size) throw new RecordUnusable('is damaged: a part of it is missing.');
  if (end < tensors.size) throw new RecordUnusable('is damaged: it holds more than it says.');
  return { header, tensors };
}

/** Where the last tensor ends. Throws where they overlap or leave gaps. */
function endOf(header: Header): number {
  const spans = Object.values(without(header, '__metadata__')).map((tensor) => v.parse(tensorSchema, tensor).data_offsets);
  spans.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  let end = 0;
  for (const [from, to] of spans) {
    if (from !== end || to < from) throw new RangeError(`A tensor lies at ${from} to ${to}, behind ${end}.`);
    end = to;
  }
  return end;
}

function without<T>(entries: Readonly<Record<string, T>> | undefined, left: string): Record<string, T> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => key !== left));
}

async function checksum(header: Header, tensors: Blob): Promise<string> {
  const sum = new Checksum();
  sum.add(new TextEncoder().encode(JSON.stringify(header)));
  for (let at = 0; at < tensors.size; at += PIECE) sum.add(new Uint8Array(await tensors.slice(at, at + PIECE).arrayBuffer()));
  return sum.text;
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
