/** What images of a person's own become: as their files propose, or as is chosen here. */
import type { OwnReading } from '../../run/own-reading';
import { SIDES, type ChosenForm } from '../../state/image-form';
import { h } from '../shared/element';
import type { Part } from '../shared/part';
import { segments, type Segment } from '../shared/segments';

const PROPOSED = 'proposed';
const AS_PROPOSED: Segment<string> = { value: PROPOSED, label: 'As proposed', explain: 'What a few of the files, looked at, propose' };
const SIDE_CHOICES: readonly Segment<string>[] = [AS_PROPOSED,
  ...SIDES.map((side) => ({ value: String(side), label: String(side), explain: `${side} by ${side} pixels` }))];
const CHANNEL_CHOICES: readonly Segment<string>[] = [
  AS_PROPOSED,
  { value: '1', label: 'Grey', explain: 'What stands out from the ground, light on dark' },
  { value: '3', label: 'Colour', explain: 'The largest square in the middle, in red, green and blue' },
];

export function createFormChoice(reading: OwnReading, choose: (chosen: ChosenForm) => void): Part {
  const put = (key: keyof ChosenForm, value: string): void => {
    choose({ ...reading.chosen, [key]: value === PROPOSED ? undefined : Number(value) });
  };
  const side = segments('Pixels a side', SIDE_CHOICES, (value) => { put('side', value); });
  const channels = segments('Grey or colour', CHANNEL_CHOICES, (value) => { put('channels', value); });
  // The legends say the same to a screen reader.
  const labelled = (name: string, label: string, choice: HTMLElement): HTMLElement =>
    h('div', { 'data-choice': name }, h('p', { class: 'caption', 'aria-hidden': 'true', text: label }), choice);
  const element = h('div', { class: 'own-form', 'data-test': 'own-form' }, labelled('side', 'Pixels a side of images', side.element),
    labelled('channels', 'In grey or in colour', channels.element));
  const update = (): void => {
    element.hidden = (reading.found?.summary.form ?? 'image') !== 'image';
    side.show(String(reading.chosen.side ?? PROPOSED));
    channels.show(String(reading.chosen.channels ?? PROPOSED));
  };
  update();
  return { element, update };
}
