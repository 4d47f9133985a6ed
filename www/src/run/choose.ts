/** Changes of the settings, with what goes with them, what had to be mended, and the words for both. */
import { takes } from '../state/forms';
import { maxDepth, reconcile } from '../state/reconcile';
import type { AppState } from '../state/settings';
import type { HistoryKind, Store } from '../state/store';
import { ownPace, usualOf, withUsual } from '../state/usual';
import type { DataForm, Run, SessionConfig } from '../worker/protocol';
import type { Notices } from './notices';

/** The run that stands, set to something else from here on; undefined where that makes another network. */
type GoOn = (config: SessionConfig) => Run | undefined;

/** Puts a change that a person has asked for into the run: the one that stands, where it takes it. */
export function choose(store: Store, notices: Notices, wanted: Partial<SessionConfig>, goOn: GoOn = () => undefined): void {
  const { change, notes } = withUsual(wanted, store.state.config);
  put(store, notices, change, notes, 'push', goOn);
}

/**
 * Fits the settings to a person's own data, whose form and size were not known when they were chosen. Data that were just brought,
 * and so are not kept yet, are chosen after this, and then it is said what they are too small for.
 */
export function fitOwn(store: Store, notices: Notices, form: DataForm, isKept: boolean): void {
  const { config } = store.state;
  if (config.data !== 'own') return;
  if (takes(config.network, form)) {
    const isTooDeep = isKept && config.widths.length > maxDepth(config);
    const isCoded = form === 'recording' && config.encoding !== 'direct';
    if (store.bareOwn || isTooDeep || isCoded) put(store, notices, store.bareOwn ? ownPace() : {}, [], 'replace');
    store.bareOwn = false;
    return;
  }
  const notes = {
    cloud: 'your own data are point clouds, so a PointNet came with them', image: 'your own data are images, so a convnet came with them',
    recording: 'your own data are recordings of events, so a convnet came with them',
  };
  store.bareOwn = false;
  put(store, notices, { ...usualOf(form), ...ownPace() }, [notes[form]], 'replace');
}

/** Brings a config, and what comes with it, into the state: as a run of its own, or as the one that stands, set to that from here on. */
export function enter(store: Store, change: Partial<AppState>, begun: Run | undefined, history: HistoryKind = 'push'): void {
  if (begun === undefined) store.update(change, history);
  // Back leads to runs, and this is still the same one.
  else store.update({ ...change, begun }, 'replace');
}

function put(
  store: Store, notices: Notices, change: Partial<SessionConfig>, usual: readonly string[], history: HistoryKind, goOn: GoOn = () => undefined,
): void {
  const { config, notes } = reconcile({ ...store.state.config, ...change }, change);
  const text = [...usual, ...notes].join('; ');
  // What was said of the settings before goes with them.
  enter(store, { config }, goOn(config), history);
  if (text === '') notices.dismiss('settings');
  else notices.show({ name: 'settings', kind: 'info', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` });
}
