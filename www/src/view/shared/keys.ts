/** Keys that work anywhere in a view: which of them it may take, and whether a person wants letters to be keys at all. */

import { remember, remembered } from './remember';

const KEPT = 'letter-keys';

/** What types or chooses takes every key for itself; what is pressed by the space bar takes that one. */
const TAKES_ALL = 'input, select, textarea, dialog';
const TAKES_SPACE = `${TAKES_ALL}, button, summary, a, [role="slider"], [role="grid"]`;

let letters = remembered(KEPT) !== 'off';

/** Whether single letters do something. People who speak to their machine, or whose hands tremble, may not want them to. */
export function lettersAreKeys(): boolean {
  return letters;
}

export function setLetters(on: boolean): void {
  letters = on;
  remember(KEPT, on ? 'on' : 'off');
}

/** Whether a key is meant for the view as a whole, and not for what has the focus or for a dialog above it. */
export function isForView({ target, key, ctrlKey, metaKey, altKey, repeat }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || repeat || document.querySelector('dialog[open]') !== null) return false;
  if (!letters && key.length === 1 && key !== ' ') return false;
  return !(target instanceof Element) || target.closest(key === ' ' ? TAKES_SPACE : TAKES_ALL) === null;
}
