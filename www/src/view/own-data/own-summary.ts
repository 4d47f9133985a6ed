/** What a person's files became: classes and parts, and what was left out and why. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { OwnReading } from '../../run/own-reading';
import type { OwnShelf } from '../../run/own-shelf';
import { becameWords, PLAIN } from '../../state/image-form';
import { shownName } from '../../state/names';
import type { OwnSummary, SkippedGroup } from '../../worker/own-data-protocol';
import { h, say } from '../shared/element';
import { sizeWords } from './own-control';
import { counted, grouped, scroller, type Part } from '../shared/part';

export function createOwnSummary(own: OwnShelf, reading: OwnReading): Part {
  // Stands before there is something to say, so that a screen reader is told.
  const sentence = h('p', { role: 'status', 'data-test': 'own-summary' });
  const became = h('p', { role: 'status', 'data-test': 'own-became' });
  const table = h('table', { class: 'numbers' });
  const skipped = h('div', { class: 'own-skipped', 'data-test': 'own-skipped' });
  const kept = h('p', { class: 'caption' });
  const element = h('div', { class: 'own-summary' }, sentence, became, scroller('Classes', table), skipped, kept);
  const update = (): void => {
    say(kept, keptWords(own, reading));
    const summary = reading.found?.summary ?? own.summary;
    if (summary === undefined) return;
    const { source, form, cameSplit, train, heldOut, side = PLAIN.side, channels = PLAIN.channels, proposal } = summary;
    const split = cameSplit ? 'as the folders train and test say' : 'every fifth of a class';
    const called = reading.found === undefined && own.name !== '' ? `${shownName(own.name)}, from ${shownName(source)}` : shownName(source);
    say(sentence, `${called}: ${sizeWords(summary)}, ${grouped(train)} to train on and ${grouped(heldOut)} held out, ${split}.`);
    say(became, form === 'image' ? becameWords({ side, channels }, proposal) : '');
    became.hidden = form !== 'image';
    render(classTable(summary), table);
    render(leftOut(summary), skipped);
  };
  return { element, update };
}

function classRow({ name, train, heldOut }: OwnSummary['classes'][number]): TemplateResult {
  return html`<tr><th scope="row">${name}</th><td>${grouped(train)}</td><td>${grouped(heldOut)}</td></tr>`;
}

function classTable({ classes }: OwnSummary): TemplateResult {
  return html`
    <caption class="visually-hidden">Samples of each class</caption>
    <thead><tr><th scope="col">Class</th><th scope="col">To train on</th><th scope="col">Held out</th></tr></thead>
    <tbody>${repeat(classes, ({ name }) => name, classRow)}</tbody>`;
}

/** What was left out, and what was taken in, but not all of it, or by a guess. */
function leftOut({ skipped, noted = [] }: OwnSummary): TemplateResult {
  const count = skipped.reduce((sum, group) => sum + group.count, 0);
  return html`
    <p class="caption">${count === 0 ? 'No file was left out.' : `${counted(count, 'file')} left out:`}</p>
    ${repeat(skipped, ({ reason }) => reason, group)}
    ${noted.length === 0 ? nothing : html`<p class="caption">Taken in, with something to be said of them:</p>`}
    ${repeat(noted, ({ reason }) => reason, group)}`;
}

function keptWords({ loss, name, summary }: OwnShelf, { found }: OwnReading): string {
  if (found === undefined) return loss === '' ? 'This browser keeps it for your next visit.' : loss;
  const place = summary === undefined ? '' : ` ${shownName(name === '' ? summary.source : name)} stays under "Your runs".`;
  return `Nothing has changed yet. Once you use it, a run on it takes the place of the one that stands, and this browser keeps it for your next visit.${place}`;
}

function group({ reason, count, paths }: SkippedGroup): TemplateResult {
  const more = count > paths.length ? html`<li class="caption">and ${grouped(count - paths.length)} more</li>` : nothing;
  return html`<details>
    <summary>${grouped(count)}: ${reason}</summary>
    <ul>${paths.map((path) => html`<li>${path}</li>`)}${more}</ul>
  </details>`;
}
