/** The frame around the views: names them, says what computes, shows what there is to say, and switches between them. */
import type { App, View } from '../../app';
import { BACKEND_WORDS } from '../../run/backend';
import { watchSilence } from '../../run/watch-silence';
import { BACKEND_CHOICES, VIEWS, type AppState, type BackendChoice, type ViewName } from '../../state/settings';
import { createKept } from '../kept/kept';
import { createOwnDialog } from '../own-data/own-data';
import { announce, announcementPlace } from '../shared/announce';
import { freshId, h, say } from '../shared/element';
import { fetchingWords } from '../shared/message';
import { chosenOf } from '../shared/part';
import { createArriving, type Make } from './arriving';
import { createKeyboard } from './keyboard';
import { createNotices } from './notices';
import { keepStrayFiles } from './stray';
import { VIEW_WORDS } from './words';

/** Fetches the programs of the views. */
export type ViewPrograms = Readonly<Record<ViewName, () => Promise<Make>>>;

const BACKEND_LABELS: Record<BackendChoice, string> = { auto: 'whatever is faster', flex: 'the CPU', webgpu: 'WebGPU' };

/** Builds the page into `place` and keeps it in step with the state. Inside a frame there is one view and no way to another. */
export function mountShell(app: App, programs: ViewPrograms, place: HTMLElement, options: { readonly framed?: boolean } = {}): void {
  const framed = options.framed === true;
  const heading = h('h1', { class: 'visually-hidden', tabindex: '-1' });
  const view = h('div', { id: 'view', tabindex: '-1' });
  const main = h('main', {}, heading, view);
  const skip = h('a', { class: 'skip-link', href: '#view' });
  const keyboard = createKeyboard(app);
  const kept = createKept(app);
  place.replaceChildren(
    skip,
    framed ? framedHeader(app) : header(app, kept.button),
    createNotices(app.notices, () => { heading.focus(); }),
    main,
    footer(app, framed, keyboard.button),
    announcementPlace(),
    createOwnDialog(app),
    kept.dialog,
    keyboard.dialog,
  );
  tellLinkNotes(app);
  keepStrayFiles(app);
  watchSilence(app.desk, app.notices, () => app.training.info?.stepWork ?? 0);

  const views = new Map<ViewName, View>();
  let shown: { readonly name: ViewName; readonly view: View } | undefined;
  const put = (name: ViewName, next: View): void => {
    // What had the focus goes with the view before, or leads to this one. The first view, and what it waited for, take it from nobody.
    const leaves = (shown !== undefined && shown.name !== name) || view.contains(document.activeElement);
    shown?.view.hide();
    shown = { name, view: next };
    view.replaceChildren(next.element);
    const { label, title, skip: skipTo } = VIEW_WORDS[name];
    document.title = `${label} · Spikeground`;
    main.setAttribute('aria-label', label);
    say(heading, title);
    say(skip, skipTo);
    announce('');
    if (leaves) heading.focus({ preventScroll: true });
    next.show();
  };
  const arrived = (name: ViewName, make: Make): void => {
    // Where another view is shown by now, the program is at hand when this one is again.
    if (shown?.name !== name || views.has(name)) return;
    const made = make(app);
    made.heart.tabIndex = -1;
    views.set(name, made);
    put(name, made);
  };
  const show = (name: ViewName): void => {
    if (shown?.name === name) return;
    put(name, views.get(name) ?? createArriving(VIEW_WORDS[name].label, programs[name], (make) => { arrived(name, make); }));
  };
  skip.addEventListener('click', (event) => {
    // The fragment is the state, so no link can lead to a place in the page.
    event.preventDefault();
    (shown === undefined || shown.view.heart.hidden ? view : shown.view.heart).focus();
  });
  show(app.store.state.view);
  app.store.subscribe((state, before) => {
    dropOldNotices(app, state, before);
    tellLinkNotes(app);
    show(state.view);
  });
}

function header(app: App, kept: HTMLElement): HTMLElement {
  const tabs = VIEWS.map((name) => {
    const tab = h('a', { href: '#', title: VIEW_WORDS[name].title, text: VIEW_WORDS[name].label });
    tab.addEventListener('click', (event) => {
      event.preventDefault();
      app.store.update({ view: name });
    });
    return { name, tab };
  });
  const mark = (): void => {
    for (const { name, tab } of tabs) {
      if (name === app.store.state.view) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    }
  };
  mark();
  app.store.subscribe(mark);
  return h(
    'header', { class: 'masthead' },
    h('p', { class: 'brand' }, h('span', { class: 'brand-mark', 'aria-hidden': 'true' }), 'Spikeground'),
    app.shows('views') ? h('nav', { 'aria-label': 'Views' }, ...tabs.map(({ tab }) => tab)) : undefined,
    h('div', { class: 'masthead-end' }, app.shows('backend') ? backendChoice(app) : undefined, kept, copyLink(app)),
  );
}

function framedHeader(app: App): HTMLElement {
  const whole = h('a', { target: '_blank', rel: 'noopener', text: 'Open in Spikeground' });
  const update = (): void => {
    const address = new URL('../index.html', location.href);
    address.hash = new URL(app.store.shareAddress()).hash;
    whole.setAttribute('href', address.href);
  };
  update();
  app.store.subscribe(update);
  const { title } = VIEW_WORDS[app.store.state.view];
  return h(
    'header', { class: 'masthead framed', 'aria-label': title },
    h('p', { class: 'brand' }, h('span', { class: 'brand-mark', 'aria-hidden': 'true' }), title), h('div', { class: 'masthead-end' }, whole),
  );
}

function copyLink(app: App): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet', title: 'The address of this very page, all settings and the seed included', text: 'Copy link' });
  button.addEventListener('click', () => {
    const address = app.store.shareAddress();
    // Outside secure contexts there is no clipboard at all.
    const copied = 'clipboard' in navigator ? navigator.clipboard.writeText(address) : Promise.reject(new Error('no clipboard'));
    copied.then(
      () => {
        app.notices.show({ name: 'link', kind: 'info', text: 'The link is on the clipboard. Whoever opens it gets these settings, seed included, and '
          + 'with Play the same run.' });
      },
      () => {
        app.notices.show({ name: 'link', kind: 'info', text: `The browser keeps the clipboard closed here. The link: ${address}` });
      },
    );
  });
  return button;
}

function backendChoice(app: App): HTMLElement {
  const id = freshId('backend');
  const select = h('select', { id }, ...BACKEND_CHOICES.map((choice) => h('option', { value: choice, text: BACKEND_LABELS[choice] })));
  const update = (): void => {
    select.value = app.store.state.backend;
    select.title = app.backend.sentence;
  };
  update();
  app.store.subscribe(update);
  app.backend.subscribe(update);
  select.addEventListener('change', () => {
    const backend = chosenOf(select, BACKEND_CHOICES);
    if (backend !== undefined) app.store.update({ backend });
  });
  return h('span', { class: 'field-inline' }, h('label', { for: id, text: 'Run on' }), select);
}

/** One sentence for all that a link asked for and could not have. */
/** A sentence bears no more. */
const MOST_NOTES = 12;

function tellLinkNotes(app: App): void {
  const { notes } = app.store;
  if (notes === undefined) return;
  app.store.notes = undefined;
  // What was said of the link before is over with it.
  if (notes.length === 0) app.notices.dismiss('link');
  else {
    const more = notes.length > MOST_NOTES ? `; and ${notes.length - MOST_NOTES} more like these` : '';
    const text = `Not all of the link could be taken as it stands: ${notes.slice(0, MOST_NOTES).join('; ')}${more}.`;
    app.notices.show({ name: 'link', kind: 'warning', text });
  }
}

/** What was said of settings, of a link or of a worker is over once the view is left or other data are chosen. */
function dropOldNotices({ notices }: App, { view, config }: AppState, before: AppState): void {
  if (config !== before.config) notices.dismiss('settings');
  if (view === before.view && config.data === before.config.data) return;
  for (const name of ['settings', 'link', 'sample', 'worker', 'stray']) notices.dismiss(name);
}

/** Shown where a style sheet leaves out what does not fit. */
const SMALL_FRAME = 'This frame is small: settings and details are left out. "Open in Spikeground" has them all.';

function footer(app: App, framed: boolean, keyboard: HTMLElement): HTMLElement {
  const backend = h('p', { class: 'backend-words', 'data-backend': app.backend.name });
  const bar = h('progress', { 'aria-label': 'Download' });
  const words = h('span');
  const download = h('p', { class: 'download', hidden: true }, bar, words);
  const update = (): void => {
    backend.dataset.backend = app.backend.name;
    backend.title = `Backend: ${BACKEND_WORDS[app.backend.name]}`;
    say(backend, app.backend.sentence);
  };
  update();
  app.backend.subscribe(update);
  app.desk.listen({
    progress: (progress) => {
      download.hidden = progress === undefined;
      if (progress === undefined) return;
      if (progress.total === undefined) bar.removeAttribute('value');
      else bar.value = progress.loaded / progress.total;
      const { words: what, figures } = fetchingWords(progress);
      say(words, `${what} ${figures}`);
    },
  });
  return h(
    'footer', { class: 'footer', ...(framed ? { 'aria-label': `${VIEW_WORDS[app.store.state.view].label}: what computes` } : {}) },
    backend, download, h('p', { class: 'privacy', text: 'Everything is computed in this tab. Nothing is sent anywhere.' }),
    framed ? h('p', { class: 'small-frame', text: SMALL_FRAME }) : undefined, keyboard,
    framed ? undefined : h('a', { href: './tutorial.html', text: 'A lesson that uses it' }),
  );
}
