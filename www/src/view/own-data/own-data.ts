/** The panel in which a person makes a data set of their own: choose or drop, watch it being read, see what became of it. */
import type { App } from '../../app';
import { choose } from '../../run/choose';
import { BroughtRefused, droppedIn, fromArchive, fromDrop, fromFolder, type Dropped } from '../../run/dropped-files';
import type { Brought } from '../../run/own-reading';
import { SHAPE_FORMATS } from '../../run/shape-kind';
import { MAX_CLASSES, MAX_FILES } from '../../state/bounds';
import { SHIPPED } from '../../state/core-settings';
import { megabytes } from '../../state/figures';
import { SIDES } from '../../state/image-form';
import { askToLast } from '../../store/room';
import { MAX_BYTES, type OwnProgress } from '../../worker/own-data-protocol';
import { freshId, h, say } from '../shared/element';
import { sizeWords } from './own-control';
import { createFormChoice } from './form-choice';
import { createOwnSummary } from './own-summary';
import { button, grouped } from '../shared/part';

const ABOUT = `A folder, or a ZIP archive, in which a folder for each class holds its images, or its meshes or point clouds (${SHAPE_FORMATS}). `
  + `Folders train and test are kept apart, as in ModelNet10; without them every fifth file of a class is held out.`;
const LIMITS = `Up to ${MAX_CLASSES} classes, ${grouped(MAX_FILES)} files and ${megabytes(MAX_BYTES)}. Images become squares `
  + `of ${SIDES.slice(0, -1).join(', ')} or ${Math.max(...SIDES)} pixels a side, in grey or in colour, shapes ${grouped(SHIPPED.furniture.points)} points of `
  + 'their surface.';

/** Built once a page, beside the views: a run on data of one's own may be wanted in any of them. */
export function createOwnDialog(app: App): HTMLDialogElement {
  const { own, reading, store, notices, desk } = app;
  const id = freshId('own');
  const folder = h('input', { type: 'file', webkitdirectory: true, multiple: true, class: 'visually-hidden', tabindex: '-1', 'data-test': 'own-folder',
    'aria-label': 'Choose a folder' });
  const archive = h('input', { type: 'file', accept: '.zip,application/zip', class: 'visually-hidden', tabindex: '-1', 'data-test': 'own-archive',
    'aria-label': 'Choose a ZIP archive' });
  const chooseFolder = button('Choose a folder…', {}, () => { folder.click(); });
  const chooseArchive = button('Choose a ZIP archive…', {}, () => { archive.click(); });
  // Phones have no folders to choose.
  chooseFolder.hidden = !('webkitdirectory' in folder);
  const drop = h('div', { class: 'drop-zone' }, h('div', { class: 'toolbar' }, chooseFolder, chooseArchive, folder, archive),
    h('p', { class: 'caption', text: 'or drop one of them here' }));
  const refusal = h('p', { class: 'said', role: 'alert', 'data-test': 'own-refusal' });

  const bar = h('progress', { 'aria-label': 'How much has been read' });
  const doing = h('p', { role: 'status' });
  const figures = h('p', { class: 'caption figure' });
  const stop = button('Stop', { 'data-test': 'own-stop' }, () => { reading.stop(); });
  const working = h('div', { class: 'own-working' }, doing, bar, figures, h('div', { class: 'toolbar' }, stop));

  const form = createFormChoice(reading, (chosen) => { void reading.choose(chosen).then((isRead) => { if (isRead) tellIfClosed(); }); });
  const summary = createOwnSummary(own, reading);
  const close = button('Close', { class: 'quiet' }, () => { dialog.close(); });
  const take = async (): Promise<void> => {
    const { found } = reading;
    if (found !== undefined) await own.put(found);
    notices.dismiss('own');
    store.update({ view: 'train' });
    if (found !== undefined || store.state.config.data !== 'own') choose(store, notices, { data: 'own' });
    dialog.close();
    if (found === undefined) return;
    // What cannot be opened is not kept; the run says why it cannot.
    const info = await desk.dataInfo('own').catch(() => undefined);
    if (info === undefined) return;
    await own.keep(info.identity);
    if (own.loss !== '') notices.show({ name: 'own', kind: 'warning', text: own.loss });
    else await askToLast();
  };
  const use = button('Use it', { class: 'primary', 'data-test': 'own-use', title: 'Open a run on it in the Train view' }, () => { void take(); });
  const dialog = h(
    'dialog', { class: 'dialog own-data', 'aria-labelledby': id, 'data-test': 'own-panel' },
    h('h2', { id, text: 'Data of your own' }),
    h('p', { text: ABOUT }), h('p', { class: 'caption', text: LIMITS }),
    h('p', { class: 'privacy', text: 'Everything is read in this tab. Nothing of it is sent anywhere.' }),
    drop, form.element, refusal, working, summary.element,
    h('div', { class: 'toolbar dialog-end' }, use, close),
  );

  let newest = 0;
  const read = async (find: () => Brought | Promise<Brought>): Promise<void> => {
    newest += 1;
    const asked = newest;
    try {
      const brought = await find();
      // Something else may have been brought while a large folder was looked through.
      if (asked !== newest || !(await reading.read(brought))) return;
    } catch (error) {
      if (asked !== newest) return;
      reading.refuse(error instanceof BroughtRefused ? error.message : 'It could not be looked into: it may have been moved or changed since it was '
        + 'chosen, or the browser may not open it.');
      return;
    }
    if (dialog.open) use.focus();
    tellIfClosed();
  };
  const tellIfClosed = (): void => {
    if (dialog.open || reading.found === undefined) return;
    notices.show({ name: 'own', kind: 'info', text: `Your data are read: ${sizeWords(reading.found.summary)}. Nothing uses them `
      + `yet.`, actions: [{ label: 'Look at them…', run: () => { own.invite(); } }] });
  };
  folder.addEventListener('change', () => {
    const { files } = folder;
    if (files !== null && files.length > 0) void read(() => fromFolder(files)).finally(() => { folder.value = ''; });
  });
  archive.addEventListener('change', () => {
    const file = archive.files?.[0];
    // The same one may be chosen again.
    if (file !== undefined) void read(() => fromArchive(file)).finally(() => { archive.value = ''; });
  });
  receiveDrops(dialog, drop, (dropped) => { void read(() => fromDrop(dropped)); });

  const update = (): void => {
    const busy = reading.status === 'reading';
    dialog.dataset.status = reading.status;
    drop.hidden = busy;
    working.hidden = !busy;
    say(refusal, reading.status === 'stopped' ? 'Stopped: nothing was taken in.' : reading.refusal);
    summary.element.hidden = busy || (reading.found ?? own.summary) === undefined || reading.status === 'refused';
    use.hidden = summary.element.hidden;
    form.update();
    summary.update();
    if (busy) showProgress(reading.progress, reading.left);
  };
  const showProgress = (progress: OwnProgress | undefined, left: number | undefined): void => {
    const { what, done, total, skipped } = progress ?? { what: 'Handing the files over', done: 0, total: 0, skipped: 0 };
    const before = reading.gaveUp === undefined ? '' : `${reading.gaveUp} was given up for it.`;
    say(doing, [`${what}.`, before, reading.silent].filter((words) => words !== '').join(' '));
    if (total === 0) bar.removeAttribute('value');
    else bar.value = done / total;
    const out = skipped === 0 ? '' : `, ${grouped(skipped)} left out`;
    say(figures, total === 0 ? '' : `${grouped(done)} of ${grouped(total)}${out}.${left === undefined ? '' : ` About ${leftWords(left)} left.`}`);
  };
  // What was read and not used is let go; a reading that is under way goes on.
  dialog.addEventListener('close', () => {
    reading.letGo();
    notices.dismiss('own');
  });
  // An address that is entered, or Back, may lead away from beneath it.
  let { view } = store.state;
  store.subscribe(() => {
    if (store.state.view !== view) dialog.close();
    ({ view } = store.state);
  });
  reading.subscribe(update);
  own.subscribe(update);
  own.host(() => {
    update();
    if (!dialog.open) dialog.showModal();
  });
  update();
  return dialog;
}

function leftWords(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} minutes`;
}

/** Takes what is dropped anywhere while the panel is open: dropped beside it, a file would replace the page. */
function receiveDrops(dialog: HTMLElement, zone: HTMLElement, take: (dropped: Dropped) => void): void {
  dialog.addEventListener('dragover', (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.add('dropping');
  });
  dialog.addEventListener('dragleave', () => { zone.classList.remove('dropping'); });
  dialog.addEventListener('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove('dropping');
    if (event.dataTransfer !== null) take(droppedIn(event.dataTransfer));
  });
}
