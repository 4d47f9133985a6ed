/** What becomes of the runs of a view whose engine does as a test says. */
import { beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '../run/engine';
import { DEFAULT_STATE } from '../state/settings';
import { KeptView, type Kept } from './kept-view';
import { keptRun } from './made';
import { runLink } from './place';
import type { HeldRun, Standing } from './run-keeper';
import type { KeptRun } from './runs';

// No other tab has anything.
vi.stubGlobal('navigator', { locks: { request: (...[, , hold]: [string, object, (lock: object) => unknown]) => Promise.resolve(hold({})) } });
vi.stubGlobal('document', { addEventListener: () => undefined });

const bytes = new Uint8Array([1]);
const here = runLink('train', DEFAULT_STATE);
const held: HeldRun = { run: keptRun('kept', { link: here, identity: 'digits' }), bytes };

/** A view, and what its engine and its run are. */
function stage(view: 'train' | 'papers') {
  const heard: { change: () => void; checkpoint: (checkpoint: { bytes: Uint8Array }) => void } = { change: () => undefined, checkpoint: () => undefined };
  const engine = {
    lanes: [{}], data: { identity: 'digits' }, running: false, resumed: undefined as { bytes: Uint8Array } | undefined,
    subscribe: (listener: () => void) => { heard.change = listener; },
    slot: {
      saved: undefined as { bytes: Uint8Array } | undefined,
      onCheckpoint: (listener: typeof heard.checkpoint) => { heard.checkpoint = listener; },
    },
  };
  const { head, body } = held.run;
  const standing: Standing = { ...head, heldOut: undefined, progress: body.progress, hasNetwork: true };
  const run = { link: here, ofLanes: true, continues: false, results: undefined as unknown, passes: 0, standing, resume: () => Promise.resolve() };
  const kept: Kept = {
    view, engine: engine as unknown as Engine,
    link: () => run.link, standing: () => run.standing, resume: () => run.resume(), start: () => undefined,
    get ofLanes() { return run.ofLanes; }, get continues() { return run.continues; },
    get results() { return run.results; }, get passes() { return run.passes; },
  };
  const written: KeptRun[] = [];
  const putBy: HeldRun[] = [];
  const one = new KeptView(kept, {
    write: (record) => Promise.resolve().then(() => { written.push(record); }), underWay: () => undefined,
    opened: (_, before) => { if (before !== undefined) putBy.push(before); },
  });
  const opens = (resumed?: Uint8Array): void => {
    engine.lanes = [{}];
    engine.resumed = resumed === undefined ? undefined : { bytes: resumed };
    heard.change();
  };
  return { one, run, slot: engine.slot, opens, written, putBy, change: () => { heard.change(); }, checkpoint: () => { heard.checkpoint({ bytes }); } };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

let view: ReturnType<typeof stage>;

beforeEach(() => { view = stage('train'); });

test('a kept run that is opened is the one that stands', async () => {
  view.run.resume = () => { view.opens(bytes); return Promise.resolve(); };
  expect(await view.one.resume(held)).toBe(true);
  expect(view.one.holds('kept')).toBe(true);
});

test('a pass that tests the weights of the last checkpoint is kept with it, and one of other weights with the next', async () => {
  view.opens();
  view.checkpoint();
  await settled();
  view.run.standing = { ...view.run.standing, heldOut: 0.9 };
  view.run.passes += 1;
  view.change();
  await settled();
  expect(view.written.map(({ head }) => head.heldOut)).toEqual([undefined]);
  view.slot.saved = { bytes };
  view.run.passes += 1;
  view.change();
  await settled();
  expect(view.written.map(({ head }) => head.heldOut)).toEqual([undefined, 0.9]);
});

test('lanes of other settings that come while a kept run is opened do not get its id', async () => {
  view.run.resume = () => { view.run.link = '#v=1&seed=9'; view.opens(); return Promise.resolve(); };
  expect(await view.one.resume(held)).toBe(false);
  expect(view.one.holds('kept')).toBe(false);
  view.checkpoint();
  await settled();
  expect(view.written.map(({ head }) => head.id)).not.toContain('kept');
});

test('the half-done seed of an experiment is put by with its network where another one runs in between', async () => {
  view = stage('papers');
  const [first, second] = [runLink('papers', undefined, 'reverb'), runLink('papers', undefined, 'enof')];
  const seeds = { ...view.run.standing, seedsDone: 1 };
  Object.assign(view.run, { link: first, continues: true, standing: seeds, results: 1 });
  view.opens();
  view.checkpoint();
  // Another one is wanted, and speaks before its lanes stand.
  Object.assign(view.run, { link: second, results: 2, ofLanes: false, standing: { ...seeds, hasNetwork: false } });
  view.change();
  view.checkpoint();
  view.opens();
  Object.assign(view.run, { link: first, results: 1 });
  view.change();
  view.checkpoint();
  Object.assign(view.run, { ofLanes: true, standing: seeds });
  view.opens();
  await settled();
  expect(view.putBy.map(({ bytes: network }) => network)).toEqual([bytes]);
  expect(view.written.map(({ head }) => head.bytes)).toEqual([1]);
});
