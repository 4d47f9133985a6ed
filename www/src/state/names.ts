/** Names that strangers gave to files and folders, fit to stand in a sentence; `readers/src/name.rs` does the same for what it says. */
import { NAME_END, NAME_LETTERS } from './bounds';

/** What steers how text around it is shown, or breaks it: a name with such signs reads as another one. */
const SIGNS = /[\p{Bidi_Control}\p{Cc}\u2028\u2029\ufeff]/gu;
/** Up to Armenian all letters run from left to right. */
const MAY_TURN = /[^\0-\u058f]/u;
/** What encloses text that may run from right to left, so that it turns nothing around it. */
const [OPEN, CLOSE] = ['\u2068', '\u2069'];

/** Characters of a name that a person gives, at most. */
export const MAX_NAME = 80;

/** A name as a person gave it, without spaces around it and no longer than it may be. */
export function givenName(typed: string): string {
  return Array.from(typed.trim()).slice(0, MAX_NAME).join('').trimEnd();
}

export function shownName(name: string): string {
  const letters = Array.from(name.replace(SIGNS, '\ufffd'));
  const isLong = letters.length > NAME_LETTERS;
  const text = isLong ? [...letters.slice(0, NAME_LETTERS - NAME_END - 1), '…', ...letters.slice(-NAME_END)].join('') : letters.join('');
  return MAY_TURN.test(text) ? `${OPEN}${text}${CLOSE}` : text;
}

/** A path, each part of which turns nothing around it. */
export function shownPath(path: string): string {
  return path.split('/').map(shownName).join('/');
}
