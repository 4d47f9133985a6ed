/** The report's part on the same work outside the browser. */

import { range, table, times } from './format.mjs';

function nativeTable(rows, theirs) {
  return table(
    ['', 'the page, ms', 'native, ms', 'page / native', ...(theirs ? ['SpikingJelly, ms', 'SpikingJelly / page'] : [])],
    rows.map(({ title, page, native, theirs: other }) => [
      title,
      range(page),
      range(native),
      times(page.median / native.median),
      ...(other ? [range(other), times(other.median / page.median)] : []),
    ]),
  );
}

export function nativeSection(native) {
  if (native === undefined) return '## Outside the browser\n\nNot timed in this run: it takes `--native`.\n';
  const { title, reason, rows, tolerance } = native;
  const theirs = title ? `${title}, compiled by torch.compile, with PyTorch's fused Adam` : `SpikingJelly is left out: ${reason}`;
  return `## Outside the browser

The same steps on the same inputs by the same code compiled natively, and by SpikingJelly; one thread each. ${theirs}.
SpikingJelly has its FlexSN neuron, which is faster than its LIFNode and has exactly our decay. Both keep freed memory, as wasm does: glibc is told so,
since by its own rules it asks the system for the large tensors anew at each step. Losses have to agree with the page's within ${tolerance}. A program
does its rounds in a row after the page has done its own, so these ratios have more of the machine's moods in them than those above.

${nativeTable(rows, title !== undefined)}
`;
}
