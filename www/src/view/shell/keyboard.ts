/** Which keys do what, and the switch that turns single letters off. */
import type { App } from '../../app';
import { freshId, h } from '../shared/element';
import { lettersAreKeys, setLetters } from '../shared/keys';
import { button } from '../shared/part';

const keysOf = (app: App): readonly (readonly [string, string])[] => [
  ['Space', 'starts and pauses training or a race'],
  ['S', 'one training step'],
  ['E', 'one epoch'],
  ['Arrow keys', `go ${app.shows('stage') ? 'through layers and neurons on the stage, ' : ''}through neurons and time steps in a raster, `
    + 'through the table of answers, and around a shape'],
  ['+ and -', 'bring a shape that has the focus nearer, and farther'],
];

/** The button that opens it, and the dialog. */
export function createKeyboard(app: App): { readonly button: HTMLElement; readonly dialog: HTMLDialogElement } {
  const [titleId, switchId] = [freshId('keyboard'), freshId('letters')];
  const input = h('input', { type: 'checkbox', id: switchId, role: 'switch', 'data-test': 'letters' });
  input.addEventListener('change', () => { setLetters(input.checked); });
  const close = button('Close', {}, () => { dialog.close(); });
  const dialog = h(
    'dialog', { class: 'dialog', 'aria-labelledby': titleId, 'data-test': 'keyboard-panel' },
    h('h2', { id: titleId, text: 'Keyboard' }),
    h('dl', { class: 'keys' }, ...keysOf(app).flatMap(([key, does]) => [h('dt', {}, h('kbd', { text: key })), h('dd', { text: does })])),
    h('div', { class: 'toggle' }, input, h('label', { for: switchId, text: 'Single letters are keys' })),
    h('p', { class: 'caption', text: 'Letters never are keys while you type or while a panel like this one is open. This browser keeps the choice.' }),
    h('div', { class: 'toolbar dialog-end' }, close),
  );
  const open = button('Keyboard', { class: 'link', 'data-test': 'keyboard', 'aria-haspopup': 'dialog' }, () => {
    input.checked = lettersAreKeys();
    dialog.showModal();
  });
  return { button: open, dialog };
}
