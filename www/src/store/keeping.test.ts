/** What a person opens, undoes and comes back to, with an engine that does as a test says. */
import { beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '../run/engine';
import { Notices, type Notice } from '../run/notices';
import { DEFAULT_CONFIG, DEFAULT_STATE, type AppState } from '../state/settings';
import type { Store } from '../state/store';
import { Keeping } from './keeping';
import type { Kept } from './kept-view';
import { keptRun } from './made';
import { runLink } from './place';
import type { KeptRun, KeptRuns } from './runs';

// No other tab has anything.
vi.stubGlobal('navigator', { locks: {
  request: (...[, , hold]: [string, object, (lock: object) => unknown]) => Promise.resolve(hold({})), query: () => Promise.resolve({ held: [] }),
} });
vi.stubGlobal('document', { addEventListener: () => undefined });

const OTHER = { ...DEFAULT_STATE, config: { ...DEFAULT_CONFIG, seed: 7 } };

/** Who listens. */
interface Heard {
  state: (now: AppState, before: AppState) => void;
  change: () => void;
  checkpoint: (checkpoint: { readonly bytes: Uint8Array }) => void;
}

/** A page whose storage works, or does not. */
function page(works = true) {
  let state: AppState = DEFAULT_STATE;
  const heard: Heard = { state: () => undefined, change: () => undefined, checkpoint: () => undefined };
  const store = {
    cameBack: false, get state() { return state; },
    subscribe: (listener: typeof heard.state) => { heard.state = listener; },
    update: (change: Partial<AppState>) => { set({ ...state, ...change }); },
  };
  const set = (next: AppState): void => {
    const before = state;
    state = next;
    heard.state(next, before);
  };
  const engine = {
    lanes: [{}], data: { identity: 'digits' }, running: false, phase: 'rest', opening: false, standing: true,
    resumed: undefined as { bytes: Uint8Array } | undefined,
    subscribe: (listener: typeof heard.change) => { heard.change = listener; },
    slot: { saved: undefined, onCheckpoint: (listener: typeof heard.checkpoint) => { heard.checkpoint = listener; } },
  };
  const { head, body } = keptRun('a', {});
  const run = { step: 0 };
  const resumed: number[] = [];
  const opens = (bytes?: Uint8Array): void => {
    engine.lanes = [{}];
    engine.resumed = bytes === undefined ? undefined : { bytes };
    heard.change();
  };
  const kept: Kept = {
    view: 'train', engine: engine as unknown as Engine, continues: false, ofLanes: true, results: undefined, passes: 0,
    link: () => runLink('train', state), standing: () => ({ ...head, step: run.step, heldOut: undefined, progress: body.progress, hasNetwork: true }),
    resume: ({ head: { step } }, bytes) => {
      resumed.push(step);
      run.step = step;
      opens(bytes);
      return Promise.resolve();
    },
    start: () => undefined,
  };
  const stored = new Map<string, KeptRun>();
  const runs = {
    write: (one: KeptRun) => {
      if (!works) return Promise.reject(new TypeError('x is not a function'));
      stored.set(one.head.id, one);
      return Promise.resolve(0);
    },
    tidy: () => Promise.resolve(0), list: () => Promise.resolve({ runs: [], unusable: new Map() }),
    read: (id: string) => {
      const one = stored.get(id);
      return one === undefined ? Promise.reject(new Error('It is gone.')) : Promise.resolve(one);
    },
  };
  const notices = new Notices();
  let shown: readonly Notice[] = [];
  notices.subscribe((all) => { shown = all; });
  const keeping = new Keeping(runs as unknown as KeptRuns, store as unknown as Store, notices, false, () => Promise.resolve());
  keeping.join(kept);
  return {
    keeping, engine, store, run, resumed, stored, set, opens, notice: (name: string) => shown.find((notice) => notice.name === name),
    trainsTo: async (step: number): Promise<void> => {
      run.step = step;
      heard.checkpoint({ bytes: new Uint8Array([step]) });
      await settled();
    },
    /** Other lanes stand, as those of other settings or after a reset. */
    opensAt: async (next: AppState): Promise<void> => {
      set(next);
      opens();
      run.step = 0;
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 9; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

let one: ReturnType<typeof page>;

/** Trains to 100, sets something else, takes that back, and trains on to 200. */
async function wentOn(): Promise<void> {
  one.opens();
  await one.trainsTo(100);
  await one.opensAt(OTHER);
  one.notice('kept')?.actions?.[0]?.run();
  await settled();
  expect(one.run.step).toBe(100);
  await one.trainsTo(200);
  expect(one.resumed).toEqual([100]);
}

/** What is written is the run that went on, whatever it is called. */
const head = () => keptRun([...one.stored.keys()][0] ?? 'unknown', { link: runLink('train', DEFAULT_STATE), identity: 'digits' }).head;

beforeEach(() => { one = page(); });

test('the run that is open is shown as it is by its entry in the list', async () => {
  await wentOn();
  one.set({ ...DEFAULT_STATE, view: 'classify' });
  await one.keeping.open(head(), false);
  expect([one.run.step, one.resumed, one.store.state.view]).toEqual([200, [100], 'train']);
});

test('the run that is open but could not go on is opened where it was last', async () => {
  await wentOn();
  one.engine.phase = 'failed';
  // The second time nothing is known of it but what was kept.
  await one.keeping.open(head(), false);
  await one.keeping.open(head(), false);
  expect(one.resumed).toEqual([100, 200, 200]);
});

test('a run that went on after it was put by is opened where it was last, from the page and from the storage', async () => {
  await wentOn();
  one.set(OTHER);
  await one.keeping.open(head(), false);
  expect(one.resumed).toEqual([100, 200]);
  expect((await one.keeping.read(head().id)).run.head.step).toBe(200);
});

test('Back over what is only looked at leaves the run that is open as it is', async () => {
  await wentOn();
  one.store.cameBack = true;
  one.set({ ...DEFAULT_STATE, backend: 'flex' });
  await settled();
  expect([one.run.step, one.resumed]).toEqual([200, [100]]);
});

test('where nothing can be kept, a person reads a sentence, and Undo brings back what came last', async () => {
  one = page(false);
  await wentOn();
  expect(one.notice('storage')?.text).toMatch(/^What runs here could not be kept.*it lasts as long as this page is open\.$/);
  await one.opensAt(OTHER);
  one.notice('kept')?.actions?.[0]?.run();
  await settled();
  expect(one.run.step).toBe(200);
});
