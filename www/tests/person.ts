/** A page as a person meets it, watched for what must never happen: an error in the console, a request to elsewhere. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test as base, expect as usual, type Page } from '@playwright/test';
import { Served, type Options } from './server';

/** Looks ten times a second whether what is polled for has come true; Playwright's own looks once, so that each wait would be half a second too long. */
const poll: typeof usual.poll = (actual, options = {}) =>
  usual.poll(actual, { intervals: [50, 100], ...(typeof options === 'string' ? { message: options } : options) });
export const expect = new Proxy(usual, { get: (target, name) => (name === 'poll' ? poll : Reflect.get(target, name) as unknown) });

interface Watch {
  /** What the console may say in this test, because the test provokes it. */
  allow(pattern: RegExp): void;
  /** What it has said so far and may not. */
  said(): string[];
  /** The page comes from here in this test, and may ask for more. */
  from(address: string): void;
}

export const test = base.extend<{ watch: Watch; serve: (options?: Options) => Promise<Served> }>({
  watch: [
    async ({ page, baseURL }, use) => {
      const said: string[] = [];
      const elsewhere: string[] = [];
      const allowed: RegExp[] = [];
      const homes = [baseURL ?? ''];
      page.on('console', (message) => {
        // Playwright's own, where a test is not about being offline.
        if (message.text() === 'Service Worker registration blocked by Playwright') return;
        if (message.type() === 'error' || message.type() === 'warning') said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(String(error)));
      page.on('request', (request) => {
        const url = request.url();
        if (!/^(blob|data):/.test(url) && !homes.some((home) => url.startsWith(home))) elsewhere.push(url);
      });
      const unwanted = (): string[] => said.filter((text) => !allowed.some((pattern) => pattern.test(text)));
      await use({ allow: (pattern) => allowed.push(pattern), said: unwanted, from: (address) => homes.push(address) });
      expect(elsewhere, 'requests to other origins').toEqual([]);
      expect(unwanted(), 'the console').toEqual([]);
    },
    { auto: true },
  ],
  /** Servers that the page comes from, as long as it is open. */
  serve: async ({ page, watch }, use) => {
    const all: Served[] = [];
    await use(async (options) => {
      const served = await Served.start(options);
      all.push(served);
      watch.from(served.address);
      return served;
    });
    await page.close();
    await Promise.all(all.map((served) => served.stop()));
  },
});

/** A quick run on the smallest images. */
export const DIGITS = 'v=1&data=digits&net=mlp&widths=64&epochs=6&rate=0.01';

/** A file on its way into the page. */
export interface Brought {
  readonly name: string;
  readonly content: Buffer | string;
  readonly type?: string;
}

/** Drops files onto what is shown, or onto a part of it. */
export async function drop(page: Page, files: readonly Brought[], onto = '#view > .classify'): Promise<void> {
  const packed = files.map(({ name, content, type = '' }) => ({ name, type, base64: Buffer.from(content).toString('base64') }));
  const dropped = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of all) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    }
    return transfer;
  }, packed);
  await page.locator(onto).dispatchEvent('drop', { dataTransfer: dropped });
}

/** A mesh or cloud of those that ship. */
export async function fromShelf(name: string): Promise<Brought> {
  return { name, content: await readFile(fileURLToPath(new URL(`../data/shelf/${name}`, import.meta.url))) };
}

/** Opens the page at a state and waits until its network stands. */
export async function open(page: Page, fragment: string, file = 'index.html'): Promise<void> {
  await page.goto(`./${file}#${fragment}`);
}

/** Asked at each frame, because every test waits for it and an assertion looks twice a second; the assertion says where it stands if it does not come. */
export async function ready(page: Page): Promise<void> {
  const stands = (): boolean => /ready|paused/.test(document.querySelector<HTMLElement>('#view [data-status]')?.dataset.status ?? '');
  await page.waitForFunction(stands, undefined, { timeout: 60_000 }).catch(() => undefined);
  await expect(page.locator('#view [data-status]').first()).toHaveAttribute('data-status', /ready|paused/, { timeout: 5000 });
}

/** Nothing is wider than the page at 360 and at 320 pixels. */
export async function neverOverhangs(page: Page, what: string): Promise<void> {
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 740 });
    // Two frames: one for the layout, one for what is drawn in answer to it.
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve); }); }));
    const wide = await page.evaluate(() => {
      if (document.documentElement.scrollWidth <= innerWidth) return [];
      const over = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5);
      return over.map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
    });
    expect(wide, `${what}, ${width} pixels wide`).toEqual([]);
  }
}

/** Shows what stands under the stage in a tab. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** The losses of the training steps so far, and the run's step. */
export function run(page: Page): Promise<{ losses: number[]; step: number; status: string }> {
  return page.evaluate(() => {
    const training = window.spikeground?.app.training;
    if (training === undefined) throw new Error('the page has not started');
    return { losses: [...training.history.loss.y], step: training.step, status: training.status };
  });
}

/** Held-out samples of a data set as it ships: pixels, 0 (ground) to 255 (ink) or red, green and blue one after the other, and classes. */
export async function heldOut(name: string): Promise<{ side: number; image: (i: number) => Uint8Array; label: (i: number) => number }> {
  const packed = await readFile(fileURLToPath(new URL(`../data/${name}.safetensors.gz`, import.meta.url)));
  const file = gunzipSync(packed);
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, { shape: number[]; data_offsets: [number, number] }>;
  const part = (key: string): Buffer => {
    const offsets = header[key]?.data_offsets;
    if (offsets === undefined) throw new Error(`${name} has no ${key}`);
    return file.subarray(8 + length + offsets[0], 8 + length + offsets[1]);
  };
  const shape = header.held_out_images?.shape.slice(1) ?? [];
  const [side, numbers] = [shape.at(-1) ?? 0, shape.reduce((product, size) => product * size, 1)];
  const [images, labels] = [part('held_out_images'), part('held_out_labels')];
  return { side, image: (i) => images.subarray(i * numbers, (i + 1) * numbers), label: (i) => labels[i] ?? -1 };
}

/** A held-out sample as a photograph might show it: dark on light paper, large, in one corner of a PNG. */
export function asPng(page: Page, greys: Uint8Array, side: number): Promise<Buffer> {
  return page
    .evaluate(
      async ({ greys, side }) => {
        const small = new OffscreenCanvas(side, side);
        const pixels = greys.flatMap((grey) => [255 - grey, 255 - grey, 255 - grey, 255]);
        small.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels), side), 0, 0);
        const large = new OffscreenCanvas(400, 300);
        const context = large.getContext('2d');
        if (context === null) throw new Error('no canvas');
        context.fillStyle = 'white';
        context.fillRect(0, 0, 400, 300);
        context.drawImage(small, 20, 40, 224, 224);
        const blob = await large.convertToBlob({ type: 'image/png' });
        return [...new Uint8Array(await blob.arrayBuffer())];
      },
      { greys: [...greys], side },
    )
    .then((bytes) => Buffer.from(bytes));
}
