/** What can be wrong with the browser's storage, each as a sentence that says what it costs. */

export type TroubleKind = keyof typeof SENTENCES;

const SENTENCES = {
  none: 'This browser keeps nothing for this page here (a private window, or a frame without storage): runs and data of your own last as long as it is open.',
  silent: 'The browser\'s storage does not answer: until it does, runs and data of your own last as long as this page is open.',
  blocked: 'Another tab has an older version of this page open and holds the storage. Close that tab and try again; until then nothing is kept.',
  newer: 'What is kept here was written by a newer version of this page. Reload to get that version; until then nothing is kept.',
  superseded: 'A newer version of this page is open in another tab and has taken the storage over. Reload this one to go on keeping its runs.',
  unreadable: 'The browser cannot read what it keeps for this page: until that is cleared, runs and data of your own last as long as this page is open.',
  full: 'The browser\'s storage is full: what is new is not kept. Deleting runs or data sets from "Your runs" makes room.',
} as const;

/** Troubles that clearing the storage ends. */
const CLEARABLE: ReadonlySet<TroubleKind> = new Set(['newer', 'unreadable']);

export class StorageTrouble extends Error {
  override readonly name = 'StorageTrouble';

  constructor(readonly kind: TroubleKind) {
    super(SENTENCES[kind]);
  }

  get clearable(): boolean {
    return CLEARABLE.has(this.kind);
  }
}

/** By the names that the browsers give their errors, while the database is opened. */
const WHILE_OPENING: Readonly<Record<string, TroubleKind>> = {
  SecurityError: 'none',
  // Private windows of older browsers.
  InvalidStateError: 'none',
  NotSupportedError: 'none',
  TypeError: 'none',
  ReferenceError: 'none',
  VersionError: 'newer',
  QuotaExceededError: 'full',
};

export function openingTrouble(error: unknown): StorageTrouble {
  if (error instanceof StorageTrouble) return error;
  return new StorageTrouble(WHILE_OPENING[nameOf(error)] ?? 'unreadable');
}

export function usingTrouble(error: unknown): StorageTrouble {
  if (error instanceof StorageTrouble) return error;
  return new StorageTrouble(nameOf(error) === 'QuotaExceededError' ? 'full' : 'unreadable');
}

/** Whether the connection had been closed under the work, so that a new one may do. */
export function isClosed(error: unknown): boolean {
  return nameOf(error) === 'InvalidStateError';
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}
