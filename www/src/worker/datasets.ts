/** Fetches what ships with the page beside the wasm: data sets and pre-trained weights. */
import { DATA } from 'virtual:served';
import { SHIPPED } from '../state/core-settings';
import { DATA_SETS } from '../state/data-sets';
import { fetchBytes, FetchFailed } from '../served/fetching';
import type { Progress, ShippedData } from './protocol';

/** The bytes of a data set's safetensors file, unpacked. */
export function fetchData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  return fetchShipped(`${name}.safetensors.gz`, base, `the ${DATA_SETS[name].called}`, SHIPPED[name].bundled ? '' : missing(name), progress);
}

/** The bytes of the weights that ship for a data set. */
export function fetchPretrained(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  return fetchShipped(`pretrained-${name}.safetensors`, base, `the weights pre-trained on the ${DATA_SETS[name].called}`, '', progress);
}

/** Why a data set is not part of every copy. */
function missing(name: ShippedData): string {
  return `Its images carry no licence to pass them on; "cargo xtask data ${name}" fetches them for a copy of one's own.`;
}

/** `why`: a sentence for who wonders why it is not there. */
async function fetchShipped(name: string, base: string, what: string, why: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  const file = DATA[name];
  if (file === undefined) throw new FetchFailed(`This copy of the page was built without ${what}. ${why}`.trimEnd());
  return fetchBytes(file, base, what, progress);
}
