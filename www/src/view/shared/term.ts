/** Words that tell what they mean where they stand, to whoever presses them: a title is only for a pointer that can rest. */
import { html, type TemplateResult } from 'lit-html';
import { freshId, h, say } from './element';

/** Between a word and its note. */
const GAP = 4;

const note = h('div', { popover: 'auto', class: 'term-note', role: 'status', id: freshId('term-note') });

function tell(word: HTMLElement): void {
  say(note, word.dataset.explain ?? '');
  if (!note.isConnected) document.body.append(note);
  note.showPopover();
  const { left, bottom, top } = word.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const below = bottom + GAP + height <= window.innerHeight ? bottom + GAP : top - GAP - height;
  note.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
  note.style.top = `${Math.max(GAP, below)}px`;
}

const press = (event: Event): void => {
  if (event.currentTarget instanceof HTMLElement) tell(event.currentTarget);
};

/** A word for what is built once. */
export function term(label: string, explain: string): HTMLButtonElement {
  const word = h('button', { type: 'button', class: 'term', 'data-explain': explain, title: explain, text: label });
  word.addEventListener('click', press);
  return word;
}

/** Gives a word another meaning. */
export function explain(word: HTMLButtonElement, meaning: string): void {
  if (word.title === meaning) return;
  word.title = meaning;
  word.dataset.explain = meaning;
}

/** The same for a template. */
export function termIn(label: string, explain: string): TemplateResult {
  return html`<button type="button" class="term" data-explain=${explain} title=${explain} @click=${press}>${label}</button>`;
}
