/** What stands on the shelf, as `data/shelf/shelf.json` says it. */
import * as v from 'valibot';

const modelSchema = v.object({
  title: v.string(),
  class: v.string(),
  licence: v.string(),
  creator: v.string(),
  source: v.string(),
  /** The same model in one format or several; the first is the one that a click on the picture takes. */
  files: v.tupleWithRest([v.string()], v.string()),
  /** Points for the picture, three bytes each, in base 64. */
  preview: v.pipe(v.string(), v.base64()),
});
const shelfSchema = v.object({ note: v.string(), models: v.array(modelSchema) });

export type Model = v.InferOutput<typeof modelSchema>;
export type Shelf = v.InferOutput<typeof shelfSchema>;

/** Throws a sentence where the list is none. */
export function readShelf(bytes: Uint8Array): Shelf {
  try {
    return v.parse(shelfSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new Error('The list of what stands on the shelf is damaged, or of another version of this page.');
  }
}
