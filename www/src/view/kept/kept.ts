/** "Your runs": what this browser keeps, to open again, to name, to save as a file and to delete. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import { bytesWords, counted } from '../../state/figures';
import { FILE_ENDING } from '../../store/file';
import { stateOf } from '../../store/place';
import type { RunHead } from '../../store/records';
import { UNNAMED } from '../../store/runs';
import { progressWords, settingsWords, whenWords } from '../../store/words';
import { freshId, h } from '../shared/element';
import { button } from '../shared/part';
import { confirmed } from './confirmed';
import { KeptList } from './kept-list';
import { nameField } from './name-field';
import { ownItem } from './own-item';
import { calledWords, VIEW_LABELS } from './words';

const NOTHING_YET = 'No run is kept yet. One that trains is kept by itself, every few seconds.';

/** The button in the header and the dialog that it opens. */
export interface KeptDialog {
  readonly button: HTMLElement;
  readonly dialog: HTMLDialogElement;
}

export function createKept(app: App): KeptDialog {
  const list = new KeptList(app);
  const id = freshId('kept');
  const heading = h('h2', { id, tabindex: '-1', text: 'Your runs' });
  const body = h('div', { class: 'kept-body' });
  const dialog = h('dialog', { class: 'dialog kept', 'aria-labelledby': id, 'data-test': 'kept' }, heading, body);
  const draw = (): void => {
    if (dialog.open) render(content(list, dialog), body);
  };
  list.subscribe(draw);
  // What had the focus may be gone with the run that it stood for.
  list.onGone = () => { heading.focus(); };
  dialog.addEventListener('close', () => { list.leave(); });
  receiveFiles(dialog, list);
  const title = 'What this browser keeps: runs to go on with, and data of your own';
  const open = button('Your runs', { class: 'quiet', 'data-test': 'kept-open', title }, () => {
    dialog.showModal();
    heading.focus();
    draw();
    void list.refresh();
  });
  const follow = (): void => { open.hidden = !app.shows('kept'); };
  follow();
  app.store.subscribe(follow);
  // An address that is entered, or Back, may lead away from beneath it.
  app.store.subscribe((state, before) => {
    if (state.view !== before.view && dialog.open) dialog.close();
  });
  return { button: open, dialog };
}

function content(list: KeptList, dialog: HTMLDialogElement): TemplateResult {
  const { runs, sets, unusable, trouble, said } = list;
  return html`
    <p class="caption">${list.roomWords} ${`The newest ${UNNAMED} runs without a name are kept, and those with a name until you delete them.`}</p>
    <p class="said" role="alert" data-test="kept-trouble">${trouble?.message ?? nothing}</p>
    ${trouble === undefined ? nothing : html`
      <div class="toolbar">
        <button type="button" @click=${() => { void list.tryAgain(); }}>Try again</button>
        ${trouble.clearable ? confirmed(list, 'clear', 'Clear what cannot be read…', 'Delete all that is kept here?', () => list.clear()) : nothing}
      </div>`}
    <p role="status" data-test="kept-said">${said}</p>
    ${runs.length === 0 && trouble === undefined ? html`<p>${list.known ? NOTHING_YET : 'Looking.'}</p>` : nothing}
    <ol class="kept-list" aria-label="Runs">${repeat(runs, ({ id }) => id, (head) => runItem(list, head, dialog))}</ol>
    ${unusable === 0 ? nothing : html`
      <p class="said">${`${counted(unusable, 'entry', 'entries')} cannot be read: damaged, or of a newer version of this page.`}</p>
      <div class="toolbar">${confirmed(list, 'unusable', 'Delete them…', 'Delete what cannot be read?', () => list.deleteUnusable())}</div>`}
    ${sets.length === 0 ? nothing : html`
      <h3>Data of your own</h3>
      <ol class="kept-list" aria-label="Data of your own">${repeat(sets, ({ identity }) => identity, (set) => ownItem(list, set, dialog))}</ol>`}
    <div class="toolbar dialog-end">
      <label class="button-like">Open a file…<input class="visually-hidden" type="file" accept="${FILE_ENDING},.safetensors" data-test="kept-file"
        @change=${(event: Event) => { takeChosen(list, event); }} /></label>
      <span class="caption">or drop one here</span>
      ${runs.length + sets.length === 0 ? nothing : confirmed(list, 'all', 'Delete all…', 'Delete all runs and data sets?', () => list.deleteAll())}
      <button type="button" class="quiet" @click=${() => { dialog.close(); }}>Close</button>
    </div>`;
}

function runItem(list: KeptList, head: RunHead, dialog: HTMLDialogElement): TemplateResult {
  const settings = settingsWords(head.view, stateOf(head));
  const isOpen = list.isOpen(head) ? ['open here'] : [];
  const facts = [VIEW_LABELS[head.view], progressWords(head), `kept ${whenWords(head.savedAt)}`, bytesWords(head.bytes), ...isOpen];
  return html`
    <li data-run=${head.id}>
      ${nameField(list, head.id, head.name, `${settings}, ${progressWords(head)}`, (name) => list.rename(head, name))}
      <p>${settings}</p>
      <p class="caption figure">${facts.join(', ')}</p>
      <div class="toolbar" role="group" aria-label=${calledWords(head)}>
        <button type="button" data-test="kept-reopen" @click=${() => { dialog.close(); list.open(head); }}>Open</button>
        <button type="button" data-test="kept-save" @click=${() => { void list.save(head); }}>Save as a file</button>
        ${confirmed(list, head.id, 'Delete…', 'Delete it for good?', () => list.delete(head))}
      </div>
    </li>`;
}

function takeChosen(list: KeptList, { target }: Event): void {
  if (!(target instanceof HTMLInputElement)) return;
  const file = target.files?.[0];
  // The same one may be chosen again.
  if (file !== undefined) void list.take(file).finally(() => { target.value = ''; });
}

/** Takes what is dropped anywhere while the dialog is open: dropped beside it, a file would replace the page. */
function receiveFiles(dialog: HTMLElement, list: KeptList): void {
  dialog.addEventListener('dragover', (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  dialog.addEventListener('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void list.take(file);
  });
}
