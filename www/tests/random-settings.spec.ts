/**
 * Settings drawn at random from all that the page allows, some of them changed on the way or raced in lanes, Play pressed: each
 * trains a step, is refused with a sentence, or says within seconds that it is at work. Of those, the first
 * RANDOM_SETTINGS_AWAITED are waited for to the end of their step. Of the runs that train at once every fifth (each, where
 * RANDOM_SETTINGS_FURTHER is set) is paused, loses its worker, and goes on: whatever a run writes it can read.
 * RANDOM_SETTINGS_SEED and RANDOM_SETTINGS_COUNT choose others and more; what fails is named by its link.
 */
import type { Page } from '@playwright/test';
import { formatLink } from '../src/state/link';
import { DEFAULT_STATE, type AppState } from '../src/state/settings';
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
/** Of the runs that train at once, one in so many goes further. */
const FURTHER_EVERY = process.env.RANDOM_SETTINGS_FURTHER === undefined ? 5 : 1;
/** A run whose first step came this soon can be paused, and begun again, while somebody waits. */
const QUICK_MS = 2_000;
/** The longest that one of those may take to pause, to keep what it has and to go on. */
const REST_MS = 60_000;
/** Held-out samples are looked at for so long at most. */
const HELD_OUT_MS = 3_000;
/** How many are changed on their way, and how many raced. */
const [CHANGED, RACED] = [0.25, 0.15];
/** The steps before which they are changed: few, so that they come to them. */
const CHANGE_STEPS = 3;

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

/** Where the run of the view stands, Train or Compare. */
function runOf(page: Page): Promise<Run> {
  return page.evaluate(() => {
    const training = window.spikeground?.app.training;
    const race = document.querySelector<HTMLElement>('.compare');
    const words = [...document.querySelectorAll<HTMLElement>('[data-notice], .message')].map(({ innerText }) => innerText);
    return {
      status: (race === null ? training?.status : race.dataset.status) ?? 'starting',
      step: Number((race ?? document.querySelector<HTMLElement>('.train'))?.dataset.step ?? 0),
      // A race says it alone.
      twinStep: training?.preparation.report?.step ?? Number(/ANN twin: step ([\d,]+)/.exec(words.join('\n'))?.[1]?.replace(/,/g, '') ?? 0),
      losses: [...(training?.history.loss.y ?? [])],
      said: words.join('\n').trim(),
    };
  });
}

/** The state of a number: a run, one that is changed on its way, or lanes that race. */
function drawn(number: number): AppState {
  const draw = new Draw(SEED, number);
  const config = draw.config();
  const kind = draw.share();
  if (kind < CHANGED) return { ...DEFAULT_STATE, config, begun: draw.changed(config, 2, CHANGE_STEPS) };
  if (kind > CHANGED + RACED) return { ...DEFAULT_STATE, config };
  return { ...DEFAULT_STATE, config, view: 'compare', lanes: Array.from({ length: draw.whole(2, 3) }, () => draw.lane(config)) };
}

const hasMoved = ({ status, step, twinStep }: Run): boolean => step > 0 || twinStep > 0 || status === 'stopped' || status === 'failed';

/** Whether it comes true in time. */
async function comesTrue(page: Page, timeout: number, holds: (run: Run) => boolean): Promise<boolean> {
  return expect.poll(async () => holds(await runOf(page)), { timeout }).toBe(true).then(() => true, () => false);
}

interface Outcome {
  readonly word: string;
  /** Whether it moved at once. */
  readonly quick: boolean;
}

/** Presses Play where there is something to play; what came of it. */
async function pressPlay(page: Page, link: string, awaits: () => boolean): Promise<Outcome> {
  await page.goto(`./index.html${link}`);
  await expect.poll(async () => (await runOf(page)).status, { timeout: OPEN_MS }).not.toBe('starting');
  const opened = await runOf(page);
  if (opened.status === 'failed') {
    expect(opened.said, 'a refusal says why').toMatch(SENTENCE);
    return { word: 'refused', quick: false };
  }
  await page.locator('[data-test=play], [data-test=race-play]').click();
  const begun = performance.now();
  expect(await comesTrue(page, SAID_MS, (run) => hasMoved(run) || AT_WORK.test(run.said)), `a run says what it is at after ${SAID_MS} ms`).toBe(true);
  const quick = performance.now() - begun < QUICK_MS;
  if (!hasMoved(await runOf(page))) {
    if (!awaits()) return { word: 'at work', quick: false };
    expect(await comesTrue(page, STEP_MS, hasMoved), `a step ends after ${STEP_MS} ms`).toBe(true);
  }
  const { status, step, losses, said } = await runOf(page);
  if (status === 'failed' || status === 'stopped') {
    expect(said, 'an end says why').toMatch(SENTENCE);
    return { word: status, quick };
  }
  expect(losses.filter((loss) => !Number.isFinite(loss)), 'losses of a run that says nothing of them').toEqual([]);
  return { word: step > 0 ? 'trained' : 'trains its twin', quick };
}

/** Pauses, kills the worker, and plays again: the run goes on from where it stood. */
async function goFurther(page: Page): Promise<string> {
  const play = page.locator('[data-test=play]');
  await play.click();
  expect(await comesTrue(page, REST_MS, ({ status }) => status !== 'running'), `a run pauses after ${REST_MS} ms`).toBe(true);
  const { status } = await runOf(page);
  // What came before the pause took hold: the end of the run, or of its numbers.
  if (status !== 'paused') return status;
  const kept = (): Promise<boolean> => page.evaluate(() => window.spikeground?.app.training.slot.saved !== undefined);
  await expect.poll(kept, { timeout: REST_MS }).toBe(true);
  const evaluated = (): Promise<number | undefined> => page.evaluate(() => window.spikeground?.app.training.heldOutFigure?.accuracy);
  const accuracy = await expect.poll(evaluated, { timeout: HELD_OUT_MS }).toBeDefined().then(evaluated, () => undefined);
  if (accuracy !== undefined) expect(accuracy >= 0 && accuracy <= 1, `${accuracy} is an accuracy`).toBe(true);
  const { step, losses } = await runOf(page);
  await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
  const notice = page.locator('[data-notice=worker]');
  await expect(notice).toContainText(SENTENCE);
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(async () => (await runOf(page)).status, { timeout: REST_MS }).toBe('paused');
  expect((await runOf(page)).step, 'the step at which it paused').toBe(step);
  if (await page.evaluate(() => window.spikeground?.app.training.over)) return 'over';
  await play.click();
  expect(await comesTrue(page, REST_MS, (run) => run.step > step || run.status === 'stopped' || run.status === 'failed'), 'it goes on').toBe(true);
  const after = await runOf(page);
  if (after.status === 'stopped' || after.status === 'failed') {
    expect(after.said, 'an end says why').toMatch(SENTENCE);
    return after.status;
  }
  expect(after.losses.slice(0, losses.length), 'the losses so far').toEqual(losses);
  expect(after.losses.filter((loss) => !Number.isFinite(loss)), 'losses of a run that says nothing of them').toEqual([]);
  return 'went on';
}

test(`${COUNT} settings drawn at random train or are refused with a sentence`, async ({ context }, info) => {
  test.setTimeout(COUNT * (OPEN_MS + SAID_MS) + AWAITED * STEP_MS);
  const outcomes = new Map<string, number>();
  let [awaited, quickOnes] = [0, 0];
  const count = (outcome: string): void => { outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1); };
  const awaits = (): boolean => (awaited += 1) <= AWAITED;
  for (let number = 0; number < COUNT; number += 1) {
    const state = drawn(number);
    const link = formatLink(state);
    await test.step(`number ${number}: ${link}`, async () => {
      const page = await context.newPage();
      const raw: string[] = [];
      page.on('console', (message) => { if (message.type() === 'error') raw.push(message.text()); });
      page.on('pageerror', (error) => raw.push(String(error)));
      const { word: outcome, quick } = await pressPlay(page, link, awaits);
      count(outcome);
      if (outcome === 'trained' && state.view === 'train' && quick && (quickOnes += 1) % FURTHER_EVERY === 0) count(await goFurther(page));
      if (state.view === 'compare') count('raced');
      if (state.begun !== undefined) count('changed on the way');
      if (outcome === 'failed') info.annotations.push({ type: link, description: (await runOf(page)).said });
      expect.soft(raw, `the console at ${link}`).toEqual([]);
      expect.soft(await page.evaluate(() => document.body.innerText), `the page at ${link}`).not.toMatch(RAW);
      await page.close({ runBeforeUnload: false });
    });
  }
  info.annotations.push({ type: 'outcomes', description: [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ') });
});

test('a run that is small for sure goes further: it pauses, loses its worker and goes on', async ({ page }) => {
  const { word } = await pressPlay(page, '#v=1&data=digits&net=mlp&widths=16&epochs=1000', () => true);
  expect(word).toBe('trained');
  expect(await goFurther(page)).toBe('went on');
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
