/** The editor of a network's depth: one width for each layer, layers added and taken away at the output side. */
import { html, render, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { WidthsField } from '../../state/field';
import { words } from '../../state/fields';
import { numberText } from '../../state/link';
import type { SessionConfig } from '../../worker/protocol';
import type { Commit, Control } from './control';
import { freshId, h, say } from '../shared/element';
import { readNumber } from './typed-number';
import { Rest } from './rest';
import { button } from '../shared/part';

export function widthsControl(field: WidthsField, commit: Commit): Control {
  const [explainId, saidId] = [freshId('explain'), freshId('said')];
  const legend = h('legend');
  const explain = h('p', { class: 'caption', id: explainId });
  const said = h('p', { class: 'caption said', id: saidId, role: 'status' });
  const list = h('ol', { class: 'widths' });
  let widths: readonly number[] = [];

  const add = button('Add a layer', { 'data-test': 'add-layer' }, () => { commit({ [field.key]: [...widths, widths.at(-1) ?? 16] }); });
  const remove = button('Remove the last', { 'data-test': 'remove-layer' }, () => { commit({ [field.key]: widths.slice(0, -1) }); });
  const element = h(
    'fieldset', { class: 'field', 'aria-describedby': `${explainId} ${saidId}`, 'data-field': field.param },
    legend, list, h('div', { class: 'toolbar' }, add, remove), explain, said,
  );

  const rest = new Rest();
  const take = ({ currentTarget }: Event, layer: number): void => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    const read = readNumber(currentTarget.value, { ...field, integer: true }, widths[layer] ?? field.min);
    say(said, read.said);
    currentTarget.value = numberText(read.value);
    rest.later(() => { commit({ [field.key]: widths.map((width, i) => (i === layer ? read.value : width)) }); });
  };
  const confirm = ({ key }: KeyboardEvent): void => {
    if (key === 'Enter') rest.now();
  };
  const boxOf = (width: number, layer: number, unit: string): TemplateResult => html`<li><input
    type="number" min=${field.min} max=${field.max} step="1" inputmode="numeric" aria-label=${`${unit} ${layer + 1}`}
    .value=${live(String(width))} @change=${(event: Event) => { take(event, layer); }} @blur=${() => { rest.now(); }} @keyup=${confirm}
  ></li>`;

  const show = (config: SessionConfig): void => {
    say(legend, words(field.label, config));
    say(explain, words(field.explain, config));
    widths = config[field.key];
    const unit = config.network === 'resnet' ? 'stage' : 'layer';
    render(widths.map((width, layer) => boxOf(width, layer, unit === 'stage' ? 'Stage' : 'Layer')), list);
    const deepest = field.most(config);
    add.disabled = widths.length >= deepest;
    add.title = add.disabled ? `${deepest} ${unit}s are the most that this network can have` : `One more ${unit} before the readout`;
    remove.disabled = widths.length <= field.least(config);
    remove.title = `Take the last ${unit} away`;
    say(add, `Add a ${unit}`);
  };
  return { element, show };
}
