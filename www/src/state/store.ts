/** Holds the page's state, tells who listens of changes, and keeps the address bar in step so that "back" undoes. */
import { formatLink, parseLink } from './link';
import type { AppState } from './settings';

type Listener = (state: AppState, before: AppState) => void;

/**
 * `push`: a change a person would want to undo. `replace`: one they would not (which sample is looked at).
 */
export type HistoryKind = 'push' | 'replace';

/** Kept with each entry of the history that the page has seen. */
const MARK = 'seen';

function markEntry(): void {
  window.history.replaceState(MARK, '');
}

export class Store {
  private now: AppState;
  private readonly listeners = new Set<Listener>();
  /** What the link asked for that cannot be, from the last time a link was read. */
  notes: readonly string[];
  /** Whether that link left it open how to train on a person's own data. */
  bareOwn: boolean;
  /** Whether the state is one that the page had before, to which Back or Forward has led. */
  cameBack = false;

  /** With `keepsHistory` false (inside a frame, whose host's "back" it would take over) nothing is pushed. */
  constructor(private readonly keepsHistory = true) {
    const { state, notes, bareOwn } = parseLink(location.hash);
    this.now = state;
    this.notes = notes;
    this.bareOwn = bareOwn;
    markEntry();
    window.addEventListener('popstate', ({ state: mark }) => {
      // An address that was typed in, or a link that was followed, makes an entry without a mark.
      this.cameBack = mark !== null;
      markEntry();
      const parsed = parseLink(location.hash);
      this.notes = parsed.notes;
      this.bareOwn = parsed.bareOwn;
      this.set(parsed.state);
    });
  }

  get state(): AppState {
    return this.now;
  }

  update(change: Partial<AppState>, history: HistoryKind = 'push'): void {
    const next = { ...this.now, ...change };
    const fragment = formatLink(next);
    if (fragment === formatLink(this.now)) return;
    if (history === 'push' && this.keepsHistory) window.history.pushState(MARK, '', fragment);
    else window.history.replaceState(MARK, '', fragment);
    this.cameBack = false;
    this.set(next);
  }

  /** Calls back after every change until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** An address that opens this very state. */
  shareAddress(): string {
    return new URL(formatLink(this.now, true), location.href).href;
  }

  private set(next: AppState): void {
    const before = this.now;
    this.now = next;
    for (const listener of [...this.listeners]) listener(next, before);
  }
}
