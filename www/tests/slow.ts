/** What a first visit takes on a slow line, until something moves and until it can be used: npx playwright test --project slow */
import { expect, test, type Page } from '@playwright/test';
import { DIST, Served } from './server';

/** 1.5 Mbit/s with 40 ms there and back, nothing packed on the way, as behind `python3 -m http.server`. */
const LINE = { bytesPerSecond: 1.5e6 / 8, roundTripMs: 40 };

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
    if (there) seen[name] ??= performance.now() / 1000;
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
    note('row', document.querySelector('.examples .thumb') !== null);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function opened(page: Page, fragment: string): Promise<Served> {
  const served = await Served.start(LINE);
  served.folder = process.env.DIST ?? DIST;
  await page.addInitScript(watch);
  await page.goto(`${served.address}#${fragment}`, { waitUntil: 'commit' });
  return served;
}

async function until(page: Page, name: keyof Seen): Promise<number> {
  await expect.poll(() => page.evaluate((name) => window.seen?.[name], name)).toBeDefined();
  return page.evaluate((name) => window.seen?.[name] ?? Number.NaN, name);
}

function tell(what: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([name, seconds]) => `${name} after ${seconds.toFixed(1)} s`);
  process.stdout.write(`First visit at 1.5 Mbit/s, ${what}: ${words.join(', ')}\n`);
}

for (const [what, fragment] of [['digits', 'v=1&data=digits'], ['MNIST', 'v=1']] as const) {
  test(`first visit with ${what}`, async ({ page }) => {
    const served = await opened(page, fragment);
    tell(what, { 'something moves': await until(page, 'moves'), Play: await until(page, 'play') });
    await served.stop();
  });
}

test('first visit to the Classify view', async ({ page }) => {
  const served = await opened(page, 'v=1&view=classify');
  const pad = page.locator('[data-test=pad]');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) throw new Error('the pad is not there');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.15);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.85, { steps: 8 });
  await page.mouse.up();
  tell('Classify', { 'the pad': await until(page, 'pad'), 'an answer': await until(page, 'answer'), 'the row of samples': await until(page, 'row') });
  await served.stop();
});
