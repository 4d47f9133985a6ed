/** What a person brings that is not what it should be: a sentence, and the next file is read as ever. */
import type { BrowserContext, Page } from '@playwright/test';
import { bars, boxes, pngOf, zipOf, type MadeFile } from './files';
import { DIGITS, drop, expect, open, ready, test, type Brought } from './person';

const view = '#view > *';
const refusal = '[data-test=refusal]';
const reading = '[data-test=reading]';
const panel = '[data-test=own-panel]';

test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });

async function bringArchive(page: Page, name: string, files: readonly MadeFile[]): Promise<void> {
  await page.locator('[data-test=own-archive]').setInputFiles({ name, mimeType: 'application/zip', buffer: zipOf(files) });
}

const box = (name: string): Brought => ({ name, content: boxes(1)[0]?.bytes.toString() ?? '' });

/** Holds every request for what the pattern names back until it is let go; counts those that came. */
async function hold(context: BrowserContext, pattern: RegExp): Promise<{ readonly count: () => number; readonly letGo: () => void }> {
  let count = 0;
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { letGo = resolve; });
  await context.route(pattern, async (route) => {
    count += 1;
    await held;
    await route.continue().catch(() => undefined);
  });
  return { count: () => count, letGo: () => { letGo(); } };
}

const READERS_WASM = /pkg\/readers.*\.wasm/;

test('folders, camera files and other foreign kinds get a sentence that says what to do', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await expect(page.locator(view)).toHaveAttribute('data-status', 'ready');
  await page.evaluate(() => {
    DataTransferItem.prototype.webkitGetAsEntry = function (this: DataTransferItem) {
      return { isDirectory: true, isFile: false, name: this.getAsFile()?.name ?? '' } as FileSystemEntry;
    };
  });
  await drop(page, [{ name: 'chairs', content: 'x' }]);
  await expect(page.locator(refusal)).toContainText('chairs is a folder, and one file at a time gets an answer here: drop a file that is in it.');
  await expect(page.locator(refusal)).toContainText('open Train, and choose “Your own…” under Data');
  await page.evaluate(() => { DataTransferItem.prototype.webkitGetAsEntry = () => null; });
  for (const [name, words] of [
    ['IMG_1.HEIC', 'is a HEIC picture, as phones take them, which this browser cannot decode. Save it as JPEG or PNG.'],
    ['night.nef', 'is a raw picture of a camera, which is not read here.'],
    ['hand.aedat4', 'is a recording of an event camera'],
    ['events.raw', 'nothing in it says what'],
    ['all.7z', 'Pack its files as ZIP.'],
  ] as const) {
    await drop(page, [{ name, content: 'ftypheic', type: name.endsWith('HEIC') ? 'image/heic' : '' }]);
    await expect(page.locator(refusal)).toContainText(`${name} is `);
    await expect(page.locator(refusal)).toContainText(words);
  }
  await drop(page, [box('box.off')]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
});

test('an SVG without a size is seen, and one that would unfold without end is not drawn', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=mnist');
  const svg = (name: string, inside: string, attributes = ''): Brought => {
    return { name, type: 'image/svg+xml', content: `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>` };
  };
  const line = '<path d="M16 4v24" style="stroke:#000" stroke-width="4"/>';
  let answers = 0;
  const box = 'viewBox="0 0 32 32"';
  const bar = pngOf(32, (x, y) => (Math.abs(x - 16) < 2 && Math.abs(y - 16) < 12 ? 0 : 255));
  await drop(page, [svg('pixels.svg', `<image width="32" height="32" href="data:image/png;base64,${bar.toString('base64')}"/>`, box)]);
  answers += 1;
  await expect(page.locator(view)).toHaveAttribute('data-answers', String(answers));
  for (const attributes of [box, '', `width="100%" height="100%" ${box}`, 'width="32mm" height="32mm"', `width="900000" height="900000" ${box}`]) {
    await drop(page, [svg('one.svg', line, attributes)]);
    answers += 1;
    await expect(page.locator(view)).toHaveAttribute('data-answers', String(answers));
    await expect(page.locator(refusal)).toHaveText('');
  }
  const levels = Array.from({ length: 12 }, (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`).join('');
  const filled = (style: string): string => `<rect class="${style}"/>`.repeat(300);
  const pattern = (id: string, style: string): string => `<pattern id="${id}">${filled(style)}</pattern>`;
  const address = (text: string): string => `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`;
  const inner = address(svg('', `<defs><g id="g0">${line}</g>${levels}</defs><use href="#g12"/>`).content.toString());
  const more = 'holds another drawing, or a page, in itself';
  for (const [bomb, words] of [
    [svg('image.svg', `<image width="32" height="32" href="${inner}"/>`), more],
    [svg('linked.svg', `<image width="32" height="32" xlink:href=" ${inner}"/>`, 'xmlns:xlink="http://www.w3.org/1999/xlink"'), more],
    [svg('filter.svg', `<filter id="f"><feImage href="${inner}"/></filter><rect width="32" height="32" filter="url(#f)"/>`), more],
    [svg('later.svg', `<image width="32" height="32"><set attributeName="href" to="${inner}"/></image>`), more],
    [svg('mask.svg', `<style>rect{mask-image:url(\\64 ata:image/svg+xml,x)}</style><rect width="32" height="32"/>`), more],
    [svg('import.svg', `<style>@import "data:text/css,rect{fill:url(%23p)}";</style>${line}`), more],
    [svg('spaced.svg', `<defs>${levels}<g id="g0">${line}</g></defs><use href=" #g12"/>`), 'refers to its parts so often'],
    [svg('elsewhere.svg', '<image width="32" height="32" href="photo.png"/>'), 'shows an image that lies in another file'],
    [svg('uses.svg', `<defs><g id="g0">${line}</g>${levels}</defs><use href="#g12"/>`), 'refers to its parts so often'],
    [svg('styled.svg', `<style>.a{fill:url(#p1)}.b{fill:url(#p2)}</style>${pattern('p1', 'b')}${pattern('p2', 'c')}${filled('a')}`),
      'refers to its parts so often'],
    [{ ...svg('entities.svg', line), content: `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${svg('', line).content.toString()}` }, 'defines entities'],
    [svg('page.svg', '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>'), 'holds pieces of web pages'],
  ] as const) {
    await drop(page, [bomb]);
    await expect(page.locator(refusal)).toContainText(`${bomb.name} ${words}`);
  }
});

test('an SVG that is cut off is told to be damaged', async ({ page, watch }) => {
  // Chromium styles its own words about it, which the page's policy keeps it from; Firefox notes in the console what it parsed.
  watch.allow(/Applying inline style|XML Parsing Error/);
  await open(page, 'v=1&view=classify&by=mnist');
  await drop(page, [{ name: 'cut.svg', type: 'image/svg+xml', content: '<svg xmlns="http://www.w3.org/2000/svg"><path' }]);
  await expect(page.locator(refusal)).toContainText('cut.svg is no SVG image, or a damaged one.');
});

test('tables are told by their columns, and names that turn text are isolated', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const rows = Array.from({ length: 64 }, (_, i) => `${i},${i & 3},${(i >> 2) & 3},${i >> 4}`).join('\n');
  await drop(page, [{ name: 'scan.csv', content: `id,Points:0,Points:1,Points:2\n${rows}` }]);
  const taken = 'Columns x, y and z were taken from “Points:0”, “Points:1” and “Points:2”, guessed by their names.';
  await expect(page.locator('[data-test=shape-notes]')).toContainText(taken);
  await drop(page, [{ name: 'iris.csv', content: `sepal_length,sepal_width,petal_length,petal_width\n${rows}` }]);
  await expect(page.locator(refusal)).toContainText('This table names no coordinates: its columns are “sepal_length”, “sepal_width”');
  await drop(page, [{ name: 'gnp\u202ecsv.words', content: 'no numbers' }]);
  await expect(page.locator(refusal)).toContainText('\u2068gnp\ufffdcsv.words\u2069 is neither');
});

test('a file that is dropped where nothing takes it replaces no page', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await drop(page, [box('box.off')], '.train');
  const notice = page.locator('[data-notice=stray]');
  await expect(notice).toContainText('Nothing was taken: files get an answer in Classify. To train on folders of them');
  await notice.getByRole('button', { name: 'Open Classify' }).click();
  await expect(page.locator('[data-test=pad]')).toBeVisible();
  await expect(notice).toBeHidden();
});

test('the newest of two drops wins, which is said, and a reader that hangs is told and can be ended', async ({ page, context }) => {
  const wasm = await hold(context, READERS_WASM);
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [box('first.off')]);
  await expect.poll(wasm.count).toBe(1);
  await expect(page.locator(reading)).toContainText('Reading first.off: 0 %.');
  await drop(page, [box('second.off')]);
  await expect(page.locator(reading)).toContainText('first.off was given up: second.off came after it.');
  await expect(page.locator(reading)).toContainText(/It has not answered for \d+ seconds/);
  await page.locator('[data-test=stop-reading]').click();
  await expect(page.locator(view)).toHaveAttribute('data-status', 'ready');
  wasm.letGo();
  await drop(page, [box('third.off')]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('third.off, read as OFF');
});

test('after a program that could not be loaded the next file is read without a reload', async ({ page, context, watch }) => {
  watch.allow(/Failed to load resource|net::ERR_FAILED/);
  let broken = true;
  await context.route(/reader-worker|own-data-worker/, (route) => (broken ? route.abort() : route.continue()));
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [box('first.off')]);
  await expect(page.locator(refusal)).toHaveText('What reads files has ended, because its program could not be loaded. Bring the file again.');
  broken = false;
  await drop(page, [box('second.off')]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('second.off, read as OFF');
  broken = true;
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=own]').click();
  const bring = (): Promise<void> => bringArchive(page, 'bars.zip', bars(5));
  await bring();
  await expect(page.locator('[data-test=own-refusal]')).toHaveText('What reads the files has ended, because its program could not be loaded. Bring '
    + 'them again.');
  broken = false;
  await bring();
  await expect(page.locator('[data-test=own-summary]')).toContainText('10 images in 2 classes');
});

test('everything that a data set of one\'s own left out or lost is told, and an image bomb is not decoded', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=own]').click();
  const lost = Buffer.from('OFF\n4 2 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 1 2\n3 0 1 9\n');
  await bringArchive(page, 'boxes.zip', [
    ...boxes(5),
    { path: 'boxes/flat/lost.off', bytes: lost },
    { path: 'boxes/flat/locked.off', bytes: lost, locked: true },
    { path: 'boxes/flat/.DS_Store', bytes: lost },
    { path: '../boxes/flat/out.off', bytes: lost },
    { path: 'boxes/flat/0.off', bytes: lost },
  ]);
  await expect(page.locator('[data-test=own-summary]')).toContainText('11 clouds in 2 classes');
  const skipped = page.locator('[data-test=own-skipped]');
  await expect(skipped).toContainText('4 files left out:');
  for (const reason of [
    'It is locked with a password.', 'A system or a program left it behind.', 'Its path leads out of the archive.',
    'The archive holds another file of the same name, which is taken.',
  ]) {
    await expect(skipped).toContainText(`1: ${reason}`);
  }
  await expect(skipped).toContainText('2: Some faces were left out, because a point is missing or there are fewer than three.');
  const bomb = pngOf(8, () => 9);
  for (const at of [16, 20]) bomb.writeUInt32BE(30_000, at);
  await bringArchive(page, 'bars.zip', [...bars(5), { path: 'bars/lying/bomb.png', bytes: bomb }]);
  await expect(page.locator('[data-test=own-summary]')).toContainText('10 images in 2 classes');
  await expect(skipped).toContainText('It is an image of 900 million pixels, and up to 64 million are decoded here: a smaller copy can be read.');
  await expect(page.locator(panel)).toContainText('1 file left out');
});

test('a second archive takes the place of one that is still being read, which is said', async ({ page, context }) => {
  const wasm = await hold(context, READERS_WASM);
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=own]').click();
  const archive = (name: string, files: readonly MadeFile[]): Promise<void> => drop(page, [{ name, content: zipOf(files) }], panel);
  await archive('first.zip', bars(5));
  await expect.poll(wasm.count).toBe(1);
  await archive('second.zip', bars(6));
  await expect(page.locator(panel)).toContainText('first was given up for it.');
  wasm.letGo();
  await expect(page.locator('[data-test=own-summary]')).toContainText('second: 12 images in 2 classes');
});
