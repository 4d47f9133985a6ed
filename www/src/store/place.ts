/** Which run it is: what a view's settings and the content of its data make it. */
import { formatLink, parseLink } from '../state/link';
import { DEFAULT_STATE, type AppState } from '../state/settings';
import type { Paper } from '../worker/protocol';
import type { RunHead } from './records';

/** The views whose runs are kept. */
export type RunView = RunHead['view'];

export interface Place {
  readonly view: RunView;
  /** The fragment that opens its settings, all of them named. */
  readonly link: string;
  /** What the data set's content is known by; empty while that is not known. */
  readonly identity: string;
}

/** The settings of a view's run as a link, without what is only looked at. */
export function runLink(
  view: RunView, { config, begun, lanes }: Pick<AppState, 'config' | 'begun' | 'lanes'> = DEFAULT_STATE, paper?: Paper,
): string {
  if (view === 'papers') return formatLink({ ...DEFAULT_STATE, view, paper });
  const own = view === 'train' ? { begun } : { lanes };
  return formatLink({ ...DEFAULT_STATE, view, config, ...own }, true);
}

/** The state of a kept run, as this version of the page reads it. */
export function stateOf({ link }: Pick<RunHead, 'link'>): AppState {
  return parseLink(link).state;
}

/** Where a kept run is, as this version of the page names it. */
export function placeOf(head: RunHead): Place {
  const state = stateOf(head);
  return { view: head.view, link: runLink(head.view, state, state.paper), identity: head.identity };
}

/** Whether a kept run is the one of a place; a link of an older page names fewer settings, so both are read first. */
export function isAt(head: RunHead, place: Place): boolean {
  if (head.view !== place.view) return false;
  if (head.link !== place.link && placeOf(head).link !== place.link) return false;
  return place.identity === '' || head.identity === place.identity;
}

/** Whether two entries are one run at the same step: a run is what its settings make of its data. */
export function isSameRun(one: RunHead, other: RunHead): boolean {
  return one.begunAt === other.begunAt && one.step === other.step && one.seedsDone === other.seedsDone && isAt(one, placeOf(other));
}
