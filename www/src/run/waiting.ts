/** What a run is waiting for, and for how long, so that a view can say so. */

export type Work = 'opening' | 'twin' | 'steps' | 'sample' | 'heldOut';

const TICK_MS = 1000;

interface Call {
  readonly work: Work;
  readonly since: number;
}

export class Waiting {
  private call: Call | undefined;

  /** `tell` is called every second for as long as a call takes. */
  constructor(private readonly tell: () => void) {}

  /** What the newest call is about, until it is answered. */
  get work(): Work | undefined {
    return this.call?.work;
  }

  /** How long it has taken so far, in whole seconds. */
  get seconds(): number {
    return this.call === undefined ? 0 : Math.floor((performance.now() - this.call.since) / 1000);
  }

  async during<T>(work: Work, answer: Promise<T>): Promise<T> {
    const call = { work, since: performance.now() };
    this.call = call;
    const ticking = setInterval(this.tell, TICK_MS);
    try {
      return await answer;
    } finally {
      clearInterval(ticking);
      if (this.call === call) this.call = undefined;
    }
  }
}
