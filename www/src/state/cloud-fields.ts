/** The settings of a PointNet and of the clouds that it is trained on. */
import type { SessionConfig } from '../worker/protocol';
import { HEAD_DEPTH, SHIPPED } from './core-settings';
import type { FieldWords } from './field';
import { grouped } from './figures';

/** Points that are stored of each cloud. A person's own are stored as the shipped ones are. */
const STORED = SHIPPED.furniture.points;

const pointnet = ({ network }: SessionConfig): boolean => network === 'pointnet';

export const CLOUD_DATA_FIELDS: readonly FieldWords[] = [
  {
    kind: 'number', key: 'points', param: 'points', group: 'data', label: 'Points of each cloud', slide: [64, 1024], step: 16, shown: pointnet,
    explain: ({ points }) => `Drawn anew at every training step from the ${grouped(STORED)} that are stored of each cloud. `
      + (points > STORED ? `Beyond ${grouped(STORED)} points repeat: more work, and nothing finer.` : 'More: finer shapes, and more work in proportion.'),
  },
  {
    kind: 'number', key: 'turn', param: 'turn', group: 'data', label: 'Turned by up to, degrees', step: 5, shown: pointnet,
    explain: 'Each training cloud is turned about its up axis by a random angle, to either side. 180 is any angle: harder, where all held-out ones '
      + 'stand the same way.',
  },
  {
    kind: 'number', key: 'scale', param: 'scale', group: 'data', label: 'Larger or smaller by up to', slide: [0, 0.5], step: 0.05, shown: pointnet,
    explain: 'Each training cloud is scaled by a random factor from 1 / (1 + this) to 1 + this.',
  },
  {
    kind: 'number', key: 'jitter', param: 'jitter', group: 'data', label: 'Jitter', slide: [0, 0.05], step: 0.005, shown: pointnet,
    explain: 'The spread by which each coordinate of a training cloud is moved; the cloud reaches from -1 to 1.',
  },
  {
    kind: 'number', key: 'pointDropout', param: 'pointDropout', group: 'data', label: 'Points left out, at most', step: 0.05, shown: pointnet,
    explain: "The largest share of a training cloud's points that is left out at random. The paper's code has 0.875.",
  },
];

export const CLOUD_NETWORK_FIELDS: readonly FieldWords[] = [
  {
    kind: 'widths', key: 'head', param: 'head', group: 'network', label: 'Neurons behind the maximum', most: () => HEAD_DEPTH.most,
      least: () => HEAD_DEPTH.least, shown: pointnet,
    explain: 'Spiking neurons per layer that takes what the maximum over all points has left of the cloud.',
  },
  {
    kind: 'number', key: 'dropout', param: 'dropout', group: 'network', label: 'Dropout', step: 0.05, shown: pointnet,
    explain: "The share of the last layer's currents that is left out at random when training. The paper's code has 0.4.",
  },
  {
    kind: 'toggle', key: 'inputTransform', param: 'inputTransform', group: 'network', label: 'Turn the cloud first', shown: pointnet,
    explain: 'A network of its own finds a matrix that the coordinates are multiplied by: the input transform. It takes as much work again.',
  },
  {
    kind: 'toggle', key: 'featureTransform', param: 'featureTransform', group: 'network', label: "Turn the first layer's spikes", shown: pointnet,
    explain: 'Another one multiplies what the first layer sends: the feature transform, kept near a rotation by the loss.',
  },
];
