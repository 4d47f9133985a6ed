/** The switch that puts a paper's method into the run of the Train view, and what it changed there. */
import type { App } from '../../app';
import { enter } from '../../run/choose';
import { differences, METHODS, switched } from '../../state/methods';
import { PAPER_WORDS } from '../../state/papers';
import { reconcile } from '../../state/reconcile';
import { PAPERS } from '../../state/settings';
import type { Paper, SessionConfig } from '../../worker/protocol';
import { freshId, h, say } from '../shared/element';
import { sentenceOf } from '../shared/part';

export function createUse(app: App, paper: Paper): { readonly element: HTMLElement; readonly said: HTMLElement; update(): void } {
  const { store } = app;
  const id = freshId('use');
  /** What the words are about. */
  let seen: SessionConfig = store.state.config;
  const input = h('input', { type: 'checkbox', id, role: 'switch', 'data-test': 'use' });
  const words = h('span', { role: 'status' });
  const see = h('a', { href: '#', text: 'See the Train view' });
  see.addEventListener('click', (event) => {
    event.preventDefault();
    store.update({ view: 'train' });
  });
  const said = h('p', { class: 'used caption', 'data-test': 'used' }, words, ' ', see);
  input.addEventListener('change', () => {
    const before = store.state.config;
    const change = switched(paper, input.checked, before);
    const { config, notes } = reconcile({ ...before, ...change }, change);
    const changed = differences(before, config);
    say(words, [sentenceOf(notes), changed.length === 0 ? 'Nothing has changed.' : sentenceOf(changed)].join(' ').trim());
    seen = config;
    enter(store, { config }, app.training.changedTo(config));
    update();
  });
  const update = (): void => {
    const { config } = store.state;
    const method = METHODS[paper];
    const [was, is] = [method.isOn(seen), method.isOn(config)];
    if (was !== is) {
      const others = PAPERS.filter((other) => other !== paper && METHODS[other].isOn(config) && !METHODS[other].isOn(seen));
      say(words, is || others.length === 0 ? '' : `Switched off by ${others.map((other) => PAPER_WORDS[other].name).join(' and ')}.`);
    }
    seen = config;
    input.checked = is;
  };
  return { element: h('div', { class: 'toggle use' }, input, h('label', { for: id, text: 'Use it in my run' })), said, update };
}
