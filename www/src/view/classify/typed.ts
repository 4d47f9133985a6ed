/** A field for an emoji that is typed, where a network knows emoji. */
import type { Classification } from '../../run/classification';
import { drawnEmoji, emojiIn } from '../../run/typed-emoji';
import { freshId, h, say } from '../shared/element';
import type { Part } from '../shared/part';

/** Some of several classes, to begin with. */
const TRIED = ['🦊', '🚲', '🍕', '🏠', '🌙'];

/** `show` is called before one is asked about. */
export function typedEmoji(work: Classification, show: () => void): Part & { take(text: string): boolean } {
  const id = freshId('emoji');
  const field = h('input', { id, type: 'text', autocomplete: 'off', 'data-test': 'emoji', maxlength: '40' });
  const said = h('p', { class: 'caption', role: 'status' });
  const take = (text: string): boolean => {
    const emoji = emojiIn(text);
    if (emoji === undefined) return false;
    const image = drawnEmoji(emoji);
    say(said, image === undefined ? `This machine has no coloured picture of ${emoji}.` : '');
    if (image === undefined) return true;
    show();
    work.ask({ form: 'image', image });
    return true;
  };
  field.addEventListener('input', () => {
    if (!take(field.value)) say(said, field.value === '' ? '' : 'That is no emoji.');
  });
  const tried = TRIED.filter((emoji) => drawnEmoji(emoji) !== undefined).map((emoji) => {
    const button = h('button', { type: 'button', class: 'quiet emoji', 'aria-label': `Ask about ${emoji}` }, emoji);
    button.addEventListener('click', () => {
      field.value = emoji;
      take(emoji);
    });
    return button;
  });
  const element = h('div', { class: 'typed-emoji' }, h('label', { for: id, text: 'Type or paste an emoji, as this machine draws it' }),
    h('div', { class: 'toolbar' }, field, ...tried), said);
  return { element, update: () => { element.hidden = work.data !== 'emoji'; }, take };
}
