/** How long something has given no sign of life, told every second once that is long: whoever waits can then end it. */

const TICK_MS = 1000;
/** Shorter silences are usual. */
const LONG_SECONDS = 10;

export class Silence {
  private since = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;

  /** `tell` is called every second while it lasts. */
  constructor(private readonly tell: () => void) {}

  begin(): void {
    this.end();
    this.heard();
    this.ticking = setInterval(() => { if (this.seconds > 0) this.tell(); }, TICK_MS);
  }

  heard(): void {
    this.since = performance.now();
  }

  end(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
  }

  /** "It has not answered for 12 seconds: Stop ends it."; nothing before it is long. */
  get words(): string {
    const { seconds } = this;
    if (seconds === 0) return '';
    return `It has not answered for ${seconds} seconds: it may be at work on something large, or stuck. “Stop” ends it, and nothing is lost.`;
  }

  private get seconds(): number {
    const seconds = this.ticking === undefined ? 0 : Math.floor((performance.now() - this.since) / 1000);
    return seconds < LONG_SECONDS ? 0 : seconds;
  }
}
