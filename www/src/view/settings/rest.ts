/** Puts a change off until its control rests, so that many key presses are one change: one run opened anew, one entry in the history. */

/** Nobody who still searches for a value waits so long between two keys. */
const REST_MS = 500;

export class Rest {
  private timer = 0;
  private act: (() => void) | undefined;

  /** Does it once nothing has been put off in its place for a while. */
  later(act: () => void): void {
    this.forget();
    this.act = act;
    this.timer = window.setTimeout(() => { this.now(); }, REST_MS);
  }

  /** Does what has been put off, if anything has. */
  now(): void {
    const { act } = this;
    this.forget();
    act?.();
  }

  forget(): void {
    clearTimeout(this.timer);
    this.act = undefined;
  }
}
