/** A file that is being read, and the files of an archive to choose from. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { nameOf, type Item, type ShapeDesk } from '../../run/shape';
import { bytesWords } from '../../state/figures';
import { h, say } from '../shared/element';
import { button, counted, percent, type Part } from '../shared/part';

/** More rows than this nobody reads; the rest is said. */
const MOST_ROWS = 300;
/** Reading that takes less needs no words. */
const PATIENCE_MS = 250;

export function readingProgress(shapes: ShapeDesk): Part {
  const words = h('span', { class: 'figure' });
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'How much of the file has been read' });
  const stop = button('Stop', { 'data-test': 'stop-reading' }, () => { shapes.stop(); });
  const element = h('div', { class: 'toolbar reading', hidden: true, 'data-test': 'reading' }, words, bar, stop);
  let timer = 0;
  const update = (): void => {
    const { reading, gaveUp, silent } = shapes;
    const before = gaveUp === undefined ? '' : `${gaveUp.name} was given up: ${gaveUp.by} came after it.`;
    bar.hidden = reading === undefined;
    stop.hidden = reading === undefined;
    if (reading === undefined) {
      clearTimeout(timer);
      timer = 0;
      element.hidden = before === '';
      say(words, before);
      return;
    }
    // Most files are read before anybody could see it.
    if (timer === 0) timer = window.setTimeout(() => { element.hidden = false; }, PATIENCE_MS);
    bar.value = reading.fraction;
    say(words, `Reading ${reading.name}: ${percent(reading.fraction, 0)}. ${silent} ${before}`.trimEnd());
  };
  return { element, update };
}

export function fileChoice(shapes: ShapeDesk): Part {
  const title = h('h3', { role: 'status' });
  const list = h('ol', { class: 'files', 'data-test': 'files' });
  const notes = h('p', { class: 'caption' });
  const close = button('Close the list', { class: 'quiet' }, () => { shapes.closeSelection(); });
  const element = h('div', { class: 'file-choice', hidden: true }, title, list, notes, h('div', { class: 'toolbar' }, close));
  let chosen: Item | undefined;
  const row = (item: Item): TemplateResult => {
    const name = nameOf(item.path);
    const folder = item.path.slice(0, item.path.length - name.length);
    const open = (): void => {
      chosen = item;
      update();
      void shapes.choose(item);
    };
    return html`<li>
      <button type="button" class="quiet file" title=${item.path} aria-pressed=${item === chosen} @click=${open}>
        <span>${name}</span>${folder === '' ? nothing : html`<span class="caption">${folder}</span>`}
      </button>
      <span class="figure caption">${bytesWords(item.size)}</span>
    </li>`;
  };
  const update = (): void => {
    const { selection } = shapes;
    element.hidden = selection === undefined;
    const { name, items, others, notes: said } = selection ?? { name: undefined, items: [], others: 0, notes: [] };
    render(repeat(items.slice(0, MOST_ROWS), (item) => item, row), list);
    if (selection === undefined) return;
    const one = items.length > 1 ? ': choose one' : '';
    const count = counted(items.length, 'file');
    say(title, name === undefined ? `${count} were brought: choose one` : `${name} holds ${count} that can be read${one}`);
    const more = items.length > MOST_ROWS ? [`The first ${MOST_ROWS} are listed.`] : [];
    const rest = others > 0 ? [`${counted(others, 'other file is', 'other files are')} neither an image, a shape nor a recording.`] : [];
    say(notes, [...more, ...rest, ...said].join(' '));
  };
  return { element, update };
}
