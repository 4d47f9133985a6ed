/** Fetches what ships with the page beside the wasm: data sets and pre-trained weights. */
import type { Progress, ShippedData } from './protocol';
import { download } from './wasm';

const DATA_WORDS: Record<ShippedData, string> = {
  mnist: 'the MNIST digits',
  fashion: 'the Fashion-MNIST images',
  digits: 'the 8x8 digits',
  furniture: 'the furniture',
};

/** The bytes of a data set's safetensors file, unpacked. */
export async function fetchData(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  const bytes = await download(new URL(`data/${name}.safetensors.gz`, base), DATA_WORDS[name], progress);
  return unpack(new Uint8Array(bytes));
}

/** The bytes of the weights that ship for a data set. */
export async function fetchPretrained(name: ShippedData, base: string, progress: (progress: Progress) => void): Promise<Uint8Array> {
  const what = `the weights pre-trained on ${DATA_WORDS[name]}`;
  return new Uint8Array(await download(new URL(`data/pretrained-${name}.safetensors`, base), what, progress));
}

/** Some servers send a `.gz` file as "encoded" and the browser decodes it on the way, so only the bytes tell. */
async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
