/** Holds the page's state, tells who listens of changes, and keeps the address bar in step so that "back" undoes. */
import { Emitter } from './emitter';
import { formatLink, parseLink, type ParsedLink } from './link';
import { sameConfig, type AppState } from './settings';

/**
 * `push`: a change a person would want to undo. `replace`: one they would not (which sample is looked at).
 */
export type HistoryKind = 'push' | 'replace';

/** Kept with each entry of the history that the page has seen. */
const MARK = 'seen';

/** Reads the link and marks its entry; one that could not be taken as it stands gives way to what was taken. */
function readAddress(): ParsedLink {
  const parsed = parseLink(location.hash);
  window.history.replaceState(MARK, '', parsed.notes.length === 0 ? undefined : formatLink(parsed.state));
  return parsed;
}

/** Tells of the state and of the one before. */
export class Store extends Emitter<[AppState, AppState]> {
  private now: AppState;
  /** What the link asked for that cannot be, each time that one has been read, until it has been told. */
  notes: readonly string[] | undefined;
  /** Whether that link left it open how to train on a person's own data. */
  bareOwn: boolean;
  /** Whether the state is one that the page had before, to which Back or Forward has led. */
  cameBack = false;

  /** With `keepsHistory` false (inside a frame, whose host's "back" it would take over) nothing is pushed. */
  constructor(private readonly keepsHistory = true) {
    super();
    const { state, notes, bareOwn } = readAddress();
    this.now = state;
    this.notes = notes;
    this.bareOwn = bareOwn;
    window.addEventListener('popstate', ({ state: mark }) => {
      // An address that was typed in, or a link that was followed, makes an entry without a mark.
      this.cameBack = mark !== null;
      const { state, notes, bareOwn } = readAddress();
      this.notes = notes;
      this.bareOwn = bareOwn;
      this.set(state);
    });
  }

  get state(): AppState {
    return this.now;
  }

  update(change: Partial<AppState>, history: HistoryKind = 'push'): void {
    // Other settings make another run, unless somebody says how it goes on.
    const next = { ...this.now, ...(change.config === undefined ? {} : { begun: undefined }), ...change };
    const fragment = formatLink(next);
    const isSamePlace = fragment === formatLink(this.now);
    // A run on its way is at one address, whatever it is set to by now.
    if (isSamePlace && sameConfig(next.config, this.now.config)) return;
    if (!isSamePlace && history === 'push' && this.keepsHistory) window.history.pushState(MARK, '', fragment);
    else window.history.replaceState(MARK, '', fragment);
    this.cameBack = false;
    this.set(next);
  }

  /** An address that opens this very state. */
  shareAddress(): string {
    return new URL(formatLink(this.now, true), location.href).href;
  }

  private set(next: AppState): void {
    const before = this.now;
    this.now = next;
    this.tell(next, before);
  }
}
