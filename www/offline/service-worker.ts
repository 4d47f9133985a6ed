/**
 * Keeps the page for when there is no network. One cache a build, filled whole before it counts; names carry hashes, so a
 * page only ever finds files of its own build in here, and an open tab goes on with those of the build before. Data sets
 * and what the GPU needs are kept once a page has used them.
 *
 * A hundred lines of our own instead of Workbox: its precache keeps all builds in one cache and throws the old one's files
 * away under open tabs.
 */

/** Put in front of this file by `build/deploy.ts`. Paths are below the folder of the page. */
declare const BUILD: {
  readonly name: string;
  /** Kept from the start, with the beginning of their SHA-256; none for what a server may unpack on the way. */
  readonly first: Readonly<Record<string, string | null>>;
  /** Kept once they have been used. */
  readonly later: readonly string[];
};

const worker = self as unknown as ServiceWorkerGlobalScope;
const SCOPE = worker.registration.scope;
/** A server has as long to give a page before the kept one is shown. */
const PATIENCE_MS = 4000;
/** A file of which nothing has come for so long is given up: what waits for ever holds up the next build, too. */
const SILENCE_MS = 30_000;

/** Other pages of this origin may keep a Spikeground, too. */
const PREFIX = `spikeground ${SCOPE} `;
const OWN = PREFIX + BUILD.name;
const HASHED = /^(assets|pkg|data)\//;

worker.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldBuilds().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.method !== 'GET' || path === undefined || path === 'build.json') return;
  if (request.mode === 'navigate') event.respondWith(givePage(request, path));
  else event.respondWith(giveFile(request, path));
});

/** A page says what it has used, by address. */
worker.addEventListener('message', (event) => {
  const paths = usedIn(event.data).flatMap((address) => pathOf(address) ?? []);
  event.waitUntil(keep(paths.filter((path) => BUILD.later.includes(path))));
});

/** What was sent is no address by itself: a page of another build may say other things. */
function usedIn(sent: unknown): string[] {
  if (typeof sent !== 'object' || sent === null || !('used' in sent) || !Array.isArray(sent.used)) return [];
  return sent.used.filter((one): one is string => typeof one === 'string');
}

function pathOf(address: string): string | undefined {
  const [bare = ''] = address.split(/[?#]/, 1);
  return bare.startsWith(SCOPE) ? decodeURIComponent(bare.slice(SCOPE.length)) : undefined;
}

const addressOf = (path: string): string => new URL(path, SCOPE).href;

async function fill(): Promise<void> {
  const cache = await caches.open(OWN);
  for (const [path, hash] of Object.entries(BUILD.first)) {
    if ((await cache.match(addressOf(path))) === undefined) await cache.put(addressOf(path), (await earlier(path)) ?? (await fetched(path, hash)));
  }
  for (const path of BUILD.later) {
    const kept = await earlier(path);
    if (kept !== undefined) await cache.put(addressOf(path), kept);
  }
}

/** What an earlier build has kept under the same name, which is then the same file. */
async function earlier(path: string): Promise<Response | undefined> {
  return HASHED.test(path) ? fromAnyBuild(path) : undefined;
}

async function fetched(path: string, hash: string | null): Promise<Response> {
  const silent = new AbortController();
  let timer = 0;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => { silent.abort(); }, SILENCE_MS);
  };
  alive();
  try {
    const response = await fetch(addressOf(path), { cache: HASHED.test(path) ? 'default' : 'no-cache', signal: silent.signal });
    if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
    const heard = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        alive();
        controller.enqueue(piece);
      },
    });
    const content = await new Response(response.body?.pipeThrough(heard)).arrayBuffer();
    if (hash !== null && hash !== (await digest(content))) throw new Error(`${path} is of another build`);
    // Made anew, because a page may not be given what has been redirected.
    return new Response(content, { headers: response.headers });
  } finally {
    clearTimeout(timer);
    // What nobody reads would keep its connection.
    silent.abort();
  }
}

async function digest(content: ArrayBuffer): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Tabs may still be open on the build before; those of builds before that are told to reload when something is missing. */
async function forgetOldBuilds(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
}

/** The server's page, so that a visitor with a network has the newest; the kept one without. */
async function givePage(request: Request, path: string): Promise<Response> {
  const names = path === '' ? ['index.html'] : [path, `${path}.html`];
  const cache = await caches.open(OWN);
  const found = await Promise.all(names.map((name) => cache.match(addressOf(name))));
  const kept = found.find((response) => response !== undefined);
  if (kept === undefined) return fetch(request);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.type === 'opaqueredirect') return response;
    // Read whole, because half a page that came in time would be cut off when the time is over.
    return response.ok ? new Response(await response.arrayBuffer(), { headers: response.headers }) : kept;
  } catch {
    return kept;
  }
}

async function giveFile(request: Request, path: string): Promise<Response> {
  // Asked for past all caches by a page that was given a wrong file.
  const kept = request.cache === 'reload' ? undefined : await fromAnyBuild(path);
  return kept ?? fetch(request);
}

async function fromAnyBuild(path: string): Promise<Response | undefined> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN).reverse();
  for (const name of [OWN, ...others]) {
    const found = await (await caches.open(name)).match(addressOf(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function keep(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(OWN);
  for (const path of paths) {
    if ((await cache.match(addressOf(path))) === undefined) await cache.put(addressOf(path), await fetched(path, null));
  }
}
