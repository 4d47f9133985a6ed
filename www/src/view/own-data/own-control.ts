/** The way to a data set of one's own, beside those that ship. */
import { html, render, type TemplateResult } from 'lit-html';
import type { App } from '../../app';
import type { OwnShelf } from '../../run/own-shelf';
import { SAMPLE_WORDS } from '../../state/forms';
import { shownName } from '../../state/names';
import type { OwnSummary } from '../../worker/own-data-protocol';
import { h } from '../shared/element';
import { button, counted, type Part } from '../shared/part';

/** "120 images in 3 classes". */
export function sizeWords({ form, classes, train, heldOut }: OwnSummary): string {
  const { one, many } = SAMPLE_WORDS[form];
  return `${counted(train + heldOut, one, many)} in ${counted(classes.length, 'class', 'classes')}`;
}

function captionOf({ name, summary }: OwnShelf): TemplateResult {
  if (summary === undefined) return html`Images, shapes or recordings of events in folders that are named for their classes. They stay on this machine.`;
  const source = html`<bdi>${shownName(summary.source)}</bdi>: ${sizeWords(summary)}.`;
  return name === '' ? html`Read from ${source}` : html`<bdi>${shownName(name)}</bdi>, read from ${source}`;
}

export function createOwnControl(app: App): Part {
  const caption = h('p', { class: 'caption' });
  const open = button('Your own…', { 'data-test': 'own', title: 'Make a data set of a folder or an archive of your own' }, () => { app.own.invite(); });
  const element = h('div', { class: 'field', 'data-field': 'own' }, h('div', { class: 'toolbar' }, open), caption);
  const update = (): void => { render(captionOf(app.own), caption); };
  update();
  app.own.subscribe(update);
  app.own.named.subscribe(update);
  return { element, update };
}
