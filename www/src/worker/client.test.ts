/** The death of a worker whose page has no locks, and what beats for it. */
import * as Comlink from 'comlink';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LabClient } from './client';
import { BEAT_MS, type Beat } from './protocol';
import { beatOn } from './pulse';

/** What made-up workers were given to beat on. */
const ports: MessagePort[] = [];

/** Called with `new`, as a class is. */
function FakeWorker(): object {
  const { port1, port2 } = new MessageChannel();
  const lab = {
    holdLock: () => { throw new Error('There are no locks here.'); }, beat: (given: MessagePort) => { ports.push(given); },
    checkpoint: () => new Promise(() => undefined),
  };
  Comlink.expose(lab, port2);
  return Object.assign(port1, { terminate: () => { port1.close(); port2.close(); } });
}

beforeEach(() => {
  ports.length = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.stubGlobal('Worker', FakeWorker);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

/** A worker that has beaten once. */
async function beating(beat: Beat): Promise<{ readonly client: LabClient; readonly faults: string[] }> {
  const before = ports.length;
  const client = new LabClient();
  const faults: string[] = [];
  client.onDeath = ({ fault }) => { faults.push(fault.reason); };
  await vi.waitFor(() => { expect(ports.length).toBe(before + 1); });
  ports.at(-1)?.postMessage(beat);
  await settled();
  return { client, faults };
}

test('a worker that beats no more is dead, also in the midst of a call', async () => {
  const { client, faults } = await beating('always');
  void client.call((lab) => lab.checkpoint()).catch(() => undefined);
  vi.advanceTimersByTime(8 * BEAT_MS);
  expect(faults).toEqual(['it was ended from outside']);
});

test('one that beats by itself may be at work, and is dead where it has nothing to do', async () => {
  const { client, faults } = await beating('between calls');
  vi.advanceTimersByTime(3 * BEAT_MS);
  void client.call((lab) => lab.checkpoint()).catch(() => undefined);
  vi.advanceTimersByTime(100 * BEAT_MS);
  expect(faults).toEqual([]);
  client.dispose();
  const other = await beating('between calls');
  vi.advanceTimersByTime(8 * BEAT_MS);
  expect(other.faults).toEqual(['it was ended from outside']);
});

/** Where another worker is asked for: it says that it is there, fails, or may not be made at all. */
const OTHERS: Readonly<Record<string, (other: EventTarget) => void>> = {
  comes: (other) => { other.dispatchEvent(new Event('message')); },
  fails: (other) => { other.dispatchEvent(new Event('error')); },
  'may not be': () => { throw new DOMException('no', 'SecurityError'); },
};

test.each(Object.entries(OTHERS))('where another worker %s, something beats', async (name, becomes) => {
  const given: MessagePort[] = [];
  vi.stubGlobal('Worker', class extends EventTarget {
    constructor() {
      super();
      if (name === 'may not be') becomes(this);
      else setImmediate(() => { becomes(this); });
    }
    postMessage(one: MessagePort): void { given.push(one); }
  });
  const { port1, port2 } = new MessageChannel();
  const beats: unknown[] = [];
  port1.onmessage = ({ data }) => { beats.push(data); };
  beatOn(port2);
  await settled();
  vi.advanceTimersByTime(2 * BEAT_MS);
  await settled();
  expect([given.length, beats]).toEqual(name === 'comes' ? [1, []] : [0, ['between calls', 'between calls']]);
  port1.close();
});
