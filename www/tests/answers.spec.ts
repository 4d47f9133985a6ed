/** Event-driven answers without the playground, as the README has them. */
import { fileURLToPath } from 'node:url';
import type * as core from '../../pkg/cpu/spikeground';
import { expect, heldOut, open, test } from './person';

test('a page of its own gets right answers from the weights that ship, and a sentence for what is none', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  // What somebody takes from a clone after `cargo xtask build`, beside the page.
  await page.route('**/own/*', (route, request) => route.fulfill({ path: fileURLToPath(new URL(`${new URL(request.url()).pathname.endsWith('.safetensors') ? '../data' : '../../pkg/cpu'}/${request.url().split('/').at(-1) ?? ''}`, import.meta.url)) }));
  const digits = await heldOut('mnist');
  const samples = Array.from({ length: 40 }, (_, i) => i * 50);
  const images = samples.map((sample) => Array.from(digits.image(sample), (grey) => grey / 255));
  const given = await page.evaluate(async (images) => {
    const address = new URL('own/spikeground.js', document.baseURI).href;
    const { default: init, EventClassifier } = (await import(address)) as typeof core;
    await init();
    const weights = await (await fetch(new URL('own/pretrained-mnist.safetensors', document.baseURI))).arrayBuffer();
    const network = await EventClassifier.load(new Uint8Array(weights));
    const answers = images.map((image) => {
      const logits = network.answer(new Float32Array(image));
      return logits.indexOf(Math.max(...logits));
    });
    const rates = Array.from(network.rates());
    const refused = (() => { try { network.answer(new Float32Array(3)); return ''; } catch (error) { return String(error); } })();
    return { answers, rates, refused };
  }, images);
  const right = given.answers.filter((answer, i) => answer === digits.label(samples[i] ?? -1)).length;
  expect(right).toBeGreaterThanOrEqual(36);
  expect(given.rates.every((rate) => rate > 0 && rate < 1)).toBe(true);
  expect(given.refused).toContain('an image of 3 pixels was given to a network that sees 784');
});
