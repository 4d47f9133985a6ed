/** Every file that the page fetches: not there, cut off, stuck, or of another build. A sentence, and a way on without a reload. */
import type { Page } from '@playwright/test';
import { A_PAGE, BROWSERS_OWN, FETCHED, hurried, inTurn, nameOf, programs } from './faults';
import { bars, pngOf, zipOf } from './files';
import { DIGITS, drop, expect, fromShelf, ready, test } from './person';
import { HURRY, type Fault } from './server';

test.beforeEach(({ watch }) => { watch.allow(BROWSERS_OWN); });

/** What a run waits for. */
const FILES: Readonly<Record<string, RegExp>> = { 'the CPU build': /^pkg\/cpu-/, 'the 8x8 digits': /^data\/digits-/ };

for (const [what, pattern] of Object.entries(FILES)) {
  test(`a run says each time what is wrong with ${what}, and begins once nothing is`, async ({ page, serve }) => {
    const served = await hurried(page, serve);
    const notice = page.locator('[data-notice=run]');
    const again = notice.getByRole('button', { name: 'Try again' });
    served.faults.set(pattern, 'missing');
    await page.goto(`${served.address}#${DIGITS}`);
    await expect(notice).toContainText(what);
    await inTurn(served, pattern, FETCHED, notice, () => again.click());
    await again.click();
    await ready(page);
  });
}

test('a run says each time that the program of the worker did not come, and begins once it does', async ({ page, serve }) => {
  const served = await hurried(page, serve);
  const pattern = /^assets\/worker-/;
  const notice = page.locator('[data-notice=run]');
  const again = notice.getByRole('button', { name: 'Try again' });
  served.faults.set(pattern, 'missing');
  await page.goto(`${served.address}#${DIGITS}`);
  await inTurn(served, pattern, programs(/could not be loaded/, /./).filter(({ fault }) => fault !== 'stuck'), notice, () => again.click());
  served.faults.set(pattern, 'stuck');
  await again.click();
  const silence = page.locator('[data-notice=silence]');
  await expect(silence).toContainText('at work for 20 seconds without an answer');
  served.faults.clear();
  await silence.getByRole('button', { name: 'End it' }).click();
  await ready(page);
  await expect(silence).toHaveCount(0);
});

const START: Readonly<Record<string, { pattern: RegExp; fault: Fault; says: RegExp }>> = {
  'whose program is missing': { pattern: /^assets\/index-/, fault: 'missing', says: /could not start with assets\/index-.*: the server answered 404/ },
  'whose program is cut off': { pattern: /^assets\/index-/, fault: 'cut', says: /could not start/ },
  'whose program is a page': { pattern: /^assets\/index-/, fault: A_PAGE, says: /could not start/ },
  'whose program is stuck': { pattern: /^assets\/index-/, fault: 'stuck', says: /still loading: assets\/index-.* has not arrived yet/ },
  'whose views are missing': { pattern: /^assets\/views-.*js$/, fault: 'missing', says: /could not start with assets\/views-.*: the server answered 404/ },
  'whose views are cut off': { pattern: /^assets\/views-.*js$/, fault: 'cut', says: /could not start/ },
  'whose views are a page': { pattern: /^assets\/views-.*js$/, fault: A_PAGE, says: /could not start/ },
  'whose views are stuck': { pattern: /^assets\/views-.*js$/, fault: 'stuck', says: /still loading: assets\/(index|views)-.* has not arrived yet/ },
  'whose views are of another build': { pattern: /^assets\/views-.*js$/, fault: { like: /boot\.js/ }, says: /could not start/ },
};

for (const [which, { pattern, fault, says }] of Object.entries(START)) {
  test(`a page ${which} is not white, and starts once nothing is wrong`, async ({ page, serve, watch }) => {
    // The program asks the other file for what that does not have.
    if (which.endsWith('another build')) watch.allow(/^SyntaxError: The requested module .* does not provide an export/);
    const served = await hurried(page, serve);
    served.faults.set(pattern, fault);
    await page.goto(`${served.address}#${DIGITS}`, { waitUntil: 'commit' });
    await expect(page.locator('#boot')).toContainText(says);
    // What the server owns to is looked for again; what is cut off or stuck has no such sign.
    const startsAlone = fault === 'missing' || fault === A_PAGE;
    if (startsAlone) await expect(page.locator('#boot')).toContainText('It starts by itself once that is mended.');
    served.faults.clear();
    if (!startsAlone) await page.getByRole('button', { name: 'Reload' }).click();
    await ready(page);
    await expect(page).toHaveURL(/data=digits/);
  });
}

test('a page whose program is called something that no browser runs says so', async ({ page, serve }) => {
  const served = await serve({ types: { '.js': 'text/plain', '.css': 'text/css' } });
  await page.goto(`${served.address}#${DIGITS}`);
  await expect(page.locator('#page')).toContainText('the server calls it "text/plain", and browsers run a program only if it is called "text/javascript"');
});

for (const fault of ['missing', 'cut', 'stuck', A_PAGE] as const) {
  test(`a page whose style is ${nameOf(fault)} works, and gets it at a press`, async ({ page, serve }) => {
    const served = await hurried(page, serve);
    served.faults.set(/\.css$/, fault);
    await page.goto(`${served.address}#${DIGITS}`, { waitUntil: 'commit' });
    await ready(page);
    await expect(page.getByRole('alert')).toContainText('What makes the page look right did not arrive');
    served.faults.clear();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('.masthead')).toHaveCSS('display', 'flex');
  });

  test(`a page starts although what speaks for it until then is ${nameOf(fault)}, and so is what would tell of a newer one`, async ({ page, serve, watch }) => {
    // A page is read as a program that is none.
    if (fault === A_PAGE) watch.allow(/^SyntaxError: Unexpected token '<'/);
    const served = await hurried(page, serve);
    served.faults.set(/^boot\.js$/, fault);
    served.faults.set(/^build\.json$/, fault);
    served.faults.set(/^data\/digits-/, 'missing');
    await page.goto(`${served.address}#${DIGITS}`, { waitUntil: 'commit' });
    const notice = page.locator('[data-notice=run]');
    await expect(notice).toContainText('the server answered 404');
    await expect.poll(() => served.times(/^build\.json$/)).toBeGreaterThan(0);
    served.mend();
    await notice.getByRole('button', { name: 'Try again' }).click();
    await ready(page);
    await expect(page.locator('[data-notice=update]')).toHaveCount(0);
  });
}

for (const fault of ['missing', 'cut', A_PAGE] as const) {
  test(`a view and the charts come at a press though their programs are ${nameOf(fault)} at first`, async ({ page, serve }) => {
    const served = await serve();
    const arriving = page.locator('[data-test=arriving]');
    const train = /^assets\/train-/;
    served.faults.set(train, fault);
    served.faults.set(/^assets\/plot-/, fault);
    served.faults.set(/^assets\/compare-/, fault);
    await page.goto(`${served.address}#${DIGITS}`);
    await expect(arriving).toContainText('The Train view could not be fetched');
    served.faults.delete(train);
    await arriving.getByRole('button', { name: 'Try again' }).click();
    await ready(page);
    const loss = page.locator('[data-panel=curves] .curves').first();
    await expect(loss).toContainText('What draws this chart could not be fetched');
    await page.evaluate(() => { location.hash = 'v=1&data=digits&view=compare'; });
    await expect(arriving).toContainText('The Compare view could not be fetched');
    served.faults.clear();
    await arriving.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('.compare')).toBeVisible();
    await page.evaluate((fragment) => { location.hash = fragment; }, DIGITS);
    await loss.getByRole('button', { name: 'Try again' }).click();
    await expect(loss.locator('canvas')).toBeVisible();
  });
}

test('a view that is on its way says so, and the way to another one stays open', async ({ page, serve }) => {
  const served = await serve();
  served.faults.set(/^assets\/compare-/, 'stuck');
  await page.goto(`${served.address}#v=1&data=digits&view=compare`);
  await expect(page.locator('[data-test=arriving]')).toContainText('The Compare view is being fetched');
  await page.getByRole('link', { name: 'Train' }).click();
  await ready(page);
  served.mend();
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(page.locator('.compare')).toBeVisible();
});

test('what the Classify view fetches is missed in a sentence each time, and taken when it is asked for again', async ({ page, serve }) => {
  const served = await hurried(page, serve);
  const [classify, refusal] = [page.locator('.classify'), page.locator('[data-test=refusal]')];
  const [shelf, shelfList] = [page.locator('[data-panel=shelf]'), /^data\/shelf\/shelf-/];
  served.faults.set(shelfList, 'missing');
  served.faults.set(/^data\/pretrained-digits-/, 'missing');
  await page.goto(`${served.address}#v=1&view=classify&by=digits`);
  // The row of samples comes after the network, and says what it misses in its own place.
  const missing = page.locator('[data-test=examples-missing]');
  await expect(missing).toContainText('Fetching the weights pre-trained on the 8x8 digits failed');
  await expect(shelf).toContainText('Fetching the shelf failed');
  await inTurn(served, shelfList, FETCHED, shelf, () => shelf.getByRole('button', { name: 'Try again' }).click());
  await shelf.getByRole('button', { name: 'Try again' }).click();
  const table = shelf.locator('.shelf-open[data-file="round-table.obj"]');
  await expect(table).toBeVisible();

  const bar = { name: 'bar.png', mimeType: 'image/png', buffer: pngOf(32, (x) => (Math.abs(x - 16) < 3 ? 20 : 240)) };
  await inTurn(served, /^data\/pretrained-digits-/, FETCHED, refusal, () => page.locator('[data-test=file]').setInputFiles(bar));
  await inTurn(served, /^data\/digits-/, FETCHED, missing, () => missing.getByRole('button', { name: 'Try again' }).click());
  await missing.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.examples .thumb').first().click();
  await expect(classify).toHaveAttribute('data-status', 'answered');

  await inTurn(served, /^data\/shelf\/round-table-/, FETCHED, refusal, () => table.click());
  await table.click();
  await expect(page.locator('[data-test=shape-read]')).toContainText('round-table.obj, read as');
  await expect(classify).toHaveAttribute('data-status', 'answered');
});

test('a mesh is read once what reads it is there, and until then it is said each time what is wrong', async ({ page, serve }) => {
  const served = await hurried(page, serve);
  const chair = await fromShelf('dining-chair.obj');
  const classify = page.locator('.classify');
  await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
  await expect(classify).toBeVisible();
  const ask = (): Promise<void> => drop(page, [chair]);
  await inTurn(served, /^assets\/reader-worker-/, programs(/could not be loaded\. Bring the file again/, /has not answered for \d+ seconds/), classify, ask);
  await page.locator('[data-test=stop-reading]').click();
  await inTurn(served, /^pkg\/readers-/, FETCHED, classify, ask);
  await ask();
  await expect(classify).toHaveAttribute('data-status', 'answered');
});

test('data of one\'s own are read once what reads them is there, and until then it is said each time what is wrong', async ({ page, serve }) => {
  const served = await hurried(page, serve);
  await page.goto(`${served.address}#${DIGITS}`);
  await ready(page);
  await page.locator('[data-test=own]').click();
  const panel = page.locator('[data-test=own-panel]');
  const archive = { name: 'bars.zip', mimeType: 'application/zip', buffer: zipOf(bars(5)) };
  const ask = (): Promise<void> => page.locator('[data-test=own-archive]').setInputFiles(archive);
  await inTurn(served, /^assets\/own-data-worker-/, programs(/could not be loaded\. Bring them again/, /has not answered for \d+ seconds/), panel, ask);
  await page.locator('[data-test=own-stop]').click();
  await inTurn(served, /^pkg\/readers-/, FETCHED, panel, ask);
  await inTurn(served, /^pkg\/cpu-/, FETCHED, panel, ask);
  await ask();
  await expect(page.locator('[data-test=own-summary]')).toContainText('10 images in 2 classes');
});

/** A headless browser computes WebGL on the processor, which the page does not take. */
async function withWebgl(page: Page, watch: { allow(pattern: RegExp): void }): Promise<void> {
  // Chromium's own remark, where the processor computes WebGL.
  watch.allow(/GPU stall due to ReadPixels/);
  await page.addInitScript(() => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its canvas
    const real = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
      return real.call(this, kind, kind === 'webgl2' ? { ...options, failIfMajorPerformanceCaveat: false } : options);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
}

for (const fault of ['missing', 'cut', A_PAGE] as const) {
  test(`what draws a cloud in 3D, and what the command line found, come at a press though ${nameOf(fault)} at first`, async ({ page, serve, watch }) => {
    await withWebgl(page, watch);
    const served = await serve();
    served.faults.set(/^assets\/scene-/, fault);
    await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
    await page.locator('.examples .thumb').first().click();
    const classify = page.locator('.classify');
    await expect(classify).toContainText('What draws with WebGL could not be fetched, so the cloud is drawn more simply');
    served.faults.clear();
    await classify.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('[data-renderer=webgl]').first()).toBeVisible();
    served.faults.set(/^assets\/reproduction-/, fault);
    await page.evaluate(() => { location.hash = 'v=1&view=papers'; });
    const card = page.locator('[data-paper=ternary]');
    await expect(card).toContainText('It could not be fetched');
    served.faults.clear();
    await card.getByRole('button', { name: 'Fetch it again' }).click();
    await expect(card).toContainText('acceptance lines met');
  });
}

test('what draws a cloud in 3D, and what the command line found, are stood in for until they have arrived', async ({ page, serve, watch }) => {
  await withWebgl(page, watch);
  const served = await serve();
  served.faults.set(/^assets\/scene-/, 'stuck');
  await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
  await page.locator('.examples .thumb').first().click();
  await expect(page.locator('[data-renderer=flat]').first()).toBeVisible();
  await expect.poll(() => served.stuck).toBe(1);
  served.mend();
  await expect(page.locator('[data-renderer=webgl]').first()).toBeVisible();
  served.faults.set(/^assets\/reproduction-/, 'stuck');
  await page.evaluate(() => { location.hash = 'v=1&view=papers'; });
  const card = page.locator('[data-paper=ternary]');
  await expect(card).toContainText('It is being fetched.');
  await expect.poll(() => served.stuck).toBe(1);
  served.mend();
  await expect(card).toContainText('acceptance lines met');
});

/** Everything is halting: programs, whose time no page knows, and files, which take longer together than the page waits for one that is silent. */
const HALTING: readonly (readonly [RegExp, Fault])[] = [[/^(assets\/|boot\.js)/, { pauses: 4 }], [/^(pkg|data)\//, { pauses: 20 }]];
/** What would call that broken, or hung. */
const BROKEN = /could not|failed|broke off|without an answer|has not answered|The worker stopped|nothing (?:arrived|was heard)/;

interface Journey {
  readonly fragment: string;
  /** What is said on the way. */
  readonly says: readonly RegExp[];
  /** Ends where all that was fetched is used. */
  readonly go: (page: Page) => Promise<void>;
}

const JOURNEYS: Readonly<Record<string, Journey>> = {
  'a run, its charts and a race': {
    fragment: DIGITS,
    says: [/Spikeground is loading/, /Fetching the CPU build: [\d.,]+ of [\d.,]+ [kM]B/, /Fetching the 8x8 digits/, /The Compare view is being fetched/],
    go: async (page) => {
      await ready(page);
      await page.locator('[data-test=step]').click();
      await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
      await expect(page.locator('[data-panel=curves] canvas').first()).toBeVisible();
      await page.evaluate((fragment) => { location.hash = `${fragment}&view=compare`; }, DIGITS);
      await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
    },
  },
  'answers, the shelf, a mesh, its drawing and what the command line found': {
    fragment: 'v=1&view=classify&by=furniture',
    says: [/The Classify view is being fetched/, /Fetching the CPU build: [\d.,]+ of [\d.,]+ [kM]B/, /Reading round-table.obj/, /It is being fetched/],
    go: async (page) => {
      await page.locator('.shelf-open[data-file="round-table.obj"]').click();
      await expect(page.locator('[data-test=shape-read]')).toContainText('round-table.obj, read as');
      await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
      await expect(page.locator('[data-renderer=webgl]').first()).toBeVisible();
      await page.evaluate(() => { location.hash = 'v=1&view=papers'; });
      await expect(page.locator('[data-paper=ternary]')).toContainText('acceptance lines met');
    },
  },
  'data of one\'s own': {
    fragment: DIGITS,
    says: [/Fetching what reads them/],
    go: async (page) => {
      await ready(page);
      await page.locator('[data-test=own]').click();
      await page.locator('[data-test=own-archive]').setInputFiles({ name: 'bars.zip', mimeType: 'application/zip', buffer: zipOf(bars(5)) });
      await expect(page.locator('[data-test=own-summary]')).toContainText('10 images in 2 classes');
    },
  },
};

/** What the page says to a person from now on, as it comes. */
async function heard(page: Page): Promise<readonly string[]> {
  const all: string[] = [];
  await page.exposeFunction('hear', (text: string) => { all.push(text); });
  await page.addInitScript(() => {
    const { hear } = window as unknown as { hear: (text: string) => void };
    const spoken = new Set<string>();
    new MutationObserver(() => {
      for (const element of document.querySelectorAll('#boot, [role=alert], [role=status], [data-notice], .message, .caption, .reading')) {
        const text = element.checkVisibility() ? element.textContent.trim() : '';
        if (spoken.has(text)) continue;
        spoken.add(text);
        hear(text);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return all;
}

for (const [what, { fragment, says, go }] of Object.entries(JOURNEYS)) {
  test(`${what} come at last over a line that halts, and nothing is called broken meanwhile`, async ({ page, serve, watch }) => {
    await withWebgl(page, watch);
    const served = await hurried(page, serve);
    for (const [pattern, fault] of HALTING) served.faults.set(pattern, fault);
    const said = await heard(page);
    await page.goto(`${served.address}#${fragment}`, { waitUntil: 'commit' });
    await go(page);
    for (const words of says) expect(said.filter((text) => words.test(text)), String(words)).not.toEqual([]);
    expect(said.filter((text) => BROKEN.test(text))).toEqual([]);
  });
}

test('on a slow line the page shows how much has arrived, and calls nothing hung', async ({ page, serve }) => {
  // Slow enough to take longer than the page, which is in a hurry, waits for a worker that says nothing.
  await page.addInitScript({ content: HURRY });
  const served = await serve({ bytesPerSecond: 300_000, inWorkers: HURRY });
  await page.goto(`${served.address}#${DIGITS}`, { waitUntil: 'commit' });
  await expect(page.locator('#boot')).toContainText('Spikeground is loading');
  await expect(page.locator('.playback .message')).toContainText(/Fetching the CPU build: (?:[1-9]\d*|0\.[1-9]|1\.\d) of [\d.,]+ [kM]B/);
  await expect(page.getByRole('progressbar', { name: 'Download' })).toHaveJSProperty('max', 1);
  await ready(page);
  await expect(page.locator('[data-notice=silence]')).toHaveCount(0);
});
