/** A file that is being read, and the files of an archive to choose from. */
import { nameOf, type Item, type ShapeDesk } from '../../run/shape';
import { h, say } from '../shared/element';
import { button, counted, grouped, percent, type Part } from '../shared/part';

/** More rows than this nobody reads; the rest is said. */
const MOST_ROWS = 300;
/** Reading that takes less needs no words. */
const PATIENCE_MS = 250;

function sizeWords(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${grouped(Math.max(1, bytes / 1e3))} kB`;
}

export function readingProgress(shapes: ShapeDesk): Part {
  const words = h('span', { class: 'figure' });
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'How much of the file has been read' });
  const element = h('div', { class: 'toolbar reading', hidden: true }, words, bar, button('Stop', { 'data-test': 'stop-reading' }, () => { shapes.stop(); }));
  let timer = 0;
  const update = (): void => {
    const { reading } = shapes;
    if (reading === undefined) {
      clearTimeout(timer);
      timer = 0;
      element.hidden = true;
      return;
    }
    // Most files are read before anybody could see it.
    if (timer === 0) timer = window.setTimeout(() => { element.hidden = false; }, PATIENCE_MS);
    bar.value = reading.fraction;
    say(words, `Reading ${reading.name}: ${percent(reading.fraction, 0)}`);
  };
  return { element, update };
}

export function fileChoice(shapes: ShapeDesk): Part {
  const title = h('h3', { role: 'status' });
  const list = h('ol', { class: 'files', 'data-test': 'files' });
  const notes = h('p', { class: 'caption' });
  const close = button('Close the list', { class: 'quiet' }, () => { shapes.closeSelection(); });
  const element = h('div', { class: 'file-choice', hidden: true }, title, list, notes, h('div', { class: 'toolbar' }, close));
  let shown: unknown;
  const row = (item: Item): HTMLElement => {
    const name = nameOf(item.path);
    const folder = item.path.slice(0, item.path.length - name.length);
    const open = button('', { class: 'quiet file', title: item.path }, () => {
      list.querySelector('[aria-pressed=true]')?.setAttribute('aria-pressed', 'false');
      open.setAttribute('aria-pressed', 'true');
      void shapes.choose(item);
    });
    open.setAttribute('aria-pressed', 'false');
    open.append(h('span', { text: name }), folder === '' ? '' : h('span', { class: 'caption', text: folder }));
    return h('li', {}, open, h('span', { class: 'figure caption', text: sizeWords(item.size) }));
  };
  const update = (): void => {
    const { selection } = shapes;
    if (selection === shown) return;
    shown = selection;
    element.hidden = selection === undefined;
    list.replaceChildren();
    if (selection === undefined) return;
    const { name, items, others, notes: said } = selection;
    say(title, name === undefined ? `${counted(items.length, 'file')} were brought: choose one` : `${name} holds ${counted(items.length, 'file')} that can be read${items.length > 1 ? ': choose one' : ''}`);
    list.append(...items.slice(0, MOST_ROWS).map(row));
    const more = items.length > MOST_ROWS ? [`The first ${MOST_ROWS} are listed.`] : [];
    const rest = others > 0 ? [`${counted(others, 'other file is', 'other files are')} neither an image nor a shape.`] : [];
    say(notes, [...more, ...rest, ...said].join(' '));
  };
  return { element, update };
}
