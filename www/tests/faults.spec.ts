/** Every file that the page fetches: not there, cut off, stuck, or of another build. A sentence, and a way on without a reload. */
import { expect, test } from '@playwright/test';
import { DIGITS, drop, fromShelf, ready } from './person';
import { Served, type Fault } from './server';

const FAULTS: Readonly<Record<string, { fault: Fault; says: RegExp }>> = {
  'is missing': { fault: 'missing', says: /failed: the server answered 404/ },
  'is cut off': { fault: 'cut', says: /failed: (it broke off on the way|the server gave a part of it)/ },
  'is stuck': { fault: 'stuck', says: /failed: nothing arrived for 15 seconds/ },
  'is of another build': { fault: { like: /favicon|boot\.js/ }, says: /failed: the server gave a part of it, another file, or one of another version/ },
};

/** What a run waits for, and what a run on other data waits for. */
const FILES: Readonly<Record<string, RegExp>> = { 'the CPU build': /^pkg\/cpu-/, 'the 8x8 digits': /^data\/digits-/ };

for (const [what, pattern] of Object.entries(FILES)) {
  for (const [how, { fault, says }] of Object.entries(FAULTS)) {
    test(`a run says that ${what} ${how}, and begins once it is there`, async ({ page }) => {
      const served = await Served.start();
      served.faults.set(pattern, fault);
      await page.goto(`${served.address}#${DIGITS}`);
      const notice = page.locator('[data-notice=run]');
      await expect(notice).toContainText(says);
      await expect(notice).toContainText(what);
      served.faults.clear();
      await notice.getByRole('button', { name: 'Try again' }).click();
      await ready(page);
      await served.stop();
    });
  }
}

test('a program of the worker that is missing is said, and is fetched once it is there', async ({ page }) => {
  const served = await Served.start();
  served.faults.set(/^assets\/worker-/, 'missing');
  await page.goto(`${served.address}#${DIGITS}`);
  const notice = page.locator('[data-notice=run]');
  await expect(notice).toContainText('could not be loaded');
  served.faults.clear();
  await notice.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  await served.stop();
});

const BOOT: Readonly<Record<string, { fault: Fault; says: RegExp }>> = {
  'is missing': { fault: 'missing', says: /could not start with assets\/index-.*: the server answered 404/ },
  'is cut off': { fault: 'cut', says: /could not start/ },
  'is called something else': { fault: { like: /index\.html/ }, says: /could not start/ },
};

for (const [how, { fault, says }] of Object.entries(BOOT)) {
  test(`the page is not white where its program ${how}`, async ({ page }) => {
    const served = await Served.start();
    served.faults.set(/^assets\/index-/, fault);
    await page.goto(`${served.address}#${DIGITS}`);
    await expect(page.locator('#page')).toContainText(says);
    served.faults.clear();
    await page.getByRole('button', { name: 'Reload' }).click();
    await ready(page);
    await expect(page).toHaveURL(/data=digits/);
    await served.stop();
  });
}

test('a page whose program is called something that no browser runs says so', async ({ page }) => {
  const served = await Served.start({ types: { '.js': 'text/plain', '.css': 'text/css' } });
  await page.goto(`${served.address}#${DIGITS}`);
  await expect(page.locator('#page')).toContainText('the server calls it "text/plain", and browsers run a program only if it is called "text/javascript"');
  await served.stop();
});

test('a page without its style works, and gets it at a press', async ({ page }) => {
  const served = await Served.start();
  served.faults.set(/\.css$/, 'missing');
  await page.goto(`${served.address}#${DIGITS}`);
  await ready(page);
  await expect(page.getByRole('alert')).toContainText('What makes the page look right did not arrive');
  served.faults.clear();
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.masthead')).toHaveCSS('display', 'flex');
  await served.stop();
});

test('a mesh is read once what reads it is there', async ({ page }) => {
  const served = await Served.start();
  const chair = await fromShelf('dining-chair.obj');
  await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
  await expect(page.locator('.classify')).toBeVisible();
  for (const [pattern, says] of [[/^assets\/reader-worker-/, 'Bring the file again'], [/^pkg\/readers-/, 'the server answered 404']] as const) {
    served.faults.set(pattern, 'missing');
    await drop(page, [chair]);
    await expect(page.locator('.classify')).toContainText(says);
    served.faults.clear();
  }
  await drop(page, [chair]);
  await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
  await served.stop();
});

test('what draws a cloud in 3D, and what the command line found, come at a press once they are there', async ({ page }) => {
  await page.addInitScript(() => {
    // A headless browser computes WebGL on the processor, which the page does not take.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its canvas
    const real = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
      return real.call(this, kind, kind === 'webgl2' ? { ...options, failIfMajorPerformanceCaveat: false } : options);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
  const served = await Served.start();
  served.faults.set(/^assets\/scene-/, 'missing');
  await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
  await page.locator('.examples .thumb').first().click();
  const classify = page.locator('.classify');
  await expect(classify).toContainText('What draws with WebGL could not be fetched, so the cloud is drawn more simply');
  served.faults.clear();
  await classify.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-renderer=webgl]').first()).toBeVisible();
  served.faults.set(/^assets\/reproduction-/, 'missing');
  await page.evaluate(() => { location.hash = 'v=1&view=papers'; });
  const card = page.locator('[data-paper=ternary]');
  await expect(card).toContainText('It could not be fetched');
  served.faults.clear();
  await card.getByRole('button', { name: 'Fetch it again' }).click();
  await expect(card.getByRole('button', { name: 'Fetch it again' })).toBeHidden();
  await expect(card).not.toContainText('It could not be fetched');
  await served.stop();
});

test('on a slow line the page shows how much has arrived, and calls nothing hung', async ({ page }) => {
  // Slow enough to take longer than the page waits for a worker that says nothing.
  const served = await Served.start({ bytesPerSecond: 60_000 });
  await page.goto(`${served.address}#${DIGITS}`, { waitUntil: 'commit' });
  await expect(page.locator('#boot')).toContainText('Spikeground is loading');
  await expect(page.locator('.playback .message')).toContainText(/Fetching the CPU build: [1-9]\d* of [\d,]+ kB/);
  await expect(page.getByRole('progressbar', { name: 'Download' })).toHaveJSProperty('max', 1);
  await ready(page);
  await expect(page.locator('[data-notice=silence]')).toHaveCount(0);
  await served.stop();
});
