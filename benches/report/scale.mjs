/** The report's part on what grows. The plots are Mermaid's, which GitHub draws. */

import { ms, range, table, times } from './format.mjs';

/** By what the cost grows when the size doubles: 2 is linear. */
const growth = (steps, i) => (i === 0 ? '–' : times(steps[i].median / steps[i - 1].median));

function lineOf({ title, axis, sizes, steps }) {
  const highest = Math.ceil(Math.max(...steps.map(({ median }) => median)));
  return `### ${title[0].toUpperCase()}${title.slice(1)}

\`\`\`mermaid
xychart-beta
    x-axis "${axis}" [${sizes.join(', ')}]
    y-axis "ms a step" 0 --> ${highest}
    line [${steps.map(({ median }) => ms(median)).join(', ')}]
\`\`\`

${table([axis, 'one step, ms', 'for twice as much'], sizes.map((size, i) => [size, range(steps[i]), growth(steps, i)]))}
`;
}

export function scaleSection({ lines, counts }) {
  return `## What grows

Training steps of whole runs in the page, with batch norm, on Flex; each size is twice the one before, so that a factor of 2 is linear.
${counts.warm} steps outside the clock and ${counts.timed} under it. Below 2 there is what does not grow: the first layer's product or
convolution, which T does not repeat, the readout and the optimiser. Above 2 a layer's weights grow with the square of its width,
or what a step touches no longer fits a cache: a layer's currents, spikes and potentials are read and written once each way.

${lines.map(lineOf).join('\n')}`;
}
