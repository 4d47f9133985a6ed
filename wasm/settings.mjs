/**
 * Writes what the page has to know of the core and of the readers before they run, beside their types: `node wasm/settings.mjs`,
 * after pkg/cpu and pkg/readers have been built. They say it themselves, so nothing is compiled for it.
 */
import { readFile, writeFile } from 'node:fs/promises';

const pkg = new URL('../pkg/', import.meta.url);
const core = await import(new URL('cpu/spikeground.js', pkg));
core.initSync({ module: await readFile(new URL('cpu/spikeground_bg.wasm', pkg)) });
const readers = await import(new URL('readers/readers.js', pkg));
readers.initSync({ module: await readFile(new URL('readers/readers_bg.wasm', pkg)) });
const settings = JSON.parse(core.settings());
const names = Object.keys(settings.ranges).map((name) => JSON.stringify(name)).join(' | ');

await writeFile(new URL('settings.mjs', pkg), `/** Written by wasm/settings.mjs. */
export const SETTINGS = ${JSON.stringify(settings)};
export const READER_LIMITS = ${JSON.stringify(readers.limits())};
`);
await writeFile(new URL('settings.d.mts', pkg), `/** Written by wasm/settings.mjs. */
import type { RangeInfo, Settings } from './cpu/spikeground';
import type { ReaderLimits } from './readers/readers';

/** The settings that are numbers. */
export type RangeName = ${names};

export declare const SETTINGS: Omit<Settings, 'ranges'> & { readonly ranges: Record<RangeName, RangeInfo> };
export declare const READER_LIMITS: ReaderLimits;
`);
