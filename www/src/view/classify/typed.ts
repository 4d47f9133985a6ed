/** A field for an emoji that is typed, where a network knows emoji. */
import type { Classification } from '../../run/classification';
import type { Pixels } from '../../run/image';
import { drawnEmoji, emojiIn } from '../../run/typed-emoji';
import { freshId, h, say } from '../shared/element';
import { changes } from '../shared/kept';
import type { Part } from '../shared/part';

/** Some of several classes, to begin with. */
const TRIED = ['🦊', '🚲', '🍕', '🏠', '🌙'];

/** `show` is called before one is asked about. */
export function typedEmoji(work: Classification, show: () => void): Part & { take(text: string): boolean } {
  const id = freshId('emoji');
  const field = h('input', { id, type: 'text', autocomplete: 'off', 'data-test': 'emoji', maxlength: '40' });
  const said = h('p', { class: 'caption', role: 'status' });
  let drawn: Pixels | undefined;
  const take = (text: string): boolean => {
    const emoji = emojiIn(text);
    if (emoji === undefined) return false;
    const image = drawnEmoji(emoji);
    say(said, image === undefined ? `This machine has no coloured picture of ${emoji}.` : '');
    if (image === undefined) return true;
    drawn = image;
    show();
    work.ask({ form: 'image', image });
    return true;
  };
  field.addEventListener('input', () => {
    if (!take(field.value)) say(said, field.value === '' ? '' : 'That is no emoji.');
  });
  const pasted = (text: string): boolean => {
    const took = take(text);
    if (took) field.value = emojiIn(text) ?? '';
    return took;
  };
  const tried = (): HTMLElement[] => TRIED.filter((emoji) => drawnEmoji(emoji) !== undefined).map((emoji) => {
    const button = h('button', { type: 'button', class: 'quiet emoji', 'aria-label': `Ask about ${emoji}` }, emoji);
    button.addEventListener('click', () => { pasted(emoji); });
    return button;
  });
  const choices = h('div', { class: 'toolbar' }, field);
  const element = h('div', { class: 'typed-emoji' }, h('label', { for: id, text: 'Type or paste an emoji, as this machine draws it' }),
    choices, said);
  const [networkChanged, questionChanged] = [changes(), changes()];
  let offered = false;
  const update = (): void => {
    const { data, question } = work;
    element.hidden = data !== 'emoji';
    // Drawing them takes the font of emoji, which is large.
    if (!offered && data === 'emoji') {
      offered = true;
      choices.append(...tried());
    }
    const [isOtherNetwork, isOtherQuestion] = [networkChanged(data), questionChanged(question)];
    const isOwn = question?.form === 'image' && question.image === drawn;
    if (!isOtherNetwork && (!isOtherQuestion || question === undefined || isOwn)) return;
    field.value = '';
    say(said, '');
  };
  return { element, update, take: pasted };
}
