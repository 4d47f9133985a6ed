/** A neuron worth looking at. */
import type { Choice } from '../../run/lane';
import type { Probe } from '../../worker/protocol';

/** Of a layer with more neurons so many are asked. */
const MOST_ASKED = 4096;

/** Whether a network has such a neuron. */
export function isIn({ layers }: Pick<Probe, 'layers'>, choice: Choice | undefined): boolean {
  const shape = choice === undefined ? undefined : layers[choice.layer]?.shape;
  return choice !== undefined && shape !== undefined && choice.neuron < shape.reduce((product, size) => product * size, 1);
}

/** Where a layer is looked at first: in the middle of its middle map, for an image's border is mostly empty. */
function middleOf(shape: readonly number[]): number {
  const [channels = 1, height = 1, width = 1] = shape;
  if (shape.length < 3) return Math.floor((channels * height) / 2);
  return (Math.floor(channels / 2) * height + Math.floor(height / 2)) * width + Math.floor(width / 2);
}

/**
 * The first neuron of the first layer, from its middle on, that both fires and is silent over the time steps; or one that fires at
 * all; or none.
 */
export function liveliest({ layers, steps }: Pick<Probe, 'layers' | 'steps'>): Choice | undefined {
  let some: Choice | undefined;
  for (const [layer, { shape, spikes }] of layers.entries()) {
    const neurons = spikes.length / steps;
    const every = Math.max(1, Math.ceil(neurons / MOST_ASKED));
    for (let asked = 0; asked < neurons; asked += every) {
      const neuron = (asked + middleOf(shape)) % neurons;
      let fired = 0;
      for (let t = 0; t < steps; t += 1) fired += spikes[t * neurons + neuron] === 0 ? 0 : 1;
      if (fired > 0 && fired < steps) return { layer, neuron };
      if (fired > 0) some ??= { layer, neuron };
    }
  }
  return some;
}

/** Of several networks that show the same choice: a neuron in place of one that none of them has; undefined where the choice stands. */
export function proposedOf(probes: readonly Pick<Probe, 'layers' | 'steps'>[], choice: Choice | undefined): Choice | undefined {
  const [first] = probes;
  return first === undefined || probes.some((probe) => isIn(probe, choice)) ? undefined : liveliest(first);
}

/** Whether a neuron fires at any time step. */
export function fires({ layers, steps }: Pick<Probe, 'layers' | 'steps'>, { layer, neuron }: Choice): boolean {
  const { spikes } = layers[layer] ?? { spikes: [] };
  const neurons = spikes.length / steps;
  return Array.from({ length: steps }, (_, t) => spikes[t * neurons + neuron] ?? 0).some((sent) => sent !== 0);
}
