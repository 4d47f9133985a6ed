/**
 * What page and workers have fetched, and what did not come, heard in one place: the page. A channel, because a worker's
 * requests are seen by that worker alone.
 */
import { fieldOf, textsIn } from '../state/untyped';

/** A server may have other copies of the page, which are no concern of this one: the programs of a copy, its workers' too, lie in one folder. */
export function channelOf(program: string): string {
  return `spikeground-fetched ${new URL('.', program).href}`;
}

const NAME = channelOf(import.meta.url);

/** Addresses that have arrived, or news of one that has not. */
export interface News {
  readonly arrived?: readonly string[];
  readonly missing?: true;
}

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);

/** Tells the page of everything that this worker, or the page, has fetched so far. */
export function tellArrived(): void {
  channel?.postMessage({ arrived: performance.getEntriesByType('resource').map(({ name }) => name) } satisfies News);
}

/** Tells the page that something should have been there and was not. */
export function tellMissing(): void {
  channel?.postMessage({ missing: true } satisfies News);
}

/** What was sent, as far as this build understands it: an open tab of another one may say other things. */
export function newsOf(sent: unknown): News {
  return { arrived: textsIn(fieldOf(sent, 'arrived')), ...(fieldOf(sent, 'missing') === true ? { missing: true } : {}) };
}

/** Hears of this page and of its workers. */
export function listen(hear: (news: News) => void): void {
  if (typeof BroadcastChannel === 'undefined') return;
  new BroadcastChannel(NAME).addEventListener('message', (event) => { hear(newsOf(event.data)); });
  // Programs are fetched by the browser itself; some browsers do not tell the status. What says which build is there is asked for because something is missing.
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries().filter((entry) => entry instanceof PerformanceResourceTiming);
    const refused = entries.filter(({ name, responseStatus }) => responseStatus >= 400 && !name.endsWith('/build.json'));
    hear({ arrived: entries.map(({ name }) => name), ...(refused.length > 0 ? { missing: true } : {}) });
  });
  observer.observe({ type: 'resource', buffered: true });
}
