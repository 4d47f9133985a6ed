/** Everything that the views share, put together once a page. */
import { SETS } from 'virtual:served';
import { BackendControl } from './run/backend';
import { fitOwn } from './run/choose';
import { BASE, Desk } from './run/desk';
import { Notices } from './run/notices';
import { OwnReading } from './run/own-reading';
import { OwnShelf } from './run/own-shelf';
import { TrainRun } from './run/train';
import { watchForUpdate } from './served/update';
import { learnServed } from './state/forms';
import { Store } from './state/store';
import { Database } from './store/database';
import { Keeping } from './store/keeping';
import { keptTraining } from './store/kept-views';
import { OwnSets } from './store/own-sets';
import { KeptRuns } from './store/runs';

export interface App {
  readonly store: Store;
  readonly notices: Notices;
  /** The worker, shared out to the views. */
  readonly desk: Desk;
  readonly backend: BackendControl;
  /** A person's own data set, and the reading of one. */
  readonly own: OwnShelf;
  readonly reading: OwnReading;
  readonly training: TrainRun;
  /** The browser's storage, and the runs in it. */
  readonly database: Database;
  readonly keeping: Keeping;
  /** For the developer tools and the tests: what the browser can do to a worker. */
  readonly worker: { kill(): void };
  /** Whether the page stands in a frame of another one, with one view and no way to the others. */
  readonly framed: boolean;
  /** Whether the link leaves a control or a panel of this name in sight. */
  shows(name: string): boolean;
}

/** What a view hands to the page. It is built once, and shown and hidden as the state says. */
export interface View {
  readonly element: HTMLElement;
  /** What a person came for, past the settings: the skip link leads there. */
  readonly heart: HTMLElement;
  show(): void;
  hide(): void;
}

declare global {
  interface Window {
    /** A handle for debugging by hand and for the end-to-end tests. */
    spikeground?: { readonly app: App };
  }
}

/** Inside a frame the address changes without a new entry in the history, which belongs to the page around it. */
export function createApp({ framed = false }: { readonly framed?: boolean } = {}): App {
  learnServed(SETS);
  const store = new Store(!framed);
  const notices = new Notices();
  const database = new Database();
  const runs = new KeptRuns(database);
  const own = new OwnShelf(new OwnSets(database, runs));
  const reading = new OwnReading();
  const desk = new Desk(own);
  const training = new TrainRun(desk, store, notices);
  const keeping = new Keeping(runs, store, notices, framed, (identity) => own.use(identity));
  keeping.join(keptTraining(training, () => store.state));
  const backend = new BackendControl(desk, store, notices);
  own.subscribe(() => {
    if (own.summary !== undefined) fitOwn(store, notices, own.summary.form, own.identity !== undefined);
  });
  const app: App = {
    store, notices, desk, training, backend, own, reading, database, keeping, framed,
    worker: { kill: () => { desk.kill(); } },
    shows: (name) => !store.state.hide.includes(name),
  };
  watchForUpdate(BASE, notices);
  window.spikeground = { app };
  return app;
}
