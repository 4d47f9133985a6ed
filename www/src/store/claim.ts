/** Which tab goes on with which run, so that two that have the same one open do not overwrite each other's. */

const PREFIX = 'spikeground-run-';

/** A word that nobody else has. */
export function freshRunId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Claims {
  private letGo: (() => void) | undefined;
  /** The run that is taken, or about to be, and whether it was free. */
  private wanted: { readonly id: string; readonly free: Promise<boolean> } | undefined;
  /** Settles once the one before has been let go. */
  private gone: Promise<unknown> = Promise.resolve();

  /** Takes a run for this tab, in place of the one before; false where another tab has it, or nobody can tell. */
  take(id: string): Promise<boolean> {
    if (this.wanted?.id === id) return this.wanted.free;
    this.letGo?.();
    this.letGo = undefined;
    const free = new Promise<boolean>((answer) => {
      this.gone = this.gone.then(() => this.hold(id, answer, () => this.wanted === wanted)).catch(() => { answer(false); });
    });
    const wanted = { id, free };
    this.wanted = wanted;
    return free;
  }

  /** Held until it is let go, or the page ends, however it ends; not at all where another one is wanted by then. */
  private async hold(id: string, answer: (free: boolean) => void, isWanted: () => boolean): Promise<void> {
    const locks = lockManager();
    if (locks === undefined) {
      answer(false);
      return;
    }
    await locks.request(`${PREFIX}${id}`, { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock === null || !isWanted() ? undefined : new Promise<void>((resolve) => { this.letGo = resolve; });
    });
  }
}

/** Runs that a tab has open, this one among them. */
export async function claimed(): Promise<ReadonlySet<string>> {
  const state = await lockManager()?.query().catch(() => undefined);
  const names = (state?.held ?? []).flatMap(({ name }) => (name?.startsWith(PREFIX) === true ? [name.slice(PREFIX.length)] : []));
  return new Set(names);
}

/** Missing outside secure contexts. */
function lockManager(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}
