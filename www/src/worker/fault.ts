/** Why a worker ended, in words that fit behind "because": what a browser or a panic says of it is for the console. */

/** What engines say where an allocation failed, and what our own allocator throws. */
const OUT_OF_MEMORY = /out of memory|allocation (?:failed|size overflow)|could not allocate|cannot allocate/i;

/** What ended a worker. */
export interface Fault {
  /** "It was ended from outside", without its capital and its stop. */
  readonly reason: string;
  /** What may help where it happens again and again. */
  readonly advice: string;
}

const SMALLER = 'A smaller network or a smaller batch may help.';

export const FAULTS = {
  memory: { reason: 'it ran out of memory', advice: SMALLER },
  program: { reason: 'it met a fault in its own program', advice: SMALLER },
  loading: { reason: 'its program could not be loaded', advice: 'Look whether the server can be reached, and reload the page.' },
  unreadable: { reason: 'it sent something that could not be read', advice: 'Reload the page.' },
  outside: { reason: 'it was ended from outside',
    advice: 'Browsers end what takes too much memory: close other tabs, or take a smaller network or a smaller batch.' },
  silent: { reason: 'it did not answer and was ended', advice: 'A smaller network or a smaller batch answers sooner.' },
  replaced: { reason: 'it was replaced', advice: '' },
} as const satisfies Record<string, Fault>;

/** The worker has ended, and with it every call that it had not answered. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';

  constructor(readonly fault: Fault) {
    super(fault.reason);
  }
}

export function faultOf(message: string | undefined): Fault {
  // Where a script cannot be loaded the event has no message at all, whatever its type says; one that is cut off, or another file, cannot be read.
  if (message === undefined || message === '' || message.includes('SyntaxError')) return FAULTS.loading;
  return OUT_OF_MEMORY.test(message) ? FAULTS.memory : FAULTS.program;
}

/** Whether an error leaves the wasm in the middle of what it did: nothing in it can be trusted after that. */
export function isFatal(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'RuntimeError' || OUT_OF_MEMORY.test(error.message));
}
