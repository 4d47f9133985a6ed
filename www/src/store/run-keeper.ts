/** Keeps one view's run: one write at a time, the newest wins, and no more often than it pays. */
import { Claims, freshRunId } from './claim';
import type { Place } from './place';
import { RECORD_VERSION, type Progress, type RunHead } from './records';
import type { KeptRun } from './runs';

/** What a view says of its run. */
export type Standing = Pick<RunHead, 'step' | 'planned' | 'epoch' | 'heldOut' | 'seedsDone' | 'seedsPlanned'> & {
  readonly progress: Progress;
  /** Whether a network is under way, without which the run cannot go on from there. */
  readonly hasNetwork: boolean;
};

/** A run that can be opened again without the storage. */
export interface HeldRun {
  readonly run: KeptRun;
  readonly bytes: Uint8Array | undefined;
}

/** A run that a tab loses is this old at the most, but for a write that takes long. */
const EVERY_MS = 4000;
/** The share of the time that may go into writing, which a large network on a slow disk would take over otherwise. */
const WRITING_SHARE = 0.1;

interface Snapshot extends Standing {
  readonly id: string;
  readonly place: Place;
  readonly begunAt: number;
  readonly bytes: Uint8Array | undefined;
}

export class RunKeeper {
  private readonly claims = new Claims();
  private place: Place | undefined;
  private id = '';
  private begunAt = 0;
  /** The newest that is known of the run, and whether it is in the storage. */
  private newest: Snapshot | undefined;
  private written = true;
  private writing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pausedUntil = 0;

  constructor(private readonly write: (run: KeptRun) => Promise<unknown>) {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.flush();
    });
  }

  /** What is open. */
  get at(): Place | undefined {
    return this.place;
  }

  holds(id: string): boolean {
    return this.id === id;
  }

  /** Whether anything of the run that is open has been taken in. */
  get begun(): boolean {
    return this.newest !== undefined;
  }

  /** Another run is open, fresh or a kept one that goes on. The one before, if it had come anywhere. */
  begin(place: Place, kept?: KeptRun): HeldRun | undefined {
    const before = this.newest;
    this.flush();
    this.newest = undefined;
    this.written = true;
    this.place = place;
    this.id = kept?.head.id ?? freshRunId();
    this.begunAt = kept?.head.begunAt ?? Date.now();
    const { id } = this;
    void this.claims.take(id).then((taken) => {
      // Another tab goes on with it, or may: this one's is a run of its own from here on.
      if (!taken && kept !== undefined && this.id === id) this.id = freshRunId();
    });
    return before === undefined || before.id === id ? undefined : { run: runOf(before), bytes: before.bytes };
  }

  /** Takes in where the run stands; `rests` writes it at once. */
  take(bytes: Uint8Array | undefined, standing: Standing, rests: boolean): void {
    // A run that has not come anywhere is opened as quickly as it was.
    if (this.place === undefined || (standing.step === 0 && standing.seedsDone === 0)) return;
    this.newest = { ...standing, id: this.id, place: this.place, begunAt: this.begunAt, bytes };
    this.written = false;
    if (rests) this.flush();
    else this.later();
  }

  /** What is open was deleted: nothing of it is written until it has come further. */
  forget(id: string): void {
    if (this.id !== id) return;
    this.written = true;
    this.id = freshRunId();
  }

  /** Writes what has not been written, now or as soon as the write under way has ended. */
  flush(): void {
    this.pausedUntil = 0;
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    if (this.written || this.writing) return;
    const wait = this.pausedUntil - performance.now();
    if (wait > 0) this.timer = setTimeout(() => { this.later(); }, wait);
    else void this.writeNewest();
  }

  private async writeNewest(): Promise<void> {
    const { newest } = this;
    if (newest === undefined) return;
    this.written = true;
    this.writing = true;
    const start = performance.now();
    await this.write(runOf(newest));
    const now = performance.now();
    this.pausedUntil = start + Math.max(EVERY_MS, (now - start) / WRITING_SHARE);
    this.writing = false;
    this.later();
  }
}

function runOf({ id, place, begunAt, bytes, progress, step, planned, epoch, heldOut, seedsDone, seedsPlanned }: Snapshot): KeptRun {
  const checkpoint = new Blob(bytes === undefined ? [] : [bytes as Uint8Array<ArrayBuffer>]);
  return {
    head: {
      version: RECORD_VERSION, id, view: place.view, link: place.link, identity: place.identity, name: '', step, planned, epoch,
      ...(heldOut === undefined ? {} : { heldOut }), seedsDone, seedsPlanned, begunAt, savedAt: Date.now(), bytes: checkpoint.size,
    },
    body: { version: RECORD_VERSION, id, checkpoint, progress },
  };
}
