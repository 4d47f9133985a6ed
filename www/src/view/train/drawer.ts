/** Everything else about a run, one tab at a time. A tab whose panels a link has all hidden is not there. */
import type { App } from '../../app';
import { TABS, type TabName } from '../../state/settings';
import { freshId, h, say } from '../shared/element';
import { button, reachedWhereItScrolls } from '../shared/part';
import { remember, remembered } from '../shared/remember';

export interface Tab {
  readonly name: TabName;
  readonly label: string;
  /** Panels that hide themselves where they have nothing to show. */
  readonly panels: readonly HTMLElement[];
}

/** Whether a person has the tabs take most of the height. */
const TALL = 'tall-drawer';

export function createDrawer(app: App, tabs: readonly Tab[]): { readonly element: HTMLElement; update(): void } {
  const { store } = app;
  const made = tabs.map(({ name, label, panels }) => {
    const [tabId, panelId] = [freshId('tab'), freshId('tab-panel')];
    const tab = h('button', { type: 'button', role: 'tab', id: tabId, 'aria-controls': panelId, text: label, 'data-tab': name });
    const attributes = { class: 'tab-page', role: 'tabpanel', id: panelId, 'aria-labelledby': tabId, 'data-tab-page': name };
    const page = reachedWhereItScrolls(h('div', attributes, ...panels));
    tab.addEventListener('click', () => {
      store.update({ tab: name }, 'replace');
      remember('tab', name);
    });
    return { name, tab, page, panels };
  });
  const strip = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'More about the run' }, ...made.map(({ tab }) => tab));
  strip.addEventListener('keydown', (event) => {
    const there = made.filter(({ tab }) => !tab.hidden);
    const at = there.findIndex(({ tab }) => tab === document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: there.length - 1 }[event.key];
    const next = to === undefined || at < 0 ? undefined : there[(to + there.length) % there.length];
    if (next === undefined) return;
    event.preventDefault();
    next.tab.focus();
    next.tab.click();
  });
  const more = button('', { class: 'quiet more-room', 'data-test': 'more-room', 'aria-label': 'More room for the tabs' }, () => { make(!isTall()); });
  const head = h('div', { class: 'drawer-head' }, strip, more);
  const element = h('section', { class: 'drawer', 'aria-label': 'More about the run' }, head, ...made.map(({ page }) => page));

  const isTall = (): boolean => element.classList.contains(TALL);
  const make = (tall: boolean): void => {
    element.classList.toggle(TALL, tall);
    more.setAttribute('aria-pressed', String(tall));
    more.title = tall ? 'Give the stage the room back' : 'More room for the tabs, less for the stage';
    say(more, tall ? '▾' : '▴');
    remember(TALL, tall ? 'on' : 'off');
  };
  make(remembered(TALL) === 'on');

  // A link says what is shown; without one it is what was chosen last.
  const last = TABS.find((name) => name === remembered('tab'));
  if (location.hash === '' && last !== undefined) store.update({ tab: last }, 'replace');

  const update = (): void => {
    const there = made.filter(({ panels }) => panels.some((panel) => !panel.hidden));
    const chosen = there.find(({ name }) => name === store.state.tab) ?? there[0];
    for (const one of made) {
      const { tab, page } = one;
      tab.hidden = !there.includes(one);
      page.hidden = one !== chosen;
      tab.setAttribute('aria-selected', String(one === chosen));
      tab.tabIndex = one === chosen ? 0 : -1;
    }
    strip.hidden = there.length < 2;
    element.hidden = there.length === 0;
  };
  return { element, update };
}
