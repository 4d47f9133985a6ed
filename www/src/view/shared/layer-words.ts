/** What a layer is called, and what a person would not expect of it. */
import type { LayerInfo } from '../../worker/protocol';

type Named = Pick<LayerInfo, 'name' | 'shape' | 'spiking'>;

/** Whether a layer stands under a PointNet's maximum over points: it has no neurons and sends its currents. */
export function isUnderMaximum(layers: readonly Named[], place: number): boolean {
  const [layer, next] = [layers[place], layers[place + 1]];
  return layer !== undefined && !layer.spiking && layer.name.startsWith('layer') && layer.shape.length === 2 && next?.shape.length === 1;
}

/** "input transform", for a layer of one. */
export function transformOf({ name }: Pick<Named, 'name'>): string | undefined {
  if (name.startsWith('inputTransform')) return 'input transform';
  return name.startsWith('featureTransform') ? 'feature transform' : undefined;
}

export const UNDER_MAXIMUM = 'This layer sends currents, of which the largest of each channel over all points goes on: it has no neurons.';
