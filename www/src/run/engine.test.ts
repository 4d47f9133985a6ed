/** The engine and its clients with a worker that dies, refuses and dawdles as a test wants it. */
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { formatLink, parseLink } from '../state/link';
import { settingsAt } from '../state/live';
import { DEFAULT_CONFIG, sameConfig } from '../state/settings';
import type { Lane } from './lane';
import { HELD_OUT, FakeWorld, lossAt, MOST_IN_A_BATCH, PER_EPOCH, world, type Fate } from './fake-lab';

vi.mock('../worker/client', async () => {
  const { FakeClient } = await import('./fake-lab');
  return { LabClient: FakeClient };
});

vi.stubGlobal('location', { href: 'http://localhost/', hash: '' });
vi.stubGlobal('window', { addEventListener: () => undefined, history: { pushState: () => undefined, replaceState: () => undefined } });
vi.stubGlobal('performance', { now: () => world.now.now });

const { choose } = await import('./choose');
const { Desk } = await import('./desk');
const { Notices } = await import('./notices');
const { OwnShelf } = await import('./own-shelf');
const { Race } = await import('./race');
const { TrainRun } = await import('./train');
const { Store } = await import('../state/store');
const { RunHistory } = await import('./history');
const { Database } = await import('../store/database');
const { OwnSets } = await import('../store/own-sets');
const { KeptRuns } = await import('../store/runs');
type Run = InstanceType<typeof TrainRun>;

beforeEach(() => { world.now = new FakeWorld(); });

/** A page without anything to see. */
function page(config: Partial<typeof DEFAULT_CONFIG> = {}) {
  const store = new Store(false);
  store.update({ config: { ...DEFAULT_CONFIG, data: 'digits', ...config } });
  const notices = new Notices();
  const said = new Map<string, string>();
  notices.subscribe((shown) => { shown.forEach(({ name, text }) => said.set(name, text)); });
  // Without a storage.
  const database = new Database();
  const desk = new Desk(new OwnShelf(new OwnSets(database, new KeptRuns(database))));
  const training = new TrainRun(desk, store, notices);
  return { store, notices, desk, training, said };
}

/** Lets the page go on until something holds. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  throw new Error(`This was waited for in vain: ${what}`);
}

/** The losses are those of a run that nothing ever disturbed. */
function expectUndisturbed(run: Pick<Run, 'history' | 'engine' | 'step'> | Lane): void {
  const { history, step } = run;
  expect(history.loss.x).toEqual(Array.from({ length: step }, (_, i) => i + 1));
  const config = 'engine' in run ? run.engine.lanes[0]?.config : run.config;
  if (config !== undefined) expect(history.loss.y).toEqual(history.loss.x.map((at) => lossAt(settingsAt(config, at - 1), at)));
}

/** Sets what a person sets: the run that stands takes it, or another one begins. */
function set({ store, notices, training }: ReturnType<typeof page>, wanted: Partial<typeof DEFAULT_CONFIG>): void {
  choose(store, notices, wanted, (config) => training.changedTo(config));
}

test('a run is trained to its last epoch and tested after it', async () => {
  const { training } = page({ epochs: 2 });
  await training.follow();
  training.start('paused');
  await until('the end', () => training.status === 'paused');
  await training.engine.whenStill();
  expect(training.step).toBe(2 * PER_EPOCH);
  expect(training.history.heldOutLoss.x).toContain(2 * PER_EPOCH);
  expect(training.slot.checkpointStep).toBe(2 * PER_EPOCH);
  expectUndisturbed(training);
});

test('a death costs at most 50 steps or two seconds of training, whichever is more', async () => {
  for (const stepMs of [0.5, 5, 30, 200]) {
    world.now = new FakeWorld();
    world.now.stepMs = stepMs;
    const { training } = page({ epochs: 1000 });
    await training.follow();
    training.start('paused');
    let most = 0;
    await until('many steps', () => {
      most = Math.max(most, training.step - training.slot.checkpointStep);
      return world.now.now > 15_000;
    });
    training.pause();
    await training.engine.whenStill();
    expect(most, `${stepMs} ms a step`).toBeLessThanOrEqual(Math.max(50, 2000 / stepMs));
    expect(most).toBeGreaterThan(0);
  }
});

test('checkpoints that are dear are taken no oftener than they have to be', async () => {
  world.now.stepMs = 100;
  world.now.checkpointMs = 500;
  const { training } = page({ epochs: 1000 });
  const steps: number[] = [];
  training.slot.onCheckpoint((checkpoint) => { steps.push(checkpoint.steps[0] ?? 0); });
  await training.follow();
  training.start('paused');
  await until('two checkpoints', () => steps.length > 2);
  training.pause();
  await training.engine.whenStill();
  const gaps = steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(45);
});

test('a run that dies before every checkpoint stops with a sentence, however many steps it takes in between', async () => {
  const { training, said } = page({ epochs: 1000 });
  await training.follow();
  const { slot } = training;
  const save = slot.save.bind(slot);
  vi.spyOn(slot, 'save').mockImplementation(() => {
    world.now.fates = ['diesBefore'];
    return save();
  });
  training.start('paused');
  await until('the end', () => training.status === 'failed');
  expect(said.get('run')).toMatch(/The worker stopped 3 times in a row with no progress in between, the last time because it was ended from outside\./);
  expect(world.now.workers).toBe(3);
  expect(training.step).toBe(0);
});

test('what a worker that died had answered at a later step is no figure of the run, and the rate is that of the step', async () => {
  const { training } = page({ epochs: 2, schedule: 'cosine', rate: 0.2 });
  await training.follow();
  training.start('epoch');
  await until('the epoch', () => training.status === 'paused');
  await training.engine.whenStill();
  expect(training.heldOutFigure?.step).toBe(PER_EPOCH);
  training.heldOut.evaluationStep = PER_EPOCH + 5;
  world.now.living?.kill();
  expect(training.step).toBe(PER_EPOCH);
  expect(training.heldOutFigure?.step).toBe(PER_EPOCH);
  expect(training.rate).toBeCloseTo(0.1 * (1 + Math.cos(Math.PI * (PER_EPOCH - 1) / (2 * PER_EPOCH))), 9);
  await training.engine.whenStill();
});

test('a sample that the data do not have is said to be none', async () => {
  const { store, training, said } = page();
  store.update({ sample: 5000 });
  await training.follow();
  expect(store.state.sample).toBe(0);
  expect(said.get('sample')).toBe(`Sample 5000 became 0: there are only ${HELD_OUT} held-out samples, the first of them 0.`);
});

test('what a neuron says is kept under the sample that it was asked about, whenever another one is wanted', async () => {
  const { store, training, desk, notices } = page({ epochs: 1000 });
  const race = new Race(desk, store, notices);
  const heard = new Set<number>();
  const check = (lane: Lane | undefined): void => {
    const { said } = lane ?? {};
    if (said === undefined) return;
    heard.add(said.sample);
    expect([...said.values]).toEqual([said.sample, said.sample]);
  };
  training.subscribe(() => { check(training.engine.lanes[0]); });
  race.subscribe(() => { race.lanes.forEach(check); });
  const wander = async (): Promise<void> => {
    for (let sample = 1; sample < 40; sample += 1) {
      store.update({ sample });
      for (let turn = 0; turn < sample % 7; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
    }
  };
  await training.follow();
  await wander();
  await training.engine.whenStill();
  expect(training.saidNow).toEqual(Float32Array.of(39, 39));
  store.update({ view: 'compare' });
  await race.follow();
  race.choose({ layer: 0, neuron: 1 });
  await wander();
  await race.engine.whenStill();
  // A sample that the data do not have is looked at, and asked about, as the last one.
  await race.engine.look(5000);
  await race.engine.hear(0, 1);
  expect(race.lanes.map((lane) => lane.saidOf(0, 1))).toEqual(race.lanes.map(() => Float32Array.of(HELD_OUT - 1, HELD_OUT - 1)));
  expect(heard.size).toBeGreaterThan(4);
});

test('a worker that dies at rest costs nothing, and is not held against the run', async () => {
  const { training, said } = page();
  await training.follow();
  training.start('epoch');
  await until('the epoch', () => training.status === 'paused');
  await training.engine.whenStill();
  for (let deaths = 0; deaths < 10; deaths += 1) {
    world.now.living?.kill();
    await training.engine.whenStill();
    expect(said.get('worker')).toContain(`training stands at step ${PER_EPOCH}.`);
  }
  expect(training.status).toBe('paused');
  expectUndisturbed(training);
});

test('a sample that is not there is none to stop a run for', async () => {
  const { store, training } = page({ epochs: 3 });
  await training.follow();
  training.start('paused');
  await until('some steps', () => training.step > 0);
  store.update({ sample: 5000 });
  expect(store.state.sample).toBeLessThan(HELD_OUT);
  await until('the end', () => training.status === 'paused');
  expect(training.step).toBe(3 * PER_EPOCH);
});

test('a half-trained twin is in a checkpoint before it is done', async () => {
  world.now.stepMs = 100;
  const { training } = page({ contrast: 1, epochs: 1 });
  let halves = 0;
  training.slot.onCheckpoint(() => { if (training.slot.needsTwin) halves += 1; });
  await training.follow();
  training.start('paused');
  await until('half a twin', () => halves > 1);
  world.now.living?.kill();
  await until('the end', () => training.status === 'paused');
  expectUndisturbed(training);
});

test('a lane that the core cannot go on with leaves the others in step', async () => {
  const { desk, store, notices } = page();
  store.update({ view: 'compare', config: { ...store.state.config, epochs: 2 } });
  const race = new Race(desk, store, notices);
  await race.follow();
  world.now.brokenAt = { lane: 1, step: 17 };
  race.start('paused');
  await until('the end', () => race.status === 'paused');
  await race.engine.whenStill();
  const others = race.lanes.filter((_, i) => i !== 1);
  expect(others.map(({ step }) => step)).toEqual(others.map(() => 2 * PER_EPOCH));
  expect(race.lanes[1]?.stopped).toContain('stands still at step');
  expect(race.lanes[1]?.step).toBeLessThanOrEqual(17);
  for (const lane of race.lanes) expectUndisturbed(lane);
});

test('a run that was put by goes on where it was', async () => {
  const first = page({ epochs: 4 });
  await first.training.follow();
  first.training.start('epoch');
  await until('the epoch', () => first.training.status === 'paused');
  await first.training.engine.whenStill();
  let put: Parameters<Run['resume']>[0] | undefined;
  first.training.slot.onCheckpoint(({ configs, bytes }) => {
    put = { configs, bytes, histories: [JSON.parse(JSON.stringify(first.training.history)) as ReturnType<Run['history']['toJSON']>] };
  });
  await first.training.slot.save();
  if (put === undefined) throw new Error('no checkpoint was told of');
  const second = page({ seed: 3 });
  await second.training.resume(put);
  expect(second.training.step).toBe(PER_EPOCH);
  second.training.start('paused');
  await until('the end', () => second.training.finished && second.training.status === 'paused');
  expectUndisturbed(second.training);
});

test('a change while a run that was put by is only being shown is one of that run, at any moment of it', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const stage = page({ epochs: 4 });
    const { training, store } = stage;
    const { config } = store.state;
    const put = { configs: [config], bytes: new TextEncoder().encode(JSON.stringify([{ config, step: 7, twin: 0 }])), histories: [new RunHistory().toJSON()] };
    const opened = training.resume(put);
    await until('its lanes', () => training.step === 7);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
    set(stage, { rate: 0.02 });
    await opened;
    await until('the rate', () => training.engine.lanes[0]?.settings.rate === 0.02);
    await training.engine.whenStill();
    expect([training.step, training.status], `after ${turns} turns`).toEqual([7, 'paused']);
    expect(store.state.begun?.changes).toEqual([{ step: 7, settings: { rate: 0.02 } }]);
  }
});

test('what is shown of lanes that nobody wants any more is marked as left until others stand', async () => {
  const { training, store } = page();
  await training.follow();
  await training.engine.whenStill();
  // The lanes that stand are put by first.
  world.now.fates = ['answers', 'refuses'];
  store.update({ config: { ...store.state.config, seed: 5 } });
  await until('a refusal', () => training.status === 'failed');
  await training.engine.whenStill();
  expect([training.outlived, training.engine.left]).toEqual([true, true]);
  store.update({ config: { ...store.state.config, seed: 6 } });
  await until('the opening', () => training.status === 'starting');
  expect(training.engine.left).toBe(true);
  await training.engine.whenStill();
  expect([training.status, training.engine.left]).toEqual(['ready', false]);
});

test('a button that is pressed before the page has drawn that another run is on its way sets that one going', async () => {
  const { training, store, notices, desk } = page();
  await training.follow();
  training.start('step');
  await until('a step', () => training.step === 1 && training.status === 'paused');
  for (const [seed, turns] of [[5, 0], [6, 1], [7, 2]] as const) {
    store.update({ config: { ...store.state.config, seed } });
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    expect(training.engine.opening).toBe(true);
    for (let step = 0; step < 3; step += 1) training.start('step');
    await until('three steps of the other run', () => training.engine.lanes[0]?.config.seed === seed && training.step === 3 && training.status === 'paused');
    await training.engine.whenStill();
    expectUndisturbed(training);
  }
  store.update({ view: 'compare' });
  const race = new Race(desk, store, notices);
  await race.follow();
  void race.reset();
  race.start('epoch');
  await until('the epoch', () => race.status === 'paused' && race.step === PER_EPOCH);
});

test('a race that a change begins anew says what became of the one before', async () => {
  const { store, desk, notices } = page({ epochs: 2 });
  const race = new Race(desk, store, notices);
  store.update({ view: 'compare' });
  await race.follow();
  race.start('epoch');
  await until('the epoch', () => race.status === 'paused' && race.step === PER_EPOCH);
  store.update({ lanes: [{ spike: 'binary', steps: 2 }, ...store.state.lanes.slice(1)] });
  await until('another race', () => race.status === 'ready');
  expect(race.message).toContain(`the race before had ${PER_EPOCH} steps`);
});

test('a run that was put by and cannot be read begins anew, and whoever asked is told', async () => {
  const { training, store } = page();
  const put = { configs: [store.state.config], bytes: new TextEncoder().encode('['), histories: [new RunHistory().toJSON()] };
  await expect(training.resume(put)).rejects.toThrow();
  await until('a run', () => training.status === 'ready');
  expect(training.step).toBe(0);
});

test('a run that was put by is not taken up where other settings were wanted meanwhile, and whoever asked is told', async () => {
  const { training, store } = page();
  const lanes = [{ config: store.state.config, step: 7, twin: 0 }];
  const put = { configs: [store.state.config], bytes: new TextEncoder().encode(JSON.stringify(lanes)), histories: [new RunHistory().toJSON()] };
  const refused = expect(training.resume(put)).rejects.toThrow('Something else was wanted');
  store.update({ config: { ...store.state.config, seed: 9 } });
  await refused;
  await until('a run', () => training.status === 'ready');
  expect(training.step).toBe(0);
  expect(training.info?.config.seed).toBe(9);
  expect(training.engine.resumed).toBeUndefined();
});

test('settings that come while other lanes are set up are the ones that stand', async () => {
  const { training, store } = page();
  await training.follow();
  for (let turns = 0; turns < 6; turns += 1) {
    store.update({ config: { ...store.state.config, seed: 20 + turns } });
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
    store.update({ config: { ...store.state.config, seed: 40 + turns } });
    await training.engine.whenStill();
    expect(training.info?.config.seed).toBe(40 + turns);
  }
});

test('settings that cannot be opened leave the run before to go back to', async () => {
  const { training, store, notices, said } = page();
  await training.follow();
  training.start('epoch');
  await until('the epoch', () => training.status === 'paused');
  store.update({ config: { ...store.state.config, threshold: 0 } });
  await until('the refusal', () => training.status === 'failed');
  expect(training.outlived).toBe(true);
  expect(said.get('run')).toContain('What is shown is still the run before.');
  notices.subscribe((shown) => { shown.flatMap(({ actions }) => actions ?? []).find(({ label }) => label === 'Back to the run before')?.run(); })();
  await until('the run before', () => training.status === 'paused');
  expect(training.step).toBe(PER_EPOCH);
  training.start('step');
  await until('a step more', () => training.step === PER_EPOCH + 1 && training.status === 'paused');
  expectUndisturbed(training);
});

test('single steps that are asked for faster than they are taken are all taken, and a pause forgets those that are left', async () => {
  const { training } = page();
  await training.follow();
  for (let press = 0; press < 5; press += 1) training.start('step');
  await until('five steps', () => training.step === 5 && training.status === 'paused');
  for (let press = 0; press < 5; press += 1) training.start('step');
  training.pause();
  await training.engine.whenStill();
  const stands = training.step;
  expect(stands, 'at most the step under way').toBeLessThanOrEqual(6);
  training.start('step');
  await until('one more', () => training.step === stands + 1 && training.status === 'paused');
  expectUndisturbed(training);
});

test('a rate that is set in mid-run holds from the next step on, and a link replays it', async () => {
  const stage = page({ epochs: 4 });
  const { training, store } = stage;
  await training.follow();
  training.start('paused');
  await until('some steps', () => training.step > 30);
  set(stage, { rate: 0.02 });
  expect(store.state.config.rate).toBe(0.02);
  const asked = training.step;
  await until('the rate', () => training.rate === 0.02);
  set(stage, { rate: 0.03, epochs: 3 });
  await until('the end', () => training.status === 'paused');
  await training.engine.whenStill();
  expect(training.step).toBe(3 * PER_EPOCH);
  expectUndisturbed(training);
  const { begun } = store.state;
  expect(begun?.changes?.map(({ settings }) => settings)).toEqual([{ rate: 0.02 }, { rate: 0.03, epochs: 3 }]);
  expect(begun?.changes?.[0]?.step).toBeGreaterThanOrEqual(asked);
  const losses = training.history.loss.y;

  const again = page();
  again.store.update(parseLink(formatLink(store.state)).state);
  await again.training.follow();
  again.training.start('paused');
  await until('the end of the replay', () => again.training.status === 'paused');
  expect(again.training.history.loss.y).toEqual(losses);
  expect(again.store.state.config).toEqual(store.state.config);
});

test('changes that come one after the other, before the first is taken, are all taken, and the run goes on', async () => {
  const stage = page({ epochs: 20 });
  const { training, store } = stage;
  await training.follow();
  training.start('paused');
  await until('some steps', () => training.step > 30);
  const before = training.step;
  set(stage, { schedule: 'constant' });
  set(stage, { surrogate: 'rect' });
  set(stage, { rate: 0.02 });
  await until('all of it', () => training.rate === 0.02);
  expect(training.step).toBeGreaterThanOrEqual(before);
  training.pause();
  await training.engine.whenStill();
  expectUndisturbed(training);
  const { schedule, surrogate, rate } = training.engine.lanes[0]?.settings ?? DEFAULT_CONFIG;
  expect([schedule, surrogate, rate]).toEqual(['constant', 'rect', 0.02]);
  expect(store.state.begun?.changes?.flatMap(({ settings }) => Object.keys(settings))).toEqual(expect.arrayContaining(['schedule', 'rate']));
});

test('changes that are changed again while steps are under way throw no run away', async () => {
  const rates = fc.array(fc.tuple(fc.constantFrom(1e-5, 0.003, 0.01, 1, 10), fc.integer({ min: 0, max: 60 })), { minLength: 5, maxLength: 20 });
  await fc.assert(fc.asyncProperty(rates, async (changes) => {
    world.now = new FakeWorld();
    const stage = page({ epochs: 1000 });
    const { training, store } = stage;
    await training.follow();
    training.start('paused');
    await until('some steps', () => training.step > 3);
    for (const [rate, turns] of changes) {
      const before = training.step;
      set(stage, { rate });
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
      expect(training.step).toBeGreaterThanOrEqual(before);
      expect(store.state.config.rate).toBe(rate);
    }
    training.pause();
    await training.engine.whenStill();
    expectUndisturbed(training);
  }), { numRuns: 12, seed: 14 });
});

test('a link with another past than that of the run which stands begins anew', async () => {
  const stage = page({ epochs: 20 });
  const { training, store } = stage;
  await training.follow();
  training.start('epoch');
  await until('an epoch', () => training.step === PER_EPOCH && training.status === 'paused');
  const link = formatLink({ ...store.state, begun: { ...store.state.config, changes: [{ step: 15, settings: { rate: 0.1 } }] } });
  store.update(parseLink(link).state);
  await until('another run', () => training.step === 0 && training.status === 'ready');
  training.start('epoch');
  await until('its epoch', () => training.step === PER_EPOCH && training.status === 'paused');
  await training.engine.whenStill();
  expectUndisturbed(training);
  expect(training.history.loss.y[20]).toBe(lossAt({ ...store.state.config, rate: 0.1 }, 21));
});

test('a change that the core refuses leaves the run as it was, and says so', async () => {
  const stage = page({ epochs: 4 });
  const { training, store, said } = stage;
  await training.follow();
  training.start('paused');
  await until('some steps', () => training.step > 10);
  set(stage, { batch: MOST_IN_A_BATCH * 2 });
  await until('a sentence', () => said.has('run'));
  expect(said.get('run')).toMatch(/The batch is too large\..*goes on as it was/);
  expect([store.state.config.batch, store.state.begun]).toEqual([DEFAULT_CONFIG.batch, undefined]);
  await until('the end', () => training.status === 'paused');
  expect(training.step).toBe(4 * PER_EPOCH);
  expectUndisturbed(training);
});

test('a reset while a change is on its way is not forgotten, whether the change is taken or refused', async () => {
  for (const batch of [64, MOST_IN_A_BATCH * 2]) {
    const stage = page({ epochs: 4 });
    const { training } = stage;
    await training.follow();
    training.start('paused');
    await until('some steps', () => training.step > 10);
    training.pause();
    await training.engine.whenStill();
    set(stage, { batch });
    await new Promise((resolve) => { setImmediate(resolve); });
    void training.reset();
    await until('a run begun anew', () => training.step === 0 && training.status === 'ready');
  }
});

test('a change survives the death of the worker, and a reset forgets it', async () => {
  const stage = page({ epochs: 100 });
  const { training, store } = stage;
  await training.follow();
  training.start('paused');
  await until('some steps', () => training.step > 10);
  set(stage, { rate: 0.02 });
  await until('the rate', () => training.rate === 0.02);
  const before = training.step;
  world.now.living?.kill();
  await until('more steps', () => training.step > before + 50);
  training.pause();
  await training.engine.whenStill();
  expectUndisturbed(training);
  await training.reset();
  expect([training.step, store.state.begun, store.state.config.rate]).toEqual([0, undefined, 0.02]);
});

test('more epochs that are planned behind the end are trained', async () => {
  const stage = page({ epochs: 1, schedule: 'cosine' });
  const { training } = stage;
  await training.follow();
  training.start('paused');
  await until('the end', () => training.over);
  await training.engine.whenStill();
  set(stage, { epochs: 2 });
  await until('more to do', () => !training.over);
  training.start('paused');
  await until('the new end', () => training.step === 2 * PER_EPOCH && training.status === 'paused');
  expectUndisturbed(training);
});

/** What a person, a browser and a core may do, in any order. */
type Deed = { readonly do: 'play' | 'step' | 'epoch' | 'pause' | 'reset' | 'kill' | 'leave' | 'comeBack' } | { readonly do: 'wait'; readonly turns: number }
  | { readonly do: 'set'; readonly seed: number; readonly spike: 'binary' | 'ternary' }
  | { readonly do: 'change'; readonly rate: number; readonly batch: number }
  | { readonly do: 'look'; readonly sample: number }
  | { readonly do: 'fate'; readonly fate: Fate };

const DEEDS = fc.array(fc.oneof<fc.Arbitrary<Deed>[]>(
  fc.record({ do: fc.constantFrom('play', 'play', 'step', 'epoch', 'pause', 'reset', 'kill', 'leave', 'comeBack') }),
  fc.record({ do: fc.constant('wait' as const), turns: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ do: fc.constant('set' as const), seed: fc.integer({ min: 1, max: 3 }), spike: fc.constantFrom('binary', 'ternary') }),
  fc.record({ do: fc.constant('change' as const), rate: fc.constantFrom(0.001, 0.01, 0.1), batch: fc.constantFrom(16, 64, 2 * MOST_IN_A_BATCH) }),
  fc.record({ do: fc.constant('look' as const), sample: fc.integer({ min: 0, max: 200 }) }),
  fc.record({ do: fc.constant('fate' as const), fate: fc.constantFrom<Fate[]>('diesBefore', 'diesAfter', 'refuses') }),
), { maxLength: 40 });

async function perform(deed: Deed, stage: ReturnType<typeof page>, promises: Promise<unknown>[]): Promise<void> {
  const { training, store } = stage;
  if (deed.do === 'wait') for (let i = 0; i < deed.turns; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
  else if (deed.do === 'set') store.update({ config: { ...store.state.config, seed: deed.seed, spike: deed.spike } });
  else if (deed.do === 'change') set(stage, { rate: deed.rate, batch: deed.batch });
  else if (deed.do === 'look') store.update({ sample: deed.sample });
  else if (deed.do === 'fate') world.now.fates.push('answers', deed.fate);
  else if (deed.do === 'kill') world.now.living?.kill();
  else if (deed.do === 'reset') promises.push(training.reset());
  else if (deed.do === 'play') training.start('paused');
  else if (deed.do === 'pause') training.pause();
  else if (deed.do === 'leave') training.leave();
  else if (deed.do === 'comeBack') training.comeBack();
  else training.start(deed.do);
}

test('whatever happens in whatever order, the run ends in a state that is one, and its curve is an undisturbed one', async () => {
  await fc.assert(fc.asyncProperty(DEEDS, fc.boolean(), async (deeds, guided) => {
    world.now = new FakeWorld();
    const stage = page({ epochs: 50, contrast: guided ? 1 : 0 });
    const { training } = stage;
    const promises: Promise<unknown>[] = [training.follow()];
    for (const deed of deeds) await perform(deed, stage, promises);
    world.now.fates = [];
    training.pause();
    await Promise.all(promises);
    await training.engine.whenStill();
    expect(world.now.mostAtOnce).toBeLessThanOrEqual(1);
    expect(training.running || training.pausing || training.engine.opening).toBe(false);
    expect(['ready', 'paused', 'failed']).toContain(training.status);
    expectUndisturbed(training);
    const [lane] = training.engine.lanes;
    if (training.engine.standing && lane !== undefined) expect(sameConfig(stage.store.state.config, lane.settings), 'the settings are the run\'s').toBe(true);
    // It can always be begun anew.
    training.comeBack();
    await training.reset();
    if (training.status === 'failed') await training.reset();
    training.start('step');
    await until('a step', () => training.step === 1 && training.status === 'paused');
    await training.engine.whenStill();
    expectUndisturbed(training);
  }), { numRuns: Number(process.env.ENGINE_RUNS ?? 150) });
}, 120_000);
