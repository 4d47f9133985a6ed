/** Names that strangers gave to files and folders, fit to stand in a sentence; `readers/src/name.rs` does the same for what it says. */

/** Letters of a name, at most: of a longer one the beginning and the end are shown. */
const MOST = 120;
/** Of those, how many stand at the end. */
const END = 40;
/** What steers how text around it is shown, or breaks it: a name with such signs reads as another one. */
const SIGNS = /[\p{Bidi_Control}\p{Cc}\u2028\u2029\ufeff]/gu;
/** Up to Armenian all letters run from left to right. */
const MAY_TURN = /[^\0-\u058f]/u;
/** What encloses text that may run from right to left, so that it turns nothing around it. */
const [OPEN, CLOSE] = ['\u2068', '\u2069'];

export function shownName(name: string): string {
  const letters = Array.from(name.replace(SIGNS, '\ufffd'));
  const text = letters.length > MOST ? [...letters.slice(0, MOST - END - 1), '…', ...letters.slice(-END)].join('') : letters.join('');
  return MAY_TURN.test(text) ? `${OPEN}${text}${CLOSE}` : text;
}

/** A path, each part of which turns nothing around it. */
export function shownPath(path: string): string {
  return path.split('/').map(shownName).join('/');
}
