/**
 * Fetches a file of the page: counts what arrives, unpacks it, and checks that it is the file that the page was built with.
 * Works with whatever a server makes of it: a wrong type, packed once more on the way, or unpacked before it arrives.
 */
import type { Progress } from '../worker/protocol';
import { Checksum } from './checksum';
import type { ServedFile } from './files';
import { tellArrived, tellMissing } from './heard';

/** A file did not arrive as it should, with a sentence for a person. Its name crosses from a worker to the page. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}

/** A connection on which nothing has come for so long is given up; a slow one always brings something. */
const STALLED_MS = 15_000;

export type Tell = (progress: Progress) => void;

/**
 * Fetches a file and gives it to `take`, unpacked. If it is not the one that the page was built with, the browser's cache
 * may be to blame, so it is fetched once more past the cache.
 */
export async function fetchServed<T>(file: ServedFile, base: string, what: string, progress: Tell, take: (arriving: Response) => Promise<T>): Promise<T> {
  try {
    return await fetchOnce(file, base, what, progress, 'default', take);
  } catch (error) {
    if (!(error instanceof OtherFile)) throw error;
  }
  return fetchOnce(file, base, what, progress, 'reload', take);
}

/** A whole file, unpacked. */
export async function fetchBytes(file: ServedFile, base: string, what: string, progress: Tell): Promise<Uint8Array<ArrayBuffer>> {
  return fetchServed(file, base, what, progress, async (arriving) => new Uint8Array(await arriving.arrayBuffer()));
}

/** What arrived is whole, and is another file. */
class OtherFile extends FetchFailed {}

async function fetchOnce<T>(file: ServedFile, base: string, what: string, progress: Tell, cache: RequestCache,
  take: (arriving: Response) => Promise<T>): Promise<T> {
  const stalled = new AbortController();
  let failure: FetchFailed | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fail = (reason: string, Kind = FetchFailed): FetchFailed => (failure ??= new Kind(`Fetching ${what} failed: ${reason}.`));
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      fail(`nothing arrived for ${STALLED_MS / 1000} seconds`);
      stalled.abort();
    }, STALLED_MS);
  };
  alive();
  try {
    const response = await fetch(new URL(file.path, base), { cache, signal: stalled.signal }).catch(() => { throw fail('the server could not be reached'); });
    if (!response.ok) throw fail(`the server answered ${response.status}`);
    const { packed, stream } = await opened(response, file);
    const total = (packed ? file.packed : file.bytes) ?? lengthOf(response);
    let loaded = 0;
    const count = (bytes: number): void => {
      alive();
      loaded += bytes;
      progress({ what, loaded, ...(total === undefined ? {} : { total: Math.max(total, loaded) }) });
    };
    count(0);
    const counted = stream.pipeThrough(counting(count));
    const unpacked = packed ? counted.pipeThrough(new DecompressionStream('gzip')) : counted;
    const checked = file.checksum === undefined ? unpacked : unpacked.pipeThrough(checking(file, fail));
    const taken = await take(new Response(checked, { headers: { 'content-type': 'application/wasm' } }));
    tellArrived();
    return taken;
  } catch (error) {
    tellMissing();
    if (failure !== undefined) throw failure;
    // What a stream that breaks, and what is not gzip after its first two bytes, end in.
    throw error instanceof TypeError ? fail('it broke off on the way') : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Some servers send a `.gz` file as "encoded" and the browser unpacks it on the way, so only its first bytes tell. */
async function opened(response: Response, { gzip }: ServedFile): Promise<{ packed: boolean; stream: ReadableStream<Uint8Array<ArrayBuffer>> }> {
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const first: Uint8Array<ArrayBuffer>[] = [];
  let start: number[] = [];
  while (start.length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    first.push(value);
    start = [...start, ...value.subarray(0, 2)];
  }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const chunk = first.shift() ?? (await reader.read()).value;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { packed: gzip && start[0] === 0x1f && start[1] === 0x8b, stream };
}

/** A server that packs on the way gives the length of the packed bytes, which says nothing of what is counted. */
function lengthOf({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length') ?? Number.NaN);
  return length > 0 && headers.get('content-encoding') === null ? length : undefined;
}

type Bytes = Uint8Array<ArrayBuffer>;

function counting(count: (bytes: number) => void): TransformStream<Bytes, Bytes> {
  return new TransformStream({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
}

/** Lets the file through and fails at its end, before anything is made of it, where it is not what it should be. */
function checking({ bytes = 0, checksum }: ServedFile, fail: (reason: string, Kind: typeof FetchFailed) => FetchFailed): TransformStream<Bytes, Bytes> {
  const sum = new Checksum();
  let arrived = 0;
  return new TransformStream({
    transform(chunk, controller) {
      sum.add(chunk);
      arrived += chunk.byteLength;
      controller.enqueue(chunk);
    },
    flush() {
      if (arrived === bytes && sum.text === checksum) return;
      throw fail('the server gave a part of it, another file, or one of another version of this page', OtherFile);
    },
  });
}
