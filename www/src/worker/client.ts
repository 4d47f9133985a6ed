/** One life of the worker, from the page's side: calls that are answered, or refused once the worker has died. */
import * as Comlink from 'comlink';
import { FAULTS, faultOf, isFatal, WorkerDied, type Fault } from './fault';
import type { LabWorker } from './protocol';

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
    void this.watchLock();
  }

  /**
   * A worker that is ended from outside (by the browser for want of memory, by a person in the developer tools) tells
   * nobody. But it holds a lock, which the browser then gives to whoever waits for it: this page.
   */
  private async watchLock(): Promise<void> {
    // Missing outside secure contexts and refused in sandboxed frames; deaths by error are still noticed there.
    if (!('locks' in navigator)) return;
    const name = `spikeground-${crypto.randomUUID()}`;
    try {
      await this.remote.holdLock(name);
      await navigator.locks.request(name, () => undefined);
    } catch {
      return;
    }
    this.die(FAULTS.outside);
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
