/** Has the browser keep the page for when there is no network. See `offline/service-worker.ts`. */
import { listen } from './heard';

/** The first data set has arrived, behind all else that the first view needs: from here on the connection is free for what is kept for later. */
const FIRST_DATA = /\/data\/(?!pretrained-)[^/]+$/;

/**
 * Where there are service workers, which is on https and on localhost. A frame without an origin has none, nor has
 * `vite dev`, whose files change.
 */
export function keepOffline(base: string): void {
  const workers = workersHere();
  if (import.meta.env.DEV || workers === undefined) return;
  const used = new Set<string>();
  let asked = false;
  listen(({ arrived = [] }) => {
    const fresh = arrived.filter((address) => address.startsWith(base) && !used.has(address));
    for (const address of fresh) used.add(address);
    if (!asked && fresh.some((address) => FIRST_DATA.test(address))) {
      asked = true;
      // A browser that keeps nothing, as in some private windows, leaves the page as it is.
      workers.register(new URL('service-worker.js', base), { updateViaCache: 'none' }).catch(() => undefined);
      void workers.ready.then(({ active }) => active?.postMessage({ used: [...used] }));
    } else if (asked && fresh.length > 0) {
      void workers.ready.then(({ active }) => active?.postMessage({ used: fresh }));
    }
  });
}

function workersHere(): ServiceWorkerContainer | undefined {
  try {
    return 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
  } catch {
    return undefined;
  }
}
