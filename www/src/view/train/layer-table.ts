/** How each spiking layer fires over the held-out samples. */
import { html, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import { COUNTED } from '../../state/core-settings';
import type { EvaluationReport, LayerInfo, ProbeLayer } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { layerKeys } from '../shared/kept';
import { isUnderMaximum, transformOf } from '../shared/layer-words';
import { counted, grouped, panel, percent, scroller, type Part } from '../shared/part';
import { termIn } from '../shared/term';

/** What the core counted of a layer; rectified layers have no statistics. */
type Counted = EvaluationReport['layers'][number] | undefined;

interface Column {
  readonly key: string;
  readonly label: string;
  readonly explain: string;
  readonly of: (layer: LayerInfo, counted: Counted, probed: ProbeLayer | undefined) => string;
}

const COLUMNS: readonly Column[] = [
  {
    key: 'neurons', label: 'Neurons', explain: 'Neurons in the layer',
    of: ({ shape }) => grouped(shape.reduce((product, size) => product * size, 1)),
  },
  {
    key: 'decay', label: 'Decay', explain: 'What its neurons keep of their potential from one time step to the next, as the layer has learned it',
    of: ({ spiking }, _, probed) => (probed === undefined || !spiking ? '-' : probed.decay.toFixed(3)),
  },
  {
    key: 'rate', label: 'Firing rate', explain: 'Share of neurons that fire at a time step',
    of: (_, counted) => (counted === undefined ? '-' : percent(counted.rate)),
  },
  {
    key: 'negative', label: 'Negative rate', explain: 'Share of neurons that send a negative spike at a time step',
    of: (_, counted) => (counted === undefined ? '-' : percent(counted.negativeRate)),
  },
  {
    key: 'entropy', label: 'Entropy, bits',
    explain: 'Information in one neuron at one time step: at most 1 bit for binary spikes, 1.58 for ternary ones',
    of: (_, counted) => (counted === undefined ? '-' : counted.entropy.toFixed(3)),
  },
  {
    key: 'operations', label: 'Synaptic operations',
    explain: "Neurons of the next layer that this layer's spikes reach, per sample: an addition each, or a multiplication where spikes are real-valued",
    of: (_, counted) => (counted === undefined ? '-' : grouped(counted.synapticOperations)),
  },
];

/** "3", with what a person would not expect of it. */
function nameOf(layers: readonly LayerInfo[], place: number): string {
  const layer = layers[place];
  const transform = layer === undefined ? undefined : transformOf(layer);
  const currents = layer?.spiking === false ? [isUnderMaximum(layers, place) ? 'currents, under the maximum' : 'rectified currents'] : [];
  const notes = [...(transform === undefined ? [] : [transform]), ...currents, ...(layer?.skip === true ? ['ends a block'] : [])];
  return [String(place + 1), ...notes].join(', ');
}

export function createLayerTable(app: App): Part {
  const { training } = app;
  const table = h('table', { class: 'numbers' });
  const caption = h('p', { class: 'caption' });
  const element = panel(app, 'layers', 'How each layer fires', scroller('Layers in figures', table), caption);

  const update = (): void => {
    const layers = training.info?.layers ?? [];
    const { evaluation, evaluationStep } = training.heldOut;
    const { spike, trainDecay } = training.info?.config ?? app.store.state.config;
    element.classList.toggle('one-sign', spike !== 'ternary');
    element.classList.toggle('fixed-decay', !trainDecay);
    const keys = layerKeys(layers);
    const row = (layer: LayerInfo, place: number) => {
      const found = evaluation?.layers.find(({ name }) => name === layer.name);
      const cells = COLUMNS.map(({ key, of }) => html`<td data-column=${key}>${of(layer, found, training.probe?.layers[place])}</td>`);
      return html`<tr><th scope="row">${nameOf(layers, place)}</th>${cells}</tr>`;
    };
    render(html`
      <thead><tr>
        <th scope="col">Layer</th>
        ${COLUMNS.map(({ key, label, explain }) => html`<th scope="col" data-column=${key}>${termIn(label, `${explain}.`)}</th>`)}
      </tr></thead>
      <tbody>${repeat(layers, (_, place) => keys[place], row)}</tbody>`, table);
    const parameters = training.info === undefined ? '' : `${counted(training.info.parameters, 'trained number')}. `;
    if (evaluation === undefined) {
      say(caption, `${parameters}The figures come with the first held-out samples.`);
      return;
    }
    const of = `the first ${grouped(Math.min(evaluation.done, COUNTED))} held-out samples, with the weights of step ${grouped(evaluationStep)}`;
    say(caption, `${parameters}Means over ${of}; ${grouped(evaluation.energy.synapticOperations)} synaptic operations a sample.`);
  };
  return { element, update };
}
