/** What a neuron is, as settings of a run. */
import { DIGITS, expect, open, openTab, ready, test } from './person';

test('a trained decay starts from its setting, moves, and is what the potential keeps', async ({ page }) => {
  await open(page, `${DIGITS}&steps=4&decay=0.5&rate=0.05`);
  await ready(page);
  const learned = page.locator('[data-panel=layers] td[data-column=decay]');
  await expect(learned).toBeHidden();
  await page.getByLabel('Train the decay', { exact: true }).check();
  await expect(page.locator('[data-field=decay]')).toContainText('Decay to start from');
  await expect(page).toHaveURL(/trainDecay=1/);
  await ready(page);
  await expect(learned).toHaveText('0.500');
  await openTab(page, 'Spikes and potential');
  const potential = page.locator('[data-panel=potential]');
  await expect(potential).toContainText('what is left (50 %)');
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await expect(potential).toContainText(/what is left \(\d+ %\)/);
  await expect(potential).not.toContainText('what is left (50 %)');
  const kept = Number(/\((\d+) %\)/u.exec(await potential.innerText())?.[1]);
  await openTab(page, 'Layers');
  expect(Math.round(100 * Number(await learned.innerText()))).toBe(kept);
});

test('the surrogates of other libraries come with the number that those take, and train', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  for (const [name, parameter, step] of [['arctan', 2, 40], ['fastSigmoid', 25, 80]] as const) {
    await page.locator('[data-field=surrogate] select').selectOption(name);
    // The second one is a change of the run under way.
    await expect(page).toHaveURL(new RegExp(`surrogate[=:]${name}[&;]surrogateParameter[=:]${parameter}`));
    await ready(page);
    await page.locator('[data-test=epoch]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', String(step));
    await expect(page.locator('.train')).toHaveAttribute('data-held-out', /^(1$|0\.[3-9])/);
  }
});
