/** The curves of all lanes on top of each other. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import type { Race } from '../../run/race';
import { Curves } from '../shared/curves';
import { h } from '../shared/element';
import { changes, Kept } from '../shared/kept';
import { smoothed } from '../shared/learning';
import { counted, panel, percent } from '../shared/part';
import type { LaneMarks } from './lane-marks';
import { DASHES, laneColour, laneWords } from './lanes';

/** Both charts of a race; with other lanes there are other charts. */
interface Pair {
  readonly loss: Curves;
  readonly accuracy: Curves;
  letGo(): void;
}

function pairOf(named: readonly (readonly [string, number])[]): Pair {
  const lines = named.map(([label, mark]) => ({ label, colour: laneColour(mark), dash: DASHES[mark] ?? [], width: 2 }));
  const shared = { xLabel: 'step', height: 220 };
  const loss = new Curves({ ...shared, title: 'Training loss, mean of 20 steps', lines, range: [0, null], format: (value) => value.toFixed(2) });
  const accuracy = new Curves({
    ...shared, title: 'Held-out accuracy', lines: lines.map((line) => ({ ...line, dots: true })), range: [0, 1], format: (value) => percent(value, 0),
  });
  const letGo = (): void => {
    loss.letGo();
    accuracy.letGo();
  };
  return { loss, accuracy, letGo };
}

export function createCharts(app: App, race: Race, marks: LaneMarks): { readonly element: HTMLElement; update(): void } {
  const { store } = app;
  const place = h('div', { class: 'curve-pair columns' });
  const element = panel(app, 'curves', 'How they learn', place);
  let names: readonly string[] = [];
  const kept = new Kept(() => pairOf(names.map((name, i) => [name, marks.of(i)])));
  const changed = changes();

  const ahead = (): string => {
    const standing = names.map((name, i) => ({ name, lane: race.lanes[i] })).flatMap(({ name, lane }) => {
      const accuracy = lane?.stopped === undefined ? lane?.history.heldOutAccuracy.y.at(-1) : undefined;
      return accuracy === undefined ? [] : [{ name, accuracy }];
    });
    const [best] = standing.sort((a, b) => b.accuracy - a.accuracy);
    return best === undefined ? 'Not tested yet.' : `Ahead for now: ${best.name} with ${percent(best.accuracy)}.`;
  };

  const update = (): void => {
    const { lanes, config } = store.state;
    names = lanes.map((lane) => laneWords(lane, config));
    const pairs = kept.of([names.map((name, i) => `${marks.of(i)} ${name}`).join('\n')]);
    const [pair] = pairs;
    render(repeat(pairs.flatMap(({ loss, accuracy }) => [loss, accuracy]), (chart) => chart, (chart) => chart.element), place);
    const at = race.lanes.flatMap(({ history }) => [history, history.loss.x.length, history.heldOutLoss.x.at(-1)]);
    if (!changed(pair, ...at) || pair === undefined || race.lanes.length !== lanes.length) return;
    const those = race.lanes.some((lane) => lane.stopped !== undefined) ? ' that still trains' : '';
    const after = `after ${counted(race.step, 'step')} in every lane${those}`;
    pair.loss.draw(race.lanes.map((lane) => smoothed(lane.history.loss)), `How far the answers are from the truth, ${after}: lower is better.`);
    pair.accuracy.draw(race.lanes.map((lane) => lane.history.heldOutAccuracy), ahead());
  };
  return { element, update };
}
