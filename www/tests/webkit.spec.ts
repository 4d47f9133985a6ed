/**
 * The page in WebKitGTK, whose engine is Safari's, driven by its own WebDriver on a screen of its own. Playwright's WebKit is a
 * patched build that has to be downloaded. `npx playwright test --project webkit`, on Debian with the packages
 * `webkit2gtk-driver` and `xvfb`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Builder, By, Capabilities, type WebDriver } from 'selenium-webdriver';

const DRIVER = process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver';
/** Its browser, which Debian puts beside the library. */
const BROWSER = ['x86_64', 'aarch64'].flatMap((machine) => ['4.1', '4.0'].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`))
  .find((path) => existsSync(path));
const VIEW = '#view > *';

const children: ChildProcess[] = [];
let driver: WebDriver;
/** The same, where it was started. */
let started: WebDriver | undefined;

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A screen that nobody sees; its number. */
async function screen(): Promise<string> {
  const xvfb = spawn(process.env.XVFB ?? 'Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24'], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(xvfb);
  const [number] = (await once(xvfb.stdout, 'data')) as [Buffer];
  return `:${number.toString().trim()}`;
}

test.skip(BROWSER === undefined || !existsSync(DRIVER), 'WebKitGTK and its driver are not on this machine');

test.beforeAll(async () => {
  const port = await freePort();
  // The engine takes the machine's language for its own, and refuses to count in one called "C".
  const env = { ...process.env, DISPLAY: await screen(), LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' };
  children.push(spawn(DRIVER, [`--port=${port}`], { env, stdio: 'ignore' }));
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] },
  });
  const builder = new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities);
  // The driver takes a moment until it listens.
  await expect(async () => { started = driver = await builder.build(); }).toPass();
});

test.afterAll(async () => {
  try {
    await started?.quit();
  } finally {
    for (const child of children) child.kill();
  }
});

/** Opens the page anew at a state, and waits until its network stands. */
async function open(baseURL: string | undefined, fragment: string): Promise<void> {
  await driver.get('about:blank');
  await driver.get(`${baseURL ?? ''}index.html#${fragment}`);
  await expect.poll(() => text("document.querySelector('#view [data-status]')?.dataset.status")).toMatch(/ready|paused/);
}

const text = async (expression: string): Promise<string> => String(await driver.executeScript(`return ${expression}`));
const viewData = (name: string): Promise<string> => text(`document.querySelector('${VIEW}').dataset.${name}`);
const press = (name: string): Promise<void> => driver.findElement(By.css(`[data-test=${name}]`)).click();

test('digits are learnt to 90 percent', async ({ baseURL }) => {
  await open(baseURL, 'v=1&data=digits&net=mlp&widths=64&epochs=6&rate=0.01');
  await press('play');
  await expect.poll(async () => Number(await viewData('heldOut'))).toBeGreaterThanOrEqual(0.9);
});

test('a link gives the losses of the other browsers, to the bit', async ({ baseURL }) => {
  const file = fileURLToPath(new URL('../../tests/same_run.json', import.meta.url));
  for (const { link, losses } of JSON.parse(await readFile(file, 'utf8')) as { link: string; losses: number[] }[]) {
    await open(baseURL, link);
    await press('epoch');
    await expect.poll(async () => Number(await viewData('step'))).toBe(40);
    for (let step = 41; step <= losses.length; step += 1) {
      await expect.poll(() => text("document.querySelector('#view [data-status]').dataset.status")).toBe('paused');
      // Where the driver clicks, the page may have moved meanwhile.
      await driver.executeScript("document.querySelector('[data-test=step]').click()");
      await expect.poll(async () => Number(await viewData('step')), { intervals: [50] }).toBe(step);
    }
    expect(JSON.parse(await text('JSON.stringify([...spikeground.app.training.history.loss.y])'))).toEqual(losses);
  }
});

test('a drawn one is a one, and the other views open', async ({ baseURL }) => {
  await open(baseURL, 'v=1&view=classify&by=mnist');
  const pad = driver.findElement(By.css('[data-test=pad]'));
  const stroke = driver.actions().move({ origin: pad, x: 0, y: -70 }).press();
  await stroke.move({ origin: pad, x: 0, y: 70, duration: 300 }).release().perform();
  await expect.poll(() => text("document.querySelector('[data-test=answer]')?.dataset.answer")).toBe('1');
  for (const view of ['compare', 'papers', 'train']) {
    await driver.executeScript(`location.hash = 'v=1&view=${view}&data=digits&net=mlp&widths=16'`);
    await expect.poll(() => text("document.querySelector('nav [aria-current=page]')?.textContent.toLowerCase()")).toBe(view);
    await expect.poll(() => text("[...document.querySelectorAll('#view > *')].filter((view) => view.offsetHeight > 0).length")).toBe('1');
  }
});
