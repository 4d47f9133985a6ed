/** Hung work cannot be told from long work, so a person decides. */
import type { Desk } from './desk';
import { longWords } from './effort';
import type { Notices } from './notices';

/** A call that has not been answered for this long is spoken of. */
const SILENT_MS = 20_000;
const LOOK_MS = 1000;
const NAME = 'silence';

/** `work` is how much a training step of the run computes. */
export function watchSilence(desk: Desk, notices: Notices, work: () => number): void {
  let told = false;
  setInterval(() => {
    // Downloads are no silence: whatever arrives is a sign of life.
    const silent = desk.silentMs > SILENT_MS;
    if (silent && !told) tell(desk, notices, work());
    if (!silent && told) notices.dismiss(NAME);
    told = silent;
  }, LOOK_MS);
}

function tell(desk: Desk, notices: Notices, work: number): void {
  const { worksFor } = desk;
  notices.show({
    name: NAME,
    kind: 'warning',
    text: `${longWords(SILENT_MS / 1000, work)} It is at work for ${worksFor}; if it is ended, ${worksFor} goes on from the last checkpoint in a new one.`,
    actions: [
      { label: 'Go on waiting', run: () => { notices.dismiss(NAME); } },
      { label: 'End it', run: () => { desk.giveUp(); } },
    ],
  });
}
