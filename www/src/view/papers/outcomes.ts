/** What an experiment came to, in two tables and in a few words. A verdict follows from the interval alone. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { rough } from '../../run/interval';
import type { ArmSummary, Summary } from '../../run/summary';
import type { Bound, Outcome, Unit } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { faint } from '../../state/figures';
import { grouped, percent, scroller } from '../shared/part';

type Kind = 'holds' | 'noLoss' | 'fails' | 'close' | 'few';

const KINDS: Record<Kind, { readonly sign: string; readonly words: string }> = {
  holds: { sign: '✓', words: 'holds' },
  // That a method does no harm is no success of it, and must not look like one.
  noLoss: { sign: '=', words: 'no loss' },
  fails: { sign: '✗', words: 'does not hold here' },
  close: { sign: '≈', words: 'too close to call' },
  few: { sign: '…', words: 'not enough runs' },
};

function kindOf({ values, verdict, asks }: Outcome): Kind {
  if (values.length < 2) return 'few';
  if (verdict === 'tooClose') return 'close';
  return verdict === 'holds' && asks === 'noLoss' ? 'noLoss' : verdict;
}

/** The verdict, and what would settle one that is open. */
function verdictWords(outcome: Outcome): string {
  const kind = kindOf(outcome);
  if (kind !== 'close') return KINDS[kind].words;
  const { seedsNeeded } = outcome;
  // Missing it is undefined from the core and null from a file.
  const more = typeof seedsNeeded === 'number'
    ? `about ${grouped(rough(seedsNeeded))} by this interval's width`
    : 'by this interval, more than anybody waits for';
  return `${KINDS.close.words}: run more seeds (${more})`;
}

/** A number of a line in its unit. */
function number(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '-';
  switch (unit) {
    case 'points': return value.toFixed(2);
    case 'bits': return value.toFixed(3);
    case 'share': return value !== 0 && Math.abs(value) < 1e-3 ? faint(value) : value.toFixed(3);
    case 'times': return Math.abs(value) >= 1000 ? grouped(value) : value.toFixed(1);
  }
}

const UNIT_WORDS: Record<Unit, string> = { points: ' points', bits: ' bits', share: '', times: ' times' };

function boundWords(bound: Bound, unit: Unit): string {
  return 'atLeast' in bound ? `at least ${number(bound.atLeast, unit)}${UNIT_WORDS[unit]}` : `at most ${number(bound.atMost, unit)}${UNIT_WORDS[unit]}`;
}

/** Whether an arm ends near chance, and its interval reaches down to it: that of two seeds reaches down from anywhere. */
function guesses({ accuracy, half }: ArmSummary, chance: number): boolean {
  return accuracy <= 1.5 * chance && accuracy - (half ?? 0) <= chance;
}

function why({ why: reason }: ArmSummary, chance: number): TemplateResult {
  return html`<small class="caption" data-test="why">No better than guessing (${percent(chance, 0)}). ${reason ?? ''}</small>`;
}

/** A missing half is undefined from the core and null from a file. */
function spread(half: number | null | undefined, unit: Unit): string {
  return typeof half === 'number' ? ` ± ${number(half, unit)}` : '';
}

function chip(kind: Kind, words: string): TemplateResult {
  return html`<span class="chip" data-verdict=${kind}><span aria-hidden="true">${KINDS[kind].sign}</span> ${words}</span>`;
}

/** "✓ 3 hold, ≈ 1 too close to call": how many lines came out how. */
export function tally(outcomes: readonly Outcome[]): TemplateResult[] {
  const count = (kind: Kind): number => outcomes.filter((outcome) => kindOf(outcome) === kind).length;
  const words = (kind: Kind, many: number): string => {
    if (kind === 'few') return KINDS.few.words;
    if (kind === 'holds') return many === 1 ? '1 line holds' : `${many} lines hold`;
    if (kind === 'noLoss') return many === 1 ? '1 shows no loss' : `${many} show no loss`;
    if (kind === 'fails') return many === 1 ? '1 does not hold here' : `${many} do not hold here`;
    return `${many} too close to call`;
  };
  const order: readonly Kind[] = ['holds', 'noLoss', 'close', 'fails', 'few'];
  return order.flatMap((kind) => {
    const many = count(kind);
    return many === 0 ? [] : [chip(kind, words(kind, many))];
  });
}

interface Column {
  readonly label: string;
  readonly explain: string;
}

function accuracyWords({ accuracy, half }: ArmSummary): string {
  const spread = typeof half === 'number' ? ` ± ${(100 * half).toFixed(2)}` : '';
  return `${percent(accuracy, 2).replace(' %', '')}${spread} %`;
}

const ARM_COLUMNS: readonly (Column & { readonly of: (arm: ArmSummary) => string })[] = [
  { label: 'Held-out accuracy', explain: 'After the last epoch, mean over seeds with its 95 % interval', of: accuracyWords },
  { label: 'Entropy, bits', explain: 'Information in one neuron at one time step, mean over spiking layers', of: (arm) => arm.entropy.toFixed(3) },
  { label: 'Firing rate', explain: 'Share of neurons that fire at a time step, mean over spiking layers', of: (arm) => percent(arm.rate) },
  { label: 'Synaptic operations', explain: 'Neurons that spikes reach, for one sample', of: (arm) => grouped(arm.synapticOperations) },
  { label: 'Step, ms', explain: 'One training step', of: (arm) => arm.stepMs.toFixed(1) },
];

const LINE_COLUMNS: readonly Column[] = [
  { label: 'Line', explain: 'What is measured' },
  { label: 'Verdict', explain: 'It holds where all of the interval keeps the bound; a line that asks only that nothing is lost is marked =, not ✓' },
  { label: 'Mean and 95 % interval', explain: 'Over seeds, paired' },
  { label: 'Bound', explain: 'What it has to keep' },
  { label: 'Acceptance line', explain: 'What this project had set itself before; most look at the mean, some at four seeds of five' },
];

const ABOUT = 'The acceptance line is a bound that was set beforehand, mostly on the mean; the verdict is whether the 95 % interval keeps the bound.';

/** Which seeds the verdicts rest on, and what these are worth. */
function restsOn({ seeds, firstSeed, chosenOn }: Summary): string {
  const which = seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + seeds - 1}`;
  return chosenOn
    ? `The verdicts rest on ${which}; settings were chosen on some of these, so that what holds had been seen before.`
    : `The verdicts rest on ${which}, on none of which settings were chosen.`;
}

export interface Result {
  readonly element: HTMLElement;
  show(summary: Summary): void;
}

export function createResult(name: string): Result {
  const [lines, arms] = [h('table', { class: 'numbers lines' }), h('table', { class: 'numbers arms' })];
  const [ofLines, ofArms] = [`${name}: the lines that the claim is judged by`, `${name}: the settings compared`];
  const seeds = h('p', { class: 'caption', 'data-test': 'rests-on' });
  const element = h('div', { class: 'result' }, scroller(ofLines, lines), seeds, h('p', { class: 'caption', text: ABOUT }), scroller(ofArms, arms));
  const head = (columns: readonly Column[]) =>
    html`<thead><tr>${columns.map(({ label, explain }) => html`<th scope="col" title=${explain}>${label}</th>`)}</tr></thead>`;
  const show = (summary: Summary): void => {
    say(seeds, restsOn(summary));
    render(html`
      <caption class="visually-hidden">${ofLines}</caption>
      ${head(LINE_COLUMNS)}
      <tbody>${repeat(summary.outcomes, ({ text }) => text, lineRow)}</tbody>`, lines);
    render(html`
      <caption class="visually-hidden">${ofArms}</caption>
      ${head([{ label: 'Setting', explain: 'One arm of the experiment' }, ...ARM_COLUMNS])}
      <tbody>${repeat(summary.arms, (arm) => arm.name, (arm) => armRow(arm, summary.chance))}</tbody>`, arms);
  };
  return { element, show };
}

function armRow(arm: ArmSummary, chance: number): TemplateResult {
  const reason = guesses(arm, chance) ? why(arm, chance) : nothing;
  return html`<tr><th scope="row">${arm.name}${reason}</th>${ARM_COLUMNS.map(({ of }) => html`<td>${of(arm)}</td>`)}</tr>`;
}

function lineRow(outcome: Outcome): TemplateResult {
  const { text, bound, unit, mean, half, accepted } = outcome;
  const kind = kindOf(outcome);
  return html`<tr>
    <th scope="row">${text}</th>
    <td>${chip(kind, verdictWords(outcome))}</td>
    <td>${number(mean, unit)}${spread(half, unit)}</td>
    <td>${boundWords(bound, unit)}</td>
    <td>${kind === 'few' ? KINDS.few.words : accepted ? 'met' : 'not met'}</td>
  </tr>`;
}
