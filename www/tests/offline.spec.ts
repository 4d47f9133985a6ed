/** The page without a network, and after its server has been updated. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { BROWSERS_OWN } from './faults';
import { DIGITS, expect, ready, test } from './person';
import { DIST, HURRY, type Served } from './server';

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

const VIEWS = /^assets\/views-.*js$/;

/** Of the built page as it is, and of another build of it, whose programs and styles have other names and are others. */
const [THIS, NEXT] = ['this one', '0123abcd'] as const;

declare global {
  /** The builds that the programs which ran here are of. */
  var programs: Set<string> | undefined;
}

/** A copy of the built page whose programs say of which build they are; of another build where `next` holds, without the furniture of this one. */
async function copied(next: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spikeground-build-'));
  await cp(DIST, folder, { recursive: true });
  const furniture = (await readdir(join(folder, 'data'))).filter((name) => name.startsWith('furniture-'));
  if (next) await Promise.all(furniture.map((name) => rm(join(folder, 'data', name))));
  const assets = await readdir(join(folder, 'assets'));
  const renamed = assets.map((name) => [name, next ? name.replace(/.{8}(?=\.\w+$)/, (hash) => Array.from(hash).reverse().join('')) : name] as const);
  const { build } = JSON.parse(await readFile(join(folder, 'build.json'), 'utf8')) as { build: string };
  const mark = `(globalThis.programs ??= new Set()).add(${JSON.stringify(next ? NEXT : THIS)});\n`;
  const texts = ['build.json', 'index.html', 'embed.html', 'tutorial.html', 'service-worker.js', ...assets.map((name) => `assets/${name}`)];
  for (const path of texts) {
    let text = await readFile(join(folder, path), 'utf8');
    for (const [before, after] of renamed) text = text.replaceAll(before, after);
    if (next) text = text.replaceAll(build, NEXT);
    await writeFile(join(folder, path), /^assets\/.*\.js$/.test(path) ? mark + text : text);
  }
  for (const [before, after] of renamed) await rename(join(folder, 'assets', before), join(folder, 'assets', after));
  await listAnew(folder);
  return folder;
}

interface Build {
  readonly first: Record<string, string | null>;
}

/** The service worker of a folder: what it knows of its build, and the rest. */
async function readWorker(folder: string): Promise<{ build: Build; program: string }> {
  const [, list = '', program = ''] = /^const BUILD = (.*);\n([^]*)$/.exec(await readFile(join(folder, 'service-worker.js'), 'utf8')) ?? [];
  return { build: JSON.parse(list) as Build, program };
}

/** Has the service worker look for the files as they are now, and wait for none of them for long. */
async function listAnew(folder: string): Promise<void> {
  const { build, program } = await readWorker(folder);
  for (const [name, hash] of Object.entries(build.first)) {
    if (hash !== null) build.first[name] = createHash('sha256').update(await readFile(join(folder, name))).digest('hex').slice(0, 8);
  }
  await writeFile(join(folder, 'service-worker.js'), `const BUILD = ${JSON.stringify(build)};\n${HURRY}${program}`);
}

/** The builds of which the page, its programs and those of its worker are. */
async function builds(page: Page): Promise<string[]> {
  const ran = (): string[] => [...globalThis.programs ?? []];
  const all = await Promise.all([page.evaluate(ran), ...page.workers().map((worker) => worker.evaluate(ran))]);
  const named = await page.locator('meta[name=build]').getAttribute('content');
  return [...new Set([named === NEXT ? NEXT : THIS, ...all.flat()])];
}

/** The page, another view of it, and a step. */
async function useIt(page: Page): Promise<void> {
  await ready(page);
  await page.evaluate((fragment) => { location.hash = `${fragment}&view=compare`; }, DIGITS);
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
  await page.evaluate((fragment) => { location.hash = fragment; }, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
}

/** Has the browser look for a new service worker; what becomes of it is asked for by [`standing`]. */
function lookForUpdate(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    // Not waited for: where it hangs, the test says in which state.
    registration?.update().catch(() => undefined);
  });
}

/** The states of the page's service workers, and what of the next build is not kept yet. */
interface Standing {
  readonly installing: string;
  readonly waiting: string;
  readonly active: string;
  readonly lacks: readonly string[];
}

function standing(page: Page, wanted: readonly string[]): Promise<Standing> {
  return page.evaluate(async ({ wanted, next }) => {
    const registration = await navigator.serviceWorker.getRegistration();
    const cacheName = (await caches.keys()).find((name) => name.endsWith(` ${next}`));
    const found = cacheName === undefined ? [] : await Promise.all(wanted.map((path) => caches.match(path, { cacheName })));
    const lacks = wanted.filter((_, i) => found[i] === undefined);
    const state = (worker?: ServiceWorker | null): string => worker?.state ?? 'none';
    return { installing: state(registration?.installing), waiting: state(registration?.waiting), active: state(registration?.active), lacks };
  }, { wanted, next: NEXT });
}

/** One service worker stands, no other is on its way, and of what the next build keeps from the start nothing is missing but this. */
async function updateEnds(page: Page, served: Served, lacks: unknown = []): Promise<void> {
  const wanted = Object.keys((await readWorker(served.folder)).build.first);
  await expect(async () => {
    const asked = `the server was asked last for ${served.asked.slice(-5).join(', ')}`;
    expect(await standing(page, wanted), asked).toEqual({ installing: 'none', waiting: 'none', active: 'activated', lacks });
  }).toPass({ timeout: 60_000 });
}

test('after one visit the page opens, trains and classifies without a network, with the data that it used', async ({ page, serve, watch }) => {
  const served = await serve({ prefix: '/a/folder/' });
  await page.goto(`${served.address}index.html#v=1&data=mnist&widths=4,4&batch=8`);
  await ready(page);
  await workerStands(page);
  await expect.poll(() => kept(page)).toContainEqual(expect.stringMatching(/\/data\/mnist-/));
  expect((await kept(page)).filter((path) => /webgpu|fashion|scene/.test(path))).toEqual([]);
  watch.allow(/^Failed to load resource: net::ERR_CONNECTION_REFUSED/);
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
  await expect(page.locator('.notice.error')).toContainText('Fetching the Fashion-MNIST clothes failed');
  await page.goto(`${served.address}tutorial.html`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What is a spike worth?');
});

test('over an update, of which a file is wrong and then stuck at first, a page is of one build wherever it comes from', async ({ page, serve, watch }) => {
  watch.allow(BROWSERS_OWN);
  watch.allow(/^Failed to load resource: net::ERR_CONNECTION_REFUSED/);
  const served = await serve();
  const [before, after] = await Promise.all([copied(false), copied(true)]);
  served.folder = before;
  await page.goto(`${served.address}#${DIGITS}`);
  await ready(page);
  await workerStands(page);

  // A tab that stays open has everything that it needs for these digits, and nobody keeps what is half of one build.
  served.folder = after;
  for (const fault of [{ like: /boot\.js/ }, 'stuck'] as const) {
    served.faults.set(VIEWS, fault);
    const asked = served.times(VIEWS);
    await lookForUpdate(page);
    await expect.poll(() => served.times(VIEWS)).toBeGreaterThan(asked);
    await updateEnds(page, served, expect.arrayContaining([expect.stringMatching(VIEWS)]));
  }
  await useIt(page);
  expect(await builds(page)).toEqual([THIS]);
  await page.evaluate(() => { location.hash = 'v=1&data=furniture&net=pointnet'; });
  await expect(page.locator('[data-notice=update]')).toContainText('has been updated on its server');
  served.faults.clear();
  served.faults.set(/./, 'missing');
  await page.goto(`${served.address}?again#${DIGITS}`);
  await useIt(page);
  expect(await builds(page)).toEqual([THIS]);

  served.faults.clear();
  await page.evaluate(() => { location.hash = 'v=1&data=furniture&net=pointnet'; });
  await page.locator('[data-notice=update]').getByRole('button', { name: 'Reload' }).click();
  await expect(page.locator('meta[name=build]')).toHaveAttribute('content', NEXT);
  await page.evaluate((fragment) => { location.hash = fragment; }, DIGITS);
  await useIt(page);
  expect(await builds(page)).toEqual([NEXT]);
  await lookForUpdate(page);
  await updateEnds(page, served);

  await served.stop();
  await page.goto(`${served.address}?offline#${DIGITS}`);
  await useIt(page);
  expect(await builds(page)).toEqual([NEXT]);
  await Promise.all([before, after].map((folder) => rm(folder, { recursive: true })));
});

interface Manifest {
  readonly name: string;
  readonly short_name: string;
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly type: string; readonly purpose?: string }[];
}

test('a browser can install the page from a folder: what the manifest names is there, and is what it says', async ({ page, serve }) => {
  // A browser takes no drawing without its type for an icon.
  const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const served = await serve({ prefix: '/a/folder/', types });
  await page.goto(`${served.address}#${DIGITS}`);
  const link = await page.locator('link[rel=manifest]').evaluate((element) => (element as HTMLLinkElement).href);
  expect(link.startsWith(served.address)).toBe(true);
  const manifest = (await (await page.request.get(link)).json()) as Manifest;
  expect(manifest.name).not.toBe('');
  expect(manifest.short_name.length).toBeLessThanOrEqual(12);
  expect(['standalone', 'fullscreen', 'minimal-ui']).toContain(manifest.display);
  const scope = new URL(manifest.scope, link).href;
  expect(scope).toBe(served.address);
  const start = new URL(manifest.start_url, link).href;
  expect(start.startsWith(scope)).toBe(true);
  expect((await page.request.get(start)).status()).toBe(200);
  const icons = manifest.icons.map(({ src, ...icon }) => ({ ...icon, address: new URL(src, link).href }));
  for (const { address, sizes, type } of icons) {
    expect(address.startsWith(scope)).toBe(true);
    const [kind, side] = await page.evaluate(async ({ address, type }) => {
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
      const found = start.slice(1, 4) === 'PNG' ? 'image/png' : start.includes('<svg') ? 'image/svg+xml' : 'neither';
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([bytes], { type }));
      await image.decode();
      return [found, `${image.naturalWidth}x${image.naturalHeight}`];
    }, { address, type });
    expect(kind, address).toBe(type);
    if (sizes !== 'any') expect(side, address).toBe(sizes);
  }
  // What Chromium asks of a page that is to be installed, and an icon that Android may cut to its own shape.
  const plain = icons.filter(({ purpose = 'any' }) => purpose === 'any').map(({ sizes }) => sizes);
  expect(plain).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(icons.filter(({ purpose }) => purpose === 'maskable')).not.toEqual([]);
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // The browser of a test keeps nothing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});
