import { expect, test } from 'vitest';
import type { SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import { FIELDS } from './fields';
import { groupLine, isChanged } from './group-lines';
import { METHODS } from './methods';
import { LESSONS, METHOD_PRESETS, type Preset } from './presets';
import { reconcile } from './reconcile';
import { DEFAULT_STATE, PAPERS } from './settings';

test('a group says in a line what is set in it', () => {
  const config = { ...DEFAULT_CONFIG, rate: 0.003, epochs: 5, seed: 1 };
  expect(groupLine('learning', config)).toBe('Adam, 0.003, cosine, 5 epochs, seed 1');
  expect(groupLine('neuron', { ...config, spike: 'ternary', steps: 1 })).toMatch(/^Ternary, 1 time step, decay /);
  expect(groupLine('network', { ...config, network: 'mlp', widths: [64, 32], batchNorm: false })).toBe('MLP 64-32, no norm');
});

test('in the first run nothing is changed, and a change is marked only where it decides', () => {
  expect(FIELDS.filter((field) => isChanged(field, DEFAULT_CONFIG))).toEqual([]);
  const changed = (config: typeof DEFAULT_CONFIG): string[] => FIELDS.filter((field) => isChanged(field, config)).map(({ key }) => key);
  expect(changed({ ...DEFAULT_CONFIG, rate: 0.1 })).toEqual(['rate']);
  expect(changed({ ...DEFAULT_CONFIG, momentum: 0.1 })).toEqual([]);
});

/** What the page makes of a preset. */
function applied(preset: Preset, config: SessionConfig): { config: SessionConfig; notes: readonly string[] } {
  const { config: asked } = preset.change({ ...DEFAULT_STATE, config });
  return reconcile({ ...config, ...asked }, asked);
}

test('every preset is a run that the core takes as it is', () => {
  for (const preset of [...LESSONS, ...METHOD_PRESETS]) {
    expect({ preset: preset.label, notes: applied(preset, DEFAULT_CONFIG).notes }).toEqual({ preset: preset.label, notes: [] });
  }
});

test('whatever was set before, the preset of a method switches that method on', () => {
  const befores = [DEFAULT_CONFIG, { ...DEFAULT_CONFIG, units: 'relu' as const }, ...METHOD_PRESETS.map((preset) => applied(preset, DEFAULT_CONFIG).config)];
  for (const [i, preset] of METHOD_PRESETS.entries()) {
    const paper = PAPERS[i];
    if (paper === undefined) throw new Error('a preset without a paper');
    for (const before of befores) expect(METHODS[paper].isOn(applied(preset, before).config), `${preset.label} after ${JSON.stringify(before)}`).toBe(true);
  }
});
