/** The editor of a network's depth: one width for each layer, layers added and taken away at the output side. */
import { words, type WidthsField } from '../../state/fields';
import { numberText } from '../../state/link';
import type { SessionConfig } from '../../worker/protocol';
import type { Commit, Control } from './controls';
import { freshId, h, say } from '../shared/element';
import { readNumber } from './number-control';
import { button } from '../shared/part';

export function widthsControl(field: WidthsField, commit: Commit): Control {
  const [explainId, saidId] = [freshId('explain'), freshId('said')];
  const legend = h('legend');
  const explain = h('p', { class: 'caption', id: explainId });
  const said = h('p', { class: 'caption said', id: saidId, role: 'status' });
  const list = h('ol', { class: 'widths' });
  let widths: readonly number[] = [];
  let boxes: HTMLInputElement[] = [];

  const add = button('Add a layer', { 'data-test': 'add-layer' }, () => { commit({ [field.key]: [...widths, widths.at(-1) ?? 16] }); });
  const remove = button('Remove the last', { 'data-test': 'remove-layer' }, () => { commit({ [field.key]: widths.slice(0, -1) }); });
  const element = h(
    'fieldset', { class: 'field', 'aria-describedby': `${explainId} ${saidId}`, 'data-field': field.param },
    legend, list, h('div', { class: 'toolbar' }, add, remove), explain, said,
  );

  const boxOf = (layer: number): HTMLInputElement => {
    const box = h('input', { type: 'number', min: field.min, max: field.max, step: 1, inputmode: 'numeric' });
    box.addEventListener('change', () => {
      const read = readNumber(box.value, { ...field, integer: true }, widths[layer] ?? field.min);
      say(said, read.said);
      box.value = numberText(read.value);
      commit({ [field.key]: widths.map((width, i) => (i === layer ? read.value : width)) });
    });
    return box;
  };

  const show = (config: SessionConfig): void => {
    say(legend, words(field.label, config));
    say(explain, words(field.explain, config));
    widths = config[field.key];
    if (boxes.length !== widths.length) {
      boxes = widths.map((_, layer) => boxOf(layer));
      list.replaceChildren(...boxes.map((box) => h('li', {}, box)));
    }
    const unit = config.network === 'resnet' ? 'stage' : 'layer';
    boxes.forEach((box, place) => {
      box.setAttribute('aria-label', `${unit === 'stage' ? 'Stage' : 'Layer'} ${place + 1}`);
      const text = String(widths[place]);
      if (box.value !== text) box.value = text;
    });
    const deepest = field.most(config);
    add.disabled = widths.length >= deepest;
    add.title = add.disabled ? `${deepest} ${unit}s are the most that this network can have` : `One more ${unit} before the readout`;
    remove.disabled = widths.length <= field.least(config);
    remove.title = `Take the last ${unit} away`;
    say(add, `Add a ${unit}`);
  };
  return { element, show };
}
