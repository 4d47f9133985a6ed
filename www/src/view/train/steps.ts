/** Held-out accuracy of a trained PointNet at 1, 2 and 4 time steps: what more time is worth to it. */
import { html, render, type TemplateResult } from 'lit-html';
import type { App } from '../../app';
import { StepsAccuracy } from '../../run/steps-accuracy';
import { h, say } from '../shared/element';
import { button, counted, grouped, panel, percent, type Part } from '../shared/part';
import { styled } from '../shared/styled';

export function createSteps(app: App): Part {
  const work = new StepsAccuracy(app.training);
  const table = h('table', { class: 'numbers steps-table' });
  const caption = h('p', { class: 'caption', role: 'status', 'data-test': 'steps-words' });
  const measure = button('Measure', { 'data-test': 'measure-steps', title: 'Runs all held-out clouds through the network once for '
    + 'each' }, () => { void work.measure(); });
  const element = panel(app, 'steps', 'Run for 1, 2 and 4 time steps', table, caption, h('div', { class: 'toolbar' }, measure));
  const update = (): void => {
    element.hidden = !app.shows('steps') || !work.wanted;
    if (element.hidden) return;
    const { result } = work;
    table.hidden = result === undefined;
    render(html`
      <caption class="visually-hidden">Held-out accuracy by time steps</caption>
      <thead><tr><th scope="col">Time steps</th><th scope="col">Held-out accuracy</th></tr></thead>
      <tbody>${(result?.at ?? []).map(([steps, accuracy]) => row(steps, accuracy))}</tbody>`, table);
    measure.disabled = !work.possible;
    measure.hidden = work.current;
    say(caption, words(work));
  };
  work.subscribe(update);
  return { element, update };
}

function row(steps: number, accuracy: number): TemplateResult {
  return html`<tr data-steps=${steps}>
    <th scope="row">${steps}</th>
    <td><div>
      <span class="track" aria-hidden="true"><span class="bar" ${styled('--share', String(accuracy))}></span></span>
      ${percent(accuracy)}
    </div></td>
  </tr>`;
}

function words({ result, busy, refusal, current, wanted, possible }: StepsAccuracy): string {
  if (busy) return 'Running all held-out clouds through the network.';
  if (refusal !== '') return `It could not be measured: ${refusal}`;
  if (result === undefined) return `More time steps after training cost nothing to train. ${possible ? '' : wanted ? 'They can be measured while '
    + 'training is paused, and are at its end.' : ''}`.trimEnd();
  const of = `Trained at ${counted(result.trained, 'time step')}, run at ${result.at.map(([steps]) => steps).join(', ').replace(/, (\d+)$/, ' and $1')}`;
  return current ? `${of}.` : `${of}, with the weights of step ${grouped(result.step)}.`;
}
