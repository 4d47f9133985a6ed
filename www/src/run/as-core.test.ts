/** What the page works out by itself, because it may not wait for the worker, held against what the core says of the same. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import * as core from '../../../pkg/cpu/spikeground';
import { DEFAULT_CONFIG, SHIPPED } from '../state/core-settings';
import { DATA_NAMES } from '../state/data-sets';
import type { Field } from '../state/field';
import { FIELDS } from '../state/fields';
import { formOf, takes } from '../state/forms';
import { maxDepth, reconcile } from '../state/reconcile';
import { PAPERS } from '../state/settings';
import type { Measured, SessionConfig, ShippedData } from '../worker/protocol';
import { interval, valuesNeeded } from './interval';
import { Lane } from './lane';

/** All that ship: what is made only where somebody wants it is not there to be opened. */
const NAMES = DATA_NAMES.filter((name) => SHIPPED[name].bundled);
const file = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(`../../../${path}`, import.meta.url)));

beforeAll(() => { core.initSync({ module: file('pkg/cpu/spikeground_bg.wasm') }); });

/** A lab with the data sets; on a device that holds no tensor of more than so many bytes. */
async function labWith(names: readonly ShippedData[], largest?: number): Promise<core.Lab> {
  const lab = await core.Lab.start('flex', largest);
  for (const name of names) lab.addData(gunzipSync(file(`www/data/${name}.safetensors.gz`)));
  return lab;
}

function valueOf(field: Field): fc.Arbitrary<Partial<SessionConfig>> {
  const values = (): fc.Arbitrary<unknown> => {
    switch (field.kind) {
      case 'choice': return fc.constantFrom(...field.choices.map(({ value }) => value));
      case 'toggle': return fc.boolean();
      case 'number': return field.integer ? fc.integer({ min: field.min, max: field.max })
        : fc.float({ min: Math.fround(field.min), max: Math.fround(field.max), noNaN: true }).map((value) => value + 0);
      case 'widths': return fc.array(fc.integer({ min: field.min, max: 64 }), { minLength: 1, maxLength: field.most({ ...DEFAULT_CONFIG, network: 'mlp' }) });
    }
  };
  return values().map((value) => ({ [field.key]: value }));
}

/** The settings as far as the data allow them, which the core sees only once they are there. */
function fitted(config: SessionConfig, data: ShippedData): SessionConfig {
  const form = formOf({ data, network: config.network });
  const network = takes(config.network, form) ? config.network : form === 'cloud' ? 'pointnet' : 'conv';
  const { train } = SHIPPED[data];
  const fits = { ...config, data, network, samples: Math.min(config.samples, train), batch: Math.min(config.batch, train) };
  return { ...fits, widths: network === 'conv' ? fits.widths.slice(0, maxDepth(fits)) : fits.widths };
}

/** Some settings of the first run changed, each to any value that it may have; now and then as few samples as rules speak of. */
const CONFIG: fc.Arbitrary<SessionConfig> = fc.record({
  data: fc.constantFrom(...NAMES),
  changes: fc.shuffledSubarray([...FIELDS], { maxLength: 6 }).chain((fields) => fc.tuple(...fields.map(valueOf))),
  few: fc.option(fc.record({ batch: fc.integer({ min: 1, max: 3 }) }), { nil: {}, freq: 3 }),
}).map(({ data, changes, few }) => fitted([...changes, few].reduce<SessionConfig>((config, change) => ({ ...config, ...change }), DEFAULT_CONFIG), data));

test('the page mends the settings that the core refuses, those alone, and into ones that it takes', async () => {
  // On a device that holds nothing, all that the core has against good settings is their size.
  const lab = await labWith(NAMES, 1);
  const refusalOf = (config: SessionConfig): Promise<string> => lab.open([config]).then(() => 'it was opened', String);
  const counts = { taken: 0, refused: 0 };
  await fc.assert(fc.asyncProperty(CONFIG, async (config) => {
    const said = await refusalOf(config);
    const isTaken = said.includes('in one piece');
    counts[isTaken ? 'taken' : 'refused'] += 1;
    const { config: mended, notes } = reconcile(config);
    expect(notes.length > 0, `${said} The page: ${notes.join('; ')}`).toBe(!isTaken);
    expect(await refusalOf(mended)).toContain('in one piece');
  }), { numRuns: 3000 });
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(300);
});

test('CIFAR-10 asks of settings what emoji do, which are held against the core', () => {
  expect(NAMES).toContain('emoji');
  expect(NAMES).not.toContain('cifar10');
  const { form, channels, height, width, convLayers } = SHIPPED.emoji;
  expect(SHIPPED.cifar10).toMatchObject({ form, channels, height, width, convLayers });
});

test('where a run stands after so many steps is what the core says of it', async () => {
  const lab = await labWith(['digits']);
  for (const schedule of ['cosine', 'constant'] as const) {
    const config: SessionConfig = { ...DEFAULT_CONFIG, data: 'digits', network: 'mlp', widths: [4], batch: 8, samples: 70, epochs: 3, rate: 0.01, schedule };
    const [info] = await lab.open([config]);
    if (info === undefined) throw new Error('no lane was opened');
    const lane = new Lane(config, info);
    for (let step = 1; step <= info.planned + 5; step += 1) {
      const [report] = await lab.train(1);
      lane.rewind(step);
      expect({ step, rate: Math.fround(lane.rate).toPrecision(5) }).toEqual({ step: report?.step, rate: report?.rate.toPrecision(5) });
      expect([lane.epoch, lane.epochEnd, lane.planned]).toEqual([expect.closeTo(report?.epoch ?? 0, 5), report?.epochEnd, report?.planned]);
    }
  }
});

/** An arm that got this share right, and of which nothing else is told. */
function measured(accuracy: number): Measured {
  const counts = { macs: 1, ordinaryMacs: 1, synapticOperations: 1, multiplied: 0, spikes: 1, scalings: 0, kind: 'binary' as const };
  const layer = { name: 'layer 1', entropy: accuracy, rate: accuracy / 2, amplitude: 1 };
  const twin = { cka: [accuracy, 0.5], retrieval: [0.1, accuracy], agreement: accuracy, divergence: 1 - accuracy };
  return { accuracy, accuracyAt: [[1, accuracy], [2, accuracy], [4, accuracy]], trainingLoss: 1 - accuracy, layers: [layer, layer],
    firstEpochGradients: [accuracy, 0.1], counts, activationBytes: 8, foldError: 0, twin, stepMs: 1 + accuracy };
}

test('a mean, its interval and the seeds that it takes are those that the core judges claims by', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const seeds = fc.integer({ min: 2, max: 45 }).chain((count) => fc.array(share, { minLength: 6 * count, maxLength: 6 * count }));
  let [outcomes, needed] = [0, 0];
  fc.assert(fc.property(fc.constantFrom(...PAPERS), seeds, fc.double({ min: 0.001, max: 1, noNaN: true }), (paper, draws, spread) => {
    const { arms } = core.experimentOf(paper, 'page');
    const whole = Math.floor(draws.length / arms.length) * arms.length;
    // Arms that lie together or apart, so that verdicts of all kinds come.
    const accuracies = draws.slice(0, whole).map((draw, i) => 0.5 + spread * (draw - 0.5) + 0.02 * (i % arms.length));
    for (const { values, mean, half, bound, seedsNeeded, verdict } of core.judge(paper, 'page', accuracies.map(measured))) {
      if (values.length < 2) continue;
      outcomes += 1;
      const ours = interval(values);
      expect(ours.mean).toBeCloseTo(mean, 9);
      expect(ours.half).toBeCloseTo(half ?? Infinity, 9);
      if (verdict !== 'tooClose') continue;
      needed += 1;
      const at = 'atLeast' in bound ? bound.atLeast : bound.atMost;
      expect(valuesNeeded(values.map((value) => value - at))).toBe(seedsNeeded);
    }
  }), { numRuns: 500 });
  expect(Math.min(outcomes, needed)).toBeGreaterThan(100);
});
