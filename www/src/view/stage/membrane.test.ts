/** What of a layer's potentials is a neuron's own. */
import { expect, test } from 'vitest';
import { membraneOf, membranePlace } from './membrane';
import { layOut, placeOf } from './scene';

const SOFT = { threshold: 1, reset: 'soft' } as const;

test('a neuron has the potentials and spikes of its own time steps', () => {
  const [spikes, potentials] = [new Float32Array([0, 1, 0, 0, 0, 1]), new Float32Array([0, 2, 4, 6, 8, 10])];
  const layer = { name: '', shape: [3], spikes, potentials, decay: 0.5 };
  expect(membraneOf({ layer, steps: 2, graded: false }, 1, SOFT, false))
    .toEqual({ before: [2, 8], after: [1, 8], spikes: [1, 0], decay: 0.5, threshold: 1, signed: false });
  expect(membraneOf({ layer, steps: 2, graded: false }, 1, { ...SOFT, reset: 'hard' }, false)?.after).toEqual([0, 8]);
  expect(membraneOf({ layer, steps: 2, graded: false }, 3, SOFT, false)).toBeUndefined();
  expect(membraneOf({ layer: { ...layer, potentials: new Float32Array() }, steps: 2, graded: false }, 0, SOFT, false)).toBeUndefined();
});

test('its drawing stands in the stage, over no cell where there is such a place, and never over its neuron', () => {
  const networks = [[[[64]], true], [[[16, 28, 28], [32, 14, 14], [64, 7, 7]], true], [[[64, 20, 20], [64, 20, 20], [64, 20, 20]], false]] as const;
  for (const [shapes, free] of networks) {
    const scene = layOut({ width: 690, height: 270, seen: [28, 28], shapes, classes: 10, scale: 1 });
    for (const column of scene.columns) {
      for (const neuron of [0, column.tiles[0]?.neurons ?? 1].map((n) => Math.max(0, n - 1))) {
        const place = placeOf(column, neuron) ?? { x: 0, y: 0 };
        const { left, top, width, height } = membranePlace(place, scene);
        expect(left >= 0 && top >= 0 && left + width <= 690 && top + height <= 270).toBe(true);
        expect(place.x > left && place.x < left + width && place.y > top && place.y < top + height, 'over its neuron').toBe(false);
        const covers = [scene.input, ...scene.columns.flatMap(({ tiles }) => tiles)].some((box) => box.left < left + width && left < box.left + box.width
          && box.top < top + height && top < box.top + box.height);
        if (free) expect(covers, `${JSON.stringify(column.shape)}, neuron ${neuron}`).toBe(false);
      }
    }
  }
});
