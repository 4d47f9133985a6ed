/**
 * Trains a small network on the 8x8 digits and writes what it looks like at some steps of it, for the page to show until its own network
 * stands: `node wasm/stored-run.mjs`, after pkg/cpu has been built.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** Training steps after which it is looked at. */
const LOOKS = [0, 10, 40, 200];
/** The held-out sample that goes through it. */
const SAMPLE = 3;

const pkg = new URL('../pkg/', import.meta.url);
const core = await import(new URL('cpu/spikeground.js', pkg));
core.initSync({ module: await readFile(new URL('cpu/spikeground_bg.wasm', pkg)) });
const { defaults } = JSON.parse(core.settings());
const config = { ...defaults, data: 'digits', network: 'mlp', widths: [48, 32], rate: 0.005, epochs: 5 };

const lab = await core.Lab.start('flex');
const { classes } = lab.addData(gunzipSync(await readFile(new URL('../www/data/digits.safetensors.gz', import.meta.url))));
const [{ layers }] = await lab.open([config]);

const short = (values) => Array.from(values, (value) => Number(value.toFixed(3)));
const looks = [];
let step = 0;
for (const at of LOOKS) {
  if (at > step) await lab.train(at - step);
  step = at;
  const { cloud, input, ...probe } = await lab.probe(0, SAMPLE);
  looks.push({
    step,
    probe: {
      ...probe, pixels: short(probe.pixels), evidence: short(probe.evidence),
      // The stage shows no potentials.
      layers: probe.layers.map(({ name, shape, spikes }) => ({ name, shape, spikes: short(spikes) })),
    },
  });
}

const run = { kind: config.spike, network: config.network, layers, classes, looks };
await writeFile(new URL('stored-run.mjs', pkg), `/** Written by wasm/stored-run.mjs. */\nexport const STORED_RUN = ${JSON.stringify(run)};\n`);
await writeFile(new URL('stored-run.d.mts', pkg), `/** Written by wasm/stored-run.mjs. */
import type { LayerInfo, NetworkKind, Probe, ProbeLayer, SpikeKind } from './cpu/spikeground';

interface Look {
  readonly step: number;
  readonly probe: Omit<Probe, 'pixels' | 'evidence' | 'layers' | 'cloud' | 'input'> & {
    readonly pixels: readonly number[];
    readonly evidence: readonly number[];
    readonly layers: readonly (Pick<ProbeLayer, 'name' | 'shape'> & { readonly spikes: readonly number[] })[];
  };
}

export declare const STORED_RUN: {
  readonly kind: SpikeKind;
  readonly network: NetworkKind;
  readonly layers: readonly LayerInfo[];
  readonly classes: readonly string[];
  readonly looks: readonly Look[];
};
`);
