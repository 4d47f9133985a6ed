/** Three lanes in lock-step. */
import { expect, open, test } from './person';

test('binary, ternary and real-valued spikes race on the same batches', async ({ page }) => {
  await open(page, 'v=1&view=compare&data=digits&net=mlp&widths=64&epochs=2&rate=0.01');
  const play = page.locator('[data-test=race-play]');
  await expect(play).toBeEnabled();
  await play.click();
  const view = page.locator('#view > *');
  await expect(view).toHaveAttribute('data-step', '80', { timeout: 120_000 });
  for (const lane of [0, 1, 2]) {
    const figure = (name: string) => page.locator(`[data-lane="${lane}"][data-figure="${name}"]`);
    await expect.poll(async () => Number.parseFloat((await figure('accuracy').textContent()) ?? '')).toBeGreaterThan(60);
    for (const name of ['entropy', 'rate', 'operations', 'energy', 'milliseconds', 'parameters']) {
      await expect(figure(name), name).toHaveText(/[1-9]/);
    }
  }
});
