/** What the page has to say to a person: sentences with something to do about them. */
import { Emitter } from '../state/emitter';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Notice {
  /** A notice replaces the one of the same name. */
  readonly name: string;
  readonly kind: 'info' | 'warning' | 'error';
  readonly text: string;
  /** Shown in a corner, where it moves nothing: a person may be in the middle of something. */
  readonly aside?: boolean;
  readonly actions?: readonly NoticeAction[];
}

/** Of what is only told the newest: more push the view away, and nobody reads them. */
const MOST_TOLD = 2;

/** Tells of all that are shown, at once and after every change. */
export class Notices extends Emitter<[readonly Notice[]]> {
  private readonly shown = new Map<string, Notice>();

  show(notice: Notice): void {
    this.shown.delete(notice.name);
    this.shown.set(notice.name, notice);
    const told = [...this.shown.values()].filter(({ kind }) => kind === 'info');
    for (const { name } of told.slice(0, -MOST_TOLD)) this.shown.delete(name);
    this.tell(this.list());
  }

  dismiss(name: string): void {
    if (this.shown.delete(name)) this.tell(this.list());
  }

  override subscribe(listener: (notices: readonly Notice[]) => void): () => void {
    listener(this.list());
    return super.subscribe(listener);
  }

  private list(): readonly Notice[] {
    return [...this.shown.values()];
  }
}
