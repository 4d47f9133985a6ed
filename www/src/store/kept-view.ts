/** Watches the runs of one view: what its engine does becomes what is kept of them. */
import type { Engine } from '../run/engine';
import type { Place, RunView } from './place';
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
  /** What a series has given: another value with each seed. */
  readonly results: unknown;
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
  private resuming: KeptRun | undefined;

  constructor(readonly kept: Kept, private readonly host: KeptHost) {
    const { engine } = kept;
    engine.slot.onCheckpoint(({ bytes }) => { this.take(bytes); });
    let { lanes } = engine;
    let { results } = kept;
    engine.subscribe(() => {
      if (engine.lanes !== lanes) {
        ({ lanes } = engine);
        if (!kept.continues || this.resuming !== undefined) this.begin();
      }
      if (kept.results !== results) {
        ({ results } = kept);
        this.take(undefined);
      }
    });
  }

  holds(id: string): boolean {
    return [...this.keepers.values()].some((keeper) => keeper.holds(id));
  }

  forget(id: string): void {
    for (const keeper of this.keepers.values()) keeper.forget(id);
  }

  /** Opens a kept run in place of the one that stands. */
  async resume({ run, bytes }: HeldRun): Promise<void> {
    this.resuming = run;
    try {
      await this.kept.resume(run, bytes);
      // Where no network was under way, there are no lanes that could tell of it.
      if (this.isResuming) this.begin();
    } finally {
      this.resuming = undefined;
    }
  }

  /** Asked behind a wait, in which the answer may have changed. */
  private get isResuming(): boolean {
    return this.resuming !== undefined;
  }

  private begin(): void {
    const { engine, view } = this.kept;
    const place: Place = { view, link: this.kept.link(), identity: engine.data?.identity ?? '' };
    const { resuming } = this;
    this.resuming = undefined;
    const keeper = this.keeperOf(place);
    const before = keeper.begin(place, resuming);
    this.host.opened(place, before, resuming === undefined, () => keeper.at === place && !keeper.begun && !engine.running);
  }

  private take(bytes: Uint8Array | undefined): void {
    const { engine, view } = this.kept;
    const keeper = this.keeperOf({ view, link: this.kept.link() });
    const standing = this.kept.standing();
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
