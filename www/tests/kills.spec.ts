/**
 * A worker that is ended at random moments: the run goes on to the same losses and the same weights as one that nothing
 * disturbs. KILLS says how often (5 where it does not), KILLS_SEED which moments.
 */
import type { Page } from '@playwright/test';
import { expect, open, ready, test } from './person';

// What fails once in many is what these are for: it must not pass the second time.
test.describe.configure({ retries: 0 });

const KILLS = Number(process.env.KILLS ?? 5);
/** Deaths in a run; more runs follow where there are to be more. */
const KILLS_A_RUN = 5;
/** The longest that a worker lives after it has begun to train again. */
const LONGEST_LIFE_MS = 2600;
/**
 * What a death may cost: so many steps, or what was trained in so long. The time is counted between two steps that the page
 * heard of, so the checkpoint that holds the first of them is in it, and is allowed for with what the longest one took.
 */
const MOST_STEPS = 50;
const MOST_MS = 2000;

/** Of a race, the steps that are compared: few of those that it plans, so that it never ends under the test. */
const RACE_STEPS = 500;

interface Outcome {
  readonly losses: readonly number[];
  /** Held-out losses after each epoch. */
  readonly heldOut: readonly number[];
  readonly weights: string;
}

interface Loss {
  readonly steps: number;
  readonly ms: number;
  /** What the longest checkpoint so far took. */
  readonly checkpointMs: number;
  /** What the longest call so far took, with all that was asked between it and the one before: no checkpoint can be taken in it. */
  readonly callMs: number;
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function* chances(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** What a run that has come to its end has left behind. */
function outcome(page: Page): Promise<Outcome> {
  return page.evaluate(async () => {
    const training = window.spikeground?.app.training;
    if (training === undefined) throw new Error('the page has not started');
    const perEpoch = training.info?.stepsPerEpoch ?? 1;
    const { loss, heldOutLoss } = training.history;
    const file = await training.slot.weights(0, false);
    // What stands in front of the tensors has its entries in any order.
    const header = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const weights = file.subarray(8 + header);
    return {
      losses: [...loss.y],
      heldOut: heldOutLoss.y.filter((_, i) => (heldOutLoss.x[i] ?? 0) % perEpoch === 0),
      weights: weights.join(),
    };
  });
}

/** Presses Play and waits for the last epoch. */
async function finish(page: Page): Promise<void> {
  await page.locator('[data-test=play]').click();
  await expect.poll(() => page.evaluate(() => window.spikeground?.app.training.finished), { timeout: 170_000 }).toBe(true);
  await expect(page.locator('#view > *')).toHaveAttribute('data-status', 'paused');
}

/** Ends the worker at these moments of a run, counted from its last step; what each death cost. */
function killAt(page: Page, moments: readonly number[]): Promise<Loss[]> {
  return page.evaluate(async (all) => {
    const app = window.spikeground?.app;
    if (app === undefined) throw new Error('the page has not started');
    const { training, worker } = app;
    const lost: Loss[] = [];
    const reached = new Map<number, number>();
    let last = training.step;
    let [checkpointMs, callMs] = [0, 0];
    let heardAt: number | undefined;
    const { slot } = training;
    const save = slot.save.bind(slot);
    slot.save = async () => {
      const start = performance.now();
      await save();
      checkpointMs = Math.max(checkpointMs, performance.now() - start);
    };
    const until = (holds: () => boolean): Promise<void> => new Promise((resolve) => {
      const stop = training.subscribe(() => {
        if (!holds()) return;
        stop();
        resolve();
      });
    });
    const stop = training.subscribe(() => {
      const { step } = training;
      if (step < last) lost.push({ steps: last - step, ms: (reached.get(last) ?? 0) - (reached.get(step) ?? 0), checkpointMs, callMs });
      else if (step > last) {
        callMs = Math.max(callMs, performance.now() - (heardAt ?? performance.now()));
        if (!reached.has(last)) reached.set(last, performance.now());
        reached.set(step, performance.now());
      }
      // The first call after a death waits for a new worker.
      if (step !== last) heardAt = step > last ? performance.now() : undefined;
      last = step;
    });
    let fruitless = 0;
    for (const moment of all) {
      const [held, from] = [training.slot.checkpointStep, training.step];
      // Three deaths without a checkpoint in between would end the run, as they should.
      await until(() => training.step > from && (fruitless < 2 || training.slot.checkpointStep > held));
      await new Promise((resolve) => { setTimeout(resolve, moment); });
      if (training.finished) break;
      fruitless = training.slot.checkpointStep > held ? 0 : fruitless + 1;
      const dead = new Promise<void>((resolve) => {
        const forget = app.desk.listen({ death: () => { forget(); resolve(); } });
      });
      worker.kill();
      await dead;
    }
    stop();
    slot.save = save;
    return lost;
  }, moments);
}

test(`a worker killed ${KILLS} times at random moments costs little, and the run ends as an undisturbed one does`, async ({ page }, info) => {
  test.setTimeout(180_000 + KILLS * 30_000);
  await open(page, 'v=1&data=digits&net=mlp&widths=64&epochs=100&rate=0.01&schedule=cosine');
  await ready(page);
  await finish(page);
  const undisturbed = await outcome(page);
  const chance = chances(Number(process.env.KILLS_SEED ?? 1));
  const lost: Loss[] = [];
  let kills = 0;
  while (kills < KILLS) {
    await page.locator('[data-test=reset]').click();
    await expect(page.locator('#view > *')).toHaveAttribute('data-step', '0');
    await ready(page);
    const moments = Array.from({ length: Math.min(KILLS_A_RUN, KILLS - kills) }, () => LONGEST_LIFE_MS * chance.next().value);
    const killing = killAt(page, moments);
    await finish(page);
    lost.push(...await killing);
    kills += moments.length;
    const disturbed = await outcome(page);
    expect(disturbed.losses).toEqual(undisturbed.losses);
    expect(disturbed.heldOut).toEqual(undisturbed.heldOut);
    expect(disturbed.weights === undisturbed.weights, 'the weights are the same to the bit').toBe(true);
  }
  info.annotations.push({ type: 'most steps lost', description: String(Math.max(...lost.map(({ steps }) => steps))) });
  info.annotations.push({ type: 'longest training lost', description: `${Math.max(...lost.map(({ ms }) => ms)).toFixed(0)} ms` });
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter(({ steps, ms, checkpointMs, callMs }) => steps > MOST_STEPS && ms > MOST_MS + checkpointMs + callMs)).toEqual([]);
});

test('a page without web locks notices a worker that was ended, and goes on', async ({ page }) => {
  await page.addInitScript(() => { Reflect.deleteProperty(Navigator.prototype, 'locks'); });
  await open(page, 'v=1&data=digits&net=mlp&widths=64&epochs=1000&rate=0.001');
  await ready(page);
  expect(await page.evaluate(() => 'locks' in navigator)).toBe(false);
  await page.locator('[data-test=play]').click();
  await expect.poll(() => page.evaluate(() => window.spikeground?.app.training.slot.checkpointStep)).toBeGreaterThan(0);
  const before = await page.evaluate(() => {
    window.spikeground?.app.worker.kill();
    return window.spikeground?.app.training.step ?? 0;
  });
  await expect(page.locator('[data-notice=worker]')).toContainText('The worker stopped: it was ended from outside.', { timeout: 10_000 });
  await expect.poll(() => page.evaluate(() => window.spikeground?.app.training.step ?? 0)).toBeGreaterThan(before);
});

/** The first losses of every lane of a race, which is paused once it has come so far, and kept. */
async function racedLosses(page: Page): Promise<readonly (readonly number[])[]> {
  const race = page.locator('.compare');
  await expect.poll(async () => Number(await race.getAttribute('data-step')), { timeout: 120_000 }).toBeGreaterThanOrEqual(RACE_STEPS);
  await page.locator('[data-test=race-play]').click();
  await expect(race).toHaveAttribute('data-status', 'paused');
  const losses = (step: number): Promise<number[][] | undefined> => page.evaluate(async ({ step, compared }) => {
    const runs = window.spikeground?.app.keeping.runs;
    const head = (await runs?.list())?.runs[0];
    if (runs === undefined || head?.step !== step) return undefined;
    const { progress } = (await runs.read(head.id)).body;
    return progress.view === 'compare' ? progress.lanes.map(({ loss }) => [...loss.y.slice(0, compared)]) : undefined;
  }, { step, compared: RACE_STEPS });
  const stands = Number(await race.getAttribute('data-step'));
  await expect.poll(() => losses(stands)).toBeDefined();
  return (await losses(stands)) ?? [];
}

/** Ends the worker as soon as the race has come beyond a step. */
function killRaceAt(page: Page, at: number): Promise<void> {
  return page.evaluate((at) => new Promise<void>((resolve) => {
    const race = document.querySelector<HTMLElement>('.compare');
    if (race === null) throw new Error('no race is shown');
    const look = (): void => {
      if (Number(race.dataset.step) <= at) return;
      steps.disconnect();
      window.spikeground?.app.worker.kill();
      resolve();
    };
    const steps = new MutationObserver(look);
    steps.observe(race, { attributeFilter: ['data-step'] });
    look();
  }), at);
}

test('a race whose worker is killed at random moments goes on as an undisturbed one does, in both lanes', async ({ page }) => {
  await open(page, `v=1&data=digits&net=mlp&widths=64&rate=0.01&view=compare&epochs=1000&lanes=spike:binary~spike:ternary;contrast:1`);
  await page.locator('[data-test=race-play]:not([disabled])').click();
  const undisturbed = await racedLosses(page);
  expect(undisturbed.map((losses) => losses.length)).toEqual([RACE_STEPS, RACE_STEPS]);
  await page.evaluate(() => window.spikeground?.app.database.clear());
  await page.reload();
  const chance = chances(Number(process.env.KILLS_SEED ?? 1));
  await page.locator('[data-test=race-play]:not([disabled])').click();
  // The second one comes with the lanes at any step, and in the middle of any of them.
  for (const [least, most] of [[1, RACE_STEPS / 3], [RACE_STEPS / 3, RACE_STEPS / 2]] as const) {
    const at = least + (most - least) * chance.next().value;
    await killRaceAt(page, at);
    const notice = page.locator('[data-notice=worker]');
    await expect(notice).toContainText(/the race goes on from step \d+/);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
  }
  expect(await racedLosses(page)).toEqual(undisturbed);
});

test('every view says of its own run where it stands when the worker is ended', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=32&rate=0.01&view=compare&epochs=20&lanes=spike:binary~spike:ternary');
  await page.locator('[data-test=race-play]:not([disabled])').click();
  const race = page.locator('.compare');
  await expect.poll(async () => Number(await race.getAttribute('data-step'))).toBeGreaterThan(40);
  await page.locator('[data-test=race-play]').click();
  await expect(race).toHaveAttribute('data-status', 'paused');
  await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
  // Whether what it paused at was put by already is the machine's affair.
  const notice = page.locator('[data-notice=worker]');
  await expect(notice).toContainText(/the race stands at step \d+/);
  const step = /stands at step (\d+)/.exec((await notice.textContent()) ?? '')?.[1] ?? '';
  await expect(race).toHaveAttribute('data-step', step);
  await page.locator('[data-test=race-play]').click();
  await expect.poll(async () => Number(await race.getAttribute('data-step'))).toBeGreaterThan(Number(step));
});

test('a worker that is lost with the GPU leaves the CPU chosen, says why, and the GPU can be tried again', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=16');
  await ready(page);
  await page.evaluate(() => {
    const desk = window.spikeground?.app.desk;
    if (desk === undefined) throw new Error('the page has not started');
    // The page believes that a GPU computes, which no test machine has.
    Object.assign(desk, { name: 'webgpu' });
    desk.adapter = () => Promise.resolve({ kind: 'none', name: 'WebGPU found no graphics adapter' });
    window.spikeground?.app.worker.kill();
  });
  const notice = page.locator('[data-notice=backend]');
  await expect(notice).toContainText('The worker stopped while WebGPU computed (it was ended from outside), so the CPU has taken over.');
  await expect(page.getByLabel('Run on')).toHaveValue('flex');
  await expect(page.locator('.backend-words')).toHaveText('Runs on the CPU: the worker stopped while WebGPU computed.');
  await notice.getByRole('button', { name: 'Try the GPU again' }).click();
  await expect(page.locator('.backend-words')).toHaveText('Runs on the CPU: WebGPU found no graphics adapter.');
});

test('a worker that says nothing for long is spoken of, and a person waits on or ends it', async ({ page }) => {
  await page.clock.install();
  await open(page, 'v=1&data=digits&net=mlp&widths=16');
  await ready(page);
  await page.evaluate(() => {
    const desk = window.spikeground?.app.desk;
    if (desk === undefined) throw new Error('the page has not started');
    Object.defineProperty(desk, 'silentMs', { value: 25_000, configurable: true });
  });
  const notice = page.locator('[data-notice=silence]');
  await page.clock.runFor(2000);
  await expect(notice).toContainText(/The worker has been at work for 20 seconds without an answer\..* It is at work for training;/);
  await notice.getByRole('button', { name: 'Go on waiting' }).click();
  await page.clock.runFor(5000);
  await expect(notice).toHaveCount(0);
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'ready');
});
