/** What is timed of Spiking PointNet's training step, at which time steps, and how it is called. */

export const POINTNET_STEPS = [1, 4];

export const POINTNET_PARTS = [
  { part: 'step', title: 'the whole step' },
  { part: 'batch', title: 'choosing and varying the points' },
  { part: 'products', title: 'matrix products, forward and backward' },
  { part: 'norms', title: 'batch norm, forward and backward' },
  { part: 'neurons', title: 'neurons, forward and backward' },
  { part: 'maximum', title: 'the largest over points, forward and backward' },
  { part: 'forward', title: 'forward alone, as in evaluation' },
];
