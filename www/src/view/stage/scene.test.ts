import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { layOut, neuronAt, placeOf, SHARP, type Box } from './scene';

const NEURONS = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const shape = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 1024 })),
  fc.tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 28 })),
);
const size = fc.record({ width: fc.integer({ min: 240, max: 1600 }), height: fc.integer({ min: 160, max: 900 }) });

const within = (inner: Box, outer: { readonly width: number; readonly height: number }): boolean =>
  inner.left >= -0.01 && inner.top >= -0.01 && inner.left + inner.width <= outer.width + 0.01 && inner.top + inner.height <= outer.height + 0.01;

const laidOut = (shapes: readonly (readonly number[])[], { width, height }: { width: number; height: number }, chosen?: { layer: number; neuron: number }) =>
  layOut({ width, height, seen: [28, 28], shapes, classes: 10, scale: 1, ...(chosen === undefined ? {} : { chosen }) });

describe('a scene', () => {
  test('has everything inside its bounds, and no column over another', () => {
    fc.assert(fc.property(fc.array(shape, { minLength: 1, maxLength: 8 }), size, (shapes, room) => {
      const scene = laidOut(shapes, room);
      const boxes = [scene.input, ...scene.columns, scene.classes];
      expect(boxes.every((box) => within(box, room))).toBe(true);
      boxes.slice(1).forEach((box, i) => {
        const before = boxes[i];
        if (before !== undefined) expect(box.left).toBeGreaterThan(before.left + before.width - 0.01);
      });
    }));
  });

  test('gives a neuron that is shown a cell, and the cell gives the neuron back', () => {
    fc.assert(fc.property(shape, size, fc.nat(), (one, room, some) => {
      const neuron = some % NEURONS(one);
      const [column] = laidOut([one], room, { layer: 0, neuron }).columns;
      const place = column === undefined ? undefined : placeOf(column, neuron);
      // The chosen neuron is always shown.
      expect(place).toBeDefined();
      if (column !== undefined && place !== undefined) expect(neuronAt(column, place.x, place.y)).toBe(neuron);
    }));
  });

  test('shows every unit of a layer, once', () => {
    const [column] = laidOut([[300]], { width: 800, height: 400 }).columns;
    const places = new Set(Array.from({ length: 300 }, (_, i) => JSON.stringify(column === undefined ? undefined : placeOf(column, i))));
    expect(places.size).toBe(300);
  });

  test('has cells of whole device pixels, but for those so small that most of them would be lost', () => {
    const { columns } = layOut({ width: 900, height: 400, seen: [28, 28], shapes: [[64], [16, 28, 28]], classes: 10, scale: 1.5 });
    const [units, maps] = columns.map(({ cell }) => cell * 1.5);
    expect(units).toBeGreaterThan(SHARP);
    expect(units).toBe(Math.round(units ?? 0));
    expect(maps).toBeLessThan(SHARP);
  });

  test('fills at least half of a column with maps, however fine the screen', () => {
    for (const scale of [1, 1.25, 1.5, 2, 3]) {
      for (const width of [340, 520, 680, 900]) {
        const [first] = layOut({ width, height: 300, seen: [28, 28], shapes: [[16, 28, 28], [32, 14, 14], [64, 7, 7]], classes: 10, scale }).columns;
        const wide = first?.tiles.reduce((right, tile) => Math.max(right, tile.left + tile.width), 0) ?? 0;
        const pitch = (width - 10) / 5;
        expect(wide - (first?.tiles[0]?.left ?? 0), `${width} at ${scale}`).toBeGreaterThan(pitch / 4);
      }
    }
  });
});
