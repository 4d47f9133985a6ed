/** Which neurons of the layer before a neuron hears. */
import type { LayerInfo, NetworkKind } from '../../worker/protocol';
import { transformOf } from '../shared/layer-words';

/**
 * The layer that a layer hears, -1 for the input. It is the one before, but behind a PointNet's transform: what follows the transform
 * takes what stood in front of it, turned by what the transform's last layer says.
 */
export function sourceOf(layers: readonly Pick<LayerInfo, 'name'>[], layer: number): number {
  const own = layers[layer];
  const before = layers[layer - 1];
  const transform = before === undefined ? undefined : transformOf(before);
  if (transform === undefined || (own !== undefined && transformOf(own) === transform)) return layer - 1;
  let source = layer - 1;
  for (let at = layers[source]; at !== undefined && transformOf(at) === transform; at = layers[source]) source -= 1;
  return source;
}

/** Every neuron of the layer before, or the part of its maps that a 3 by 3 filter sees. */
export type Heard =
  | { readonly kind: 'all' }
  | { readonly kind: 'patch'; readonly rows: readonly [number, number]; readonly columns: readonly [number, number] }
  | { readonly kind: 'point'; readonly point: number };

/** `before`: the shape of the layer before, `[1, height, width]` for the image. */
export function heardBy(layer: Pick<LayerInfo, 'shape'>, before: readonly number[], neuron: number, network: NetworkKind): Heard {
  const { shape } = layer;
  if (shape.length === 2 && before.length === 2) return { kind: 'point', point: Math.floor(neuron / (shape[1] ?? 1)) };
  if (shape.length !== 3 || before.length !== 3) return { kind: 'all' };
  const [, height = 1, width = 1] = shape;
  const [, heightBefore = 1, widthBefore = 1] = before;
  const place = neuron % (height * width);
  return {
    kind: 'patch',
    rows: span(Math.floor(place / width), height, heightBefore, network),
    columns: span(place % width, width, widthBefore, network),
  };
}

/**
 * First and last row (or column) that a 3 by 3 filter reaches. A convnet's maps are halved by pooling, so the filter sees pairs;
 * a residual network's by a stride of 2, so it sees single rows, every other one in the middle.
 */
function span(at: number, size: number, before: number, network: NetworkKind): readonly [number, number] {
  const halved = before > size;
  const [first, last] = !halved ? [at - 1, at + 1] : network === 'conv' ? [2 * at - 2, 2 * at + 3] : [2 * at - 1, 2 * at + 1];
  return [Math.max(0, first), Math.min(before - 1, last)];
}

export function hears(heard: Heard, shape: readonly number[], neuron: number): boolean {
  switch (heard.kind) {
    case 'all': return true;
    case 'point': return Math.floor(neuron / (shape[1] ?? 1)) === heard.point;
    case 'patch': {
      const [, height = 1, width = 1] = shape;
      const place = neuron % (height * width);
      const [row, column] = [Math.floor(place / width), place % width];
      return row >= heard.rows[0] && row <= heard.rows[1] && column >= heard.columns[0] && column <= heard.columns[1];
    }
  }
}
