/** A raster for each spiking layer of the sample that is looked at; a click or the arrow keys choose a neuron. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import { h, say } from '../shared/element';
import { Kept, layerKeys } from '../shared/kept';
import { transformOf } from '../shared/layer-words';
import type { SlowMotion } from '../shared/motion';
import { counted, type Part } from '../shared/part';
import { neuronWords, rowsOf, SpikeRaster } from '../shared/raster';

interface Panel {
  readonly element: HTMLElement;
  readonly raster: SpikeRaster;
  readonly title: HTMLElement;
  letGo(): void;
}

/** With more layers than this each raster is lower. */
const MANY = 8;

/** "16 channels of 28 by 28", "64 channels at each of 256 points" or "256 neurons". */
function shapeWords(shape: readonly number[]): string {
  const [units = 0, height = 0, width = 0] = shape;
  if (shape.length === 2) return `${counted(height, 'channel')} at each of ${counted(units, 'point')}`;
  return shape.length < 3 ? `${units} neurons` : `${units} channels of ${height} by ${width}`;
}

export function createSpikes(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  const element = h('div', { class: 'rasters' });

  const pick = (layer: number, neuron: number): void => { store.update({ layer, neuron }, 'replace'); };

  /** Up and down go through the rows, left and right through the time steps. */
  const onKey = (event: KeyboardEvent, layer: number, raster: SpikeRaster): void => {
    const rows = raster.shownNeurons;
    const at = store.state.layer === layer ? rows.indexOf(store.state.neuron) : -1;
    const row = { ArrowUp: Math.max(0, at - 1), ArrowDown: Math.min(rows.length - 1, at + 1), Home: 0, End: rows.length - 1 }[event.key];
    const neuron = row === undefined ? undefined : rows[row];
    if (neuron !== undefined) pick(layer, neuron);
    else if (event.key === 'ArrowLeft') motion.by(-1);
    else if (event.key === 'ArrowRight') motion.by(1);
    else return;
    event.preventDefault();
  };

  const kept = new Kept((_, layer): Panel => {
    const raster = new SpikeRaster('raster', (neuron) => { pick(layer, neuron); });
    // The rows are positions and a neuron is the value: that is what a screen reader knows as a slider.
    raster.element.setAttribute('role', 'slider');
    raster.element.setAttribute('aria-orientation', 'vertical');
    raster.element.setAttribute('aria-valuemin', '1');
    raster.element.tabIndex = 0;
    raster.element.addEventListener('keydown', (event) => { onKey(event, layer, raster); });
    const title = h('figcaption');
    return { element: h('figure', {}, title, raster.element), raster, title, letGo: () => { raster.letGo(); } };
  });

  const update = (): void => {
    const { probe } = training;
    if (probe === undefined) return;
    const panels = kept.of(layerKeys(probe.layers));
    render(repeat(panels, (panel) => panel, (panel) => panel.element), element);
    element.classList.toggle('many', probe.layers.length > MANY);
    const { layer: chosen, neuron } = store.state;
    panels.forEach(({ element: figure, raster, title }, i) => {
      const layer = probe.layers[i];
      if (layer === undefined) return;
      // What stands under a maximum over points sends nothing by itself.
      figure.hidden = layer.spikes.length === 0;
      if (figure.hidden) return;
      const kind = (training.info?.config ?? store.state.config).spike;
      const rectified = training.info?.layers[i]?.spiking === false;
      raster.draw({ layer, steps: probe.steps, kind, rectified, ...(motion.step === undefined ? {} : { step: motion.step }),
        ...(i === chosen ? { neuron } : {}) });
      const all = layer.spikes.length / probe.steps;
      const rows = rowsOf(layer.shape).length;
      const transform = transformOf(layer);
      say(title, `Layer ${i + 1}${transform === undefined ? '' : ` (${transform})`}: `
        + `${rows < all ? `${rows} of ` : ''}${rectified ? `${counted(all, 'unit')}, rectified` : counted(all, 'neuron')}`);
      title.title = shapeWords(layer.shape);
      const at = i === chosen ? raster.shownNeurons.indexOf(neuron) : -1;
      raster.element.setAttribute('aria-valuemax', String(raster.shownNeurons.length));
      raster.element.setAttribute('aria-valuenow', String(at + 1));
      raster.element.setAttribute('aria-valuetext', at < 0 ? 'no neuron chosen here' : neuronWords(layer.shape, neuron));
    });
  };
  return { element, update };
}
