/** The built page on servers as people have them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { DIGITS, drop, expect, fromShelf, ready, test } from './person';
import { DIST, Served, type Options } from './server';

const SERVERS: Readonly<Record<string, Options>> = {
  'in a folder of a server that names no types but those of programs': { prefix: '/~somebody/spiking/', types: { '.js': 'application/javascript' } },
  'under wrong types': { types: { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.wasm': 'text/plain', '.gz': 'text/plain',
    '.safetensors': 'text/html', '.json': 'text/plain' } },
  'packed on the way': { prefix: '/pages/', encoding: 'gzip' },
  'by a server that takes .gz for an encoding': { encoding: 'gz-is-an-encoding' },
};

/** What a visitor does: opens, trains a step, asks for an example, brings a mesh. */
async function useAll(page: Page, address: string): Promise<void> {
  await page.goto(`${address}#${DIGITS}`);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.evaluate(() => { location.hash = 'v=1&view=classify&by=furniture'; });
  await expect(page.locator('.classify')).toBeVisible();
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('dining-chair.obj, read as');
  await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
}

for (const [where, options] of Object.entries(SERVERS)) {
  test(`the page trains, classifies and reads a mesh ${where}`, async ({ page, serve }) => {
    const served = await serve(options);
    await useAll(page, served.address);
  });
}

test('the page trains, classifies and reads a mesh behind python3 -m http.server', async ({ page, watch }) => {
  const python = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], { cwd: DIST, stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = (await once(python.stdout, 'data')) as [Buffer];
  const port = /port (\d+)/.exec(said.toString())?.[1] ?? '';
  const address = `http://localhost:${port}/`;
  watch.from(address);
  try {
    await useAll(page, address);
  } finally {
    python.kill();
  }
});

test('what reads a stranger\'s file cannot reach a network, a storage or another tab, though the server sends no policy', async ({ page, serve, watch }) => {
  // The chair is drawn in 3D, of which a software driver has its own to say.
  watch.allow(/GPU stall due to ReadPixels/);
  const [served, elsewhere] = await Promise.all([serve(), Served.start()]);
  await page.goto(`${served.address}#v=1&view=classify&by=furniture`);
  await expect(page.locator('.classify')).toBeVisible();
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('dining-chair.obj, read as');
  const names = await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.name)));
  // The browser tells of a request that it does not make; whether it was made, the other server knows.
  watch.from(elsewhere.address);
  const reader = page.workers()[names.indexOf('spikeground-reader')];
  if (reader === undefined) throw new Error('no worker reads');
  const left = await reader.evaluate(() => [
    'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'WebTransport', 'importScripts', 'Worker', 'indexedDB', 'caches', 'BroadcastChannel', 'FontFace',
  ].filter((name) => (globalThis as Record<string, unknown>)[name] !== undefined));
  expect(left).toEqual([]);
  const taken = (address: string): Promise<string> => reader.evaluate((from) => import(from).then(() => 'taken', () => 'refused'), `${address}boot.js?stolen`);
  expect(await taken(elsewhere.address)).toBe('refused');
  expect(elsewhere.asked).toEqual([]);
  await elsewhere.stop();
});
