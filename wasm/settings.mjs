/**
 * Writes what the page has to know of the core and of the readers before they run, beside their types: `node wasm/settings.mjs`,
 * after pkg/cpu and pkg/readers have been built. They say it themselves, so nothing is compiled for it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

const pkg = new URL('../pkg/', import.meta.url);
const core = await import(new URL('cpu/spikeground.js', pkg));
core.initSync({ module: await readFile(new URL('cpu/spikeground_bg.wasm', pkg)) });
const readers = await import(new URL('readers/readers.js', pkg));
readers.initSync({ module: await readFile(new URL('readers/readers_bg.wasm', pkg)) });
const settings = JSON.parse(core.settings());
const names = Object.keys(settings.ranges).map((name) => JSON.stringify(name)).join(' | ');

// What an answer is called is asked of each data set here, so that the page can say it before the data set has come.
const lab = await core.Lab.start('flex');
const classes = {};
for (const name of Object.keys(settings.data)) {
  classes[name] = lab.addData(gunzipSync(await readFile(new URL(`../www/data/${name}.safetensors.gz`, import.meta.url)))).classes;
}

await writeFile(new URL('settings.mjs', pkg), `/** Written by wasm/settings.mjs. */
export const SETTINGS = ${JSON.stringify(settings)};
export const CLASSES = ${JSON.stringify(classes)};
export const READER_LIMITS = ${JSON.stringify(readers.limits())};
`);
await writeFile(new URL('settings.d.mts', pkg), `/** Written by wasm/settings.mjs. */
import type { DataName, RangeInfo, Settings } from './cpu/spikeground';
import type { ReaderLimits } from './readers/readers';

/** The settings that are numbers. */
export type RangeName = ${names};

export declare const SETTINGS: Omit<Settings, 'ranges'> & { readonly ranges: Record<RangeName, RangeInfo> };
/** One word a class, by label, of each data set that ships. */
export declare const CLASSES: Record<Exclude<DataName, 'own'>, readonly string[]>;
export declare const READER_LIMITS: ReaderLimits;
`);
