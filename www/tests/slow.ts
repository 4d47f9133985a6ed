/**
 * What a first visit takes on a slow line, until something moves and until it can be used: npx playwright test --project slow
 * Its times are told; what must hold on every machine is asked of the order in which things come, and of the bytes before them.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './person';
import { DIST, type Options, type Served } from './server';

/** 1.5 Mbit/s with 40 ms there and back, nothing packed on the way, as behind `python3 -m http.server`. */
const LINE = { bytesPerSecond: 1.5e6 / 8, roundTripMs: 40 };
const CORE = /^pkg\/cpu-/;
/** What the page may cost before Play beside the core and the data: its programs and its style. */
const MOST_BYTES = 500e3;

/** What is waited for, by the frame in which it is there, in seconds after the page was opened. */
interface Seen {
  /** The stage's picture is another than at the frame before. */
  moves?: number;
  play?: number;
  /** The Classify view has answered to what was drawn as soon as there was something to draw on. */
  pad?: number;
  answer?: number;
  /** Its row of samples. */
  row?: number;
  /** It is said how much of the core has arrived. */
  progress?: number;
  /** Something was called hung, or broken. */
  hung?: number;
}

/** What the server had sent when something was seen for the first time. */
interface Sent {
  readonly core: number;
  readonly all: number;
}

declare global {
  interface Window {
    seen?: Seen;
  }
}

/** Looks at every frame, from within the page: what is asked of it from outside comes late. */
function watch(): void {
  const seen: Seen = (window.seen = {});
  const note = (name: keyof Seen, there: boolean): void => {
    if (!there || seen[name] !== undefined) return;
    seen[name] = performance.now() / 1000;
    (window as unknown as { tellSeen: (name: string) => void }).tellSeen(name);
  };
  let before = '';
  const look = (): void => {
    const stage = document.querySelector<HTMLCanvasElement>('.train .stage-canvas');
    if (stage !== null && seen.moves === undefined) {
      const now = stage.toDataURL();
      note('moves', before !== '' && now !== before && stage.width > 0);
      before = now;
    }
    note('play', document.querySelector('.train[data-status=ready] [data-test=play]:enabled') !== null);
    note('pad', document.querySelector('[data-test=pad]') !== null);
    note('answer', document.querySelector('.classify[data-status=answered]') !== null);
    note('progress', /Fetching the CPU build: [\d.,]+ of [\d.,]+ [kM]B/.test(document.querySelector('.playback .message')?.textContent ?? ''));
    note('hung', document.querySelector('[data-notice]') !== null);
    note('row', document.querySelector('.examples .thumb') !== null);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

interface Visit {
  readonly served: Served;
  /** What had been sent by the time that something was seen. */
  readonly sent: Map<string, Sent>;
}

async function opened(page: Page, serve: (options: Options) => Promise<Served>, fragment: string): Promise<Visit> {
  const served = await serve(LINE);
  served.folder = process.env.DIST ?? DIST;
  const sent = new Map<string, Sent>();
  await page.exposeFunction('tellSeen', (name: string) => { sent.set(name, { core: served.sent(CORE), all: served.sent(/./) }); });
  await page.addInitScript(watch);
  await page.goto(`${served.address}#${fragment}`, { waitUntil: 'commit' });
  return { served, sent };
}

async function until(page: Page, name: keyof Seen): Promise<number> {
  await expect.poll(() => page.evaluate((name) => window.seen?.[name], name)).toBeDefined();
  return page.evaluate((name) => window.seen?.[name] ?? Number.NaN, name);
}

function tell(what: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([name, seconds]) => `${name} after ${seconds.toFixed(1)} s`);
  process.stdout.write(`First visit at 1.5 Mbit/s, ${what}: ${words.join(', ')}\n`);
}

/** Bytes of a file of the built page, as they are sent. */
async function sizeOf(folder: string, pattern: RegExp): Promise<number> {
  const paths = await readdir(folder, { recursive: true });
  const path = paths.find((name) => pattern.test(name)) ?? '';
  return (await stat(join(folder, path))).size;
}

for (const [what, fragment, data] of [['digits', 'v=1&data=digits', /^data\/digits-/], ['MNIST', 'v=1', /^data\/mnist-/]] as const) {
  test(`first visit with ${what}`, async ({ page, serve }) => {
    const { served, sent } = await opened(page, serve, fragment);
    const core = await sizeOf(served.folder, CORE);
    tell(what, { 'something moves': await until(page, 'moves'), Play: await until(page, 'play') });
    expect(sent.get('moves')?.core, 'something moves before the core has come').toBeLessThan(core);
    expect(sent.has('progress'), 'what arrives is counted').toBe(true);
    expect(sent.has('hung'), 'nothing is called hung').toBe(false);
    const beside = (sent.get('play')?.all ?? Infinity) - core - await sizeOf(served.folder, data);
    process.stdout.write(`Before Play, beside core and data: ${(beside / 1000).toFixed(0)} kB\n`);
    expect(beside, 'bytes before Play beside core and data').toBeLessThan(MOST_BYTES);
  });
}

test('first visit to the Classify view', async ({ page, serve }) => {
  const { sent } = await opened(page, serve, 'v=1&view=classify');
  const pad = page.locator('[data-test=pad]');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) throw new Error('the pad is not there');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.15);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.85, { steps: 8 });
  await page.mouse.up();
  tell('Classify', { 'the pad': await until(page, 'pad'), 'an answer': await until(page, 'answer'), 'the row of samples': await until(page, 'row') });
  expect(sent.get('pad')?.core, 'there is something to draw on before the core is asked for').toBe(0);
  expect(sent.has('hung'), 'nothing is called hung').toBe(false);
});
