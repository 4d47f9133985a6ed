import { expect, test } from 'vitest';
import type { ProbeLayer } from '../../worker/protocol';
import { proposedOf } from './liveliest';

/** A network of one layer of so many neurons, of which the last one fires at the first of two time steps. */
function network(neurons: number): { readonly layers: ProbeLayer[]; readonly steps: number } {
  const spikes = new Float32Array(2 * neurons);
  spikes[neurons - 1] = 1;
  const layer: Partial<ProbeLayer> = { shape: [neurons], spikes };
  return { layers: [layer as ProbeLayer], steps: 2 };
}

test('a neuron that any of several networks has stays chosen, and in place of any other one comes that fires', () => {
  const both = [network(4), network(9)];
  expect(proposedOf(both, { layer: 0, neuron: 2 })).toBeUndefined();
  expect(proposedOf(both, { layer: 0, neuron: 8 }), 'the second has it').toBeUndefined();
  expect(proposedOf(both, { layer: 0, neuron: 9 })).toEqual({ layer: 0, neuron: 3 });
  expect(proposedOf(both, { layer: 1, neuron: 0 })).toEqual({ layer: 0, neuron: 3 });
  expect(proposedOf(both, undefined)).toEqual({ layer: 0, neuron: 3 });
  expect(proposedOf([], undefined)).toBeUndefined();
});
