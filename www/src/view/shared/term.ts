/** Words that tell what they mean where they stand, to whoever presses them: a title is only for a pointer that can rest. */
import { html, type TemplateResult } from 'lit-html';
import { h } from './element';

/** Between a word and its note. */
const GAP = 4;

/** In every document from the start, or a screen reader would not hear what comes into it. */
const note = h('div', { class: 'term-note', role: 'status', hidden: true });
let told: HTMLElement | undefined;

function close(): void {
  note.hidden = true;
  note.textContent = '';
  told = undefined;
  document.removeEventListener('pointerdown', onPress, true);
  document.removeEventListener('keydown', onKey, true);
  document.removeEventListener('scroll', close, true);
}

function onPress({ target }: Event): void {
  if (target instanceof Node && !note.contains(target) && told?.contains(target) !== true) close();
}

function onKey({ key }: KeyboardEvent): void {
  if (key === 'Escape' || key === 'Tab') close();
}

function tell(word: HTMLElement): void {
  const again = word === told;
  close();
  if (again) return;
  if (!note.isConnected) document.body.append(note);
  note.hidden = false;
  note.textContent = word.title;
  told = word;
  const { left, bottom, top } = word.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const below = bottom + GAP + height <= window.innerHeight ? bottom + GAP : top - GAP - height;
  note.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
  note.style.top = `${Math.max(GAP, below)}px`;
  document.addEventListener('pointerdown', onPress, true);
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('scroll', close, true);
}

const press = (event: Event): void => {
  if (event.currentTarget instanceof HTMLElement) tell(event.currentTarget);
};

/** A word for what is built once. */
export function term(label: string, meaning: string): HTMLButtonElement {
  const word = h('button', { type: 'button', class: 'term', title: meaning, text: label });
  word.addEventListener('click', press);
  return word;
}

/** Gives a word another meaning. */
export function explain(word: HTMLButtonElement, meaning: string): void {
  if (word.title !== meaning) word.title = meaning;
}

/** The same for a template. */
export function termIn(label: string, meaning: string): TemplateResult {
  return html`<button type="button" class="term" title=${meaning} @click=${press}>${label}</button>`;
}
