/** Event-driven answers without the playground, as the README has them. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type * as core from '../../pkg/cpu/spikeground';
import { expect, heldOut, open, test } from './person';

/** What somebody takes from a clone after `cargo xtask build`, beside the page. */
async function serveOwn(page: Page): Promise<void> {
  await page.route('**/own/*', (route, request) => {
    const { pathname } = new URL(request.url());
    const folder = pathname.endsWith('.safetensors') ? '../data' : '../../pkg/cpu';
    return route.fulfill({ path: fileURLToPath(new URL(`${folder}/${pathname.split('/').at(-1) ?? ''}`, import.meta.url)) });
  });
}

/** A file of one lane without tensors, which speaks of a network as large as a config may have it. */
function boast(lane: object, config: object): number[] {
  const lanes = [{ config, step: 0, optimiserTime: 0, height: 28, width: 28, classes: 10, normalisation: { mean: 0.13, std: 0.3 }, ...lane }];
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'spikeground-weights', version: '1', lanes: JSON.stringify(lanes) } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return [...length, ...header];
}

test('a file that is none, or promises more than it holds, is refused with a sentence and never waited for', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await serveOwn(page);
  const wide = { network: 'mlp', widths: [1024, 1024] };
  const files = [
    [], [1, 2, 3], [255, 255, 255, 255, 255, 255, 255, 255, 1],
    boast({ height: 1024, width: 1024 }, wide), boast({ classes: 4096 }, { ...wide, widths: Array.from({ length: 16 }, () => 1024) }),
    boast({ height: 1024, width: 1024 }, { network: 'conv', widths: [1, 1], steps: 16 }),
    boast({ height: 0, width: 0 }, { network: 'pointnet', widths: [1024, 1024] }),
    boast({ normalisation: { mean: 0, std: 0 } }, wide), boast({}, { ...wide, widths: [] }), boast({ height: -1 }, wide), boast({}, { steps: 1e9 }),
  ];
  const said = await page.evaluate(async (files) => {
    const { default: init, EventClassifier } = (await import(new URL('own/spikeground.js', document.baseURI).href)) as typeof core;
    await init();
    const given: unknown[] = [...files.map((file) => new Uint8Array(file)), undefined, null, 'weights', new Uint8Array(3).buffer];
    return Promise.all(given.map((file) => EventClassifier.load(file as Uint8Array).then(() => 'loaded', String)));
  }, files);
  for (const sentence of said) expect(sentence).toMatch(/^Error: \S+ .*[a-z]{3}/);
  expect(said.join('\n')).not.toMatch(/unreachable|RuntimeError|undefined|TypeError/);
  for (const sentence of said.slice(3, 6)) expect(sentence).toContain('bytes of weights');
});

test('a page of its own gets right answers from the weights that ship, and a sentence for what is none', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await serveOwn(page);
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
    const nothing = (() => { try { network.answer(null as unknown as Float32Array); return ''; } catch (error) { return String(error); } })();
    // What throws on its way to a number leaves the network as it was.
    const thrown = [[1n], [{ valueOf() { throw new Error('no number'); } }]].map((image) => {
      try { network.answer(image as unknown as number[]); return ''; } catch (error) { return String(error); }
    });
    const still = network.answer(new Float32Array(images[0] ?? [])).length;
    return { answers, rates, refused, nothing, thrown, still };
  }, images);
  const right = given.answers.filter((answer, i) => answer === digits.label(samples[i] ?? -1)).length;
  expect(right).toBeGreaterThanOrEqual(36);
  expect(given.rates.every((rate) => rate > 0 && rate < 1)).toBe(true);
  for (const said of [given.nothing, ...given.thrown]) expect(said).toContain('an image is given as a Float32Array');
  expect(given.still).toBe(10);
  expect(given.refused).toContain('an image of 3 pixels was given to a network that sees 784');
});
