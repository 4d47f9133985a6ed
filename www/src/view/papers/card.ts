/** One paper: its claim, its equation, a switch, its experiment, and what came of it. */
import { html, nothing, render } from 'lit-html';
import type { App } from '../../app';
import { USUAL_SEEDS, type Experiments } from '../../run/experiment';
import { reproductionOf } from '../../run/reproduction';
import { summarise } from '../../run/summary';
import { choiceWords } from '../../state/fields';
import { PAPER_WORDS } from '../../state/papers';
import type { Outcome, Paper, Published, SessionConfig } from '../../worker/protocol';
import { freshId, h, say } from '../shared/element';
import { equationOf } from './equations';
import { createRunBar } from './experiment-bar';
import { createResult, tally } from './outcomes';
import { createTry } from './try';
import { createUse } from './use';
import { button, counted, sentenceOf } from '../shared/part';

export interface PaperCard {
  readonly element: HTMLElement;
  update(): void;
  /** Unfolds it, brings it into sight, and takes the focus to it. */
  open(): void;
}

const NOTHING_SHIPS = 'No native result ships with this page yet: it was built without one.';

export function createPaperCard(app: App, experiments: Experiments, paper: Paper): PaperCard {
  const words = PAPER_WORDS[paper];
  const id = freshId('paper');
  const heading = h('h2', { id, tabindex: '-1' }, words.name, h('span', { class: 'caption', text: words.venue }));
  const use = createUse(app, paper);
  const run = createRunBar(experiments, paper);

  const native = verdictRow('Run natively, at a larger budget');
  const here = verdictRow('Run in this page');
  const live = createResult(`${words.name}, run in this page`);
  const shipped = createResult(`${words.name}, run natively`);
  const budget = h('p', { class: 'caption', text: NOTHING_SHIPS });
  const figures = h('dl', { class: 'terms published' });
  const arms = h('p', { class: 'caption' });
  shipped.element.hidden = true;
  live.element.hidden = true;
  const details = h(
    'details', { class: 'more' }, h('summary', { text: 'What is certain, the figures, and the native result' }),
    h('h3', { text: 'What is certain' }), h('p', { text: words.certain }),
    h('h3', { text: 'What is our reading' }), h('p', { text: words.reading }),
    h('h3', { text: "The paper's own figures" }), figures,
    h('h3', { text: 'The experiment' }), h('p', { text: words.experiment }), arms,
    h('h3', { text: 'The native result' }), budget, shipped.element,
  );
  const results = h('dl', { class: 'verdict-rows' }, native.element, here.element);
  const element = h(
    'section', { class: 'panel paper', 'aria-labelledby': id, 'data-paper': paper },
    h('header', { class: 'paper-head' }, h('div', {}, heading, h('p', { class: 'caption', text: words.title })), use.element),
    h('p', { class: 'claim', text: words.claim }),
    use.said,
    paper === 'paradigm' ? createTry(app) : undefined,
    results,
    h('figure', { class: 'equation' }, h('div', {}, ...equationOf(paper)), h('figcaption', { class: 'caption', text: words.symbols })),
    run.element, live.element, details,
  );

  const bring = (): void => {
    again.hidden = true;
    native.show('It is being fetched.', []);
    reproductionOf(paper).then((reproduction) => {
      if (reproduction === undefined) {
        native.show('Nothing ships with this page yet.', []);
        return;
      }
      native.show(counted(reproduction.seeds, 'seed'), reproduction.outcomes);
      say(budget, `${sentenceOf([reproduction.budget])} ${counted(reproduction.seeds, 'seed')}.`);
      shipped.show(reproduction);
      shipped.element.hidden = false;
    }).catch(() => {
      native.show('It could not be fetched: the server could not be reached, or does not have it.', []);
      again.hidden = false;
    });
  };
  const again = button('Fetch it again', { class: 'quiet' }, bring);
  results.after(again);
  bring();

  const update = (): void => {
    use.update();
    run.update();
    const trial = experiments.trial(paper);
    const { info, measured, outcomes } = trial;
    element.dataset.status = trial.status;
    element.dataset.seeds = String(measured.length);
    if (info !== undefined) {
      render(info.published.map(({ setting, figure }: Published) => html`<dt>${setting}</dt><dd>${figure}</dd>`), figures);
      say(arms, `In this page: ${budgetWords(info.arms.map(({ config }) => config))}. Arms: ${info.arms.map(({ name }) => name).join('; ')}.`);
    }
    here.show(measured.length === 0 ? 'Not run yet.' : counted(measured.length, 'seed'), outcomes);
    live.element.hidden = measured.length === 0 || info === undefined;
    if (info !== undefined && measured.length > 0) live.show(summarise(info, measured, outcomes));
  };
  const open = (): void => {
    details.open = true;
    heading.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'start' });
  };
  return { element, update, open };
}

function verdictRow(label: string): { readonly element: HTMLElement; show(words: string, outcomes: readonly Outcome[]): void } {
  const value = h('dd');
  const show = (words: string, outcomes: readonly Outcome[]): void => {
    const seeds = Math.min(...outcomes.map(({ values }) => values.length));
    const met = outcomes.filter(({ accepted }) => accepted).length;
    const parts = [...(seeds < 2 ? [] : [`${met} of ${outcomes.length} acceptance lines met`]),
      ...(seeds < USUAL_SEEDS ? [`from ${counted(seeds, 'seed')} only`] : [])];
    const acceptance = outcomes.length === 0 ? nothing : html`<span class="caption">${parts.join(', ')}</span>`;
    render(html`${tally(outcomes)}<span class="caption">${words}</span>${acceptance}`, value);
  };
  return { element: h('div', {}, h('dt', { text: label }), value), show };
}

/** What an experiment costs, from the run of its first arm. */
function budgetWords(configs: readonly SessionConfig[]): string {
  const [first] = configs;
  if (first === undefined) return '';
  const { widths, steps, epochs, batch, samples } = first;
  const shape = widths.length > 4 ? `${widths.length} layers of ${widths[0] ?? 0}` : widths.join('-');
  const differs = configs.some((config) => config.steps !== steps || config.widths.join() !== widths.join());
  const few = samples > 0 ? `, ${samples} training samples` : '';
  return `${choiceWords('data', first)}${few}; ${choiceWords('network', first)}, ${shape}, at `
    + `${counted(steps, 'time step')}${differs ? ' (arms differ in that)' : ''}; ${counted(epochs, 'epoch')} of batches of ${batch}`;
}
