/** What of a layer's potentials is a neuron's own. */
import { expect, test } from 'vitest';
import { membraneOf } from './membrane';

test('a neuron has the potentials and spikes of its own time steps', () => {
  const layer = { name: '', shape: [3], spikes: new Float32Array([0, 1, 0, 0, 0, 1]), potentials: new Float32Array([0, 2, 4, 6, 8, 10]) };
  expect(membraneOf({ layer, steps: 2, graded: false }, 1, 1, false)).toEqual({ potentials: [2, 8], spikes: [1, 0], threshold: 1, signed: false });
  expect(membraneOf({ layer, steps: 2, graded: false }, 3, 1, false)).toBeUndefined();
  expect(membraneOf({ layer: { ...layer, potentials: new Float32Array() }, steps: 2, graded: false }, 0, 1, false)).toBeUndefined();
});
