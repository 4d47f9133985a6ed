/**
 * Settings drawn at random from all that the page allows, Play pressed: each trains a step, is refused with a sentence, or says
 * within seconds that it is at work. Of those, the first RANDOM_SETTINGS_AWAITED are waited for to the end of their step.
 * RANDOM_SETTINGS_SEED and RANDOM_SETTINGS_COUNT choose others and more; what fails is named by its link.
 */
import type { Page } from '@playwright/test';
import { formatLink } from '../src/state/link';
import { DEFAULT_STATE } from '../src/state/settings';
import { Draw } from './draw';
import { expect, test } from './person';

// What fails once in many is what these are for: it must not pass the second time.
test.describe.configure({ retries: 0 });

const SEED = Number(process.env.RANDOM_SETTINGS_SEED ?? 1);
const COUNT = Number(process.env.RANDOM_SETTINGS_COUNT ?? 50);
const AWAITED = Number(process.env.RANDOM_SETTINGS_AWAITED ?? 2);
/** What takes longer has to have said what it is at; the page does so after two seconds. */
const SAID_MS = 8_000;
/** The longest that a first step may take where it is waited for. */
const STEP_MS = 120_000;
const OPEN_MS = 60_000;

/** What no person should read. */
const RAW = /unreachable|RuntimeError|panicked|\bNaN\b|\bundefined\b|has not answered|The worker (?:stopped|that runs)/;
const SENTENCE = /[a-z]{3}.*\./;
/** A run that takes its time says at what: "Training" alone is what every run says. */
const AT_WORK = /Training(?:: [a-z]{3}.*\.| the ANN twin: (?:step \d|this step))/;

interface Run {
  readonly status: string;
  /** Steps that the view has drawn. */
  readonly step: number;
  /** Steps of the ANN twin that the run waits for. */
  readonly twinStep: number;
  readonly losses: readonly number[];
  /** What the page says. */
  readonly said: string;
}

/** Where the run of the Train view stands. */
function runOf(page: Page): Promise<Run> {
  return page.evaluate(() => {
    const training = window.spikeground?.app.training;
    const words = [...document.querySelectorAll<HTMLElement>('[data-notice], .message')].map(({ innerText }) => innerText);
    return {
      status: training?.status ?? 'starting',
      step: Number(document.querySelector<HTMLElement>('.train')?.dataset.step ?? 0),
      twinStep: training?.preparation.report?.step ?? 0,
      losses: [...(training?.history.loss.y ?? [])],
      said: words.join('\n').trim(),
    };
  });
}

const hasMoved = ({ status, step, twinStep }: Run): boolean => step > 0 || twinStep > 0 || status === 'stopped' || status === 'failed';

/** Whether it comes true in time. */
async function comesTrue(page: Page, timeout: number, holds: (run: Run) => boolean): Promise<boolean> {
  return expect.poll(async () => holds(await runOf(page)), { timeout }).toBe(true).then(() => true, () => false);
}

/** Presses Play where there is something to play; what came of it, in a word. */
async function pressPlay(page: Page, link: string, awaits: () => boolean): Promise<string> {
  await page.goto(`./index.html${link}`);
  await expect.poll(async () => (await runOf(page)).status, { timeout: OPEN_MS }).not.toBe('starting');
  const opened = await runOf(page);
  if (opened.status === 'failed') {
    expect(opened.said, 'a refusal says why').toMatch(SENTENCE);
    return 'refused';
  }
  await page.locator('[data-test=play]').click();
  expect(await comesTrue(page, SAID_MS, (run) => hasMoved(run) || AT_WORK.test(run.said)), `a run says what it is at after ${SAID_MS} ms`).toBe(true);
  if (!hasMoved(await runOf(page))) {
    if (!awaits()) return 'at work';
    expect(await comesTrue(page, STEP_MS, hasMoved), `a step ends after ${STEP_MS} ms`).toBe(true);
  }
  const { status, step, losses, said } = await runOf(page);
  if (status === 'failed' || status === 'stopped') {
    expect(said, 'an end says why').toMatch(SENTENCE);
    return status;
  }
  expect(losses.filter((loss) => !Number.isFinite(loss)), 'losses of a run that says nothing of them').toEqual([]);
  return step > 0 ? 'trained' : 'trains its twin';
}

test(`${COUNT} settings drawn at random train or are refused with a sentence`, async ({ context }, info) => {
  test.setTimeout(COUNT * (OPEN_MS + SAID_MS) + AWAITED * STEP_MS);
  const outcomes = new Map<string, number>();
  let awaited = 0;
  const awaits = (): boolean => (awaited += 1) <= AWAITED;
  for (let number = 0; number < COUNT; number += 1) {
    const link = formatLink({ ...DEFAULT_STATE, config: new Draw(SEED, number).config() });
    await test.step(`number ${number}: ${link}`, async () => {
      const page = await context.newPage();
      const raw: string[] = [];
      page.on('console', (message) => { if (message.type() === 'error') raw.push(message.text()); });
      page.on('pageerror', (error) => raw.push(String(error)));
      const outcome = await pressPlay(page, link, awaits);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'failed') info.annotations.push({ type: link, description: (await runOf(page)).said });
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
    await expect.poll(async () => (await runOf(page)).status, { timeout: OPEN_MS }).toBe('failed');
    const { said } = await runOf(page);
    expect(said, link).toMatch(/\d (?:GiB|MiB) .* would fit/);
    info.annotations.push({ type: link, description: said });
    await page.close();
  }
});
