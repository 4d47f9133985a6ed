/** Folds that are for the next visit as a person left them. */
import { remember, remembered } from './remember';

/** Has a fold open or closed as a person left it, or as it is usually; `name` is its own. Returns what puts it so again, under another name too. */
export function keptFold(fold: HTMLDetailsElement, name: () => string, usual: () => boolean): () => void {
  const key = (): string => `fold.${name()}`;
  const obey = (): void => {
    const kept = remembered(key());
    fold.open = kept === undefined ? usual() : kept === 'open';
  };
  // What unfolds it otherwise, a search for one, is no choice: a press of its summary is, by whatever it is pressed.
  fold.querySelector(':scope > summary')?.addEventListener('click', () => { remember(key(), fold.open ? 'closed' : 'open'); });
  obey();
  return obey;
}
