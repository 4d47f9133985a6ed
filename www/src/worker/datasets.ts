/** Fetches what ships with the page beside the wasm: data sets and pre-trained weights. */
import { DATA } from 'virtual:served';
import { fetchBytes, FetchFailed } from '../served/fetching';
import type { Progress, ShippedData } from './protocol';

const DATA_WORDS: Record<ShippedData, string> = {
  mnist: 'the MNIST digits',
  fashion: 'the Fashion-MNIST images',
  digits: 'the 8x8 digits',
  furniture: 'the furniture',
};

/** The bytes of a data set's safetensors file, unpacked. */
export function fetchData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  return fetchShipped(`${name}.safetensors.gz`, base, DATA_WORDS[name], progress);
}

/** The bytes of the weights that ship for a data set. */
export function fetchPretrained(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  return fetchShipped(`pretrained-${name}.safetensors`, base, `the weights pre-trained on ${DATA_WORDS[name]}`, progress);
}

async function fetchShipped(name: string, base: string, what: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  const file = DATA[name];
  if (file === undefined) throw new FetchFailed(`Fetching ${what} failed: this copy of the page was built without it.`);
  return fetchBytes(file, base, what, progress);
}
