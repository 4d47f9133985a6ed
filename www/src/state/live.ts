/**
 * Runs that are changed while they run. A run is the settings that it begins with and what it sets otherwise from which step
 * on; what it is set to at a step follows from that, so that a link replays it.
 */
import type { Run, SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG, LIVE, SWITCHES } from './core-settings';
import { sameChanges, sameSetting } from './settings';

type Key = keyof SessionConfig;

/** What a run begins with. */
export function startOf(run: Run): SessionConfig {
  const { changes, ...start } = run;
  return changes === undefined ? run : start;
}

/** What a run is set to once it has taken so many steps. */
export function settingsAt(run: Run, step: number): SessionConfig {
  const due = (run.changes ?? []).filter((change) => change.step <= step);
  return due.reduce<SessionConfig>((config, { settings }) => ({ ...config, ...settings }), startOf(run));
}

/** What one config sets otherwise than another. */
function difference(from: SessionConfig, to: SessionConfig): Partial<SessionConfig> {
  const keys = (Object.keys(startOf(from)) as Key[]).filter((key) => !sameSetting(from[key], to[key]));
  return Object.fromEntries(keys.map((key) => [key, to[key]]));
}

/** Whether a running network takes other settings; if not they make another one. */
export function isLive(from: SessionConfig, to: SessionConfig): boolean {
  const isOff = (config: SessionConfig, key: Key): boolean => sameSetting(config[key], DEFAULT_CONFIG[key]);
  return (Object.keys(difference(from, to)) as Key[]).every((key) => LIVE.has(key) && (!SWITCHES.has(key) || isOff(from, key) === isOff(to, key)));
}

/** The run that is set to something else from a step on; what it was to do later goes. */
export function changedAt(run: Run, step: number, to: SessionConfig): Run {
  const before = (run.changes ?? []).filter((change) => change.step < step);
  const settings = difference(settingsAt({ ...run, changes: before }, step), to);
  const changes = Object.keys(settings).length === 0 ? before : [...before, { step, settings }];
  return changes.length === 0 ? startOf(run) : { ...run, changes };
}

/** What takes back the last change that a run has come to by a step; nothing where it has come to none. */
export function takenBack(run: Run, step: number): Partial<SessionConfig> | undefined {
  const last = (run.changes ?? []).filter((change) => change.step <= step).at(-1);
  if (last === undefined) return undefined;
  const before = settingsAt(run, last.step - 1);
  return Object.fromEntries((Object.keys(last.settings) as Key[]).map((key) => [key, before[key]]));
}

/** What a change of a setting does to a run that is on its way. */
export type Effect = 'goesOn' | 'anew' | 'either';

/** `either`: another strength is taken, switching on or off is not. */
export function effectOf(key: Key): Effect {
  if (!LIVE.has(key)) return 'anew';
  return SWITCHES.has(key) ? 'either' : 'goesOn';
}

/**
 * What the run that stands at a step is to do from here on, where it is another one in nothing but that: a change that was
 * wanted before the step, and that it has not taken, it takes here.
 */
export function fromHereOn(stands: Run, wanted: Run, step: number): Run | undefined {
  if (Object.keys(difference(stands, wanted)).length > 0) return undefined;
  const [past, all] = [(stands.changes ?? []).filter((change) => change.step < step), wanted.changes ?? []];
  if (!sameChanges(past, all.slice(0, past.length))) return undefined;
  const changes = all.map((change, i) => (i < past.length || change.step >= step ? change : { ...change, step }));
  return changes.length === 0 ? startOf(wanted) : { ...wanted, changes };
}

/**
 * The same where the run has taken meanwhile what is not wanted any more, because steps were under way when it was changed again:
 * what it has taken stays, and from here on it is set to what is wanted.
 */
export function rebased(stands: Run, wanted: Run, step: number): Run | undefined {
  const goesOn = fromHereOn(stands, wanted, step);
  if (goesOn !== undefined || Object.keys(difference(stands, wanted)).length > 0) return goesOn;
  return changedAt(stands, step, settingsAt(wanted, step));
}
