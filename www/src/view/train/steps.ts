/** Held-out accuracy of a trained PointNet at 1, 2 and 4 time steps: what more time is worth to it. */
import type { App } from '../../app';
import { StepsAccuracy, type StepsResult } from '../../run/steps-accuracy';
import { h, say } from '../shared/element';
import { button, counted, grouped, panel, percent, type Part } from '../shared/part';
import './steps.css';

export function createSteps(app: App): Part {
  const work = new StepsAccuracy(app.training);
  const body = h('tbody');
  const table = h(
    'table', { class: 'numbers steps-table' }, h('caption', { class: 'visually-hidden', text: 'Held-out accuracy by time steps' }),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: 'Time steps' }), h('th', { scope: 'col', text: 'Held-out accuracy' }))), body,
  );
  const caption = h('p', { class: 'caption', role: 'status', 'data-test': 'steps-words' });
  const measure = button('Measure', { 'data-test': 'measure-steps', title: 'Runs all held-out clouds through the network once for each' }, () => { void work.measure(); });
  const element = panel(app, 'steps', 'Run for 1, 2 and 4 time steps', table, caption, h('div', { class: 'toolbar' }, measure));
  let drawn: StepsResult | undefined;
  const update = (): void => {
    element.hidden = !app.shows('steps') || !work.wanted;
    if (element.hidden) return;
    const { result } = work;
    table.hidden = result === undefined;
    if (result !== drawn) {
      drawn = result;
      body.replaceChildren(...(result?.at ?? []).map(([steps, accuracy]) => row(steps, accuracy)));
    }
    measure.disabled = !work.possible;
    measure.hidden = work.current;
    say(caption, words(work));
  };
  work.subscribe(update);
  return { element, update };
}

function row(steps: number, accuracy: number): HTMLElement {
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(accuracy));
  return h('tr', { 'data-steps': steps }, h('th', { scope: 'row', text: String(steps) }), h('td', {}, h('div', {}, h('span', { class: 'track', 'aria-hidden': 'true' }, bar), percent(accuracy))));
}

function words({ result, busy, refusal, current, wanted, possible }: StepsAccuracy): string {
  if (busy) return 'Running all held-out clouds through the network.';
  if (refusal !== '') return `It could not be measured: ${refusal}`;
  if (result === undefined) return `More time steps after training cost nothing to train. ${possible ? '' : wanted ? 'They can be measured while training is paused, and are at its end.' : ''}`.trimEnd();
  const of = `Trained at ${counted(result.trained, 'time step')}, run at ${result.at.map(([steps]) => steps).join(', ').replace(/, (\d+)$/, ' and $1')}`;
  return current ? `${of}.` : `${of}, with the weights of step ${grouped(result.step)}.`;
}
