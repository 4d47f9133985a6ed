/** One of a few, as a row of buttons: what a person looks at, not what decides the run. */
import { freshId, h } from './element';

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly explain: string;
}

export function segments<T extends string>(legend: string, all: readonly Segment<T>[],
  choose: (value: T) => void): { readonly element: HTMLElement; show(value: T): void } {
  const name = freshId('segments');
  const inputs = all.map(({ value, label, explain }) => {
    const id = freshId('segment');
    const input = h('input', { type: 'radio', id, name, value });
    input.addEventListener('change', () => { choose(value); });
    return { value, input, label: h('label', { for: id, text: label, title: explain }) };
  });
  const element = h('fieldset', { class: 'choice' }, h('legend', { class: 'visually-hidden', text: legend }),
    h('div', { class: 'segments' }, ...inputs.flatMap(({ input, label }) => [input, label])));
  const show = (chosen: T): void => {
    for (const { value, input } of inputs) input.checked = value === chosen;
  };
  return { element, show };
}
