/** Kept runs in words. */
import { counted, grouped } from '../state/figures';
import { choiceWords, FIELDS, words } from '../state/fields';
import { PAPER_WORDS } from '../state/papers';
import { laneConfig, type AppState } from '../state/settings';
import type { SessionConfig } from '../worker/protocol';
import { stateOf, type RunView } from './place';
import type { RunHead } from './records';

export const RUN_WORDS: Record<RunView, string> = { train: 'run', compare: 'race', papers: 'experiment' };

/** Whether all that was planned is done. */
export function isDone({ step, planned, seedsDone, seedsPlanned }: RunHead): boolean {
  return seedsPlanned > 0 ? seedsDone >= seedsPlanned : step >= planned;
}

/** "step 640", "seed 3, step 40". */
export function placeWords({ step, seedsDone, seedsPlanned }: RunHead): string {
  const seed = seedsPlanned > 0 ? `seed ${seedsDone + 1}` : '';
  return [seed, ...(step > 0 || seed === '' ? [`step ${grouped(step)}`] : [])].filter((part) => part !== '').join(', ');
}

/** "A run with these settings", "An experiment on Ternary Spike". */
export function ofWords(head: RunHead): string {
  if (head.view !== 'papers') return `A ${RUN_WORDS[head.view]} with these settings`;
  return `An experiment on ${settingsWords('papers', stateOf(head))}`;
}

/** "640 steps", "2 seeds". */
export function goneWords({ step, seedsDone }: RunHead): string {
  return seedsDone > 0 ? counted(seedsDone, 'seed') : counted(step, 'step');
}

/** "step 640 of 1,250, 97.1 % held out", with the step of the figure where it is another. */
export function progressWords({ step, planned, seedsDone, seedsPlanned, heldOut, heldOutStep = step }: RunHead): string {
  const seeds = seedsPlanned > 0 ? `${seedsDone} of ${counted(seedsPlanned, 'seed')} through` : '';
  const steps = step === 0 && seeds !== '' ? '' : `step ${grouped(step)}${planned > 0 ? ` of ${grouped(planned)}` : ''}`;
  const as = heldOutStep === step ? '' : ` as of step ${grouped(heldOutStep)}`;
  const figure = heldOut === undefined ? '' : `${(100 * heldOut).toFixed(1)} % held out${as}`;
  return [seeds, steps, figure].filter((part) => part !== '').join(', ');
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
];

/** "at 14:05", with the day where it is another. */
export function whenWords(time: number): string {
  const at = new Date(time);
  const clock = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  if (at.toDateString() === new Date().toDateString()) return `at ${clock}`;
  return `on ${at.getDate()} ${MONTHS[at.getMonth()] ?? ''} ${at.getFullYear()} at ${clock}`;
}

/** The settings that tell runs apart, as a line of a list. */
export function settingsWords(view: RunView, { config, lanes, paper }: AppState): string {
  if (view === 'papers') return paper === undefined ? '' : PAPER_WORDS[paper].name;
  const shared = `${choiceWords('data', config)}, ${choiceWords('network', config)} ${config.widths.join('-')}, T = ${config.steps}`;
  const spikes = (of: SessionConfig): string => (of.units === 'relu' ? 'rectified units' : `${spikeWords(of)} spikes`);
  if (view === 'train') return `${shared}, ${spikes(config)}, seed ${config.seed}`;
  return `${shared}, ${counted(lanes.length, 'lane')} (${lanes.map((lane) => spikes(laneConfig(config, lane))).join(' / ')}), seed ${config.seed}`;
}

function spikeWords(config: SessionConfig): string {
  const field = FIELDS.find(({ key }) => key === 'spike');
  const choice = field?.kind === 'choice' ? field.choices.find(({ value }) => value === config.spike) : undefined;
  return words(choice?.label ?? config.spike, config).toLowerCase();
}
