/** The way to a data set of one's own, beside those that ship. */
import type { App } from '../../app';
import { SAMPLE_WORDS } from '../../state/forms';
import type { OwnSummary } from '../../worker/own-data-protocol';
import { h, say } from '../shared/element';
import { button, counted, type Part } from '../shared/part';

/** "120 images in 3 classes". */
export function sizeWords({ form, classes, train, heldOut }: OwnSummary): string {
  const { one, many } = SAMPLE_WORDS[form];
  return `${counted(train + heldOut, one, many)} in ${counted(classes.length, 'class', 'classes')}`;
}

export function createOwnControl(app: App): Part {
  const caption = h('p', { class: 'caption' });
  const open = button('Your own…', { 'data-test': 'own', title: 'Make a data set of a folder or an archive of your own' }, () => { app.own.invite(); });
  const element = h('div', { class: 'field', 'data-field': 'own' }, h('div', { class: 'toolbar' }, open), caption);
  const update = (): void => {
    const { summary } = app.own;
    say(caption, summary === undefined ? 'Images or shapes in folders that are named for their classes. They stay on this '
      + 'machine.' : `Read from ${summary.source}: ${sizeWords(summary)}.`);
  };
  update();
  app.own.subscribe(update);
  return { element, update };
}
