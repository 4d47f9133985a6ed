/** What the Train view is made of: parts that are built once and brought up to date in place. */
import type { App } from '../../app';
import { freshId, h } from './element';

export { counted, grouped } from '../../state/figures';

export interface Part {
  readonly element: HTMLElement;
  /** Brings the part up to date with the run and the state. Called at most once a frame. */
  update(): void;
}

/** A bordered section with a heading, which a link can hide by its name. It follows the state for good, so it is built once a page. */
export function panel(app: App, name: string, title: string, ...children: readonly (Node | string | undefined)[]): HTMLElement {
  const id = freshId('panel');
  const element = h('section', { class: 'panel', 'aria-labelledby': id, 'data-panel': name }, h('h2', { id, text: title }), ...children);
  const follow = (): void => {
    element.hidden = !app.shows(name);
  };
  follow();
  app.store.subscribe(follow);
  return element;
}

/** A place that is scrolled sideways where what stands in it is wider; only then it takes the focus, for the arrow keys. */
export function scroller(name: string, ...children: readonly Node[]): HTMLElement {
  return reachedWhereItScrolls(h('div', { class: 'scroller', role: 'group', 'aria-label': name }, ...children));
}

/** Whoever has no mouse scrolls what has the focus, and Tab leads to nothing that stands still. */
export function reachedWhereItScrolls(element: HTMLElement): HTMLElement {
  const sizes = new ResizeObserver(() => {
    const overflows = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    if (overflows) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  });
  for (const watched of [element, ...element.children]) sizes.observe(watched);
  return element;
}

export function button(label: string, attributes: Readonly<Record<string, string>>, run: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', text: label, ...attributes });
  element.addEventListener('click', run);
  return element;
}

/** Which of the values of its options a list stands at. */
export function chosenOf<Value extends string>({ value }: HTMLSelectElement, values: readonly Value[]): Value | undefined {
  return values.find((one) => one === value);
}

/** Where a button has nothing to do it says why, and keeps the focus, which it would lose if it were disabled. */
export function withhold(element: HTMLButtonElement, why: string | undefined): void {
  element.dataset.title ??= element.title;
  element.title = why ?? element.dataset.title;
  element.setAttribute('aria-disabled', String(why !== undefined));
}

/** Parts of a sentence, as the state gives them for what it mended, as one sentence; nothing for none. */
export function sentenceOf(notes: readonly string[]): string {
  const text = notes.join('; ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A share of one as a percentage. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
