/** The race over several seeds: whether a difference between lanes is more than chance, in words. */
import type { App } from '../../app';
import { interval, rough, valuesNeeded, verdict, type Interval } from '../../run/interval';
import type { Race } from '../../run/race';
import { h, say } from '../shared/element';
import { laneWords, swatch } from './lanes';
import { button, counted, grouped, panel, percent, scroller } from '../shared/part';

const COUNTS = [3, 5, 10];

const points = ({ mean, half }: Interval): string => `${mean >= 0 ? '+' : ''}${(100 * mean).toFixed(2)} ± ${(100 * half).toFixed(2)} points`;

export function createSeeds(app: App, race: Race): { readonly element: HTMLElement; update(): void } {
  const select = h('select', { 'aria-label': 'Number of seeds' }, ...COUNTS.map((count) => h('option', { value: count, text: `${count} seeds` })));
  const start = button('Run them', { 'data-test': 'race-seeds', title: 'Each seed from untrained weights, for the planned epochs' }, () => { void race.startSeeds(Number(select.value)); });
  const status = h('p', { class: 'caption', role: 'status' });
  const head = h('tr');
  const body = h('tbody');
  const table = h('table', { class: 'numbers' }, h('caption', { class: 'visually-hidden', text: 'Held-out accuracy for each seed' }), h('thead', {}, head), body);
  const words = h('ul', { class: 'formulas', 'data-test': 'verdicts' });
  const element = panel(
    app, 'seeds', 'Is it more than chance?',
    h('p', { class: 'caption', text: 'One run is one draw. Several seeds, each the same for all lanes, show how far the differences spread; the 95 % interval of the paired difference to the first lane decides.' }),
    h('div', { class: 'toolbar' }, select, start), status, scroller('The seeds in figures', table), words,
  );
  let drawn = '';
  const update = (): void => {
    const { results, seeds } = race;
    const { lanes } = app.store.state;
    start.disabled = race.status === 'starting' || race.status === 'failed';
    say(status, seeds.length > 0
      ? `Seed ${race.seed} is running; ${results.length} of ${results.length + seeds.length} are done.`
      : results.length === 0 ? `Each seed takes ${counted(app.store.state.config.epochs, 'epoch')} in every lane.` : '');
    table.hidden = results.length === 0;
    const key = JSON.stringify([results, lanes]);
    if (key === drawn) return;
    drawn = key;
    head.replaceChildren(h('th', { scope: 'col', text: 'Seed' }), ...lanes.map((lane, i) => h('th', { scope: 'col' }, swatch(i), laneWords(lane, app.store.state.config))));
    const row = (name: string, cells: readonly string[]): HTMLElement => h('tr', {}, h('th', { scope: 'row', text: name }), ...cells.map((text) => h('td', { text })));
    const lanesOf = lanes.map((_, i) => results.map((result) => result.accuracies[i] ?? Number.NaN));
    const shown = (value: number): string => (Number.isNaN(value) ? 'stopped' : percent(value, 2));
    const means = lanesOf.map((values) => interval(values).mean);
    body.replaceChildren(...results.map((result) => row(String(result.seed), result.accuracies.map(shown))), row('mean', means.map(shown)));
    const first = lanesOf[0] ?? [];
    words.replaceChildren(...(results.length < 2 ? [] : lanesOf.slice(1).map((values, i) => {
      const differences = values.map((value, seed) => value - (first[seed] ?? Number.NaN));
      return h('li', { text: `${laneWords(lanes[i + 1] ?? {}, app.store.state.config)} against ${laneWords(lanes[0] ?? {}, app.store.state.config)}: ${sentence(differences)}` });
    })));
  };
  return { element, update };
}

function sentence(differences: readonly number[]): string {
  const difference = interval(differences);
  if (Number.isNaN(difference.mean)) return 'a lane stopped, so there is nothing to compare.';
  const needed = valuesNeeded(differences);
  const more = needed === undefined ? '' : `: run more, by this interval's width about ${grouped(rough(needed))} (a rough guess)`;
  const judged = { better: 'better by more than chance.', worse: 'worse by more than chance.', undecided: `too close to call with so few seeds${more}.` };
  return `${points(difference)}, ${judged[verdict(difference)]}`;
}
