/**
 * Links by the hundred, those that the page writes and what strangers make of them, entered one after the other: the page draws
 * what each one means, and nobody reads an error. LINKS_SEED and LINKS_COUNT choose others and more; what fails is named by its link.
 */
import type { Page } from '@playwright/test';
import { FIELDS } from '../src/state/fields';
import { formatLink, parseLink } from '../src/state/link';
import { layersOf, MAX_LAYERS } from '../src/state/reconcile';
import { BACKEND_CHOICES, CLASSIFIERS, PAPERS, PARTS, TABS, VIEWS, type AppState } from '../src/state/settings';
import { Draw } from './draw';
import { DIGITS, expect, ready, test } from './person';

// What fails once in many is what these are for: it must not pass the second time.
test.describe.configure({ retries: 0 });

const SEED = Number(process.env.LINKS_SEED ?? 1);
const COUNT = Number(process.env.LINKS_COUNT ?? 120);
/** Every so manieth link is one that somebody opens the page with. */
const FRESH_EVERY = 25;
/** What a link takes on a slow machine, the opening of the page shared among all. */
const LINK_MS = 600;

/** What no person should read, but where a link says it and is quoted. */
const RAW = /\bNaN\b|\bundefined\b|\bnull\b|\[object |\bInfinity\b|unreachable|RuntimeError|panicked/;

const KEYS = ['v', 'view', 'then', 'backend', 'sample', 'layer', 'neuron', 'tab', 'lanes', 'by', 'paper', 'hide', '__proto__', 'constructor', 'toString', '',
  ...FIELDS.map(({ param }) => param)];

const RUBBISH = ['', ' ', '0', '-1', '2', '-0', '0.5', '1e309', '-1e309', '1e-320', '99999999999999999999', '0x10', '1_000', '1,5', '٣', 'NaN', 'Infinity',
  'undefined', 'null', 'true', '[object Object]', '__proto__', 'constructor', 'hasOwnProperty', '%', '%0', '%00', '%E0%A4%A', '%ud800', '%252525', '\ud800',
  '\u0000', '\u202eright to left', '\u200b', '🧠🧠', 'é'.repeat(3000), '9'.repeat(3000), '16,'.repeat(500), '~'.repeat(500), ';'.repeat(500), 'a b+c&d=e#f?g',
  '<b>bold</b>', '<script>document.title = 1</script>', '"><img src=x onerror="document.title = 1">', '${1}{{1}}', 'javascript:void(0)', '../../etc/passwd',
  'own', 'furniture', 'pointnet', 'mlp', 'webgpu', 'trained', 'settings,playback,views', 'spike:ternary~-~__proto__:1;steps:NaN', 'steps:1e9;steps:2',
  '-~-~-~-~-', "'; DROP TABLE runs; --"];

/** A link as the page itself writes it. */
function written(draw: Draw): string {
  const config = draw.config();
  const hideable = [...PARTS, ...PAPERS, ...FIELDS.map(({ param }) => param)];
  const state: AppState = {
    view: draw.among(VIEWS),
    config,
    begun: draw.happens(0.3) ? draw.changed(config, 4, 5000) : undefined,
    backend: draw.among(BACKEND_CHOICES),
    sample: draw.whole(0, 99_999),
    layer: draw.whole(0, MAX_LAYERS - 1),
    neuron: draw.whole(0, 10_000),
    tab: draw.among(TABS),
    lanes: Array.from({ length: draw.whole(1, 3) }, () => draw.lane(config)),
    classifier: draw.among(CLASSIFIERS),
    paper: draw.happens(0.5) ? undefined : draw.among(PAPERS),
    hide: hideable.filter(() => draw.happens(0.03)),
  };
  return formatLink(state, draw.happens(0.3)).slice(1);
}

/** As the browser has a fragment once it was entered. */
const typed = (link: string): string => new URL(`#${link}`, 'http://localhost').hash.slice(1);

/** One thing that becomes of a link on its way through mails, editors and strangers' hands. */
function damaged(link: string, draw: Draw): string {
  const pairs = link.split('&');
  const at = draw.whole(0, link.length);
  const place = draw.whole(0, pairs.length);
  const [key = '', value = ''] = draw.among(pairs).split('=');
  switch (draw.whole(0, 7)) {
    case 0: return link.slice(0, at);
    case 1: return link.slice(0, at) + String.fromCharCode(link.charCodeAt(at) ^ (1 << draw.whole(0, 7))) + link.slice(at + 1);
    case 2: return link.slice(0, at) + draw.among(RUBBISH) + link.slice(at);
    case 3: return pairs.toSpliced(place, 0, `${key}=${draw.among(RUBBISH)}`).join('&');
    case 4: return pairs.toSpliced(place, 1, `${key}=${draw.among(RUBBISH)}`).join('&');
    case 5: return pairs.toSpliced(place, 0, `${draw.among(KEYS)}=${draw.among(RUBBISH)}`).join('&');
    case 6: return pairs.toSpliced(place, 0, `${draw.among(RUBBISH)}=${value}`).join('&');
    default: return pairs.map((pair) => encodeURIComponent(typed(pair))).join(draw.among(['&', ';', '&amp;', '%26']));
  }
}

/** The fragment of a number: most are damaged, many more than once. */
function drawn(number: number): string {
  const draw = new Draw(SEED, number);
  let link = draw.happens(0.05) ? draw.among(RUBBISH) : written(draw);
  while (draw.happens(0.7)) link = damaged(link, draw);
  return `#${typed(link)}`;
}

interface Shown {
  readonly state: AppState;
  readonly title: string;
  readonly views: number;
  readonly height: number;
  /** What the page says of the link, and everything else that can be read. */
  readonly ofLink: string;
  readonly else: string;
}

/** Enters a link, unless the page has been opened with it, and tells what is shown once that has been drawn. */
function entered(page: Page, fragment: string): Promise<Shown> {
  return page.evaluate(async (hash) => {
    location.hash = hash;
    // Two frames: views draw in the first one.
    await new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve); }); });
    const store = window.spikeground?.app.store;
    if (store === undefined) throw new Error('the page has not started');
    const views = document.querySelectorAll<HTMLElement>('#view > *');
    const ofLink = document.querySelector<HTMLElement>('[data-notice=link]')?.innerText ?? '';
    const said = document.body.innerText;
    return { state: store.state, title: document.title, views: views.length, height: views[0]?.offsetHeight ?? 0, ofLink, else: said.replace(ofLink, '') };
  }, fragment);
}

/**
 * What the link means; the page may have found that there is no such sample, layer or neuron, and no such backend. Where the link
 * chooses no neuron, or one of a layer that there is not, the page chooses one that fires, at once or once its network has answered.
 */
function fitted({ sample, layer, neuron, backend }: AppState, meant: AppState): AppState {
  const orNone = (shown: number, wanted: number): number => (shown === 0 ? 0 : wanted);
  const isLeftOpen = (meant.layer === 0 && meant.neuron === 0) || meant.layer >= layersOf(meant.config);
  const chosen = isLeftOpen ? { layer, neuron }
    : { layer: orNone(layer, meant.layer), neuron: orNone(neuron, meant.neuron) };
  return {
    ...meant,
    ...chosen,
    sample: orNone(sample, meant.sample),
    backend: meant.backend === 'webgpu' && backend === 'flex' ? 'flex' : meant.backend,
  };
}

function expectUsable({ state, title, views, height, ofLink, else: said }: Shown, fragment: string): void {
  const { state: meant, notes } = parseLink(fragment);
  expect.soft(state, `the state at ${fragment}`).toEqual(fitted(state, meant));
  expect.soft(title.toLowerCase(), `the view at ${fragment}`).toBe(`${meant.view} · spikeground`);
  expect.soft([views, height > 0], `what is drawn at ${fragment}`).toEqual([1, true]);
  if (notes.length === 0) expect.soft(ofLink, `what is said of ${fragment}`).toBe('');
  else expect.soft(ofLink, `what is said of ${fragment}`).toContain('Not all of the link could be taken');
  if (notes.length > 0 && !RAW.test(decodedAll(fragment))) expect.soft(ofLink, `what is said of ${fragment}`).not.toMatch(RAW);
  expect.soft(said, `the page at ${fragment}`).not.toMatch(RAW);
}

/** With every `%` that stands for a letter read. */
function decodedAll(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

test(`${COUNT} links, whole and damaged, leave a page that draws what they mean, says what they do not, and trains`, async ({ page, watch }) => {
  test.setTimeout(60_000 + COUNT * LINK_MS);
  // Chromium's own remark, where the processor computes WebGL.
  watch.allow(/GPU stall due to ReadPixels/);
  page.on('dialog', (dialog) => { throw new Error(`a link has opened a dialog: ${dialog.message()}`); });
  for (let number = 0; number < COUNT; number += 1) {
    const fragment = drawn(number);
    // In a frame and out of it in turn, so that it is another page each time.
    if (number % FRESH_EVERY === 0) await page.goto(`./${number % (2 * FRESH_EVERY) === 0 ? 'index' : 'embed'}.html${fragment}`);
    const before = watch.said().length;
    expectUsable(await entered(page, fragment), fragment);
    expect.soft(watch.said().slice(before), `the console at ${fragment}`).toEqual([]);
  }
  await page.evaluate((fragment) => { location.hash = fragment; }, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
});
