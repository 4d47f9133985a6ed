/**
 * Keeps the runs of the page by themselves: every few seconds while they go, and when they rest or are put by. Whatever a
 * view throws away can be had again: by Undo, by Back, after a reload, and from the list.
 */
import { PassedOver } from '../run/client';
import type { Notice, Notices } from '../run/notices';
import { Emitter } from '../state/emitter';
import { counted, errorSentence, grouped } from '../state/figures';
import type { Store } from '../state/store';
import { claimed } from './claim';
import { KeptView, type Kept } from './kept-view';
import { isAt, runLink, stateOf, type Place, type RunView } from './place';
import { RecordUnusable, type RunHead } from './records';
import type { HeldRun } from './run-keeper';
import type { KeptRun, KeptRuns } from './runs';
import { StorageTrouble } from './trouble';
import { goneWords, isDone, ofWords, placeWords, progressWords, RUN_WORDS, whenWords } from './words';

/** Runs that were put by last and are held in memory too, where the storage may be missing: each is some megabytes. */
const IN_MEMORY = 4;

/** What is said where nobody foresaw why. */
const UNKNOWN = 'What runs here could not be kept, and the browser does not say why: it lasts as long as this page is open.';

/** Tells when something has been kept or let go. */
export class Keeping extends Emitter {
  private readonly memory = new Map<string, HeldRun>();
  private readonly views = new Map<RunView, KeptView>();
  /** Runs that the core has refused: they are not offered again. */
  private readonly refused = new Set<string>();
  /** The sentence about the storage that was said last, while it is true. */
  private warned = '';

  constructor(
    readonly runs: KeptRuns, private readonly store: Store, private readonly notices: Notices, private readonly framed: boolean,
    /** Makes a person's own data set of this identity the one in use. */
    private readonly useOwn: (identity: string) => Promise<void>,
  ) {
    super();
    store.subscribe((state, before) => {
      const { view } = state;
      if (!store.cameBack || view !== before.view || (view !== 'train' && view !== 'compare')) return;
      // Where only what is looked at is another, the run goes on as it is.
      if (runLink(view, state) !== runLink(view, before)) this.comeBackTo(view);
    });
  }

  /** From here on the runs of a view are kept. */
  join(kept: Kept): void {
    this.views.set(kept.view, new KeptView(kept, {
      write: (run) => this.write(run),
      underWay: () => { this.notices.dismiss('kept'); },
      opened: (place, before, isFresh, isStill) => {
        if (before !== undefined) this.putBy(before);
        else if (isFresh) void this.offer(place, isStill);
      },
    }));
  }

  /** Opens a kept run in its view, or shows it where it stands there; `goesOn` starts it. */
  async open(head: RunHead, goesOn: boolean): Promise<void> {
    const { view, config, begun, lanes, paper } = stateOf(head);
    const there = this.views.get(head.view);
    if (there?.stands(head.id) === true) {
      this.store.update(head.view === 'papers' ? { view, paper } : { view });
      if (goesOn && !there.kept.engine.running) there.kept.start();
      return;
    }
    this.notices.dismiss('kept');
    this.notices.dismiss('unopened');
    try {
      const held = await this.read(head.id);
      if (config.data === 'own') await this.useOwn(head.identity);
      this.store.update(head.view === 'papers' ? { view, paper } : { view, config, begun, ...(head.view === 'compare' ? { lanes } : {}) });
      const stands = await there?.resume(held);
      if (goesOn && stands === true) there?.kept.start();
    } catch (error) {
      this.cannotOpen(head, error);
    }
  }

  /** A run with all that it needs, from the view that has it open, from memory or from the storage. */
  async read(id: string): Promise<HeldRun> {
    const held = this.heldOf(id);
    if (held !== undefined) return held;
    const run = await this.runs.read(id);
    return { run, bytes: run.body.checkpoint.size === 0 ? undefined : new Uint8Array(await run.body.checkpoint.arrayBuffer()) };
  }

  /** Whether a view of this page has the run open. */
  isOpen(id: string): boolean {
    return [...this.views.values()].some((view) => view.holds(id));
  }

  /** The newest that this page knows of a run: what was put by of one that went on since is older. */
  private heldOf(id: string): HeldRun | undefined {
    const older = this.memory.get(id);
    const held = [...this.views.values()].map((view) => view.heldOf(id)).find((newest) => newest !== undefined) ?? older;
    if (held !== undefined && older !== undefined) this.memory.set(id, held);
    return held;
  }

  /** Lets go of runs for good. */
  async delete(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.memory.delete(id);
      for (const view of this.views.values()) view.forget(id);
    }
    await this.runs.delete(ids);
    this.tell();
  }

  /** What is wrong with the storage, said once until it is something else; inside a frame, whose host decides on it, not at all. */
  warn(error: unknown): void {
    const text = error instanceof StorageTrouble || error instanceof RecordUnusable ? error.message : UNKNOWN;
    if (this.framed || text === this.warned) return;
    this.warned = text;
    this.notices.show({ name: 'storage', kind: 'warning', text });
  }

  /** Back leads to settings whose run was put by: it stands there again. */
  private comeBackTo(view: 'train' | 'compare'): void {
    const place = { view, link: runLink(view, this.store.state), identity: '' };
    const head = [...this.memory.values()].reverse().find(({ run }) => isAt(run.head, place))?.run.head;
    const held = head === undefined ? undefined : this.heldOf(head.id);
    if (held !== undefined) this.views.get(view)?.resume(held).catch((error: unknown) => { this.cannotOpen(held.run.head, error); });
  }

  /** Says that there is an experiment to go on with, of the paper that the link names or of any. */
  async offerExperiment(): Promise<void> {
    const { paper } = this.store.state;
    const isWanted = (head: RunHead): boolean => head.view === 'papers' && (paper === undefined || stateOf(head).paper === paper);
    await this.offerOne(isWanted, () => this.views.get('papers')?.kept.engine.running === false);
  }

  /** Says that there is a kept run where a fresh one has been opened, if there is. */
  private offer(place: Place, isStill: () => boolean): Promise<void> {
    return this.offerOne((head) => isAt(head, place), isStill);
  }

  private async offerOne(isWanted: (head: RunHead) => boolean, isStill: () => boolean): Promise<void> {
    let runs: readonly RunHead[];
    try {
      ({ runs } = await this.runs.list());
    } catch {
      // It is said where something is to be kept.
      return;
    }
    const elsewhere = await claimed();
    const head = runs.find((candidate) => isWanted(candidate) && !elsewhere.has(candidate.id) && !this.refused.has(candidate.id));
    if (head === undefined || !isStill()) return;
    const done = isDone(head);
    this.say({
      name: 'kept', kind: 'info', text: `${ofWords(head)} was kept ${whenWords(head.savedAt)}: ${progressWords(head)}.`,
      actions: [
        { label: done ? 'Show it again' : `Go on from ${placeWords(head)}`, run: () => { void this.open(head, !done); } },
        { label: 'Start anew', run: () => undefined },
      ],
    });
  }

  /** A run has been thrown away by a setting, a link or a reset: it can be had again. */
  private putBy(held: HeldRun): void {
    const { head } = held.run;
    this.memory.delete(head.id);
    this.memory.set(head.id, held);
    const [oldest] = this.memory.keys();
    if (this.memory.size > IN_MEMORY && oldest !== undefined) this.memory.delete(oldest);
    this.say({
      name: 'kept', kind: 'info', aside: true, text: `The ${RUN_WORDS[head.view]} of ${goneWords(head)} was put by.`,
      actions: [{ label: 'Undo', run: () => { void this.open(head, false); } }],
    });
  }

  /** A kept run could not be opened; a fresh one stands in its place. */
  private cannotOpen(head: RunHead, error: unknown): void {
    // Whoever chose other settings meanwhile has what they wanted, and the run is still kept.
    if (error instanceof PassedOver) return;
    this.refused.add(head.id);
    const reason = errorSentence(error);
    // What stands in its place has a notice of its own, which must not take this one's.
    this.notices.show({ name: 'unopened', kind: 'warning',
      text: `The ${RUN_WORDS[head.view]} of step ${grouped(head.step)} could not be opened. ${reason}` });
  }

  /** Writes a run into the storage; where that cannot be, says so. */
  private async write(run: KeptRun): Promise<void> {
    try {
      const gone = (await this.runs.write(run)) + (await this.runs.tidy(run.head.id));
      this.forgetOlder(run.head);
      if (this.warned !== '') this.notices.dismiss('storage');
      this.warned = '';
      const text = `${counted(gone, 'old run')} without a name made room for new ones. Runs with a name stay.`;
      if (gone > 0) this.notices.show({ name: 'room', kind: 'info', text });
    } catch (error) {
      this.warn(error);
    }
    this.tell();
  }

  /** What was put by of a run makes room for what is kept of it since. */
  private forgetOlder({ id, step, seedsDone }: RunHead): void {
    const before = this.memory.get(id)?.run.head;
    if (before !== undefined && (seedsDone > before.seedsDone || (seedsDone === before.seedsDone && step > before.step))) this.memory.delete(id);
  }

  /** Says something, unless a frame is to show nothing of what is kept. */
  private say(notice: Notice): void {
    if (!this.store.state.hide.includes('kept')) this.notices.show(notice);
  }
}
