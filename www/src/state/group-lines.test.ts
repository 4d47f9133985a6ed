import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './core-settings';
import { FIELDS } from './fields';
import { groupLine, isChanged } from './group-lines';
import { LESSONS, METHOD_PRESETS } from './presets';
import { reconcile } from './reconcile';
import { DEFAULT_STATE } from './settings';

test('a group says in a line what is set in it', () => {
  const config = { ...DEFAULT_CONFIG, rate: 0.003, epochs: 5, seed: 1 };
  expect(groupLine('learning', config)).toBe('Adam, 0.003, cosine, 5 epochs, seed 1');
  expect(groupLine('neuron', { ...config, units: 'relu' })).toBe('no spikes');
  expect(groupLine('network', { ...config, network: 'mlp', widths: [64, 32], batchNorm: false })).toBe('MLP 64-32, no norm');
});

test('in the first run nothing is changed, and a change is marked only where it decides', () => {
  expect(FIELDS.filter((field) => isChanged(field, DEFAULT_CONFIG))).toEqual([]);
  const changed = (config: typeof DEFAULT_CONFIG): string[] => FIELDS.filter((field) => isChanged(field, config)).map(({ key }) => key);
  expect(changed({ ...DEFAULT_CONFIG, rate: 0.1 })).toEqual(['rate']);
  expect(changed({ ...DEFAULT_CONFIG, momentum: 0.1 })).toEqual([]);
});

test('every preset is a run that the core takes as it is', () => {
  for (const preset of [...LESSONS, ...METHOD_PRESETS]) {
    const { config = DEFAULT_CONFIG } = preset.change(DEFAULT_STATE);
    const { config: mended, notes } = reconcile(config);
    expect({ preset: preset.label, notes }).toEqual({ preset: preset.label, notes: [] });
    expect(mended).toEqual(config);
  }
});
