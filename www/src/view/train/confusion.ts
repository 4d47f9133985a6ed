/** Which class is taken for which: a table shaded by how often. */
import type { App } from '../../app';
import type { EvaluationReport } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { counted, grouped, panel, scroller, type Part } from '../shared/part';
import './confusion.css';

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

export function createConfusion(app: App): Part {
  const { training } = app;
  const table = h('table', { class: 'confusion', role: 'grid', 'aria-label': 'True classes down, answers across' });
  const words = h('p', { class: 'caption' });
  const element = panel(app, 'confusion', 'What is taken for what', scroller('Answers by class', table), words);
  let names: readonly string[] = [];
  let cells: HTMLElement[] = [];
  let drawn: EvaluationReport | undefined;
  let pointed: number | undefined;

  const explain = (): void => {
    const report = drawn;
    const total = report === undefined ? 'None tested yet.' : `${counted(report.done, 'held-out sample')}, answered with the weights of step ${grouped(training.heldOut.evaluationStep)}; rows are the true class, columns the answer.`;
    if (pointed === undefined || report === undefined) {
      say(words, total);
      return;
    }
    const [truth, answer] = [Math.floor(pointed / names.length), pointed % names.length];
    const count = report.confusion[pointed] ?? 0;
    const right = truth === answer ? ', which is right' : '';
    say(words, `${counted(count, 'sample')} of class ${names[truth] ?? ''} answered as ${names[answer] ?? ''}${right}.`);
  };
  const point = (index: number | undefined): void => {
    pointed = index;
    explain();
  };

  const build = (): void => {
    cells = names.flatMap(() => names.map(() => h('td', { role: 'gridcell', tabindex: -1, class: 'figure' })));
    cells[0]?.setAttribute('tabindex', '0');
    cells.forEach((cell, index) => {
      cell.addEventListener('pointerenter', () => { point(index); });
      cell.addEventListener('focus', () => { point(index); });
      cell.addEventListener('blur', () => { point(undefined); });
    });
    table.replaceChildren(
      h('thead', {}, h('tr', {}, h('th', { class: 'corner', scope: 'col' }, h('span', { class: 'visually-hidden', text: 'True class' })), ...names.map((name) => h('th', { scope: 'col', title: name, text: name })))),
      h('tbody', {}, ...names.map((name, row) => h('tr', {}, h('th', { scope: 'row', title: name, text: name }), ...cells.slice(row * names.length, (row + 1) * names.length)))),
    );
    table.classList.toggle('long-names', names.some((name) => name.length > 2));
  };
  table.addEventListener('pointerleave', () => { point(undefined); });
  table.addEventListener('keydown', (event) => {
    const [move, from] = [MOVES[event.key], cells.findIndex((cell) => cell === document.activeElement)];
    if (move === undefined || from < 0) return;
    const clamp = (value: number): number => Math.min(names.length - 1, Math.max(0, value));
    const to = clamp(Math.floor(from / names.length) + move[0]) * names.length + clamp((from % names.length) + move[1]);
    event.preventDefault();
    cells[from]?.setAttribute('tabindex', '-1');
    cells[to]?.setAttribute('tabindex', '0');
    cells[to]?.focus();
  });

  const fill = (report: EvaluationReport | undefined): void => {
    for (let row = 0; row < names.length; row += 1) {
      let of = 0;
      for (let column = 0; column < names.length; column += 1) of += report?.confusion[row * names.length + column] ?? 0;
      for (let column = 0; column < names.length; column += 1) {
        const cell = cells[row * names.length + column];
        if (cell === undefined) continue;
        const count = report?.confusion[row * names.length + column] ?? 0;
        say(cell, count === 0 ? '' : String(count));
        // A few errors should show beside many right answers, so the shade follows the square root.
        cell.className = `figure ${row === column ? 'hit' : 'miss'}`;
        cell.style.setProperty('--shade', (count === 0 ? 0 : Math.sqrt(count / of)).toFixed(2));
      }
    }
  };

  const update = (): void => {
    const classes = training.data?.classes ?? [];
    const rebuilt = classes.join() !== names.join();
    if (rebuilt) {
      names = classes;
      build();
    }
    if (!rebuilt && drawn === training.heldOut.evaluation) return;
    drawn = training.heldOut.evaluation;
    fill(drawn);
    explain();
  };
  return { element, update };
}
