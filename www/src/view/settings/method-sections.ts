/** The settings of a group under headings: one for each paper whose method they belong to, with a way to its card. */
import type { App } from '../../app';
import { METHODS, switched } from '../../state/methods';
import { PAPER_WORDS } from '../../state/papers';
import { PAPERS } from '../../state/settings';
import type { Paper, SessionConfig } from '../../worker/protocol';
import type { Commit, Placed } from './control';
import { freshId, h, say } from '../shared/element';

export interface Section {
  readonly element: HTMLElement;
  /** What its one control is called, where that is none of the settings. */
  readonly label?: string;
  /** Hides the section when nothing in it is to be seen. */
  update(): void;
}

/** Settings of no paper stand at the end. */
export function byPaper(app: App, placed: readonly Placed[], commit: Commit): readonly Section[] {
  const isMethods = placed.some(({ field }) => field.paper !== undefined);
  const of = (paper: Paper | undefined): readonly Placed[] => placed.filter(({ field }) => field.paper === paper);
  const papers = isMethods ? PAPERS.map((paper) => paperSection(app, paper, of(paper), commit)) : [];
  return [...papers, plainSection(of(undefined))];
}

/** "Shortcut, IM-Loss": which methods a run uses. */
export function methodsInUse(config: SessionConfig): string {
  return PAPERS.filter((paper) => METHODS[paper].isOn(config)).map((paper) => PAPER_WORDS[paper].name).join(', ');
}

function plainSection(placed: readonly Placed[]): Section {
  const element = h('div', { class: 'section' }, ...placed.map(({ control }) => control.element));
  const update = (): void => {
    element.hidden = placed.every(({ control }) => control.element.hidden);
  };
  return { element, update };
}

function paperSection(app: App, paper: Paper, placed: readonly Placed[], commit: Commit): Section {
  const id = freshId('method');
  const { name } = PAPER_WORDS[paper];
  const about = h('a', { href: '#', class: 'about', text: 'its claim', 'aria-label': `its claim: what ${name} claims` });
  about.addEventListener('click', (event) => {
    event.preventDefault();
    app.store.update({ view: 'papers', paper });
  });
  // Its settings stand under Neuron, where the other spikes are.
  const own = placed.length === 0 ? wholeSwitch(app, paper, commit) : undefined;
  const element = h(
    'section', { class: 'section method', 'aria-labelledby': id, 'data-method': paper },
    h('h3', { id }, name, about),
    own?.element, ...placed.map(({ control }) => control.element),
  );
  const update = (): void => {
    own?.update();
    element.hidden = !app.shows(paper) || (own === undefined && placed.every(({ control }) => control.element.hidden));
  };
  return { element, update, ...(own?.label === undefined ? {} : { label: own.label }) };
}

/** Switches a method on or off as its card in the Papers view does. */
function wholeSwitch(app: App, paper: Paper, commit: Commit): Section {
  const [id, explainId] = [freshId('field'), freshId('explain')];
  const label = 'Ternary spikes of trained height';
  const input = h('input', { type: 'checkbox', id, 'aria-describedby': explainId });
  const explain = h('p', { class: 'caption', id: explainId });
  input.addEventListener('change', () => { commit(switched(paper, input.checked, app.store.state.config)); });
  const element = h(
    'div', { class: 'field', 'data-field': paper },
    h('div', { class: 'toggle' }, input, h('label', { for: id, text: label })),
    explain,
  );
  const update = (): void => {
    const { spike } = app.store.state.config;
    input.checked = METHODS[paper].isOn(app.store.state.config);
    say(explain, input.checked ? 'Each layer trains their height: see the amplitude under Neuron.'
      : spike === 'ternary' ? 'The spikes are ternary, but their height is fixed: this trains the amplitude under Neuron.'
        : 'Sets the spike kind to ternary and trains the amplitude; both stand under Neuron.');
  };
  return { element, update, label };
}
