/** A person's own data sets, as they are kept. */
import * as v from 'valibot';
import type { OwnSummary } from '../worker/own-data-protocol';
import { nameSchema, RECORD_VERSION } from './records';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const groups = v.array(v.object({ reason: v.string(), count: whole, paths: v.array(v.string()) }));
const summarySchema: v.GenericSchema<unknown, OwnSummary> = v.looseObject({
  source: v.string(),
  form: v.picklist(['image', 'cloud', 'recording']),
  classes: v.array(v.object({ name: v.string(), train: whole, heldOut: whole })),
  train: whole,
  heldOut: whole,
  cameSplit: v.boolean(),
  skipped: groups,
  noted: v.optional(groups),
  side: v.optional(whole),
  channels: v.optional(whole),
  proposal: v.optional(v.object({ side: whole, channels: whole })),
});

const fileSchema = v.pipe(v.instance(Blob), v.check((file) => file.size > 0, 'the file is empty'));

export const ownSchema = v.object({
  version: v.literal(RECORD_VERSION),
  identity: v.string(),
  summary: summarySchema,
  /** What a person calls it; empty where it has no name, as what earlier versions kept has none. */
  name: v.optional(nameSchema, ''),
  /** Its file. A blob is handed to a worker without copying it. */
  file: fileSchema,
  /** Milliseconds since 1970. */
  usedAt: v.number(),
});
export type OwnRecord = v.InferOutput<typeof ownSchema>;

/** The one data set that version 1 of the database held, without an identity. */
export const earlierSchema = v.object({ file: fileSchema, summary: summarySchema });
