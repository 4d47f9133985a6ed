/** The Papers view: seven claims, newest first, each with a switch and an experiment that settles it or does not. */
import type { App, View } from '../../app';
import { Experiments } from '../../run/experiment';
import { PAPER_WORDS } from '../../state/papers';
import { PAPERS } from '../../state/settings';
import { keptExperiments } from '../../store/kept-views';
import type { Paper } from '../../worker/protocol';
import { h } from '../shared/element';
import { createPaperCard } from './card';

export function createPapersView(app: App): View {
  const { store, notices } = app;
  const experiments = new Experiments(app.desk, store, notices);
  app.keeping.join(keptExperiments(experiments));
  void app.keeping.offerExperiment();
  const cards = new Map(PAPERS.map((paper) => [paper, createPaperCard(app, experiments, paper)]));
  const links = new Map(PAPERS.map((paper) => [paper, link(app, paper, (chosen) => { cards.get(chosen)?.open(); })]));
  const list = h('div', { class: 'paper-list', role: 'region', 'aria-label': 'The papers' }, ...[...cards.values()].map((card) => card.element));
  const element = h(
    'div', { class: 'papers' },
    h('nav', { class: 'paper-links', 'aria-label': 'Papers' }, ...links.values(), h('p', { class: 'caption', text: 'Seven claims, newest first. An '
      + 'interval decides, not hope: these are small networks on small data, and what does not hold here may hold at the size of the papers.' })),
    list,
  );

  let shown = false;
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    for (const [paper, card] of cards) {
      card.update();
      card.element.hidden = !app.shows(paper);
      const at = links.get(paper);
      if (at === undefined) continue;
      if (store.state.paper === paper) at.setAttribute('aria-current', 'true');
      else at.removeAttribute('aria-current');
      at.hidden = card.element.hidden;
      at.classList.toggle('busy', experiments.running === paper);
    }
    element.dataset.status = experiments.running === undefined ? 'ready' : 'running';
  };
  const ask = (): void => {
    if (shown && asked === 0) asked = requestAnimationFrame(draw);
  };
  experiments.subscribe(ask);
  store.subscribe((state, before) => {
    ask();
    if (shown && state.paper !== undefined && state.paper !== before.paper) cards.get(state.paper)?.open();
  });

  /** What each experiment is comes from the core, which may have to be fetched. */
  const load = async (): Promise<void> => {
    try {
      for (const paper of PAPERS) await experiments.load(paper);
      notices.dismiss('papers');
      app.backend.considerOnce();
    } catch (error) {
      notices.show({
        name: 'papers', kind: 'error', text: `${error instanceof Error ? error.message : String(error)} The claims can be read all the same.`,
        actions: [{ label: 'Try again', run: () => { void load(); } }],
      });
    }
  };
  return {
    element,
    heart: list,
    show: () => {
      shown = true;
      notices.dismiss('papers-away');
      void load();
      draw();
      const { paper } = store.state;
      // Only what is in the page can be scrolled to and focused.
      if (paper !== undefined) requestAnimationFrame(() => { cards.get(paper)?.open(); });
    },
    hide: () => {
      shown = false;
      if (experiments.running === undefined) return;
      experiments.stop();
      notices.show({
        name: 'papers-away', kind: 'info', text: 'The experiment stops while another view is open; what its seeds gave is kept.',
        actions: [{ label: 'Back to the papers', run: () => { store.update({ view: 'papers' }); } }],
      });
    },
  };
}

function link(app: App, paper: Paper, open: (paper: Paper) => void): HTMLElement {
  const { name, venue } = PAPER_WORDS[paper];
  const element = h('a', { href: '#' }, name, h('span', { class: 'caption', text: venue }));
  element.addEventListener('click', (event) => {
    event.preventDefault();
    // Already chosen, but perhaps out of sight.
    if (app.store.state.paper === paper) open(paper);
    else app.store.update({ paper });
  });
  return element;
}
