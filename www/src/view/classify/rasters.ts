/** One raster for each spiking layer of the answer. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Answer } from '../../run/classification';
import { h, say } from '../shared/element';
import { Kept, layerKeys } from '../shared/kept';
import { counted, grouped } from '../shared/part';
import { SpikeRaster } from '../shared/raster';

/** "64 neurons at each of 1,024 points", or "256 neurons". */
function neuronsWords(shape: readonly number[], neurons: number): string {
  const [points = 0, channels = 0] = shape;
  return shape.length === 2 ? `${counted(channels, 'neuron')} at each of ${grouped(points)} points` : counted(neurons, 'neuron');
}

interface Row {
  readonly element: HTMLElement;
  readonly raster: SpikeRaster;
  readonly title: HTMLElement;
  letGo(): void;
}

export class Rasters {
  readonly element = h('div', { class: 'rasters' });
  private readonly kept = new Kept((): Row => {
    const [raster, title] = [new SpikeRaster(), h('figcaption')];
    return { element: h('figure', {}, title, raster.element), raster, title, letGo: () => { raster.letGo(); } };
  });

  draw({ probe: { layers, steps }, kind, layers: infos }: Answer, step: number | undefined): void {
    const rows = this.kept.of(layerKeys(layers));
    render(repeat(rows, (row) => row, (row) => row.element), this.element);
    rows.forEach(({ element, raster, title }, at) => {
      const layer = layers[at];
      // A layer that sends its currents as they are has no spikes to show.
      element.hidden = layer === undefined || layer.spikes.length === 0;
      if (layer === undefined || element.hidden) return;
      say(title, `Layer ${at + 1}: ${neuronsWords(layer.shape, layer.spikes.length / steps)}`);
      raster.draw({ layer, steps, kind, rectified: infos[at]?.spiking === false, ...(step === undefined ? {} : { step }) });
    });
  }
}
