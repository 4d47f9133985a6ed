/** Which tab goes on with which run, so that two that have the same one open do not overwrite each other's. */

const PREFIX = 'spikeground-run-';

/** A word that nobody else has. */
export function freshRunId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Claims {
  private letGo: (() => void) | undefined;
  private held: string | undefined;

  /** Takes a run for this tab, in place of the one before; false where another tab has it, or nobody can tell. */
  async take(id: string): Promise<boolean> {
    if (this.held === id) return true;
    this.release();
    const locks = lockManager();
    if (locks === undefined) return false;
    return new Promise((answer) => {
      locks.request(`${PREFIX}${id}`, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        if (lock === null) return undefined;
        this.held = id;
        // Held until it is let go, or the page ends, however it ends.
        return new Promise<void>((resolve) => { this.letGo = resolve; });
      }).catch(() => { answer(false); });
    });
  }

  release(): void {
    this.letGo?.();
    this.letGo = undefined;
    this.held = undefined;
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
