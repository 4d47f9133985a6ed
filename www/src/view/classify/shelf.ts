/** Shapes that ship with the page, to be taken as if somebody had dropped their files. */
import { DATA } from 'virtual:served';
import type { App } from '../../app';
import { BASE } from '../../run/desk';
import { fetchBytes } from '../../served/fetching';
import { drawThumbnail } from '../cloud/thumbnail';
import { h } from '../shared/element';
import { button, panel } from '../shared/part';
import { readShelf, type Model } from './shelf-list';

function previewPoints(text: string): Float32Array {
  return Float32Array.from(atob(text), (character) => character.charCodeAt(0) / 127.5 - 1);
}

const formatOf = (file: string): string => (file.split('.').at(-1) ?? '').toUpperCase();

export class ShapeShelf {
  readonly element: HTMLElement;
  private readonly cards = h('ol', { class: 'shelf' });
  private readonly note = h('p', { class: 'caption' });
  private asked = false;

  /** `take` gets a file as if it had been dropped, and its class; `refuse` a sentence where it could not be fetched. */
  constructor(app: App, private readonly take: (file: Blob, name: string, truth: string) => void, private readonly refuse: (reason: string) => void) {
    this.element = panel(app, 'shelf', 'Shapes to try', h('p', { class: 'caption', text: 'None of them was trained on. A click takes the file as if '
      + 'it had been dropped here.' }), this.cards, this.note);
  }

  /** Fetches the shelf, once. */
  async fill(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    this.note.textContent = '';
    try {
      const shelf = readShelf(await this.fetch('shelf.json', 'the shelf'));
      this.cards.replaceChildren(...shelf.models.map((model) => this.card(model)));
      this.note.textContent = shelf.note;
    } catch (error) {
      this.asked = false;
      const reason = error instanceof Error ? error.message : String(error);
      this.note.replaceChildren(`${reason} `, button('Try again', { class: 'quiet' }, () => { void this.fill(); }));
    }
  }

  private card({ title, class: kind, licence, creator, source, files, preview }: Model): HTMLElement {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    drawThumbnail(canvas, previewPoints(preview));
    const [first] = files;
    const open = h('button', { type: 'button', class: 'quiet shelf-open', 'data-file': first, title: `${first}, from the ${source}` }, canvas,
      h('span', { text: title }));
    open.addEventListener('click', () => { void this.bring(first, kind); });
    const formats = files.map((file) => button(formatOf(file),
      { class: 'quiet format', 'data-file': file, 'aria-label': `${title} as ${formatOf(file)}`, title: file }, () => { void this.bring(file, kind); }));
    return h('li', {}, open, h('div', { class: 'formats' }, ...formats), h('p', { class: 'caption', text: `${kind}; by ${creator}, ${licence}` }));
  }

  private async bring(file: string, truth: string): Promise<void> {
    try {
      this.take(new Blob([await this.fetch(file)]), file, truth);
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error));
    }
  }

  private async fetch(name: string, what = name): Promise<Uint8Array<ArrayBuffer>> {
    const file = DATA[`shelf/${name}`];
    if (file === undefined) throw new Error(`This copy of the page was built without ${name}.`);
    return fetchBytes(file, BASE, what, () => undefined);
  }
}
