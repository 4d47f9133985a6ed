/** How each spiking layer fires over the held-out samples. */
import type { App } from '../../app';
import type { EvaluationReport, LayerInfo } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { isUnderMaximum, transformOf } from '../shared/layer-words';
import { counted, grouped, panel, percent, scroller, type Part } from '../shared/part';
import './layer-table.css';

const COLUMNS: readonly { key: string; label: string; explain: string }[] = [
  { key: 'neurons', label: 'Neurons', explain: 'Neurons in the layer' },
  { key: 'rate', label: 'Firing rate', explain: 'Share of neurons that fire at a time step' },
  { key: 'negative', label: 'Negative rate', explain: 'Share of neurons that send a negative spike at a time step' },
  { key: 'entropy', label: 'Entropy, bits', explain: 'Information in one neuron at one time step: at most 1 bit for binary spikes, 1.58 for ternary ones' },
  { key: 'operations', label: 'Synaptic operations', explain: "Neurons of the next layer that this layer's spikes reach, per sample: an addition each, or a multiplication where spikes are real-valued" },
];

/** The core counts spikes on so many held-out samples at most. */
const COUNTED = 256;

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
  const head = h('tr', {}, h('th', { scope: 'col', text: 'Layer' }), ...COLUMNS.map(({ key, label, explain }) => h('th', { scope: 'col', title: explain, 'data-column': key, text: label })));
  const body = h('tbody');
  const table = h('table', { class: 'numbers' }, h('thead', {}, head), body);
  const caption = h('p', { class: 'caption' });
  const terms = h(
    'details', {}, h('summary', { text: 'What the columns mean' }),
    h('dl', { class: 'terms' }, ...COLUMNS.flatMap(({ key, label, explain }) => [h('dt', { 'data-column': key, text: label }), h('dd', { 'data-column': key, text: `${explain}.` })])),
  );
  const element = panel(app, 'layers', 'How each layer fires', scroller('Layers in figures', table), caption, terms);
  let built = '';
  let rows: Map<string, HTMLElement>[] = [];
  let drawn: EvaluationReport | undefined;

  const build = (layers: readonly LayerInfo[]): void => {
    rows = layers.map(() => new Map(COLUMNS.map(({ key }) => [key, h('td', { 'data-column': key })])));
    body.replaceChildren(...rows.map((cells, i) => h('tr', {}, h('th', { scope: 'row', text: nameOf(layers, i) }), ...cells.values())));
  };

  const update = (): void => {
    const layers = training.info?.layers ?? [];
    const key = layers.map(({ name, shape }) => `${name}:${shape.join('x')}`).join() + layers.map(({ spiking }) => Number(spiking)).join('');
    const rebuilt = key !== built;
    if (rebuilt) {
      built = key;
      build(layers);
    }
    element.classList.toggle('one-sign', (training.info?.config ?? app.store.state.config).spike !== 'ternary');
    if (!rebuilt && drawn === training.heldOut.evaluation) return;
    drawn = training.heldOut.evaluation;
    rows.forEach((cells, i) => {
      const shape = layers[i]?.shape ?? [];
      // Rectified layers have no statistics.
      const now = drawn?.layers.find(({ name }) => name === layers[i]?.name);
      const values: Record<string, string> = {
        neurons: grouped(shape.reduce((product, size) => product * size, 1)),
        rate: now === undefined ? '-' : percent(now.rate),
        negative: now === undefined ? '-' : percent(now.negativeRate),
        entropy: now === undefined ? '-' : now.entropy.toFixed(3),
        operations: now === undefined ? '-' : grouped(now.synapticOperations),
      };
      for (const [column, cell] of cells) say(cell, values[column] ?? '');
    });
    const parameters = training.info === undefined ? '' : `${counted(training.info.parameters, 'trained number')}. `;
    say(caption, drawn === undefined
      ? `${parameters}The figures come with the first held-out samples.`
      : `${parameters}Means over the first ${grouped(Math.min(drawn.done, COUNTED))} held-out samples, with the weights of step ${grouped(training.heldOut.evaluationStep)}; ${grouped(drawn.energy.synapticOperations)} synaptic operations a sample.`);
  };
  return { element, update };
}
