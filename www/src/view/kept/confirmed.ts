import { html, type TemplateResult } from 'lit-html';
import type { KeptList } from './kept-list';

/** A button that asks once more, in its own place. */
export function confirmed(list: KeptList, what: string, label: string, question: string, run: () => Promise<void>): TemplateResult {
  if (list.asked !== what) return html`<button type="button" data-test="kept-delete" @click=${() => { list.ask(what); }}>${label}</button>`;
  return html`<span class="kept-asked" role="group" aria-label=${question}>${question}
    <button type="button" data-test="kept-sure" @click=${() => { void run(); }}>Delete</button>
    <button type="button" @click=${() => { list.ask(undefined); }}>Keep</button></span>`;
}
