/**
 * Settings drawn at random from all that the page allows, Play pressed: each trains a step, is refused with a sentence, or says
 * that it is at work. RANDOM_SETTINGS_SEED and RANDOM_SETTINGS_COUNT choose others and more; what fails is named by its link.
 */
import type { Page } from '@playwright/test';
import type { Field } from '../src/state/field';
import { FIELDS } from '../src/state/fields';
import { formatLink } from '../src/state/link';
import { reconcile } from '../src/state/reconcile';
import { DEFAULT_CONFIG, DEFAULT_STATE } from '../src/state/settings';
import type { SessionConfig } from '../src/worker/protocol';
import { expect, test } from './person';

const SEED = Number(process.env.RANDOM_SETTINGS_SEED ?? 1);
const COUNT = Number(process.env.RANDOM_SETTINGS_COUNT ?? 50);
/** A network that has not taken its first step by then must have said that it is at work. */
const BOUND_MS = 25_000;
const OPEN_MS = 60_000;

/** What no person should read. */
const RAW = /unreachable|RuntimeError|panicked|\bNaN\b|\bundefined\b|has not answered|The worker (?:stopped|that runs)/;

/** Numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Draw {
  constructor(private readonly random: () => number) {}

  /** A setting, as likely as not the usual one. */
  of(field: Field, config: SessionConfig): unknown {
    if (field.kind !== 'widths' && field.key !== 'network' && field.key !== 'data' && this.random() < 0.5) return config[field.key];
    switch (field.kind) {
      case 'toggle': return this.random() < 0.5;
      // No data of one's own are there.
      case 'choice': return this.among(field.choices.map(({ value }) => value).filter((value) => value !== 'own'));
      case 'number': return this.number(field.min, field.max, field.step, field.integer);
      case 'widths': {
        const [least, most] = [field.least(config), field.most(config)];
        return Array.from({ length: this.whole(least, most) }, () => this.number(field.min, field.max, 1, true));
      }
    }
  }

  private among<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)] as T;
  }

  private whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** An end of the range, or a number between that is as likely small as large. */
  private number(low: number, high: number, step: number, integer: boolean): number {
    const kind = this.random();
    if (kind < 0.1) return low;
    if (kind < 0.2) return high;
    const start = Math.max(low, step);
    const value = kind < 0.7 ? start * (high / start) ** this.random() : low + this.random() * (high - low);
    return Math.min(high, Math.max(low, integer ? Math.round(value) : Number(value.toPrecision(4))));
  }
}

/** The settings of a number, whatever was drawn before it. */
function drawn(number: number): SessionConfig {
  const draw = new Draw(randomOf(SEED * 1_000_003 + number));
  let config = DEFAULT_CONFIG;
  const first = FIELDS.filter(({ key }) => key === 'network' || key === 'data');
  for (const field of [...first, ...FIELDS.filter((field) => !first.includes(field))]) {
    config = { ...config, [field.key]: draw.of(field, config) };
    if (first.includes(field)) config = reconcile(config).config;
  }
  return reconcile(config).config;
}

/** Where the run of the Train view stands, and what the page says. */
function state(page: Page): Promise<{ status: string; step: number; said: string }> {
  return page.evaluate(() => {
    const training = window.spikeground?.app.training;
    const words = [...document.querySelectorAll<HTMLElement>('[data-notice], .message')].map(({ innerText }) => innerText);
    return { status: training?.status ?? 'starting', step: training?.step ?? 0, said: words.join('\n').trim() };
  });
}

async function pressPlay(page: Page, link: string): Promise<string> {
  await page.goto(`./index.html${link}`);
  await expect.poll(async () => (await state(page)).status, { timeout: OPEN_MS }).not.toBe('starting');
  const opened = await state(page);
  if (opened.status === 'failed') {
    expect(opened.said, 'a refusal says why').toMatch(/[a-z]{3}.*\./);
    return 'refused';
  }
  await page.locator('[data-test=play]').click();
  await expect
    .poll(async () => {
      const { status, step } = await state(page);
      return step > 0 || status === 'stopped' || status === 'failed';
    }, { timeout: BOUND_MS })
    .toBe(true)
    .catch(() => undefined);
  const { status, step, said } = await state(page);
  if (step > 0 && status !== 'failed') return status === 'stopped' ? 'stopped' : 'trained';
  if (status === 'running') {
    expect(said, 'a long step says that it is at work').toMatch(/Training/);
    return 'at work';
  }
  expect(said, 'an end says why').toMatch(/[a-z]{3}.*\./);
  return status;
}

test(`${COUNT} settings drawn at random train or are refused with a sentence`, async ({ context }, info) => {
  test.setTimeout(COUNT * (OPEN_MS + BOUND_MS));
  const outcomes = new Map<string, number>();
  for (let number = 0; number < COUNT; number += 1) {
    const link = formatLink({ ...DEFAULT_STATE, config: drawn(number) });
    await test.step(`number ${number}: ${link}`, async () => {
      const page = await context.newPage();
      const raw: string[] = [];
      page.on('console', (message) => { if (message.type() === 'error') raw.push(message.text()); });
      page.on('pageerror', (error) => raw.push(String(error)));
      const outcome = await pressPlay(page, link);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'failed') info.annotations.push({ type: link, description: (await state(page)).said });
      expect.soft(raw, `the console at ${link}`).toEqual([]);
      expect.soft(await page.evaluate(() => document.body.innerText), `the page at ${link}`).not.toMatch(RAW);
      await page.close({ runBeforeUnload: false });
    });
  }
  info.annotations.push({ type: 'outcomes', description: [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ') });
});

/** Every value is allowed, and each of these ended the worker before anybody counted what it takes. */
const TOO_LARGE = [
  'net=conv&widths=1024,1024&batch=512&steps=16',
  'data=furniture&net=pointnet&featureTransform=1&points=16&batch=2&widths=1024,64',
  'data=furniture&net=pointnet&featureTransform=1&points=16&batch=2&widths=512,128&head=512',
  'net=conv&widths=128,256&batch=128&steps=16',
];

test('settings that do not fit a tab are refused before Play, with the number and what would fit', async ({ context }, info) => {
  for (const link of TOO_LARGE) {
    const page = await context.newPage();
    await page.goto(`./index.html#v=1&${link}`);
    await expect.poll(async () => (await state(page)).status, { timeout: OPEN_MS }).toBe('failed');
    const { said } = await state(page);
    expect(said, link).toMatch(/\d (?:GiB|MiB) .* would fit/);
    info.annotations.push({ type: link, description: said });
    await page.close();
  }
});
