/** A number as a slider with a box to type in beside it. */
import type { NumberField } from '../../state/field';
import { words } from '../../state/fields';
import { numberText } from '../../state/link';
import type { Commit, Control } from './control';
import { freshId, h, say } from '../shared/element';
import { Rest } from './rest';
import { readNumber } from './typed-number';

/** What keys add to a number, in steps of its field. */
const STEPS: Readonly<Record<string, number | undefined>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
/** Positions of a logarithmic slider. */
const NOTCHES = 300;

/** A number some steps on; on a scale of magnitudes a step is a tenth of it. */
function stepped({ min, max, step, logarithmic }: NumberField, value: number, by: number): number {
  const moved = logarithmic === true ? Number((value * 1.1 ** by).toPrecision(2)) : Number((value + by * step).toPrecision(7));
  return Math.min(max, Math.max(min, moved));
}

export function numberControl(field: NumberField, commit: Commit): Control {
  const [id, explainId, saidId] = [freshId('field'), freshId('explain'), freshId('said')];
  const [low, high] = field.slide ?? [field.min, field.max];
  const label = h('label', { for: id });
  // Of a number's own box a browser keeps letters away that it does not know in its language, "0,01" becomes 1, and tells nobody.
  const box = h('input', {
    type: 'text', role: 'spinbutton', id, inputmode: field.integer ? 'numeric' : 'decimal', autocomplete: 'off',
    'aria-valuemin': field.min, 'aria-valuemax': field.max, 'aria-describedby': `${explainId} ${saidId}`,
  });
  const slider = field.logarithmic === true
    ? h('input', { type: 'range', min: 0, max: NOTCHES, step: 1 })
    : h('input', { type: 'range', min: low, max: high, step: field.step });
  const explain = h('p', { class: 'caption', id: explainId });
  const said = h('p', { class: 'caption said', id: saidId, role: 'status' });
  const element = h('div', { class: 'field', 'data-field': field.param }, h('div', { class: 'number' }, label, box, slider), explain, said);

  const ratio = Math.log(high / low);
  /** Two digits are as fine as a logarithmic slider gets; a straight one moves in the field's steps. */
  const fromSlider = (): number => (field.logarithmic === true
    ? Number((low * Math.exp((slider.valueAsNumber / NOTCHES) * ratio)).toPrecision(2))
    : Number(slider.valueAsNumber.toPrecision(7)));
  const toSlider = (value: number): number => (field.logarithmic === true ? (Math.log(value / low) / ratio) * NOTCHES : value);

  /** What the run has; what the control shows may be on its way there. */
  let shown: number | undefined;
  const rest = new Rest();
  const place = (value: number): void => {
    box.value = numberText(value);
    box.setAttribute('aria-valuenow', box.value);
    slider.value = String(toSlider(value));
    slider.setAttribute('aria-valuetext', box.value);
  };
  const take = (value: number): void => {
    shown = value;
    commit({ [field.key]: value });
  };
  const read = (): number => {
    const { value, said: words } = readNumber(box.value, field, shown ?? field.min);
    say(said, words);
    place(value);
    return value;
  };
  box.addEventListener('change', () => {
    // Enter has taken it, and what was said of it then stands.
    if (shown !== undefined && box.value === numberText(shown)) return;
    const value = read();
    rest.later(() => { take(value); });
  });
  box.addEventListener('keydown', (event) => {
    const by = STEPS[event.key];
    if (event.key === 'Enter') {
      rest.forget();
      take(read());
    } else if (by !== undefined) {
      event.preventDefault();
      const moved = stepped(field, readNumber(box.value, field, shown ?? field.min).value, by);
      say(said, '');
      place(moved);
      rest.later(() => { take(moved); });
    }
  });
  // Let go by a pointer, a slider's value counts at once; moved by keys, when it rests or is left.
  let byKeys = false;
  slider.addEventListener('pointerdown', () => { byKeys = false; });
  slider.addEventListener('keydown', () => { byKeys = true; });
  slider.addEventListener('input', () => {
    box.value = numberText(fromSlider());
    slider.setAttribute('aria-valuetext', box.value);
  });
  slider.addEventListener('change', () => {
    say(said, '');
    rest.later(() => { take(Math.min(field.max, Math.max(field.min, fromSlider()))); });
    if (!byKeys) rest.now();
  });
  for (const input of [box, slider]) input.addEventListener('blur', () => { rest.now(); });

  return {
    element,
    show: (config) => {
      say(label, words(field.label, config));
      slider.setAttribute('aria-label', words(field.label, config));
      say(explain, words(field.explain, config));
      const value = config[field.key];
      if (value === shown) return;
      // Changed from elsewhere: what was said of a typed number is over.
      rest.forget();
      shown = value;
      say(said, '');
      place(value);
    },
  };
}
