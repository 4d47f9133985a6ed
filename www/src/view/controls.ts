/** The settings of the run, built from their descriptions in `state/fields.ts`. */
import type { App } from '../app';
import { FIELDS, GROUPS, SURROGATE_PARAMETER, words, type ChoiceField, type Field, type Group, type ToggleField } from '../state/fields';
import { reconcile } from '../state/settings';
import type { SessionConfig } from '../worker/protocol';
import { freshId, h, say } from './element';
import { numberControl } from './number-control';
import type { Part } from './part';
import { widthsControl } from './widths-control';

export interface Control {
  readonly element: HTMLElement;
  show(config: SessionConfig): void;
}

/** What a control calls with the settings that a person has changed. */
export type Commit = (change: Partial<SessionConfig>) => void;

/** More letters than this do not fit in a row of buttons. */
const MAX_LETTERS = 24;

/** The widths to start from when the shape of the network changes: those of one shape make no sense for the other. */
const USUAL_WIDTHS: Record<SessionConfig['network'], readonly number[]> = { conv: [16, 32, 64], mlp: [256] };

export function createControls(app: App): Part {
  const commit: Commit = (change) => {
    const { config, notes } = reconcile({ ...app.store.state.config, ...withUsual(change, app.store.state.config) });
    if (notes.length > 0) app.notices.show({ name: 'settings', kind: 'info', text: sentence(notes) });
    else app.notices.dismiss('settings');
    app.store.update({ config });
  };
  const controls = FIELDS.map((field) => ({ field, control: controlOf(field, commit) }));
  const groups = (Object.keys(GROUPS) as Group[]).map((group) => {
    const own = controls.filter(({ field }) => field.group === group);
    const element = h('details', { class: 'group' }, h('summary', { text: GROUPS[group] }), ...own.map(({ control }) => control.element));
    return { element, own };
  });
  fold(groups.map(({ element }) => element));
  const element = h('section', { class: 'panel controls', 'aria-label': 'Settings', 'data-panel': 'settings' }, ...groups.map((group) => group.element));

  const update = (): void => {
    const { config } = app.store.state;
    for (const { field, control } of controls) {
      control.element.hidden = !app.shows(field.param) || field.shown?.(config) === false;
      control.show(config);
    }
    for (const group of groups) group.element.hidden = group.own.every(({ control }) => control.element.hidden);
    element.hidden = !app.shows('settings') || groups.every((group) => group.element.hidden);
  };
  update();
  app.store.subscribe(update);
  return { element, update };
}

/** Settings that only make sense for what is being left are brought to what is usual for what is being chosen. */
function withUsual(change: Partial<SessionConfig>, config: SessionConfig): Partial<SessionConfig> {
  const { network, surrogate } = change;
  if (network !== undefined && network !== config.network) return { ...change, widths: [...USUAL_WIDTHS[network]] };
  if (surrogate !== undefined && surrogate !== config.surrogate) return { ...change, surrogateParameter: SURROGATE_PARAMETER[surrogate].usual };
  return change;
}

function sentence(notes: readonly string[]): string {
  const text = notes.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Groups are open beside the panels and folded above them, where they would push the panels out of sight. */
function fold(groups: readonly HTMLDetailsElement[]): void {
  const narrow = matchMedia('(max-width: 860px)');
  const obey = (): void => {
    for (const group of groups) group.open = !narrow.matches;
  };
  obey();
  narrow.addEventListener('change', obey);
}

/** The control of one setting. */
export function controlOf(field: Field, commit: Commit): Control {
  switch (field.kind) {
    case 'choice': return field.choices.map(({ label }) => label).join('').length > MAX_LETTERS ? selectControl(field, commit) : segmentsControl(field, commit);
    case 'number': return numberControl(field, commit);
    case 'toggle': return toggleControl(field, commit);
    case 'widths': return widthsControl(field, commit);
  }
}

function explanationOf(field: ChoiceField, config: SessionConfig): string {
  return field.choices.find((choice) => choice.value === config[field.key])?.explain ?? words(field.explain, config);
}

function segmentsControl(field: ChoiceField, commit: Commit): Control {
  const [name, explainId] = [freshId('choice'), freshId('explain')];
  const legend = h('legend');
  const explain = h('p', { class: 'caption', id: explainId });
  const choices = field.choices.map((choice) => {
    const id = freshId('choice');
    const input = h('input', { type: 'radio', id, name, value: choice.value });
    input.addEventListener('change', () => { commit({ [field.key]: choice.value }); });
    return { choice, input, label: h('label', { for: id, text: choice.label, title: choice.explain }) };
  });
  const element = h(
    'fieldset', { class: 'field', 'aria-describedby': explainId, 'data-field': field.param },
    legend, h('div', { class: 'segments' }, ...choices.flatMap(({ input, label }) => [input, label])), explain,
  );
  const show = (config: SessionConfig): void => {
    say(legend, words(field.label, config));
    say(explain, explanationOf(field, config));
    for (const { choice, input } of choices) {
      input.checked = choice.value === config[field.key];
      input.disabled = choice.possible?.(config) === false;
    }
  };
  return { element, show };
}

function selectControl(field: ChoiceField, commit: Commit): Control {
  const [id, explainId] = [freshId('field'), freshId('explain')];
  const label = h('label', { for: id });
  const explain = h('p', { class: 'caption', id: explainId });
  const options = field.choices.map((choice) => ({ choice, option: h('option', { value: choice.value, text: choice.label }) }));
  const select = h('select', { id, 'aria-describedby': explainId }, ...options.map(({ option }) => option));
  select.addEventListener('change', () => { commit({ [field.key]: select.value }); });
  const element = h('div', { class: 'field', 'data-field': field.param }, label, select, explain);
  const show = (config: SessionConfig): void => {
    say(label, words(field.label, config));
    say(explain, explanationOf(field, config));
    for (const { choice, option } of options) {
      const possible = choice.possible?.(config) !== false;
      option.hidden = !possible;
      option.disabled = !possible;
    }
    select.value = config[field.key];
  };
  return { element, show };
}

function toggleControl(field: ToggleField, commit: Commit): Control {
  const [id, explainId] = [freshId('field'), freshId('explain')];
  const input = h('input', { type: 'checkbox', id, 'aria-describedby': explainId });
  input.addEventListener('change', () => { commit({ [field.key]: input.checked }); });
  const label = h('label', { for: id });
  const explain = h('p', { class: 'caption', id: explainId });
  const element = h('div', { class: 'field', 'data-field': field.param }, h('div', { class: 'toggle' }, input, label), explain);
  const show = (config: SessionConfig): void => {
    say(label, words(field.label, config));
    say(explain, words(field.explain, config));
    input.checked = config[field.key];
  };
  return { element, show };
}
