/** The line of a playback bar that says what goes on, and for how long where that is long. */
import type { BackendName, PreparationReport, Progress } from '../../worker/protocol';
import type { Waiting, Work } from '../../run/waiting';
import { bytesOfWords, bytesWords } from '../../state/figures';
import { h, say } from './element';

/** Waiting for less than this needs no words. */
const LONG_SECONDS = 2;

const WORK_WORDS: Record<Work, string> = {
  opening: 'Setting the network up.',
  twin: 'Training the ANN twin: this step takes long, as a large network does.',
  steps: 'Training: this step takes long, as a large network does.',
  sample: 'Training: looking at the sample.',
  heldOut: 'Training: testing on held-out samples.',
};

/** The first step does what the later ones find done. */
const FIRST_STEP_WORDS: Record<BackendName, string> = {
  flex: 'Training: the first step, which takes long on a large network.',
  webgpu: 'Training: compiling for the GPU, which the first step waits for.',
};

/** What a running run is at; undefined while it is quick. `untried` says that no step has been taken on this backend. */
export function waitingWords({ work, seconds }: Waiting, untried: boolean, backend: BackendName): string | undefined {
  if (work === undefined || seconds < LONG_SECONDS) return undefined;
  return work === 'steps' && untried ? FIRST_STEP_WORDS[backend] : WORK_WORDS[work];
}

/** "Training the ANN twin: step 120 of 800, 93 % of its batch right.", in the words that stay and those that change. */
export function twinWords({ step, total, accuracy }: PreparationReport): { readonly words: string; readonly figures: string } {
  return { words: 'Training the ANN twin:', figures: `step ${step} of ${total}, ${Math.round(100 * accuracy)} % of its batch right.` };
}

/** "Fetching the CPU build: 120 of 960 kB", in the words that stay and those that change. */
export function fetchingWords({ what, loaded, total }: Progress): { readonly words: string; readonly figures: string } {
  return { words: `Fetching ${what}:`, figures: total === undefined ? bytesWords(loaded) : bytesOfWords(loaded, total) };
}

export interface Message {
  readonly element: HTMLElement;
  /** `figures` follow the words, and so do `seconds` where they are many. */
  show(words: string, seconds: number, figures?: string): void;
}

export function createMessage(): Message {
  const words = h('span');
  // Kept from screen readers, for whom every second would be another sentence; a change of status is announced to them.
  const waited = h('span', { class: 'figure', 'aria-hidden': 'true' });
  const show = (text: string, seconds: number, figures = ''): void => {
    say(words, text);
    say(waited, `${figures === '' ? '' : ` ${figures}`}${seconds < LONG_SECONDS ? '' : ` ${seconds} s so far.`}`);
  };
  return { element: h('p', { class: 'message' }, words, waited), show };
}
