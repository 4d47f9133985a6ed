/** Which backend is chosen, with workers that take and refuse what a test wants. */
import { beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_CONFIG, DEFAULT_STATE, type AppState } from '../state/settings';
import type { Store } from '../state/store';
import { FAULTS, WorkerDied } from '../worker/fault';
import type { BackendName, LabWorker, SessionConfig } from '../worker/protocol';
import type { Desk } from './desk';

/** What becomes of a trial, and the settings of those that there were. */
const world: { opens: (config: SessionConfig) => void; times: () => number; trials: SessionConfig[] } = { opens: () => undefined, times: () => 1, trials: [] };

vi.mock('../worker/client', () => ({
  LabClient: class {
    call<T>(work: (lab: LabWorker) => Promise<T>): Promise<T> {
      const open = (runs: SessionConfig[]): Promise<never[]> => Promise.resolve().then(() => {
        runs.forEach((config) => { world.trials.push(config); });
        runs.forEach((config) => { world.opens(config); });
        return [];
      });
      const lab: unknown = { start: () => Promise.resolve(), open, time: () => Promise.resolve().then(() => ({ stepMs: world.times() })) };
      return work(lab as LabWorker);
    }
    dispose(): void { /* There is nothing to end. */ }
  },
}));

vi.stubGlobal('location', { href: 'http://localhost/', hash: '' });
vi.stubGlobal('window', { setTimeout: (work: () => void) => { work(); return 0; } });

const { BackendControl } = await import('./backend');
const { Notices } = await import('./notices');
const { OwnDataMissing } = await import('./own-shelf');

beforeEach(() => { Object.assign(world, { opens: () => undefined, times: () => 1, trials: [] }); });

/** A page on a machine with a GPU. */
function page() {
  let state: AppState = DEFAULT_STATE;
  let hear: (now: AppState, before: AppState) => void = () => undefined;
  const store = { get state() { return state; }, subscribe: (listener: typeof hear) => { hear = listener; } };
  const desk = {
    backend: 'flex' as BackendName, listen: () => undefined, adapter: () => Promise.resolve({ kind: 'gpu', name: 'a card' }), adopt: () => Promise.resolve(),
    handData: (): Promise<unknown> => Promise.resolve(),
  };
  const notices = new Notices();
  const said: string[] = [];
  notices.subscribe((shown) => { said.push(...shown.map(({ text }) => text)); });
  const control = new BackendControl(desk as unknown as Desk, store as unknown as Store, notices);
  const considered = async (): Promise<void> => {
    for (let i = 0; i < 9; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
  };
  const set = async (change: Partial<SessionConfig>): Promise<void> => {
    const before = state;
    state = { ...state, config: { ...state.config, ...change } };
    hear(state, before);
    await considered();
  };
  const consider = async (): Promise<void> => {
    control.considerOnce();
    await considered();
  };
  return { control, desk, said, set, consider };
}

test('settings that the core refuses are nobody\'s failure, and are measured once they are mended', async () => {
  const { control, said, set, consider } = page();
  world.opens = ({ batch }) => {
    if (batch > 100) throw new Error('The batch is too large.');
  };
  await set({ batch: 200 });
  await consider();
  expect([said, control.sentence]).toEqual([[], 'Runs on the CPU: it can start at once.']);
  await set({ batch: 50 });
  expect(control.sentence).toContain('a step takes 1.0 ms here');
  await set({ batch: 300 });
  expect([said, control.sentence]).toEqual([[], expect.stringContaining('a step takes 1.0 ms here')]);
});

test('data of one\'s own that are missing are nobody\'s failure, and a worker that dies and data that do not come are', async () => {
  for (const [error, says] of [
    [new OwnDataMissing('There are none.'), undefined],
    [new WorkerDied(FAULTS.memory), 'the other backend failed: it ran out of memory'],
    [new Error('Fetching the digits failed: the server answered 404.'), 'the other backend failed: Fetching the digits failed'],
  ] as const) {
    const { desk, said, consider } = page();
    desk.handData = () => Promise.reject(error);
    await consider();
    if (says === undefined) expect(said).toEqual([]);
    else expect(said.join()).toContain(says);
  }
});

test('a worker that dies of a run, and a device that gives no answer, are failures of a backend', async () => {
  for (const [opens, times] of [
    [() => { throw new WorkerDied(FAULTS.program); }, () => 1], [() => undefined, () => { throw new Error('The device gave no answer.'); }],
  ] as const) {
    Object.assign(world, { opens, times });
    const { said, consider } = page();
    await consider();
    expect(said.join()).toContain('because the other backend failed');
  }
});

test('another network is timed anew whatever of it is another, and the same one is not', async () => {
  const { set, consider } = page();
  await consider();
  for (const change of [
    { batchNorm: false }, { optimiser: 'sgd' }, { spike: 'ternary' }, { weights: 'binary' }, { shortcut: 'mean' }, { imLoss: 1 }, { dropout: 0.5 },
  ] as unknown as Partial<SessionConfig>[]) {
    world.trials = [];
    await set(change);
    expect(world.trials, JSON.stringify(change)).toHaveLength(2);
  }
  world.trials = [];
  await set({ seed: 9, rate: 0.5, epochs: 40, contrast: 1, align: 1 });
  expect(world.trials).toEqual([]);
  expect(DEFAULT_CONFIG.seed).not.toBe(9);
});
