/** What a person's files became: classes and parts, and what was left out and why. */
import type { OwnReading } from '../../run/own-reading';
import type { OwnShelf } from '../../run/own-shelf';
import type { OwnSummary, SkippedGroup } from '../../worker/own-data-protocol';
import { h, say } from '../shared/element';
import { sizeWords } from './own-control';
import { counted, grouped, scroller, type Part } from '../shared/part';

export function createOwnSummary(own: OwnShelf, reading: OwnReading): Part {
  const sentence = h('p', { role: 'status', 'data-test': 'own-summary' });
  const body = h('tbody');
  const table = h(
    'table', { class: 'numbers' }, h('caption', { class: 'visually-hidden', text: 'Samples of each class' }),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: 'Class' }), h('th', { scope: 'col', text: 'To train on' }), h('th', { scope: 'col', text: 'Held out' }))), body,
  );
  const skipped = h('div', { class: 'own-skipped', 'data-test': 'own-skipped' });
  const kept = h('p', { class: 'caption' });
  const element = h('div', { class: 'own-summary' }, sentence, scroller('Classes', table), skipped, kept);
  let drawn: OwnSummary | undefined;
  const update = (): void => {
    say(kept, keptWords(own, reading));
    const summary = reading.found?.summary ?? own.summary;
    if (summary === undefined || summary === drawn) return;
    drawn = summary;
    const split = summary.cameSplit ? 'as the folders train and test say' : 'every fifth of a class';
    say(sentence, `${summary.source}: ${sizeWords(summary)}, ${grouped(summary.train)} to train on and ${grouped(summary.heldOut)} held out, ${split}.`);
    body.replaceChildren(...summary.classes.map(({ name, train, heldOut }) => h('tr', {}, h('th', { scope: 'row', text: name }), h('td', { text: grouped(train) }), h('td', { text: grouped(heldOut) }))));
    const left = summary.skipped.reduce((sum, { count }) => sum + count, 0);
    skipped.replaceChildren(h('p', { class: 'caption', text: left === 0 ? 'No file was left out.' : `${counted(left, 'file')} left out:` }), ...summary.skipped.map(group));
  };
  return { element, update };
}

function keptWords({ loss, summary }: OwnShelf, { found }: OwnReading): string {
  if (found === undefined) return loss === '' ? 'This browser keeps it for your next visit, until you use another.' : loss;
  const place = summary === undefined ? '' : `, in place of ${summary.source}`;
  return `Nothing has changed yet. Once you use it, a run on it takes the place of the one that stands, and this browser keeps it for your next visit${place}.`;
}

function group({ reason, count, paths }: SkippedGroup): HTMLElement {
  const more = count > paths.length ? [h('li', { class: 'caption', text: `and ${grouped(count - paths.length)} more` })] : [];
  return h('details', {}, h('summary', { text: `${grouped(count)}: ${reason}` }), h('ul', {}, ...paths.map((path) => h('li', { text: path })), ...more));
}
