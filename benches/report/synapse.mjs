/** The report's part on products and convolutions alone. */

import { percent, range, table, times } from './format.mjs';

export function synapseSection({ works, counts }) {
  const rows = works.map(({ title, share, ours, library }) => [
    title, percent(share), range(ours), range(library), times(library.median / ours.median),
  ]);
  return `## What is zero

Products and convolutions alone, forward and backward to inputs and weights, by the share of the inputs that is not zero; of the gradient half is. Ours are
sums over what is not zero, Burn's are its Flex backend's; their weights' gradients have to agree.
${counts.warm} calls outside the clock and ${counts.timed} under it.
In a browser ours are taken at every share. Natively Burn's products have wider vectors, and are taken from 15 % on.

${table(['product or convolution', 'not zero', 'ours, ms', 'Burn\'s, ms', 'Burn\'s / ours'], rows)}
`;
}
