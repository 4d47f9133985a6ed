/** What an experiment came to, in two tables and in a few words. A verdict follows from the interval alone. */
import type { ArmSummary, Summary } from '../../run/summary';
import type { Bound, Outcome, Unit } from '../../worker/protocol';
import { h } from '../shared/element';
import { grouped, percent, scroller } from '../shared/part';

type Kind = 'holds' | 'fails' | 'close' | 'few';

const KINDS: Record<Kind, { readonly sign: string; readonly words: string }> = {
  holds: { sign: '✓', words: 'holds' },
  fails: { sign: '✗', words: 'does not hold here' },
  close: { sign: '≈', words: 'too close to call' },
  few: { sign: '…', words: 'not enough runs' },
};

function kindOf({ values, verdict }: Outcome): Kind {
  if (values.length < 2) return 'few';
  return verdict === 'tooClose' ? 'close' : verdict;
}

/** A number of a line in its unit. */
function number(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '-';
  switch (unit) {
    case 'points': return value.toFixed(2);
    case 'bits': return value.toFixed(3);
    case 'share': return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toFixed(3);
    case 'times': return Math.abs(value) >= 1000 ? grouped(value) : value.toFixed(1);
  }
}

const UNIT_WORDS: Record<Unit, string> = { points: ' points', bits: ' bits', share: '', times: ' times' };

function boundWords(bound: Bound, unit: Unit): string {
  return 'atLeast' in bound ? `at least ${number(bound.atLeast, unit)}${UNIT_WORDS[unit]}` : `at most ${number(bound.atMost, unit)}${UNIT_WORDS[unit]}`;
}

/** A missing half is undefined from the core and null from a file. */
function spread(half: number | null | undefined, unit: Unit): string {
  return typeof half === 'number' ? ` ± ${number(half, unit)}` : '';
}

function chip(kind: Kind, words: string): HTMLElement {
  return h('span', { class: 'chip', 'data-verdict': kind }, h('span', { 'aria-hidden': 'true', text: KINDS[kind].sign }), ` ${words}`);
}

/** "✓ 3 hold, ≈ 1 too close to call": how many lines came out how. */
export function tally(outcomes: readonly Outcome[]): HTMLElement[] {
  const count = (kind: Kind): number => outcomes.filter((outcome) => kindOf(outcome) === kind).length;
  const words = (kind: Kind, many: number): string => {
    if (kind === 'few') return KINDS.few.words;
    if (kind === 'holds') return many === 1 ? '1 line holds' : `${many} lines hold`;
    if (kind === 'fails') return many === 1 ? '1 does not hold here' : `${many} do not hold here`;
    return `${many} too close to call`;
  };
  const order: readonly Kind[] = ['holds', 'close', 'fails', 'few'];
  return order.flatMap((kind) => {
    const many = count(kind);
    return many === 0 ? [] : [chip(kind, words(kind, many))];
  });
}

const ARM_COLUMNS: readonly { readonly label: string; readonly explain: string; readonly of: (arm: ArmSummary) => string }[] = [
  { label: 'Held-out accuracy', explain: 'After the last epoch, mean over seeds with its 95 % interval', of: (arm) => `${percent(arm.accuracy, 2).replace(' %', '')}${typeof arm.half === 'number' ? ` ± ${(100 * arm.half).toFixed(2)}` : ''} %` },
  { label: 'Entropy, bits', explain: 'Information in one neuron at one time step, mean over spiking layers', of: (arm) => arm.entropy.toFixed(3) },
  { label: 'Firing rate', explain: 'Share of neurons that fire at a time step, mean over spiking layers', of: (arm) => percent(arm.rate) },
  { label: 'Synaptic operations', explain: 'Neurons that spikes reach, for one sample', of: (arm) => grouped(arm.synapticOperations) },
  { label: 'Step, ms', explain: 'One training step', of: (arm) => arm.stepMs.toFixed(1) },
];

export interface Result {
  readonly element: HTMLElement;
  show(summary: Summary): void;
}

export function createResult(name: string): Result {
  const [arms, lines] = [h('tbody'), h('tbody')];
  const heads = (labels: readonly (readonly [string, string])[]): HTMLElement => h('thead', {}, h('tr', {}, ...labels.map(([text, title]) => h('th', { scope: 'col', text, title }))));
  const element = h(
    'div', { class: 'result' },
    scroller(`${name}: the lines that the claim is judged by`, h(
      'table', { class: 'numbers lines' }, h('caption', { class: 'visually-hidden', text: `${name}: the lines that the claim is judged by` }),
      heads([['Line', 'What is measured'], ['Verdict', 'It holds where all of the interval keeps the bound'], ['Mean and 95 % interval', 'Over seeds, paired'], ['Bound', 'What it has to keep'], ['Acceptance line', 'What this project had set itself before; most look at the mean, some at four seeds of five']]),
      lines,
    )),
    h('p', { class: 'caption', text: 'The acceptance line is a bound that was set beforehand, mostly on the mean; the verdict is whether the 95 % interval keeps the bound.' }),
    scroller(`${name}: the settings compared`, h(
      'table', { class: 'numbers arms' }, h('caption', { class: 'visually-hidden', text: `${name}: the settings compared` }),
      heads([['Setting', 'One arm of the experiment'], ...ARM_COLUMNS.map(({ label, explain }) => [label, explain] as const)]),
      arms,
    )),
  );
  const show = (summary: Summary): void => {
    lines.replaceChildren(...summary.outcomes.map((outcome) => {
      const { text, bound, unit, mean, half, accepted } = outcome;
      const kind = kindOf(outcome);
      return h(
        'tr', {}, h('th', { scope: 'row', text }), h('td', {}, chip(kind, KINDS[kind].words)), h('td', { text: `${number(mean, unit)}${spread(half, unit)}` }),
        h('td', { text: boundWords(bound, unit) }), h('td', { text: kind === 'few' ? KINDS.few.words : accepted ? 'met' : 'not met' }),
      );
    }));
    arms.replaceChildren(...summary.arms.map((arm) => h('tr', {}, h('th', { scope: 'row', text: arm.name }), ...ARM_COLUMNS.map(({ of }) => h('td', { text: of(arm) })))));
  };
  return { element, show };
}
