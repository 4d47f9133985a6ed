/**
 * State to link and back. A link is the address's fragment: readable keys, a version key, every number brought into its
 * range and written so that the same f32 comes back. What is not understood is not taken, and said.
 */
import type { Paper, Run, SessionConfig } from '../worker/protocol';
import type { Field } from './field';
import { FIELDS, words } from './fields';
import { formOf } from './forms';
import { MOST_CHANGES, MOST_STEPS, rangeOf } from './core-settings';
import { numberText } from './number-text';
import { MAX_DEPTH, MAX_HEAD, MAX_LAYERS, reconcile, type Mended } from './reconcile';
import { changedAt, isLive, settingsAt, startOf } from './live';
import { BACKEND_CHOICES, CLASSIFIERS, DEFAULT_STATE, MAX_LANES, PAPERS, PARTS, RACED, TABS, VIEWS, type AppState, type LaneChange } from './settings';
import { ownPace, usualOf } from './usual';

/** Raised when a key changes its meaning, so that an old link can still be read as it was meant. */
const VERSION = '1';

export { numberText };

export interface ParsedLink {
  readonly state: AppState;
  /** What the link asked for that cannot be, and what was taken instead: parts of a sentence. */
  readonly notes: readonly string[];
  /** Whether it names a person's own data, and neither batch nor epochs, which then are what suits these data. */
  readonly bareOwn: boolean;
}

/** Stands for a lane that changes nothing. */
const SAME = '-';
const MAX_SAMPLE = 99_999;
/** The last one of the widest layer at the most points. */
const MAX_NEURON = rangeOf('widths').max * rangeOf('points').max - 1;

/** What a link may say besides the settings of a run. */
const OTHER_WORDS = ['v', 'view', 'then', 'backend', 'sample', 'layer', 'neuron', 'tab', 'lanes', 'by', 'paper', 'hide'];
const WORDS: ReadonlySet<string> = new Set([...OTHER_WORDS, ...FIELDS.map(({ param }) => param)]);
const HIDEABLE: ReadonlySet<string> = new Set([...PARTS, ...PAPERS, ...FIELDS.map(({ param }) => param)]);

const MOST_QUOTED = 24;
/** Names that are said of many. */
const MOST_NAMED = 3;

/** Somebody else's text, fit to stand in a sentence: short, and without what is not seen or turns the line round. */
function quoted(text: string): string {
  const letters = Array.from(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'));
  return `"${letters.length > MOST_QUOTED ? `${letters.slice(0, MOST_QUOTED).join('')}...` : letters.join('')}"`;
}

/** '"a", "b" and 2 more'. */
function listed(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMED).map(quoted);
  const others = names.length - first.length;
  return others === 0 ? first.join(', ') : `${first.join(', ')} and ${others} more`;
}

function fieldText(field: Field, config: SessionConfig): string {
  switch (field.kind) {
    case 'choice': return config[field.key];
    case 'number': return numberText(config[field.key]);
    case 'toggle': return config[field.key] ? '1' : '0';
    case 'widths': return config[field.key].join(',');
  }
}

class Reader {
  readonly notes: string[] = [];
  /** Numbers that were brought into their range: how they began, and which of the notes says so. */
  private readonly clamped = new Map<keyof SessionConfig, { readonly asked: string; readonly note: number }>();

  /** Takes in what a whole config had to be mended for; a number that was mended twice is told of once. */
  mended(config: SessionConfig, mends: readonly Mended[]): void {
    for (const [key, { asked, note }] of this.clamped) {
      const reasons = mends.filter(({ change }) => key in change).map((mend) => `, because ${mend.note}`);
      this.notes[note] = `${asked} became ${numberText(Number(config[key]))}${reasons.join('')}`;
    }
    this.notes.push(...mends.filter(({ change }) => !Object.keys(change).every((key) => this.clamped.has(key as keyof SessionConfig))).map(({ note }) => note));
    this.clamped.clear();
  }

  number(label: string, text: string, min: number, max: number, integer: boolean, otherwise: number): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) {
      this.notes.push(`${label} ${quoted(text)} is not a number, so it is ${numberText(otherwise)}`);
      return otherwise;
    }
    // As the core has it: of an f32 no more digits count.
    const meant = integer ? value : Number(numberText(value));
    const clamped = Math.min(max, Math.max(min, integer && Number.isFinite(value) ? Math.round(value) : meant));
    if (clamped !== meant) this.notes.push(`${label} ${quoted(text)} became ${numberText(clamped)}`);
    return clamped;
  }

  choice<T extends string>(label: string, text: string, choices: readonly T[], otherwise: T): T {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) this.notes.push(`${label} ${quoted(text)} is not one of ${choices.join(', ')}, so it is ${otherwise}`);
    return found ?? otherwise;
  }

  paper(text: string): Paper | undefined {
    const found = PAPERS.find((paper) => paper === text);
    if (found === undefined) this.notes.push(`the paper ${quoted(text)} is not one of ${PAPERS.join(', ')}`);
    return found;
  }

  hidden(text: string): string[] {
    const names = text.split(',').filter((name) => name !== '');
    const unknown = names.filter((name) => !HIDEABLE.has(name));
    if (unknown.length > 0) this.notes.push(`hide= names ${listed(unknown)}, which this page does not have`);
    return [...new Set(names.filter((name) => HIDEABLE.has(name)))];
  }

  /** Says what of a link is not understood, or is there twice. */
  words(given: URLSearchParams): void {
    const version = given.get('v');
    if (version !== null && version !== VERSION) {
      this.notes.push(Number(version) > Number(VERSION)
        ? `this link was made by a newer version of this page (${quoted(version)}, where this one reads ${VERSION}): what it says was read as far as `
          + 'it is known here'
        : `the link says version ${quoted(version)} and was read as version ${VERSION}`);
    }
    const keys = [...new Set(given.keys())];
    const unknown = keys.filter((key) => !WORDS.has(key));
    if (unknown.length > 0) this.notes.push(`this page does not know what ${listed(unknown)} in the link ${unknown.length === 1 ? 'means' : 'mean'}`);
    const twice = keys.filter((key) => WORDS.has(key) && given.getAll(key).length > 1);
    if (twice.length > 0) this.notes.push(`the link says ${listed(twice)} more than once, and the first counts`);
  }

  /** The part of a config that one field's text stands for. */
  field(field: Field, text: string, config: SessionConfig): Partial<SessionConfig> {
    const label = words(field.label, config).toLowerCase();
    switch (field.kind) {
      case 'choice': {
        const values = field.choices.map((choice) => choice.value);
        return { [field.key]: this.choice(label, text, values, config[field.key]) };
      }
      case 'number': {
        const note = this.notes.length;
        const value = this.number(label, text, field.min, field.max, field.integer, config[field.key]);
        if (this.notes[note]?.includes(' became ') === true) this.clamped.set(field.key, { asked: `${label} ${quoted(text)}`, note });
        return { [field.key]: value };
      }
      case 'toggle':
        return { [field.key]: this.choice(label, text, ['0', '1'], config[field.key] ? '1' : '0') === '1' };
      case 'widths': {
        const parts = text.split(',');
        const most = field.key === 'head' ? MAX_HEAD : MAX_DEPTH;
        if (parts.length > most) this.notes.push(`${label}: only the first ${most} were taken`);
        return {
          [field.key]: parts.slice(0, most).map((part, i) => this.number(label, part, field.min, field.max, true, config[field.key][i] ?? 16)),
        };
      }
    }
  }

  /** What a run sets otherwise on its way. */
  changes(text: string, start: SessionConfig): Run {
    let run: Run = start;
    const parts = text.split('~').filter((part) => part !== '');
    if (parts.length > MOST_CHANGES) this.notes.push(`only the first ${MOST_CHANGES} changes on the way were taken`);
    for (const part of parts.slice(0, MOST_CHANGES)) {
      const [at = '', ...pairs] = part.split(';');
      const last = run.changes?.at(-1)?.step ?? 0;
      const step = this.number('the step of a change', at, 0, MOST_STEPS, true, last);
      if (step < last) this.notes.push(`the change at step ${step} comes after one at step ${last}, so it was left out`);
      else run = this.changeAt(run, step, pairs);
    }
    return run;
  }

  private changeAt(run: Run, step: number, pairs: readonly string[]): Run {
    const before = settingsAt(run, step);
    let config = before;
    for (const pair of pairs) {
      const [param, value = ''] = pair.split(':', 2);
      const field = FIELDS.find((candidate) => candidate.param === param);
      if (field === undefined) this.notes.push(`a run cannot change ${quoted(pair)} on its way`);
      else config = { ...config, ...this.field(field, value, config) };
    }
    const { config: possible, notes } = reconcile(config);
    this.notes.push(...notes);
    // Before the first step it is what the run begins with.
    if (isLive(before, possible)) return step === 0 ? possible : changedAt(run, step, possible);
    this.notes.push(`the change at step ${step} makes another network, so it was left out`);
    return run;
  }

  lanes(text: string, config: SessionConfig): LaneChange[] {
    const parts = text.split('~').filter((part) => part !== '');
    if (parts.length > MAX_LANES) this.notes.push(`only the first ${MAX_LANES} lanes were taken`);
    const lanes = parts.slice(0, MAX_LANES).map((part) => {
      let change: LaneChange = {};
      for (const pair of part.split(';')) {
        const [param, value = ''] = pair.split(':', 2);
        const field = FIELDS.find((candidate) => candidate.param === param && (candidate.key === 'spike' || RACED.includes(candidate.key)));
        if (field !== undefined) change = { ...change, ...this.field(field, value, { ...config, ...change }) };
        else if (pair !== SAME) this.notes.push(`a lane cannot change ${quoted(pair)}`);
      }
      return change;
    });
    if (lanes.length > 0) return lanes;
    this.notes.push(`the lanes ${quoted(text)} name none, so they are the usual ones`);
    return [...DEFAULT_STATE.lanes];
  }
}

export function parseLink(fragment: string): ParsedLink {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const reader = new Reader();
  const asked = <T>(param: string, otherwise: T, read: (text: string) => T): T => {
    const text = given.get(param);
    return text === null ? otherwise : read(text);
  };

  reader.words(given);
  let config = DEFAULT_STATE.config;
  let named: Partial<SessionConfig> = {};
  for (const field of FIELDS) {
    const text = given.get(field.param);
    if (text === null) continue;
    const read = reader.field(field, text, config);
    config = { ...config, ...read };
    named = { ...named, ...read };
  }
  // A link that names point clouds and no network gets the one that goes with them, but for what it names itself.
  if (named.network === undefined && formOf(config) === 'cloud') config = { ...config, ...usualOf('cloud'), ...named };
  const bareOwn = config.data === 'own' && named.batch === undefined && named.epochs === undefined;
  if (bareOwn) config = { ...config, ...ownPace(), ...named };
  const reconciled = reconcile(config, named);
  reader.mended(reconciled.config, reconciled.mends);
  const whole = (label: string, max: number, otherwise: number) => (text: string) => reader.number(label, text, 0, max, true, otherwise);
  const run = asked<Run>('then', reconciled.config, (text) => reader.changes(text, reconciled.config));
  const state: AppState = {
    view: asked('view', DEFAULT_STATE.view, (text) => reader.choice('the view', text, VIEWS, DEFAULT_STATE.view)),
    config: startOf(run),
    begun: run.changes === undefined ? undefined : run,
    backend: asked('backend', DEFAULT_STATE.backend, (text) => reader.choice('the backend', text, BACKEND_CHOICES, DEFAULT_STATE.backend)),
    sample: asked('sample', DEFAULT_STATE.sample, whole('the sample', MAX_SAMPLE, DEFAULT_STATE.sample)),
    layer: asked('layer', DEFAULT_STATE.layer, whole('the layer', MAX_LAYERS - 1, DEFAULT_STATE.layer)),
    neuron: asked('neuron', DEFAULT_STATE.neuron, whole('the neuron', MAX_NEURON, DEFAULT_STATE.neuron)),
    tab: asked('tab', DEFAULT_STATE.tab, (text) => reader.choice('the tab', text, TABS, DEFAULT_STATE.tab)),
    lanes: asked('lanes', DEFAULT_STATE.lanes, (text) => reader.lanes(text, startOf(run))),
    classifier: asked('by', DEFAULT_STATE.classifier, (text) => reader.choice('the classifier', text, CLASSIFIERS, DEFAULT_STATE.classifier)),
    paper: asked('paper', DEFAULT_STATE.paper, (text) => reader.paper(text)),
    hide: asked('hide', DEFAULT_STATE.hide, (text) => reader.hidden(text)),
  };
  return { state, notes: reader.notes, bareOwn };
}

function laneText(lane: LaneChange): string {
  return Object.keys(lane).length === 0 ? SAME : settingsText(lane);
}

/** `rate:0.01;batch:64` */
function settingsText(settings: Partial<SessionConfig>): string {
  return FIELDS.filter((field) => settings[field.key] !== undefined)
    .map((field) => `${field.param}:${fieldText(field, { ...DEFAULT_STATE.config, ...settings })}`)
    .join(';');
}

/**
 * The fragment for a state. The address bar carries what differs from the defaults; a link to hand on carries all of
 * the run (`whole`), so that it stays the same run when a default changes one day.
 */
export function formatLink(state: AppState, whole = false): string {
  const pairs: [string, string][] = [['v', VERSION]];
  const add = (param: string, text: string, usual: string): void => {
    if (whole || text !== usual) pairs.push([param, text]);
  };
  add('view', state.view, DEFAULT_STATE.view);
  const run: Run = state.begun ?? state.config;
  for (const field of FIELDS) {
    // Left out, they would be those that suit a person's own data.
    const told = run.data === 'own' && (field.key === 'batch' || field.key === 'epochs');
    if (told) pairs.push([field.param, fieldText(field, run)]);
    else add(field.param, fieldText(field, run), fieldText(field, DEFAULT_STATE.config));
  }
  const { changes = [] } = run;
  if (changes.length > 0) pairs.push(['then', changes.map(({ step, settings }) => `${step};${settingsText(settings)}`).join('~')]);
  add('backend', state.backend, DEFAULT_STATE.backend);
  add('sample', String(state.sample), String(DEFAULT_STATE.sample));
  add('layer', String(state.layer), String(DEFAULT_STATE.layer));
  add('neuron', String(state.neuron), String(DEFAULT_STATE.neuron));
  add('tab', state.tab, DEFAULT_STATE.tab);
  add('lanes', state.lanes.map(laneText).join('~'), DEFAULT_STATE.lanes.map(laneText).join('~'));
  add('by', state.classifier, DEFAULT_STATE.classifier);
  if (state.paper !== undefined) pairs.push(['paper', state.paper]);
  if (state.hide.length > 0) pairs.push(['hide', state.hide.join(',')]);
  return `#${pairs.map(([param, text]) => `${param}=${encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';')}`).join('&')}`;
}
