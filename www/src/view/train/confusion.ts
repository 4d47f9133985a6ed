/** Which class is taken for which: a table shaded by how often. */
import { html, render } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { App } from '../../app';
import type { EvaluationReport } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { counted, grouped, panel, scroller, type Part } from '../shared/part';
import { styled } from '../shared/styled';

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

/** Names longer than this stand on their side above their columns. */
const SHORT = 2;

/** The place of the cell that an event came from. */
function placeOf({ target }: Event): number | undefined {
  const place = target instanceof Element ? target.closest<HTMLElement>('[data-place]')?.dataset.place : undefined;
  return place === undefined ? undefined : Number(place);
}

export function createConfusion(app: App): Part {
  const { training } = app;
  const table = h('table', { class: 'confusion', role: 'grid', 'aria-label': 'True classes down, answers across' });
  const words = h('p', { class: 'caption' });
  const element = panel(app, 'confusion', 'What is taken for what', scroller('Answers by class', table), words);
  let names: readonly string[] = [];
  let report: EvaluationReport | undefined;
  /** The cell that the words are about, and the one that Tab leads to. */
  let [pointed, entry]: [number | undefined, number] = [undefined, 0];

  const sentence = (): string => {
    if (report === undefined) return 'None tested yet.';
    if (pointed === undefined) {
      const step = grouped(training.heldOut.evaluationStep);
      return `${counted(report.done, 'held-out sample')}, answered with the weights of step ${step}; rows are the true class, columns the answer.`;
    }
    const [truth, answer] = [Math.floor(pointed / names.length), pointed % names.length];
    const right = truth === answer ? ', which is right' : '';
    return `${counted(report.confusion[pointed] ?? 0, 'sample')} of class ${names[truth] ?? ''} answered as ${names[answer] ?? ''}${right}.`;
  };

  const row = (name: string, truth: number) => {
    const counts = names.map((_, answer) => report?.confusion[truth * names.length + answer] ?? 0);
    const of = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, answer) => {
      const place = truth * names.length + answer;
      // A few errors should show beside many right answers, so the shade follows the square root.
      const shade = count === 0 ? '0' : Math.sqrt(count / of).toFixed(2);
      const kind = truth === answer ? 'hit' : 'miss';
      return html`<td role="gridcell" class="figure ${kind}" tabindex=${place === entry ? 0 : -1} data-place=${place} ${styled('--shade', shade)}
        >${count === 0 ? '' : count}</td>`;
    });
    return html`<tr><th scope="row" title=${name}>${name}</th>${cells}</tr>`;
  };

  const update = (): void => {
    names = training.data?.classes ?? [];
    report = training.heldOut.evaluation;
    if (entry >= names.length ** 2) entry = 0;
    table.classList.toggle('long-names', names.some((name) => name.length > SHORT));
    render(guard([names, report, entry], () => html`
      <thead><tr>
        <th class="corner" scope="col"><span class="visually-hidden">True class</span></th>
        ${names.map((name) => html`<th scope="col" title=${name}>${name}</th>`)}
      </tr></thead>
      <tbody>${names.map(row)}</tbody>`), table);
    say(words, sentence());
  };

  const point = (place: number | undefined): void => {
    pointed = place;
    say(words, sentence());
  };
  table.addEventListener('pointerover', (event) => { point(placeOf(event)); });
  table.addEventListener('pointerleave', () => { point(undefined); });
  table.addEventListener('focusin', (event) => { point(placeOf(event)); });
  table.addEventListener('focusout', () => { point(undefined); });
  table.addEventListener('keydown', (event) => {
    const [move, from] = [MOVES[event.key], placeOf(event)];
    if (move === undefined || from === undefined) return;
    event.preventDefault();
    const clamp = (value: number): number => Math.min(names.length - 1, Math.max(0, value));
    entry = clamp(Math.floor(from / names.length) + move[0]) * names.length + clamp((from % names.length) + move[1]);
    update();
    table.querySelector<HTMLElement>(`[data-place="${entry}"]`)?.focus();
  });
  return { element, update };
}
