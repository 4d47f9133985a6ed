/** What the browser keeps: a reload in mid-run, what was thrown away, the list, and a storage that does not work. */
import type { Page } from '@playwright/test';
import { DIGITS, expect, open, ready, run, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

/** Steps enough to be in the middle of for a while. */
const LONG = 'v=1&data=digits&net=mlp&widths=128,128&steps=8&rate=0.01';

/** What is kept of the run that was written last: its step, and what must be the same however it was disturbed, of an experiment in its first seed. */
function newest(page: Page): Promise<{ step: number; seeds: number; figures: string } | undefined> {
  return page.evaluate(async () => {
    const runs = window.spikeground?.app.keeping.runs;
    const head = (await runs?.list())?.runs[0];
    if (runs === undefined || head === undefined) return undefined;
    const { progress } = (await runs.read(head.id)).body;
    const losses = (curves: { loss: { y: Float64Array } }): number[] => [...curves.loss.y];
    const figures = progress.view === 'train' ? losses(progress.curves)
      : progress.view === 'compare' ? progress.lanes.map(losses)
        : progress.measured.slice(0, 1).flat().map(({ accuracy, trainingLoss, layers }) => ({ accuracy, trainingLoss, rates: layers.map(({ rate }) => rate) }));
    return { step: head.step, seeds: head.seedsDone, figures: JSON.stringify(figures) };
  });
}

/** Waits until something of the run has been kept, then loads the page anew. */
async function reloadInMidRun(page: Page): Promise<void> {
  // Asked often: what is kept next may be the end.
  await expect.poll(async () => (await newest(page))?.step ?? 0, { intervals: [30] }).toBeGreaterThan(0);
  await page.reload();
  await page.locator('[data-notice=kept]').getByRole('button', { name: /Go on from/ }).click();
}

/** In a browser that keeps nothing yet, as each test has it. */
async function forgetAll(page: Page): Promise<void> {
  await page.evaluate(() => window.spikeground?.app.database.clear());
}

test('training goes on after a reload and ends as it would have without', async ({ page }) => {
  const finish = async (): Promise<string> => {
    await expect.poll(async () => (await newest(page))?.step).toBe(40 * 40);
    return (await newest(page))?.figures ?? '';
  };
  await open(page, `${LONG}&epochs=40`);
  await ready(page);
  await page.locator('[data-test=play]').click();
  const undisturbed = await finish();
  await forgetAll(page);
  await page.reload();
  await ready(page);
  await expect(page.locator('[data-notice=kept]')).toHaveCount(0);
  await page.locator('[data-test=play]').click();
  await reloadInMidRun(page);
  expect(await finish()).toBe(undisturbed);
});

test('a race goes on after a reload and ends as it would have without', async ({ page }) => {
  const finish = async (): Promise<string> => {
    await expect.poll(async () => (await newest(page))?.step).toBe(20 * 40);
    return (await newest(page))?.figures ?? '';
  };
  await open(page, `${LONG}&epochs=20&view=compare&lanes=spike:binary~spike:ternary`);
  await page.locator('[data-test=race-play]:not([disabled])').click();
  const undisturbed = await finish();
  await forgetAll(page);
  await page.reload();
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await reloadInMidRun(page);
  expect(await finish()).toBe(undisturbed);
});

test('an experiment goes on after a reload, in the middle of a seed, and ends as it would have without', async ({ page }) => {
  const begin = async (): Promise<void> => {
    await page.locator('[data-paper=imLoss] [data-test=seeds]').selectOption('2');
    await page.locator('[data-paper=imLoss] [data-test=run]').click();
  };
  const finish = async (): Promise<string> => {
    await expect.poll(async () => (await newest(page))?.seeds, { timeout: 120_000 }).toBeGreaterThanOrEqual(1);
    return (await newest(page))?.figures ?? '';
  };
  await open(page, 'v=1&view=papers&paper=imLoss');
  await begin();
  const undisturbed = await finish();
  await forgetAll(page);
  await page.reload();
  await begin();
  await reloadInMidRun(page);
  expect(await finish()).toBe(undisturbed);
});

test('a setting that throws a trained network away says so; Undo and Back bring it back', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  const { losses } = await run(page);
  const notice = page.locator('[data-notice=kept]');
  const isBack = async (): Promise<void> => {
    await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
    await ready(page);
    expect((await run(page)).losses).toEqual(losses);
    await expect(page).toHaveURL(/widths=64\b/);
  };
  await page.evaluate(() => {
    const store = window.spikeground?.app.store;
    store?.update({ config: { ...store.state.config, widths: [32] } });
  });
  await expect(notice).toHaveText(/The run of 40 steps was put by\./);
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await notice.getByRole('button', { name: 'Undo' }).click();
  await isBack();
  await page.locator('[data-test=reset]').click();
  await expect(notice).toHaveText(/The run of 40 steps was put by\./);
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await notice.getByRole('button', { name: 'Undo' }).click();
  await isBack();
  await page.evaluate(() => {
    const store = window.spikeground?.app.store;
    store?.update({ config: { ...store.state.config, seed: 7 } });
  });
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await ready(page);
  await page.goBack();
  await isBack();
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '41');
});

test('the run that is open is shown by its entry in the list, and by Back over what is only looked at, as it is', async ({ page }) => {
  await open(page, `${LONG}&epochs=1000`);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect.poll(async () => (await newest(page))?.step).toBe(40);
  await page.evaluate(() => {
    const store = window.spikeground?.app.store;
    store?.update({ config: { ...store.state.config, seed: 7 } });
  });
  await page.locator('[data-notice=kept]').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '80');
  await ready(page);
  await page.evaluate(() => window.spikeground?.app.store.update({ hide: ['shelf'] }));
  await page.goBack();
  await ready(page);
  await page.locator('[data-test=kept-open]').click();
  const entry = page.locator('[data-test=kept] [data-run]', { hasText: 'open here' });
  await expect(entry).toContainText('step 80');
  await entry.locator('[data-test=kept-reopen]').click();
  await expect(page.locator('[data-test=kept]')).toBeHidden();
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '81');
});

test('the list names, saves, deletes and opens runs, and takes a saved one in again', async ({ page, browserName }) => {
  test.skip(browserName === 'firefox', 'its driver tells of no download');
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect.poll(async () => (await newest(page))?.step).toBe(40);
  const { losses } = await run(page);
  await page.locator('[data-test=kept-open]').click();
  const dialog = page.locator('[data-test=kept]');
  const items = dialog.locator('[data-run]');
  await expect(items).toHaveCount(1);
  await expect(items).toContainText('Digits');
  await expect(items).toContainText(/step 40 of 240, \d+\.\d % held out, kept at/);
  // Key by key: what a driver fills in at once, Firefox does not take for a person's change.
  await items.locator('[data-test=kept-name]').selectText();
  await items.locator('[data-test=kept-name]').pressSequentially('the good one');
  await items.locator('[data-test=kept-name]').press('Enter');
  await expect(dialog.locator('[data-test=kept-said]')).toContainText('It is called the good one now');
  const [file] = await Promise.all([page.waitForEvent('download'), items.locator('[data-test=kept-save]').click()]);
  expect(file.suggestedFilename()).toBe('spikeground-the good one.spikeground');
  const path = await file.path();
  await items.locator('[data-test=kept-delete]').click();
  await items.locator('[data-test=kept-sure]').click();
  await expect(items).toHaveCount(0);
  await expect(dialog.getByRole('heading', { name: 'Your runs' })).toBeFocused();
  await dialog.locator('[data-test=kept-file]').setInputFiles({ name: 'no run.spikeground', mimeType: '', buffer: Buffer.from('no run') });
  await expect(dialog.locator('[data-test=kept-said]')).toHaveText('no run.spikeground is no run that Spikeground saved.');
  await dialog.locator('[data-test=kept-file]').setInputFiles(path);
  await expect(items).toHaveCount(1);
  await expect(items.locator('[data-test=kept-name]')).toHaveValue('the good one');
  await page.goto('about:blank');
  await open(page, 'v=1&view=classify');
  await page.locator('[data-test=kept-open]').click();
  await items.locator('[data-test=kept-reopen]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await ready(page);
  expect((await run(page)).losses).toEqual(losses);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '41');
});

test('two tabs with the same run keep one each', async ({ page, context }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect.poll(async () => (await newest(page))?.step).toBe(1);
  const other = await context.newPage();
  await open(other, DIGITS);
  await ready(other);
  await expect(other.locator('[data-notice=kept]')).toHaveCount(0);
  await other.locator('[data-test=epoch]').click();
  await expect.poll(async () => (await newest(other))?.step).toBe(40);
  await page.locator('[data-test=step]').click();
  await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.keeping.runs.list())?.runs.map(({ step }) => step).sort())).toEqual([2, 40]);
});

const FAULTS: readonly { readonly name: string; readonly said: RegExp; readonly inject: () => void }[] = [
  { name: 'of a newer version', said: /written by a newer version of this page/, inject: () => { indexedDB.open('spikeground', 99); } },
  {
    name: 'held by a tab of an older version', said: /Another tab has an older version of this page open/,
    inject: () => {
      const held = indexedDB.open('spikeground', 1);
      held.onsuccess = () => { Object.assign(window, { held: held.result }); };
    },
  },
  {
    name: 'that is refused', said: /keeps nothing for this page here/,
    inject: () => { IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); }; },
  },
  {
    name: 'that never answers', said: /storage does not answer/,
    inject: () => {
      const open = IDBFactory.prototype.open.bind(indexedDB);
      IDBFactory.prototype.open = (name) => Object.assign(open(`${name}-unheard`), { addEventListener: () => undefined });
    },
  },
  {
    name: 'that is full', said: /storage is full/,
    inject: () => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; },
  },
];

for (const { name, said, inject } of FAULTS) {
  test(`a storage ${name} costs a sentence, and training goes on without`, async ({ page }) => {
    // The empty page before the first has no storage.
    await page.addInitScript({ content: `if (origin !== 'null') (${String(inject)})();` });
    await open(page, DIGITS);
    await ready(page);
    await page.locator('[data-test=epoch]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
    await expect(page.locator('[data-notice=storage]')).toHaveText(said);
    await page.evaluate(() => {
      const store = window.spikeground?.app.store;
      store?.update({ config: { ...store.state.config, seed: 7 } });
    });
    await page.locator('[data-notice=kept]').getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
    await page.locator('[data-test=kept-open]').click();
    await expect(page.locator('[data-test=kept]')).toBeVisible();
    if (name !== 'that is full') await expect(page.locator('[data-test=kept-trouble]')).toHaveText(said);
  });
}

test('records that are damaged are said, hide nothing, and can be deleted', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect.poll(async () => (await newest(page))?.step).toBe(1);
  await page.evaluate(() => window.spikeground?.app.database.use(async (database) => {
    await database.put('runs', 'nonsense', 'nonsense');
    await database.put('data', { version: 1, file: 'none' }, 'nonsense');
  }));
  await page.reload();
  await ready(page);
  await page.locator('[data-test=kept-open]').click();
  const dialog = page.locator('[data-test=kept]');
  await expect(dialog).toContainText('2 entries cannot be read');
  await expect(dialog.locator('[data-run]')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Delete them…' }).click();
  await dialog.locator('[data-test=kept-sure]').click();
  await expect(dialog).not.toContainText('cannot be read');
  await expect(dialog.locator('[data-run]')).toHaveCount(1);
});

test('keeping a network of many megabytes does not block the page', async ({ page, browser }, info) => {
  await open(page, 'v=1&data=mnist&net=mlp&widths=1024,512&epochs=50');
  await ready(page);
  const kept = (): Promise<number> => page.evaluate(async () => {
    const [newest] = (await window.spikeground?.app.keeping.runs.list())?.runs ?? [];
    return newest !== undefined && newest.bytes > 10e6 ? newest.step : 0;
  });
  const longest = await longestWhile(page, browser, async () => {
    const before = await kept();
    await page.locator('[data-test=play]').click();
    await expect.poll(kept).toBeGreaterThan(before);
    await page.locator('[data-test=play]').click();
    await ready(page);
  });
  info.annotations.push({ type: 'longest main-thread task while a large run is kept', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
});
