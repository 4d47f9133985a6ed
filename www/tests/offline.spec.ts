/** The page without a network, and after its server has been updated. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { DIGITS, ready } from './person';
import { DIST, Served } from './server';

test.use({ serviceWorkers: 'allow' });

/** What is kept of the build that the page is of, without the folder. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const caught = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    return caught.flat();
  });
}

async function workerStands(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state)).toBe('activated');
}

/** A copy of the built page with other names for what it fetches, as after a new build. */
async function nextBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spikeground-next-'));
  await cp(DIST, folder, { recursive: true });
  const { build } = JSON.parse(await readFile(join(folder, 'build.json'), 'utf8')) as { build: string };
  const next = '0123abcd';
  for (const name of ['build.json', 'index.html', 'service-worker.js']) {
    const path = join(folder, name);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(build, next));
  }
  await rm(join(folder, 'data'), { recursive: true });
  return folder;
}

test('after one visit the page opens, trains and classifies without a network, with the data that it used', async ({ page }) => {
  const served = await Served.start({ prefix: '/a/folder/' });
  await page.goto(`${served.address}index.html#v=1&data=mnist&widths=4,4&batch=8`);
  await ready(page);
  await workerStands(page);
  await expect.poll(() => kept(page)).toContainEqual(expect.stringMatching(/\/data\/mnist-/));
  expect((await kept(page)).filter((path) => /webgpu|fashion|scene/.test(path))).toEqual([]);
  await served.stop();
  await page.goto('about:blank');
  await page.goto(`${served.address}#v=1&data=mnist&widths=4,4&batch=8`);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.evaluate((fragment) => { location.hash = fragment; }, DIGITS);
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await ready(page);
  await page.evaluate(() => { location.hash = 'v=1&view=compare&data=fashion'; });
  await expect(page.locator('.notice.error')).toContainText('Fetching the Fashion-MNIST images failed');
  await page.goto(`${served.address}tutorial.html`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What is a spike worth?');
});

test('a tab that stayed open over an update runs on, says what is missing, and a reload brings the new page', async ({ page }) => {
  const served = await Served.start();
  await page.goto(`${served.address}#${DIGITS}`);
  await ready(page);
  await workerStands(page);
  const before = await page.locator('meta[name=build]').getAttribute('content');
  served.folder = await nextBuild();
  // It has everything that it needs for these digits, but the furniture of its build is gone.
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.evaluate(() => { location.hash = 'v=1&data=furniture&net=pointnet'; });
  await expect(page.locator('[data-notice=update]')).toContainText('has been updated on its server');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.locator('meta[name=build]')).toHaveAttribute('content', '0123abcd');
  expect(before).not.toBe('0123abcd');
  await rm(served.folder, { recursive: true });
  await served.stop();
});
