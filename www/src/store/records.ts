/** What a run leaves in the storage, as schemas: each record is checked when it is read, whoever wrote it. */
import * as v from 'valibot';
import type { Measured } from '../worker/protocol';

/** Records of another version are left alone, and said to be of one. */
export const RECORD_VERSION = 1;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite());
const word = v.pipe(v.string(), v.maxLength(200));
/** What a person calls a run or data of their own; empty where it has no name. */
export const nameSchema = word;
/** Also what is not a number, as the loss of a run that got out of hand. */
const result = v.custom<number>((given) => typeof given === 'number');
const numbers = v.instance(Float64Array);

/** A curve: as many steps as values. Arrays of numbers would cost the page's thread a copy of each number. */
const points = v.pipe(v.object({ x: numbers, y: numbers }), v.check(({ x, y }) => x.length === y.length, 'a curve has a value for each step'));

const curves = v.object({
  loss: points,
  accuracy: points,
  heldOutLoss: points,
  heldOutAccuracy: points,
  gradients: v.array(v.object({ name: word, rms: points, ratio: points })),
});
export type KeptCurves = v.InferOutput<typeof curves>;
export type KeptPoints = v.InferOutput<typeof points>;

/** Accuracies of lanes that stopped are not numbers. */
const seedResult = v.object({ seed: whole, accuracies: v.array(result) });

/** What an arm gave, checked as far as the page reads it; the core checks the rest when it judges. */
const read = v.looseObject({
  accuracy: result,
  stepMs: result,
  layers: v.array(v.looseObject({ rate: result, entropy: result })),
  counts: v.looseObject({ synapticOperations: result }),
});
const measured = v.custom<Measured>((given) => v.is(read, given));

const progress = v.variant('view', [
  v.object({ view: v.literal('train'), curves }),
  v.object({
    view: v.literal('compare'),
    lanes: v.array(curves),
    /** Of a series over several seeds: what they gave, those to come, and the one that the lanes have. */
    results: v.array(seedResult),
    seeds: v.array(whole),
    seriesSeed: v.optional(whole),
  }),
  v.object({
    view: v.literal('papers'),
    /** The settings of the arms: another version of the page may have another experiment. */
    arms: v.string(),
    seeds: whole,
    measured: v.array(v.array(measured)),
    /** The seed under way: what the arms that are through gave, and the curves of all. */
    begun: v.optional(v.object({ measured: v.array(measured), lanes: v.array(curves) })),
  }),
]);
/** What a run has to show besides its network, which each view has its own of. */
export type Progress = v.InferOutput<typeof progress>;

export const headSchema = v.object({
  version: v.literal(RECORD_VERSION),
  id: word,
  view: v.picklist(['train', 'compare', 'papers']),
  /** The fragment that opens its settings, all of them named. */
  link: v.pipe(v.string(), v.maxLength(20_000)),
  /** What the data set's content is known by. */
  identity: word,
  name: nameSchema,
  step: whole,
  planned: whole,
  epoch: v.pipe(amount, v.minValue(0)),
  /** The share of held-out samples it got right last; the best lane's where there are several. */
  heldOut: v.optional(amount),
  /** The step whose weights gave that; what earlier versions kept does not say. */
  heldOutStep: v.optional(whole),
  /** Seeds that are through and those that are asked for, where a run is over several; else 0. */
  seedsDone: whole,
  seedsPlanned: whole,
  /** Milliseconds since 1970. */
  begunAt: amount,
  savedAt: amount,
  bytes: whole,
});
export type RunHead = v.InferOutput<typeof headSchema>;

export const bodySchema = v.object({
  version: v.literal(RECORD_VERSION),
  id: word,
  /** The core's own file: weights, moments and twins of each lane, with its config. Empty where no network is under way. */
  checkpoint: v.instance(Blob),
  progress,
});
export type RunBody = v.InferOutput<typeof bodySchema>;

/** Why a record cannot be used. */
export class RecordUnusable extends Error {
  override readonly name = 'RecordUnusable';
}

/** A record as it should be. Throws a [`RecordUnusable`] that tells a newer one from a damaged one. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, record: unknown): T {
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return parsed.output;
  throw new RecordUnusable(versionOf(record) > RECORD_VERSION ? 'It was kept by a newer version of this page.' : 'What is kept of it is damaged.');
}

function versionOf(record: unknown): number {
  const parsed = v.safeParse(v.looseObject({ version: v.number() }), record);
  return parsed.success ? parsed.output.version : 0;
}
