/** The lanes in figures: one table, a row a lane. */
import { html, nothing, render } from 'lit-html';
import type { App } from '../../app';
import type { Lane, Race } from '../../run/race';
import { h, say } from '../shared/element';
import { grouped, panel, percent, scroller } from '../shared/part';
import { termIn } from '../shared/term';
import { createEnergy, measuredSpikes, nanojoules, ORDINARY } from './energy';
import type { LaneMarks } from './lane-marks';
import { laneWords, swatch } from './lanes';

interface Column {
  readonly key: string;
  readonly label: string;
  readonly explain: string;
  /** Undefined while it is not known. */
  readonly of: (lane: Lane) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  {
    key: 'accuracy', label: 'Held-out accuracy',
    explain: 'Share of samples it was never trained on that it gets right, from the last whole pass over them',
    of: ({ history }) => shareOf(history.heldOutAccuracy.y.at(-1)),
  },
  {
    key: 'entropy', label: 'Entropy, bits', explain: 'What a spike can carry, per neuron and time step, counted over each layer',
    of: (lane) => overNeurons(lane, ({ entropy }) => entropy)?.toFixed(3),
  },
  {
    key: 'rate', label: 'Firing rate', explain: 'Share of neurons and time steps that fire',
    of: (lane) => shareOf(overNeurons(lane, ({ rate }) => rate)),
  },
  {
    key: 'operations', label: 'Synaptic operations', explain: 'Neurons that spikes reach, for one sample',
    of: ({ evaluation }) => (evaluation === undefined ? undefined : grouped(evaluation.energy.synapticOperations)),
  },
  {
    key: 'energy', label: 'Energy, nJ (45 nm)', explain: 'For one sample on neuromorphic hardware, estimated: the formula stands under the table',
    of: ({ evaluation }) => (evaluation === undefined ? undefined : nanojoules(evaluation.energy.nanojoules45nm)),
  },
  {
    key: 'energy-paper', label: 'Energy, nJ (Ternary Spike)', explain: "The same by the Ternary Spike paper's figures",
    of: ({ evaluation }) => (evaluation === undefined ? undefined : nanojoules(evaluation.energy.nanojoulesTernaryPaper)),
  },
  {
    key: 'milliseconds', label: 'Step, ms', explain: 'One training step on this machine, with its way to the worker and back',
    of: ({ stepMs }) => (stepMs === 0 ? undefined : stepMs.toFixed(1)),
  },
  { key: 'parameters', label: 'Parameters', explain: 'Trained numbers', of: ({ info }) => grouped(info.parameters) },
];

const ABOUT = [
  'All lanes start from the same weights and see the same batches in the same order.',
  'This is one seed: a difference of a point or so may be chance. Spikes are counted on the first 256 held-out samples.',
].join(' ');

/** The same, with the step whose weights were measured. */
function aboutWords({ lanes, step }: Race): string {
  const measured = lanes[0]?.history.heldOutAccuracy.x.at(-1);
  if (measured === undefined || measured === step) return ABOUT;
  return `Accuracy, spikes and energy are of the weights of step ${grouped(measured)}. ${ABOUT}`;
}

function shareOf(share: number | undefined): string | undefined {
  return share === undefined ? undefined : percent(share);
}

/** A mean over all neurons of a lane's layers. */
function overNeurons({ evaluation }: Lane, value: (layer: { rate: number; entropy: number }) => number): number | undefined {
  const layers = evaluation?.layers ?? [];
  const neurons = layers.reduce((sum, layer) => sum + layer.neurons, 0);
  // A lane of rectified units sends no spikes.
  if (neurons === 0) return undefined;
  return layers.reduce((sum, layer) => sum + layer.neurons * value(layer), 0) / neurons;
}

/** What the same layers would cost without spikes, once a lane with spikes is measured. */
function ordinaryRow(lanes: readonly Lane[]): unknown {
  const energy = measuredSpikes(lanes);
  if (energy === undefined) return nothing;
  const known: Partial<Record<string, string>> = {
    operations: `${grouped(energy.ordinaryMacs)} MACs`, energy: nanojoules(energy.ordinaryNanojoules45nm),
    'energy-paper': nanojoules(energy.ordinaryNanojoulesTernaryPaper),
  };
  return html`<tr class="ordinary">
    <th scope="row">${termIn(ORDINARY, 'Rectified units in place of spikes, once through: each connection is a multiply-accumulate (MAC).')}</th>
    ${COLUMNS.map(({ key }) => html`<td data-lane="ordinary" data-figure=${key}>${known[key] ?? '-'}</td>`)}
  </tr>`;
}

export function createFigures(app: App, race: Race, marks: LaneMarks): { readonly element: HTMLElement; update(): void } {
  const { store } = app;
  const table = h('table', { class: 'numbers compare-table' });
  const [energy, about] = [createEnergy(), h('p', { class: 'caption' })];
  const element = panel(
    app, 'table', 'What they cost and what they are worth',
    scroller('The lanes in figures', table), about, energy.element,
  );
  const update = (): void => {
    const { lanes, config } = store.state;
    const names = lanes.map((lane) => laneWords(lane, config));
    const cell = (lane: Lane | undefined, i: number, { key, of }: Column) => html`<td data-lane=${i} data-figure=${key}
      >${(lane === undefined ? undefined : of(lane)) ?? '-'}</td>`;
    render(html`
      <caption class="visually-hidden">The lanes in figures</caption>
      <thead><tr>
        <th scope="col">Lane</th>${COLUMNS.map(({ label, explain }) => html`<th scope="col">${termIn(label, `${explain}.`)}</th>`)}
      </tr></thead>
      <tbody>${names.map((name, i) => html`<tr>
        <th scope="row">${swatch(marks.of(i))}${name}</th>${COLUMNS.map((column) => cell(race.lanes[i], i, column))}
      </tr>`)}${ordinaryRow(race.lanes)}</tbody>`, table);
    say(about, aboutWords(race));
    energy.update(race.lanes, names);
  };
  return { element, update };
}
