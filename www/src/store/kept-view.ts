/** Watches the runs of one view: what its engine does becomes what is kept of them. */
import type { Engine } from '../run/engine';
import { isAt, placeOf, type Place, type RunView } from './place';
import { RunKeeper, type HeldRun, type Standing } from './run-keeper';
import type { KeptRun } from './runs';

/** What a view says of its run, and how it takes one up. */
export interface Kept {
  readonly view: RunView;
  readonly engine: Engine;
  /** The link of the run that is open: of the Papers view, whose experiment. */
  link(): string;
  /** Whether lanes that have just been opened belong to the run before: the next seed of a series. */
  readonly continues: boolean;
  /** Whether `standing` is of the lanes that are open: an experiment may speak for the next one by then. */
  readonly ofLanes: boolean;
  /** What a series has given: another value with each seed. */
  readonly results: unknown;
  /** Whole passes over the held-out part that the lanes' curves show. */
  readonly passes: number;
  standing(): Standing;
  /** Opens a run that has been put by; rejects, with a fresh one in its place, where that cannot be. */
  resume(run: KeptRun, bytes: Uint8Array | undefined): Promise<void>;
  /** Goes on as a person who presses Play does. */
  start(): void;
}

/** What becomes of what is watched. */
export interface KeptHost {
  write(run: KeptRun): Promise<void>;
  /** A run that nobody has asked to be kept has come to its first checkpoint. */
  underWay(): void;
  /** Another run is open, `fresh` unless a kept one goes on; what it took the place of, if that had come anywhere. */
  opened(place: Place, before: HeldRun | undefined, fresh: boolean, isStill: () => boolean): void;
}

export class KeptView {
  private readonly keepers = new Map<string, RunKeeper>();
  private resuming: HeldRun | undefined;
  /** What stands: the link of its run, and the kept one that it goes on with. */
  private link = '';
  private goesOn: HeldRun | undefined;

  constructor(readonly kept: Kept, private readonly host: KeptHost) {
    const { engine } = kept;
    engine.slot.onCheckpoint(({ bytes }) => {
      if (kept.ofLanes) this.take(bytes);
    });
    let { lanes } = engine;
    let { results, passes } = kept;
    engine.subscribe(() => {
      if (engine.lanes !== lanes) {
        ({ lanes } = engine);
        ({ passes } = kept);
        if (!kept.continues || this.resuming !== undefined || kept.link() !== this.link) this.begin();
      }
      if (engine.standing && !engine.opening && this.resuming === undefined && kept.link() !== this.link) this.relink();
      if (kept.passes !== passes) {
        ({ passes } = kept);
        // A pass at rest comes after the checkpoint of the weights that it tests.
        const { saved } = engine.slot;
        if (saved !== undefined && kept.ofLanes && this.resuming === undefined && kept.link() === this.link) this.take(saved.bytes);
      }
      if (kept.results !== results) {
        ({ results } = kept);
        // What a run gave before it was opened here is known already.
        if (this.resuming === undefined && kept.link() === this.link) this.take(undefined);
      }
    });
  }

  holds(id: string): boolean {
    return [...this.keepers.values()].some((keeper) => keeper.holds(id));
  }

  /** Whether a run is what stands here, as it is wanted: to open it would only take back what came after its last checkpoint. */
  stands(id: string): boolean {
    const { engine, view, continues } = this.kept;
    const isThere = engine.phase !== 'empty' && engine.phase !== 'failed' && (!engine.opening || continues);
    return isThere && this.resuming === undefined && this.kept.link() === this.link && this.keeperOf({ view, link: this.link }).holds(id);
  }

  /** The newest that is known of a run that is open here. */
  heldOf(id: string): HeldRun | undefined {
    return [...this.keepers.values()].map((keeper) => keeper.heldOf(id)).find((held) => held !== undefined);
  }

  forget(id: string): void {
    for (const keeper of this.keepers.values()) keeper.forget(id);
  }

  /** Opens a kept run in place of the one that stands; whether it is what stands then. */
  async resume(held: HeldRun): Promise<boolean> {
    this.resuming = held;
    this.goesOn = undefined;
    try {
      await this.kept.resume(held.run, held.bytes);
      // Where no network was under way, there are no lanes that could tell of it.
      if (this.isOpening(held)) this.begin();
    } finally {
      if (this.isOpening(held)) this.resuming = undefined;
    }
    return this.isTakenUp(held);
  }

  /** Both are asked behind a wait, in which the answer may have changed. */
  private isOpening(held: HeldRun): boolean {
    return this.resuming === held;
  }

  private isTakenUp(held: HeldRun): boolean {
    return this.goesOn === held;
  }

  private begin(): void {
    const { engine, view } = this.kept;
    const kept = this.takenUp();
    const place: Place = kept === undefined ? { view, link: this.kept.link(), identity: engine.data?.identity ?? '' } : placeOf(kept.run.head);
    this.resuming = undefined;
    this.goesOn = kept;
    this.link = place.link;
    const keeper = this.keeperOf(place);
    const before = keeper.begin(place, kept?.run);
    this.host.opened(place, before, kept === undefined, () => keeper.at === place && !keeper.begun && !engine.running);
  }

  /** The kept run that the lanes go on with: other settings may have been wanted before they stood. */
  private takenUp(): HeldRun | undefined {
    const { kept, resuming } = this;
    if (resuming === undefined) return undefined;
    const { run, bytes } = resuming;
    const isIt = bytes === undefined ? isAt(run.head, { view: kept.view, link: kept.link(), identity: '' }) : kept.engine.resumed?.bytes === bytes;
    return isIt ? resuming : undefined;
  }

  /** The same lanes do something else from here on. */
  private relink(): void {
    this.link = this.kept.link();
    this.keeperOf({ view: this.kept.view, link: this.link }).relink(this.link);
    // At rest no checkpoint comes after it.
    const { saved } = this.kept.engine.slot;
    if (saved !== undefined && this.kept.ofLanes) this.take(saved.bytes);
  }

  private take(bytes: Uint8Array | undefined): void {
    const { engine, view } = this.kept;
    const keeper = this.keeperOf({ view, link: this.kept.link() });
    const standing = this.kept.standing();
    // Its results alone would take the place of a network that can go on; they come with the next checkpoint.
    if (standing.hasNetwork && bytes === undefined) return;
    if (!keeper.begun) this.host.underWay();
    keeper.take(standing.hasNetwork ? bytes : undefined, standing, !engine.running);
  }

  /** Experiments have one each, so that what one gave stays while another one runs. */
  private keeperOf({ view, link }: Omit<Place, 'identity'>): RunKeeper {
    const key = view === 'papers' ? link : view;
    let keeper = this.keepers.get(key);
    if (keeper === undefined) {
      keeper = new RunKeeper((run) => this.host.write(run));
      this.keepers.set(key, keeper);
    }
    return keeper;
  }
}
