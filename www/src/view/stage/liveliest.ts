/** A neuron worth looking at. */
import type { Probe } from '../../worker/protocol';

/** Of a layer with more neurons so many are asked. */
const MOST_ASKED = 4096;

/**
 * The first neuron of the first layer, near its middle, that both fires and is silent over the time steps; or one that fires at
 * all; or none.
 */
export function liveliest({ layers, steps }: Pick<Probe, 'layers' | 'steps'>): { readonly layer: number; readonly neuron: number } | undefined {
  let some: { layer: number; neuron: number } | undefined;
  for (const [layer, { spikes }] of layers.entries()) {
    const neurons = spikes.length / steps;
    const every = Math.max(1, Math.ceil(neurons / MOST_ASKED));
    for (let asked = 0; asked < neurons; asked += every) {
      const neuron = Math.floor((asked + neurons / 2) % neurons);
      let fired = 0;
      for (let t = 0; t < steps; t += 1) fired += spikes[t * neurons + neuron] === 0 ? 0 : 1;
      if (fired > 0 && fired < steps) return { layer, neuron };
      if (fired > 0) some ??= { layer, neuron };
    }
  }
  return some;
}
