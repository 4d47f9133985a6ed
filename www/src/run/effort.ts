/** How long a training step may take, told before and while somebody waits for it. */
import { counted } from '../state/figures';

/** Multiply-adds a second that a slow machine does in a browser, where nothing is zero and nothing can be left out. */
const PER_SECOND = 1e9;

/** "up to 3 minutes"; undefined where a step is too short for words. */
export function stepTime(work: number): string | undefined {
  const seconds = work / PER_SECOND;
  if (seconds < 5) return undefined;
  return `up to ${seconds < 90 ? counted(Math.ceil(seconds), 'second') : counted(Math.ceil(seconds / 60), 'minute')}`;
}

/** What a worker that has been at work for so many seconds may be at. */
export function longWords(seconds: number, work: number): string {
  const time = stepTime(work);
  const why = time === undefined
    ? 'A large network may need that long, and a smaller one will not.'
    : `A training step of this network may take ${time} on a slow machine; a smaller network or batch takes less.`;
  return `The worker has been at work for ${counted(seconds, 'second')} without an answer. ${why}`;
}
