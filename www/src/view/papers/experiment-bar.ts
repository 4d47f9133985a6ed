/** Starts and stops a paper's experiment, and says how far it is. */
import { USUAL_SEEDS, type Experiments, type Trial } from '../../run/experiment';
import { PAPER_WORDS } from '../../state/papers';
import type { Paper } from '../../worker/protocol';
import { announce } from '../shared/announce';
import { h, say } from '../shared/element';
import { twinWords } from '../shared/message';
import { button, counted } from '../shared/part';

const COUNTS = [2, 3, USUAL_SEEDS, 10];

/** "40 s", "about 3 min". */
function timeWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `about ${Math.max(1, seconds)} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

export function createRunBar(experiments: Experiments, paper: Paper): { readonly element: HTMLElement; update(): void } {
  const select = h('select', { 'aria-label': 'Number of seeds', 'data-test': 'seeds' },
    ...COUNTS.map((count) => h('option', { value: count, text: `${count} seeds`, selected: count === USUAL_SEEDS })));
  select.addEventListener('change', () => { update(); });
  const start = button('Run the experiment', { class: 'primary', 'data-test': 'run' }, () => { experiments.start(paper, Number(select.value)); });
  const stop = button('Stop', { 'data-test': 'stop', title: 'What the seeds so far gave is kept' },
    () => { if (experiments.trial(paper).status === 'running') experiments.stop(); });
  const bar = h('progress', { 'aria-label': 'How much of the experiment is done', max: 1 });
  const words = h('span');
  const figures = h('span', { class: 'figure', 'aria-hidden': 'true' });
  const reason = h('p', { class: 'said', role: 'alert', 'data-test': 'reason' });
  const element = h(
    'div', { class: 'run-bar' },
    h('div', { class: 'toolbar' }, start, stop, select, bar), h('p', { class: 'message' }, words, figures), reason,
  );

  /** What was announced last: the seeds and the end, not each step. */
  let said = '';
  const update = (): void => {
    const trial = experiments.trial(paper);
    const { status, measured } = trial;
    const goes = status === 'running' || status === 'stopping';
    const wanted = Number(select.value);
    // What is hidden or disabled loses the focus, so it is passed on first.
    const [shown, other] = goes ? [stop, start] : [start, stop];
    shown.hidden = false;
    if (document.activeElement === other) shown.focus();
    other.hidden = true;
    stop.setAttribute('aria-disabled', String(status === 'stopping'));
    select.disabled = goes;
    say(start, startWords(trial, wanted));
    const { share, left } = progressOf(trial);
    bar.hidden = !goes;
    bar.value = share;
    const twin = status === 'running' ? experiments.preparation.report : undefined;
    const [text, numbers] = runWords(trial, left);
    say(words, twin === undefined ? text : `Seed ${measured.length + 1} of ${trial.seeds}. ${twinWords(twin).words}`);
    say(figures, ` ${twin === undefined ? numbers : twinWords(twin).figures}`);
    say(reason, trial.reason === '' ? '' : reasonWords(trial));
    element.dataset.status = status;
    const spoken = goes ? `seed ${Math.min(trial.seeds, measured.length + 1)} of ${trial.seeds}.` : text;
    if (spoken !== said && element.isConnected) announce(`${PAPER_WORDS[paper].name}: ${spoken}`);
    said = spoken;
  };
  return { element, update };
}

function startWords({ status, measured }: Trial, wanted: number): string {
  const done = measured.length;
  if (done >= wanted) return 'Run it again';
  if (done > 0 || status === 'stopped' || status === 'failed') return `Go on with seed ${done + 1}`;
  return 'Run the experiment';
}

function reasonWords({ reason, measured }: Trial): string {
  return measured.length === 0 ? reason : `${reason} What ${counted(measured.length, 'seed')} gave is kept.`;
}

/** What goes on, in words that stay for a while and numbers that do not. */
function runWords({ status, measured, place, info, seeds }: Trial, left: number | undefined): readonly [string, string] {
  if (status === 'running') {
    if (place === undefined || info === undefined) return ['Setting the networks up.', ''];
    const arm = info.arms[place.arm]?.name;
    const of = `Seed ${measured.length + 1} of ${seeds}`;
    if (arm === undefined) return [`${of}: judging.`, ''];
    if (place.planned === 0) return [`${of}: setting the networks up.`, ''];
    const time = left === undefined ? '' : `, ${timeWords(left)} left`;
    return [`${of}: ${arm}.`, `Step ${place.step} of ${place.planned}${time}.`];
  }
  if (status === 'stopping') return ['Stopping after the steps that are under way.', ''];
  if (status === 'done') return [`${counted(measured.length, 'seed')} are through.`, ''];
  if (status === 'stopped') return [measured.length === 0 ? 'Stopped in the first seed.' : `Stopped; ${counted(measured.length, 'seed')} `
    + `${measured.length === 1 ? 'is' : 'are'} through and kept.`, ''];
  return ['', ''];
}

/** The share of the experiment that is done, and how many milliseconds are left, as far as that can be told. */
function progressOf({ measured, seeds, place, info, pace }: Trial): { readonly share: number; readonly left: number | undefined } {
  const arms = info?.arms.length ?? 1;
  const inArm = place === undefined || place.planned === 0 ? 0 : place.step / place.planned;
  const inSeed = place === undefined ? 0 : Math.min(1, (place.arm + inArm) / arms);
  const left = place === undefined ? undefined : pace.leftMs(measured.length, place.arm, place.step);
  return { share: Math.min(1, (measured.length + (place?.seed === measured.length + 1 ? inSeed : 0)) / Math.max(1, seeds)), left };
}
