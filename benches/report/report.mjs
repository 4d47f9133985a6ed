/** docs/performance.md from what a run gave. */

import { inferenceSection } from './inference.mjs';
import { lifSection } from './lif.mjs';
import { nativeSection } from './native.mjs';
import { methodSection, pageSection, pointnetSection, sizeSection, stageSection } from './page.mjs';
import { scaleSection } from './scale.mjs';
import { synapseSection } from './synapse.mjs';
import { cloudSection, convnetSection, mlpSection } from './training.mjs';

/** Those that a run of their work alone can write. */
export const SECTIONS = { methods: methodSection, page: pageSection, pointnet: pointnetSection, stage: stageSection };

/** The report with one section in the place of the one that had its heading, or before the sizes. */
export function withSection(report, section) {
  const parts = report.split(/^(?=## )/m);
  const heading = section.slice(0, section.indexOf('\n'));
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  const place = at >= 0 ? at : parts.findIndex((part) => part.startsWith('## What the page loads\n'));
  return parts.toSpliced(place, at >= 0 ? 1 : 0, `${section.trim()}\n\n`).join('');
}

function introduction({ machine, counts: { warm, timed, rounds } }) {
  return `# Performance

Written by \`cargo xtask bench\`, never by hand. Machine: ${machine.cores} cores of ${machine.cpu}; ${machine.browser}, headless.

Everything runs in a dedicated worker, on one thread, and is timed there with \`performance.now\`. A round is ${warm} steps outside the
clock, then ${timed} under it. Rounds of those compared take turns, after one round that does not count. A figure is the median of
${rounds} rounds (lowest–highest), each the mean of its steps.
`;
}

/** The whole file. `tried` is a section that people write. */
export function performanceReport(run, tried) {
  const { lif, inference, native, synapse, methods, pointnet, scale, page, stage, sizes, weights } = run;
  const sections = [
    introduction(run),
    lifSection(lif),
    mlpSection(run),
    convnetSection(run),
    cloudSection(run),
    inferenceSection(inference),
    nativeSection(native),
    synapseSection(synapse),
    methodSection(methods),
    pointnetSection(pointnet),
    scaleSection(scale),
    pageSection(page),
    stageSection(stage),
    sizeSection(sizes, weights),
    tried,
  ];
  return `${sections.map((section) => section.trim()).join('\n\n')}\n`;
}
