import { expect, test } from 'vitest';
import type { ProbeLayer } from '../../worker/protocol';
import { sentAt, strongestOf, type Look } from './film';
import { liveliest } from './liveliest';
import { firing, MOST_PULSES, pulsesOf, type Stop } from './traffic';

const layerOf = (shape: number[], spikes: number[]): ProbeLayer => ({
  name: 'layer1', shape, spikes: Float32Array.from(spikes), potentials: new Float32Array(spikes.length), decay: 0,
});
const lookOf = (shape: number[], steps: number, spikes: number[]): Look => ({ layer: layerOf(shape, spikes), steps, graded: false });
const stopOf = (count: number, x: number): Stop => ({ neurons: Array.from({ length: count }, (_, i) => i), place: (neuron) => ({ x, y: neuron }) });

test('what a neuron sent is that of its time step, or the mean of all', () => {
  const look = lookOf([3], 2, [1, 0, -1, 1, 1, 0]);
  expect([0, 1, 2].map((neuron) => sentAt(look, neuron, 0))).toEqual([1, 0, -1]);
  expect([0, 1, 2].map((neuron) => sentAt(look, neuron, 'mean'))).toEqual([1, 0.5, -0.5]);
});

test('the strongest counts whatever its sign', () => {
  expect(strongestOf(layerOf([3], [0.5, -2, 1]))).toBe(2);
});

test('spikes come from neurons that fired and go to neurons that fired', () => {
  const from = lookOf([4], 1, [0, 1, 0, -0.5]);
  const to = lookOf([3], 1, [0, 0, 1]);
  const [start, end] = [stopOf(4, 0), stopOf(3, 10)];
  const pulses = pulsesOf({
    from: start, to: end, sources: firing(start, from, 0, MOST_PULSES), targets: firing(end, to, 0, MOST_PULSES), sent: (neuron) => sentAt(from, neuron, 0),
  });
  expect(pulses.map(({ from: a, to: b, sent }) => [a.y, b.y, sent])).toEqual([[1, 2, 1], [3, 2, -0.5]]);
});

test('where nothing fired nothing is under way, and of very many only some are drawn', () => {
  expect(firing(stopOf(50, 0), lookOf([50], 1, Array.from({ length: 50 }, () => 0)), 0, MOST_PULSES)).toEqual([]);
  const fired = firing(stopOf(9000, 0), lookOf([9000], 1, Array.from({ length: 9000 }, () => 1)), 0, MOST_PULSES);
  expect(fired).toHaveLength(MOST_PULSES);
  expect(Math.max(...fired)).toBeGreaterThan(8000);
});

test('the liveliest neuron fires and is silent; failing that it fires; failing that there is none', () => {
  expect(liveliest({ layers: [layerOf([3], [1, 1, 0, 1, 0, 0])], steps: 2 })).toEqual({ layer: 0, neuron: 1 });
  expect(liveliest({ layers: [layerOf([2], [0, 0]), layerOf([2], [0, 1])], steps: 1 })).toEqual({ layer: 1, neuron: 1 });
  expect(liveliest({ layers: [layerOf([2], [0, 0, 0, 0])], steps: 2 })).toBeUndefined();
});
