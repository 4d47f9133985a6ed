/** Keeps one view's run: one write at a time, the newest wins, and no more often than it pays. */
import { Claims, freshRunId } from './claim';
import type { Place } from './place';
import { RECORD_VERSION, type Progress, type RunHead } from './records';
import type { KeptRun } from './runs';

/** What a view says of its run. */
export type Standing = Pick<RunHead, 'step' | 'planned' | 'epoch' | 'heldOut' | 'heldOutStep' | 'seedsDone' | 'seedsPlanned'> & {
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

/** How far a run has come. */
type Reached = Pick<Standing, 'step' | 'seedsDone'>;

/** A run that is open, or was. */
interface OpenRun {
  /** Another one where another tab goes on with the run. */
  id: string;
  /** Another one where it has been set otherwise on its way. */
  place: Place;
  readonly begunAt: number;
  /** Settles once it is known which tab has it; nothing is written before. */
  claimed: Promise<void>;
  reached: Reached;
  /** Where it was when it was deleted. */
  readonly deletedAt?: Reached;
}

interface Snapshot extends Standing {
  readonly run: OpenRun;
  readonly bytes: Uint8Array | undefined;
}

export class RunKeeper {
  private readonly claims = new Claims();
  private run: OpenRun | undefined;
  /** The newest that is known of the run that is open. */
  private newest: Snapshot | undefined;
  /** What is not in the storage yet: of the run that is open, and of one before it while a write was under way. */
  private readonly unwritten = new Map<OpenRun, Snapshot>();
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
    return this.run?.place;
  }

  holds(id: string): boolean {
    return this.run?.id === id;
  }

  /** The newest that is known of a run that is open, which may not be in the storage yet. */
  heldOf(id: string): HeldRun | undefined {
    return this.newest?.run.id === id ? held(this.newest) : undefined;
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
    const { id, begunAt, step, seedsDone } = kept?.head ?? { id: freshRunId(), begunAt: Date.now(), step: 0, seedsDone: 0 };
    this.open({ id, place, begunAt, reached: { step, seedsDone }, claimed: Promise.resolve() });
    return before === undefined || before.run.id === id ? undefined : held(before);
  }

  /** The run that is open has been set otherwise on its way: this is its link from here on. */
  relink(link: string): void {
    if (this.run !== undefined) this.run.place = { ...this.run.place, link };
  }

  /** Takes in where the run stands; `rests` writes it at once. */
  take(bytes: Uint8Array | undefined, standing: Standing, rests: boolean): void {
    // A run that has not come anywhere is opened as quickly as it was.
    const { run } = this;
    if (run === undefined || (standing.step === 0 && standing.seedsDone === 0) || isSame(run.deletedAt, standing)) return;
    run.reached = standing;
    this.newest = { ...standing, run, bytes };
    this.unwritten.set(run, this.newest);
    if (rests) this.flush();
    else this.later();
  }

  /** What is open was deleted: nothing of it is written until it has come further. */
  forget(id: string): void {
    const { run } = this;
    if (run?.id !== id) return;
    this.newest = undefined;
    this.unwritten.delete(run);
    this.open({ ...run, id: freshRunId(), deletedAt: run.reached });
  }

  /** Writes what has not been written, now or as soon as the write under way has ended. */
  flush(): void {
    this.pausedUntil = 0;
    this.later();
  }

  private open(run: OpenRun): void {
    this.run = run;
    run.claimed = this.claim(run);
  }

  /** Where another tab goes on with a run, or may, this one's is a run of its own from here on. */
  private async claim(run: OpenRun): Promise<void> {
    if (await this.claims.take(run.id)) return;
    run.id = freshRunId();
    if (this.run === run) await this.claims.take(run.id);
  }

  private later(): void {
    clearTimeout(this.timer);
    if (this.unwritten.size === 0 || this.writing) return;
    const wait = this.pausedUntil - performance.now();
    if (wait > 0) this.timer = setTimeout(() => { this.later(); }, wait);
    else void this.writeNewest();
  }

  private async writeNewest(): Promise<void> {
    const [run] = this.unwritten.keys();
    if (run === undefined) return;
    this.writing = true;
    await run.claimed;
    const newest = this.unwritten.get(run);
    this.unwritten.delete(run);
    const start = performance.now();
    // It may have been deleted meanwhile.
    if (newest !== undefined) await this.write(runOf(newest));
    const now = performance.now();
    this.pausedUntil = start + Math.max(EVERY_MS, (now - start) / WRITING_SHARE);
    this.writing = false;
    this.later();
  }
}

function isSame(reached: Reached | undefined, { step, seedsDone }: Reached): boolean {
  return reached?.step === step && reached.seedsDone === seedsDone;
}

function held(snapshot: Snapshot): HeldRun {
  return { run: runOf(snapshot), bytes: snapshot.bytes };
}

function runOf(snapshot: Snapshot): KeptRun {
  const { run: { id, place, begunAt }, bytes, progress, step, planned, epoch, heldOut, heldOutStep, seedsDone, seedsPlanned } = snapshot;
  const checkpoint = new Blob(bytes === undefined ? [] : [bytes as Uint8Array<ArrayBuffer>]);
  return {
    head: {
      version: RECORD_VERSION, id, view: place.view, link: place.link, identity: place.identity, name: '', step, planned, epoch,
      ...(heldOut === undefined ? {} : { heldOut }), ...(heldOutStep === undefined ? {} : { heldOutStep }),
      seedsDone, seedsPlanned, begunAt, savedAt: Date.now(), bytes: checkpoint.size,
    },
    body: { version: RECORD_VERSION, id, checkpoint, progress },
  };
}
