/** What there is to say, above the views: a sentence each, with something to do about it. */
import { html, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Notice, Notices } from '../../run/notices';
import { h } from '../shared/element';

/** `leave` takes the focus when the last notice has gone and it was in there. */
export function createNotices(notices: Notices, leave: () => void): HTMLElement {
  const element = h('div', { class: 'notices', 'aria-live': 'polite' });
  /** Whoever dismisses a notice by key goes on from the next one, or from the view. */
  const dismiss = (name: string): void => {
    notices.dismiss(name);
    if (element.contains(document.activeElement)) return;
    const next = element.querySelector<HTMLElement>('button');
    if (next === null) leave();
    else next.focus();
  };
  const row = ({ name, kind, text, aside = false, actions = [] }: Notice) => html`
    <div class="notice ${kind}${aside ? ' aside' : ''}" data-notice=${name}>
      <p>${text}</p>
      <div class="notice-actions">
        ${actions.map((action) => html`<button type="button" @click=${() => { dismiss(name); action.run(); }}>${action.label}</button>`)}
        <button type="button" class="quiet" aria-label="Dismiss" @click=${() => { dismiss(name); }}>✕</button>
      </div>
    </div>`;
  notices.subscribe((list) => { render(repeat(list, ({ name }) => name, row), element); });
  return element;
}
