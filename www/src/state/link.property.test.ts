/** Links by the thousand: what a state says comes back exactly, and no text that somebody writes does harm. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run, SessionConfig } from '../worker/protocol';
import { LIVE } from './core-settings';
import type { Field } from './field';
import { FIELDS } from './fields';
import { formatLink, parseLink } from './link';
import { changedAt, isLive, settingsAt } from './live';
import { numberText } from './number-text';
import { MAX_LAYERS, reconcile } from './reconcile';
import { BACKEND_CHOICES, CLASSIFIERS, DEFAULT_STATE, MAX_LANES, PAPERS, PARTS, RACED, TABS, VIEWS, type AppState, type LaneChange } from './settings';

const RUNS = 10_000;

/** Any value that a setting may have; numbers as the core gives them back, an f32 as a double. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'choice': return fc.constantFrom(...field.choices.map(({ value }) => value));
    case 'toggle': return fc.boolean();
    case 'number': return field.integer ? fc.integer({ min: field.min, max: field.max })
      : fc.float({ min: Math.fround(field.min), max: Math.fround(field.max), noNaN: true }).map((value) => value + 0);
    case 'widths': {
      const { most } = field;
      return fc.array(fc.integer({ min: field.min, max: field.max }), { minLength: 1, maxLength: most({ ...DEFAULT_STATE.config, network: 'mlp' }) });
    }
  }
}

function someOf(fields: readonly Field[], required: readonly string[]): fc.Arbitrary<Partial<SessionConfig>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.key, valueOf(field)])), { requiredKeys: [...required] });
}

const CONFIG = someOf(FIELDS, FIELDS.map(({ key }) => key)).map((config) => reconcile(config as SessionConfig).config);
const LANE: fc.Arbitrary<LaneChange> = someOf(FIELDS.filter(({ key }) => key === 'spike' || RACED.includes(key)), []);

/** Settings that a run takes on its way, at steps of their own. */
const CHANGES = fc.array(fc.record({ step: fc.nat(1_000_000), settings: someOf(FIELDS.filter(({ key }) => LIVE.has(key)), []) }), { maxLength: 4 });

/** A run that takes of the changes what it can. */
function changed(start: SessionConfig, changes: readonly { readonly step: number; readonly settings: Partial<SessionConfig> }[]): Run {
  return [...changes].sort((one, other) => one.step - other.step).reduce<Run>((run, { step, settings }) => {
    const before = settingsAt(run, step);
    const { config } = reconcile({ ...before, ...settings });
    return isLive(before, config) ? changedAt(run, step, config) : run;
  }, start);
}

const stateWith = (config: SessionConfig, begun: Run | undefined): fc.Arbitrary<AppState> => fc.record({
  view: fc.constantFrom(...VIEWS),
  config: fc.constant(config),
  begun: fc.constant(begun),
  backend: fc.constantFrom(...BACKEND_CHOICES),
  sample: fc.nat(99_999),
  layer: fc.nat(MAX_LAYERS - 1),
  neuron: fc.nat(4_000_000),
  tab: fc.constantFrom(...TABS),
  lanes: fc.array(LANE, { minLength: 1, maxLength: MAX_LANES }),
  classifier: fc.constantFrom(...CLASSIFIERS),
  paper: fc.option(fc.constantFrom(...PAPERS), { nil: undefined }),
  hide: fc.uniqueArray(fc.constantFrom<string>(...PARTS, ...PAPERS, ...FIELDS.map(({ param }) => param))),
});

const STATE: fc.Arbitrary<AppState> = fc.tuple(CONFIG, CHANGES).chain(([config, changes]) => {
  const run = changed(config, changes.map(({ step, settings }) => ({ step: step + 1, settings })));
  return stateWith(config, run.changes === undefined ? undefined : run);
});

/** The state with every number as the core would have it. */
function inCore(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Math.fround(value);
  if (Array.isArray(value)) return value.map(inCore);
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inCore(inner)])) : value;
}

test('every state comes back from its link, each f32 exactly, with nothing to say', () => {
  fc.assert(fc.property(STATE, fc.boolean(), (state, whole) => {
    const { state: read, notes } = parseLink(formatLink(state, whole));
    expect(inCore(read)).toEqual(inCore(state));
    expect(notes).toEqual([]);
  }), { numRuns: 2000 });
});

test('the text of a number gives the same f32, in no more than nine digits', () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = numberText(value);
    expect(Math.fround(Number(text)) + 0).toBe(value + 0);
    if (!Number.isInteger(value)) expect(text.replace(/e.*$/, '').replace(/^-?[0.]*|\./g, '').length).toBeLessThanOrEqual(9);
  }), { numRuns: RUNS });
});

const KEYS = ['v', 'view', 'then', 'backend', 'sample', 'layer', 'neuron', 'lanes', 'by', 'paper', 'hide', '__proto__', 'constructor',
  ...FIELDS.map(({ param }) => param)];
const WORDS = ['NaN', '-0', 'Infinity', '1e309', '-1e-320', '0x10', '1_000', '٣', '', ' ', '%', '%00', '%ud800', '\uD800', '<script>', '..', '16,,16',
  '1~2;3:4', '5;rate:0.1~3;batch:64', '9;widths:3~7;then:1;rate:1e309~12;batch:-4;surrogate:esg',
  'own', 'furniture', 'pointnet', 'relu', 'steTernary', 'ternary', 'binary', 'evolving', '1'];
const PAIR = fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary', maxLength: 40 })),
  fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 80 }), fc.double().map(String)));
const FRAGMENT = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(PAIR, { maxLength: 30 }).map((pairs) => `#${pairs.map((pair) => pair.join('=')).join('&')}`));

/** Whether a setting is one that its control allows. */
function fits(field: Field, config: SessionConfig): boolean {
  switch (field.kind) {
    case 'choice': return field.choices.some(({ value }) => value === config[field.key]);
    case 'toggle': return typeof config[field.key] === 'boolean';
    case 'number': return config[field.key] >= field.min && config[field.key] <= field.max;
    case 'widths': return config[field.key].every((width) => Number.isInteger(width) && width >= field.min && width <= field.max);
  }
}

test('whatever a fragment says, the state is one that can run, and what is said of it is fit to be read', () => {
  fc.assert(fc.property(FRAGMENT, (fragment) => {
    const { state, notes } = parseLink(fragment);
    expect(FIELDS.filter((field) => !fits(field, state.config)).map(({ key }) => key)).toEqual([]);
    expect(reconcile(state.config).notes).toEqual([]);
    expect(parseLink(formatLink(state)).state).toEqual(state);
    expect(notes.filter((note) => note.length > 400 || /[\p{C}\p{Zl}\p{Zp}]/u.test(note))).toEqual([]);
  }), { numRuns: RUNS });
});
