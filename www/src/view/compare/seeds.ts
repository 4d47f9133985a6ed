/** The race over several seeds: whether a difference between lanes is more than chance, in words. */
import { html, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import { interval, rough, valuesNeeded, verdict, type Interval } from '../../run/interval';
import type { Race } from '../../run/race';
import { h, say } from '../shared/element';
import type { LaneMarks } from './lane-marks';
import { laneWords, swatch } from './lanes';
import { button, counted, grouped, panel, percent, scroller } from '../shared/part';

const COUNTS = [3, 5, 10];

const points = ({ mean, half }: Interval): string => `${mean >= 0 ? '+' : ''}${(100 * mean).toFixed(2)} ± ${(100 * half).toFixed(2)} points`;

const ABOUT = [
  'One run is one draw. Several seeds, each the same for all lanes, show how far the differences spread;',
  'the 95 % interval of the paired difference to the first lane decides.',
].join(' ');

export function createSeeds(app: App, race: Race, marks: LaneMarks): { readonly element: HTMLElement; update(): void } {
  const select = h('select', { 'aria-label': 'Number of seeds' }, ...COUNTS.map((count) => h('option', { value: count, text: `${count} seeds` })));
  const start = button('Run them', { 'data-test': 'race-seeds', title: 'Each seed from untrained weights, for the planned epochs' }, () => {
    void race.startSeeds(Number(select.value));
  });
  const status = h('p', { class: 'caption', role: 'status' });
  const table = h('table', { class: 'numbers' });
  const words = h('ul', { class: 'formulas', 'data-test': 'verdicts' });
  const element = panel(
    app, 'seeds', 'Is it more than chance?',
    h('p', { class: 'caption', text: ABOUT }),
    h('div', { class: 'toolbar' }, select, start), status, scroller('The seeds in figures', table), words,
  );
  const update = (): void => {
    const { results } = race;
    const { lanes, config } = app.store.state;
    start.disabled = race.status === 'starting' || race.status === 'failed';
    say(status, statusWords(race, config.epochs));
    table.hidden = results.length === 0;
    const names = lanes.map((lane) => laneWords(lane, config));
    const accuracies = lanes.map((_, i) => results.map((result) => result.accuracies[i] ?? Number.NaN));
    const row = (name: string, values: readonly number[]) =>
      html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${shown(value)}</td>`)}</tr>`;
    render(html`
      <caption class="visually-hidden">Held-out accuracy for each seed</caption>
      <thead><tr><th scope="col">Seed</th>${names.map((name, i) => html`<th scope="col">${swatch(marks.of(i))}${name}</th>`)}</tr></thead>
      <tbody>
        ${repeat(results, ({ seed }) => seed, (result) => row(String(result.seed), result.accuracies))}
        ${row('mean', accuracies.map((values) => interval(values).mean))}
      </tbody>`, table);
    const [first = [], ...others] = results.length < 2 ? [] : accuracies;
    render(others.map((values, i) => {
      const differences = values.map((value, seed) => value - (first[seed] ?? Number.NaN));
      return html`<li>${names[i + 1]} against ${names[0]}: ${sentence(differences)}</li>`;
    }), words);
  };
  return { element, update };
}

function shown(accuracy: number): string {
  return Number.isNaN(accuracy) ? 'stopped' : percent(accuracy, 2);
}

function statusWords({ results, seeds, seed }: Race, epochs: number): string {
  if (seeds.length > 0) return `Seed ${seed} is running; ${results.length} of ${results.length + seeds.length} are done.`;
  return results.length === 0 ? `Each seed takes ${counted(epochs, 'epoch')} in every lane.` : '';
}

function sentence(differences: readonly number[]): string {
  const difference = interval(differences);
  if (Number.isNaN(difference.mean)) return 'a lane stopped, so there is nothing to compare.';
  const needed = valuesNeeded(differences);
  const more = needed === undefined ? '' : `: run more, by this interval's width about ${grouped(rough(needed))} (a rough guess)`;
  const judged = { better: 'better by more than chance.', worse: 'worse by more than chance.', undecided: `too close to call with so few seeds${more}.` };
  return `${points(difference)}, ${judged[verdict(difference)]}`;
}
