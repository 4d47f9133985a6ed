/** The settings of the run, built from their descriptions in `state/fields.ts`. */
import type { App } from '../../app';
import { choose } from '../../run/choose';
import type { ChoiceField, Field, Group, ToggleField } from '../../state/field';
import { decides, FIELDS, GROUPS, words } from '../../state/fields';
import { groupLine, isChanged } from '../../state/group-lines';
import { effectOf, type Effect } from '../../state/live';
import { SIZES, WAYS } from '../../state/recipes';
import { Shapes } from '../../state/shapes';
import type { SessionConfig } from '../../worker/protocol';
import { freshId, h, say } from '../shared/element';
import type { Commit, Control, Placed } from './control';
import { createFinder } from './finder';
import { byPaper, methodsInUse } from './method-sections';
import { numberControl } from './number-control';
import { createOwnControl } from '../own-data/own-control';
import { createPresets } from './presets';
import { keptFold } from '../shared/fold';
import type { Part } from '../shared/part';
import { remember, remembered } from '../shared/remember';
import { recipeControl } from './recipe-control';
import { switchControl } from './switch-control';
import { widthsControl } from './widths-control';

/** What a change does to a run that is on its way. */
const EFFECT_WORDS: Record<Effect, string> = {
  goesOn: 'A change holds from the next step on.',
  either: 'Switched on or off it starts a new network; another strength holds from the next step on.',
  anew: 'A change starts a new network.',
};

/** Whether a person has every setting explained. */
const EXPLAINED = 'explain';
/** More letters than this do not fit in a row of buttons. */
const MAX_LETTERS = 24;

export function createControls(app: App): Part {
  const shapes = new Shapes();
  const commit: Commit = (wanted) => {
    if (wanted.data === 'own' && app.own.summary === undefined) app.own.invite();
    else choose(app.store, app.notices, shapes.withOwn(wanted, app.store.state.config), (config) => app.training.changedTo(config));
    // What was asked for and mended away again has changed nothing, but the control shows it still.
    update();
  };
  const controls = FIELDS.map((field): Placed & { readonly effect: HTMLElement } => {
    const control = controlOf(field, commit);
    return { field, control, effect: tellsEffect(control.element) };
  });
  const titleId = freshId('settings');
  const own = createOwnControl(app);
  const size = { param: 'size', label: 'Size', control: recipeControl('size', 'Size', SIZES, commit) };
  const way = { param: 'way', label: 'How it is trained', control: recipeControl('way', 'How it is trained', WAYS, commit) };
  const groups = (Object.keys(GROUPS) as Group[]).map((group) => {
    const sections = byPaper(app, controls.filter(({ field }) => field.group === group), commit);
    const note = h('span', { class: 'caption' });
    const element = h('details', { class: 'group', 'data-group': group }, h('summary', {}, h('span', { text: GROUPS[group] }), ' ', note),
      ...sections.map((section) => section.element));
    return { group, element, sections, note };
  });
  const finder = createFinder(() => {
    unfoldFound();
    update();
  });
  const nothing = h('p', { class: 'caption said', role: 'status', text: 'No setting has this in its name or its explanation.' });
  const sign = h('p', { class: 'caption sign' },
    h('span', { 'aria-hidden': 'true', text: '↻' }), ' starts a new network; anything else holds from the next step on.');
  const elementOf = (key: Field['key']): HTMLElement | undefined => controls.find(({ field }) => field.key === key)?.control.element;
  elementOf('data')?.after(own.element);
  elementOf('network')?.after(size.control.element, way.control.element);
  // Seven papers' settings are many: they are unfolded for whoever uses one of them.
  const using = methodsInUse(app.store.state.config) !== '';
  for (const { group, element } of groups) keepFolded(element, group, group !== 'methods' || using);
  const head = h('div', { class: 'controls-head' });
  const element = h(
    'section', { class: 'panel controls', 'aria-labelledby': titleId, 'data-panel': 'settings' },
    h('h2', { id: titleId, class: 'visually-hidden', text: 'Settings' }),
    head, ...groups.map((group) => group.element),
  );
  const explains = explainSwitch((on) => { element.classList.toggle('explained', on); });
  head.append(createPresets(app), finder.element, explains, sign, nothing);
  let folded: ReadonlySet<HTMLDetailsElement> | undefined;
  /** While something is looked for all groups are unfolded; afterwards they are as they were. */
  const unfoldFound = (): void => {
    if (finder.active && folded === undefined) folded = new Set(groups.filter((group) => !group.element.open).map((group) => group.element));
    for (const group of groups) {
      if (finder.active) group.element.open = true;
      else if (folded?.has(group.element) === true) group.element.open = false;
    }
    if (!finder.active) folded = undefined;
  };

  const update = (): void => {
    const { config } = app.store.state;
    for (const placed of controls) {
      const { field, control } = placed;
      control.element.hidden = !app.shows(field.param) || !decides(field, config) || !finder.finds(placed, config);
      control.element.classList.toggle('changed', isChanged(field, config));
      control.show(config);
      const effect = effectOf(field.key);
      say(placed.effect, EFFECT_WORDS[effect]);
      control.element.dataset.effect = effect;
      const explained = control.element.querySelector(':scope > .caption:not(.said)')?.textContent ?? '';
      const title = `${explained}\n${EFFECT_WORDS[effect]}`.trim();
      if (control.element.title !== title) control.element.title = title;
    }
    own.element.hidden = !app.shows('own') || !app.shows('data') || !finder.has(['Your own data']);
    for (const { param, label, control } of [size, way]) {
      control.element.hidden = !app.shows(param) || config.network !== 'pointnet' || !finder.has([label]);
      control.show(config);
    }
    for (const group of groups) {
      for (const section of group.sections) {
        section.update();
        if (section.label !== undefined && !finder.has([section.label])) section.element.hidden = true;
      }
      say(group.note, group.group === 'methods' ? methodsInUse(config) || 'none in use' : groupLine(group.group, config));
      group.element.hidden = group.sections.every((section) => section.element.hidden);
    }
    nothing.hidden = !finder.active || groups.some((group) => !group.element.hidden);
    // What is looked for in vain takes away no more than the settings.
    element.hidden = !app.shows('settings') || (!finder.active && groups.every((group) => group.element.hidden));
  };
  update();
  app.store.subscribe(update);
  // What a change does to a run is of interest where there is one.
  const mark = (): void => { element.classList.toggle('on-its-way', app.training.step > 0); };
  app.training.subscribe(mark);
  mark();
  return { element, update };
}

/** A control's place for what a change of it does, which it is described by. */
function tellsEffect(element: HTMLElement): HTMLElement {
  const effect = h('p', { class: 'caption effect', id: freshId('effect') });
  const described = element.matches('[aria-describedby]') ? element : element.querySelector('[aria-describedby]');
  described?.setAttribute('aria-describedby', `${described.getAttribute('aria-describedby') ?? ''} ${effect.id}`);
  element.append(effect);
  return effect;
}

/** Explanations are there for who asks; otherwise they are hints under the pointer, and what a screen reader reads. */
function explainSwitch(set: (on: boolean) => void): HTMLElement {
  const id = freshId('explain-all');
  const box = h('input', { type: 'checkbox', id, checked: remembered(EXPLAINED) === 'on' });
  set(box.checked);
  box.addEventListener('change', () => {
    set(box.checked);
    remember(EXPLAINED, box.checked ? 'on' : 'off');
  });
  return h('div', { class: 'toggle' }, box, h('label', { for: id, text: 'Explain each setting' }));
}

/** Unless a person has it otherwise a group is open beside the panels and folded above them, where it would push the panels out of sight. */
function keepFolded(group: HTMLDetailsElement, name: string, isOfUse: boolean): void {
  const narrow = matchMedia('(max-width: 860px)');
  const obey = keptFold(group, () => `${narrow.matches ? 'narrow' : 'wide'}.${name}`, () => isOfUse && !narrow.matches);
  narrow.addEventListener('change', obey);
}

/** The control of one setting. */
export function controlOf(field: Field, commit: Commit): Control {
  switch (field.kind) {
    case 'choice': return field.choices.map(({ label }) => label).join('').length > MAX_LETTERS ? selectControl(field, commit) : segmentsControl(field, commit);
    case 'number': return field.switch === undefined ? numberControl(field, commit) : switchControl(field, field.switch, commit);
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
