/** A number that is off at 0: a switch, and the number while it is on. */
import type { NumberField } from '../../state/field';
import { words } from '../../state/fields';
import type { SessionConfig } from '../../worker/protocol';
import type { Commit, Control } from './control';
import { freshId, h, say } from '../shared/element';
import { numberControl } from './number-control';

export function switchControl(field: NumberField, part: NonNullable<NumberField['switch']>, commit: Commit): Control {
  const [id, explainId] = [freshId('field'), freshId('explain')];
  const input = h('input', { type: 'checkbox', id, 'aria-describedby': explainId });
  const label = h('label', { for: id });
  const explain = h('p', { class: 'caption', id: explainId });
  const number = numberControl({ ...field, label: part.label, explain: '' }, commit);
  // One control has one name in links and for the tests.
  number.element.removeAttribute('data-field');
  const element = h('div', { class: 'field', 'data-field': field.param }, h('div', { class: 'toggle' }, input, label), explain, number.element);
  let config: SessionConfig | undefined;
  input.addEventListener('change', () => {
    if (config !== undefined) commit(input.checked ? part.on(config) : { [field.key]: 0 });
  });
  return {
    element,
    show: (shown) => {
      config = shown;
      say(label, words(field.label, shown));
      say(explain, words(field.explain, shown));
      input.checked = shown[field.key] > 0;
      number.element.hidden = !input.checked;
      number.show(shown);
    },
  };
}
