/** One view's run with a storage and tabs that a test makes up. */
import { beforeEach, expect, test, vi } from 'vitest';
import { Claims } from './claim';
import { keptRun } from './made';
import { RunKeeper, type Standing } from './run-keeper';
import type { KeptRun } from './runs';

/** Runs that are held, by this tab or another, and what has been asked for since, unanswered until a test lets it be. */
const held = new Set<string>();
let answering: Promise<void> = Promise.resolve();

const locks = {
  request: async (name: string, _: unknown, hold: (lock: object | null) => Promise<void> | undefined): Promise<void> => {
    await answering;
    if (held.has(name)) {
      await hold(null);
      return;
    }
    held.add(name);
    await hold({});
    held.delete(name);
  },
};

vi.stubGlobal('navigator', { locks });
vi.stubGlobal('document', { addEventListener: () => undefined });

beforeEach(() => {
  held.clear();
  answering = Promise.resolve();
});

const place = { view: 'train', link: '#v=1', identity: 'mnist' } as const;
const bytes = new Uint8Array([1]);

function at(step: number): Standing {
  const { body, head } = keptRun('a', { step });
  return { ...head, heldOut: undefined, progress: body.progress, hasNetwork: true };
}

function keeper(): { readonly keeper: RunKeeper; readonly written: KeptRun[] } {
  const written: KeptRun[] = [];
  return { keeper: new RunKeeper((run) => Promise.resolve(written.push(run))), written };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

test('a run that was deleted comes back by no setting, until it has come further', async () => {
  const { keeper: one, written } = keeper();
  one.begin(place);
  one.take(bytes, at(100), true);
  await settled();
  one.forget(written[0]?.head.id ?? '');
  expect(one.begun).toBe(false);
  // The last checkpoint before other lanes take its place.
  one.take(bytes, at(100), true);
  await settled();
  expect(written).toHaveLength(1);
  expect(one.begin(place)).toBeUndefined();
  one.take(bytes, at(101), true);
  await settled();
  expect(written.map(({ head }) => head.step)).toEqual([100, 101]);
  expect(written[1]?.head.id).not.toBe(written[0]?.head.id);
});

test('a run that another tab may hold is not written before that is known, and then as one of its own', async () => {
  held.add('spikeground-run-a');
  let answer: () => void = () => undefined;
  answering = new Promise((resolve) => { answer = resolve; });
  const { keeper: one, written } = keeper();
  one.begin(place, keptRun('a', {}));
  one.take(bytes, at(150), true);
  await settled();
  expect(written).toEqual([]);
  answer();
  await settled();
  expect(written.map(({ head }) => head.step)).toEqual([150]);
  expect(written[0]?.head.id).not.toBe('a');
});

test('a run that makes room for another while a write is under way is written after it', async () => {
  const steps: number[] = [];
  let end: () => void = () => undefined;
  const one = new RunKeeper(({ head }) => {
    steps.push(head.step);
    return new Promise<void>((resolve) => { end = resolve; });
  });
  one.begin(place);
  one.take(bytes, at(100), true);
  await settled();
  one.take(bytes, at(120), true);
  one.begin(place);
  end();
  one.flush();
  await settled();
  one.flush();
  await vi.waitFor(() => { expect(steps).toEqual([100, 120]); });
});

test('runs that are taken one after the other at once leave the last one held', async () => {
  const claims = new Claims();
  const taken = [claims.take('a'), claims.take('b'), claims.take('a')];
  expect(await Promise.all(taken)).toEqual([true, true, true]);
  await settled();
  expect([...held]).toEqual(['spikeground-run-a']);
  expect(await claims.take('b')).toBe(true);
  await settled();
  expect([...held]).toEqual(['spikeground-run-b']);
});
