/** One life of the worker, from the page's side: calls that are answered, or refused once the worker has died. */
import * as Comlink from 'comlink';
import { FAULTS, faultOf, isFatal, WorkerDied, type Fault } from './fault';
import { BEAT_MS, type Beat, type LabWorker } from './protocol';

/** A busy machine may hold back a few beats of a worker that lives. */
const MISSED_BEATS = 6;

let lives = 0;

export class LabClient {
  private readonly worker: Worker;
  private readonly remote: Comlink.Remote<LabWorker>;
  private readonly refuse = new Set<(error: WorkerDied) => void>();
  private death: WorkerDied | undefined;
  /** When the oldest call that has not been answered was made, by `performance.now()`. */
  private waitingSince: number | undefined;

  /** Called once, with a reason that fits behind "because", unless the page itself ends the worker. */
  onDeath: ((error: WorkerDied) => void) | undefined;

  constructor() {
    lives += 1;
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: `spikeground-${lives}` });
    this.remote = Comlink.wrap<LabWorker>(this.worker);
    // A panic in the wasm surfaces here when it happens after the call has returned its promise.
    this.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.die(faultOf(event.message));
    });
    this.worker.addEventListener('messageerror', () => {
      this.die(FAULTS.unreadable);
    });
    void this.watch();
  }

  /**
   * A worker that is ended from outside (by the browser for want of memory, by a person in the developer tools) tells
   * nobody. But it holds a lock, which the browser then gives to whoever waits for it: this page. Outside secure contexts
   * and in sandboxed frames there are no locks, and the page listens to its pulse.
   */
  private async watch(): Promise<void> {
    try {
      const name = `spikeground-${crypto.randomUUID()}`;
      await this.remote.holdLock(name);
      await navigator.locks.request(name, () => undefined);
    } catch {
      this.listenToPulse();
      return;
    }
    this.die(FAULTS.outside);
  }

  private listenToPulse(): void {
    const { port1, port2 } = new MessageChannel();
    let missed = 0;
    let listening: ReturnType<typeof setInterval> | undefined;
    let beat: Beat = 'always';
    port1.onmessage = ({ data }: MessageEvent<Beat>) => {
      beat = data;
      missed = 0;
      // Beats that were missed are counted, not timed: a page that was asleep has missed none.
      listening ??= setInterval(() => {
        // One that beats by itself may be at work; if that is long, a person is asked.
        missed = beat === 'between calls' && this.waitingSince !== undefined ? 0 : missed + 1;
        if (missed > MISSED_BEATS) this.die(FAULTS.outside);
        if (this.dead) {
          clearInterval(listening);
          port1.close();
        }
      }, BEAT_MS);
    };
    void Promise.resolve(this.remote.beat(Comlink.transfer(port2, [port2]))).catch(() => { port1.close(); });
  }

  get dead(): boolean {
    return this.death !== undefined;
  }

  /** How long the worker has been at work without an answer, in milliseconds. */
  get silentMs(): number {
    return this.waitingSince === undefined ? 0 : performance.now() - this.waitingSince;
  }

  /** The worker has given a sign of life: a download that still brings something is no silence. */
  heard(): void {
    if (this.waitingSince !== undefined) this.waitingSince = performance.now();
  }

  /** Calls the worker. Rejects with what the core says, or with [`WorkerDied`]. */
  async call<T>(work: (lab: Comlink.Remote<LabWorker>) => Promise<T>): Promise<T> {
    if (this.death !== undefined) throw this.death;
    let refuse: (error: WorkerDied) => void = () => undefined;
    const died = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    this.refuse.add(refuse);
    this.waitingSince ??= performance.now();
    try {
      return await Promise.race([work(this.remote), died]);
    } catch (error) {
      if (isFatal(error)) throw this.die(faultOf(error.message));
      throw error;
    } finally {
      this.refuse.delete(refuse);
      this.waitingSince = this.refuse.size > 0 ? performance.now() : undefined;
    }
  }

  /** Ends the worker as the browser would: without telling anybody. For tests and demonstrations. */
  kill(): void {
    this.worker.terminate();
  }

  /** Ends a worker that does not answer, because a person asked for it. */
  giveUp(): void {
    this.die(FAULTS.silent);
  }

  /** Ends a worker that is no longer needed. */
  dispose(): void {
    this.death ??= new WorkerDied(FAULTS.replaced);
    this.end(this.death);
  }

  private die(fault: Fault): WorkerDied {
    if (this.death !== undefined) return this.death;
    this.death = new WorkerDied(fault);
    this.end(this.death);
    this.onDeath?.(this.death);
    return this.death;
  }

  private end(error: WorkerDied): void {
    this.worker.terminate();
    for (const refuse of [...this.refuse]) refuse(error);
    this.refuse.clear();
  }
}
