/** Time limits for what may never answer, such as a GPU that hangs. */

/** Something took longer than it may. */
export class LimitPassed extends Error {
  override readonly name = 'LimitPassed';
}

/**
 * Does `work`, or rejects with [`LimitPassed`] and the sentence once it has been silent for `limitMs`: it gets a function
 * to call at every sign of life. Work that is late is still under way; whoever began it has to end it.
 */
export function within<T>(limitMs: number, sentence: string, work: (alive: () => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => { reject(new LimitPassed(sentence)); }, limitMs);
    };
    alive();
    void work(alive).then(resolve, reject).finally(() => { clearTimeout(timer); });
  });
}
