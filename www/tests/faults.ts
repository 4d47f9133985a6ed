/** What can be wrong with a file, and what the page says of it. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './person';
import { HURRY, type Fault, type Options, type Served } from './server';

export interface Row {
  readonly fault: Fault;
  readonly says: RegExp;
}

/** What the browser itself says in the console of a file that does not come as it should: not there, cut off, no program. */
export const BROWSERS_OWN = new RegExp(`^(?:${[
  'Failed to load resource: the server responded with a status of 404', 'Failed to load resource: net::ERR_CONTENT_LENGTH_MISMATCH',
  'Failed to load module script: Expected a JavaScript-or-Wasm module script',
].join('|')})`);

/** What is said of a file that the page fetches by its own means. */
export const FETCHED: readonly Row[] = [
  { fault: 'missing', says: /failed: the server answered 404/ },
  { fault: 'cut', says: /failed: (it broke off on the way|the server gave a part of it)/ },
  { fault: 'stuck', says: /failed: nothing arrived for 15 seconds/ },
  { fault: { like: /favicon|boot\.js|shelf\.json/ }, says: /failed: the server gave a part of it, another file, or one of another version/ },
];

/** The page in the place of a program, under its own type, as servers send it that answer everything. */
export const A_PAGE: Fault = { like: /^index\.html$/ };

/** What is said of the program of a worker, whatever kept it from starting; where it is stuck, after some seconds of silence. */
export function programs(says: RegExp, silent: RegExp): readonly Row[] {
  return [...(['missing', 'cut', A_PAGE] as const).map((fault) => ({ fault, says })), { fault: 'stuck', says: silent }];
}

export function nameOf(fault: Fault): string {
  if (typeof fault === 'string') return fault;
  if ('pauses' in fault) return 'slow';
  return fault === A_PAGE ? 'a page' : 'another file';
}

/** One fault after the other, each with its sentence where it is asked for again; then nothing is wrong any more. */
export async function inTurn(served: Served, pattern: RegExp, rows: readonly Row[], said: Locator, ask: () => Promise<void>): Promise<void> {
  for (const { fault, says } of rows) {
    await test.step(`${String(pattern)} is ${nameOf(fault)}`, async () => {
      served.faults.clear();
      served.faults.set(pattern, fault);
      const before = served.times(pattern);
      await ask();
      await expect(said).toContainText(says);
      expect(served.times(pattern), 'it has been asked for again').toBeGreaterThan(before);
    });
  }
  served.mend();
}

/** A server, and a page whose waits pass quickly. */
export async function hurried(page: Page, serve: (options: Options) => Promise<Served>): Promise<Served> {
  await page.addInitScript({ content: HURRY });
  return serve({ inWorkers: HURRY });
}
