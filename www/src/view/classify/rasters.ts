/** One raster for each spiking layer of the answer. */
import type { Answer } from '../../run/classification';
import { h } from '../shared/element';
import { counted, grouped } from '../shared/part';
import { SpikeRaster } from '../shared/raster';

/** "64 neurons at each of 1,024 points", or "256 neurons". */
function neuronsWords(shape: readonly number[], neurons: number): string {
  const [points = 0, channels = 0] = shape;
  return shape.length === 2 ? `${counted(channels, 'neuron')} at each of ${grouped(points)} points` : counted(neurons, 'neuron');
}

interface Row {
  readonly raster: SpikeRaster;
  /** The layer's place in the network. */
  readonly at: number;
}

export class Rasters {
  readonly element = h('div', { class: 'rasters' });
  private rows: readonly Row[] = [];
  private built = '';

  draw({ probe: { layers, steps }, kind, layers: infos }: Answer, step: number | undefined): void {
    const key = layers.map(({ name, shape }) => `${name}:${shape.join('x')}`).join();
    if (key !== this.built) {
      this.built = key;
      this.rows.forEach(({ raster }) => { raster.letGo(); });
      // A layer that sends its currents as they are has no spikes to show.
      this.rows = layers.flatMap(({ spikes }, at) => (spikes.length === 0 ? [] : [{ raster: new SpikeRaster(), at }]));
      this.element.replaceChildren(...this.rows.map(({ raster, at }) => {
        const { shape = [], spikes } = layers[at] ?? {};
        return h('figure', {}, h('figcaption', { text: `Layer ${at + 1}: ${neuronsWords(shape, (spikes?.length ?? 0) / steps)}` }), raster.element);
      }));
    }
    this.rows.forEach(({ raster, at }) => {
      const layer = layers[at];
      if (layer !== undefined) raster.draw({ layer, steps, kind, rectified: infos[at]?.spiking === false, ...(step === undefined ? {} : { step }) });
    });
  }
}
