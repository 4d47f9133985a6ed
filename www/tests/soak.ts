/**
 * Half an hour of training and of changing views: nothing grows. `npx playwright test --project soak`, or with
 * `SOAK_MINUTES=5` for less. What is measured at minute 2 is the measure for the end.
 */
import type { CDPSession } from '@playwright/test';
import { expect, ready, test } from './person';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const SETTLED_MS = 2 * 60_000;
const GROWTH = 1.05;
/** What the browser's own pools of buffers vary by, twice over. */
const POOLS = 1e6;

/** Remembers the memory of each wasm that a worker starts. */
const REMEMBER = `
  const start = WebAssembly.instantiate.bind(WebAssembly);
  const streaming = WebAssembly.instantiateStreaming.bind(WebAssembly);
  const note = (result) => { self.wasmMemory = (result.instance ?? result).exports.memory; return result; };
  WebAssembly.instantiate = (...given) => start(...given).then(note);
  WebAssembly.instantiateStreaming = (...given) => streaming(...given).then(note);
`;

/** The kinds of a heap snapshot's nodes that are the engine's own: code that it compiles as functions grow hot, and what it keeps beside JavaScript. */
const ENGINES = new Set(['hidden', 'code', 'native', 'synthetic']);

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] } };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** What the engine calls the bytes behind an array buffer, which it keeps beside JavaScript. */
const BUFFER = 'system / JSArrayBufferData';

/** Bytes that a page can leak: of its own objects, arrays, strings and closures, and of its array buffers. */
const bytesOfPage = async (tools: CDPSession): Promise<{ readonly heap: number; readonly buffers: number }> => {
  const chunks: string[] = [];
  const collect = ({ chunk }: { readonly chunk: string }): void => { chunks.push(chunk); };
  tools.on('HeapProfiler.addHeapSnapshotChunk', collect);
  await tools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  tools.off('HeapProfiler.addHeapSnapshotChunk', collect);
  const { snapshot, nodes, strings } = JSON.parse(chunks.join('')) as Snapshot;
  const fields = snapshot.meta.node_fields;
  const [kind, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [number, number, number];
  let [heap, buffers] = [0, 0];
  for (let node = 0; node < nodes.length; node += fields.length) {
    const bytes = nodes[node + size] ?? 0;
    const type = snapshot.meta.node_types[0][nodes[node + kind] ?? 0] ?? '';
    if (!ENGINES.has(type)) heap += bytes;
    else if (type === 'native' && strings[nodes[node + name] ?? 0] === BUFFER) buffers += bytes;
  }
  return { heap, buffers };
};

interface Sizes {
  /** All that V8 holds; told, not judged: it compiles hot functions for many minutes and keeps the machine code here. */
  readonly engine: number;
  readonly heap: number;
  readonly buffers: number;
  readonly nodes: number;
  readonly wasm: number;
}

test('nothing grows while the page trains and its views change', async ({ page, context }, info) => {
  test.setTimeout((MINUTES + 5) * 60_000);
  await page.route(/\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: REMEMBER + (await response.text()) });
  });
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable');

  const measure = async (): Promise<Sizes> => {
    await tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await tools.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    const memories = await Promise.all(page.workers().map((worker) => worker.evaluate(() => {
      const { wasmMemory } = globalThis as { wasmMemory?: WebAssembly.Memory };
      return wasmMemory?.buffer.byteLength ?? 0;
    })));
    return {
      engine: metric('JSHeapUsedSize'), ...await bytesOfPage(tools),
      nodes: metric('Nodes'), wasm: memories.reduce((sum, bytes) => sum + bytes, 0),
    };
  };

  const go = async (view: string): Promise<void> => {
    await page.locator('nav').getByText(view, { exact: true }).click();
  };
  const round = async (): Promise<void> => {
    for (const view of ['Compare', 'Classify', 'Papers', 'Train']) {
      await go(view);
      await expect(page.locator('nav [aria-current=page]')).toHaveText(view);
    }
    const play = page.locator('[data-test=play]');
    // A run that comes to its end of itself cannot be paused.
    const done = await page.evaluate(() => {
      const { step = 0, plannedSteps = 0 } = window.spikeground?.app.training ?? {};
      return step > plannedSteps - 5000;
    });
    if (done) await page.locator('[data-test=reset]').click();
    await ready(page);
    const before = Number(await page.locator('#view > *').first().getAttribute('data-step'));
    await play.click();
    await expect.poll(async () => Number(await page.locator('#view > *').first().getAttribute('data-step'))).toBeGreaterThan(before + 20);
    await play.click();
    await ready(page);
  };

  /** Curves grow with the steps of a run, as they should, and those of the run before stay: neither is left when something is measured. */
  const clear = async (): Promise<void> => {
    for (let time = 0; time < 2; time += 1) {
      await page.locator('[data-test=reset]').click();
      await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
      await ready(page);
      await page.locator('[data-test=step]').click();
      await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
      await ready(page);
    }
  };

  await page.goto('./index.html#v=1&data=digits&net=conv&widths=8,16&epochs=1000');
  await ready(page);
  const start = Date.now();
  while (Date.now() - start < SETTLED_MS) await round();
  await clear();
  const settled = await measure();
  while (Date.now() - start < MINUTES * 60_000) await round();
  await clear();
  const after = await measure();
  info.annotations.push({ type: 'sizes', description: `after 2 minutes ${JSON.stringify(settled)}, after ${MINUTES} ${JSON.stringify(after)}` });
  expect(settled.buffers, 'a snapshot names array buffers as ever').toBeGreaterThan(0);
  expect(settled.wasm, 'the memory of the wasm is found').toBeGreaterThan(0);
  expect(after.buffers, 'buffers').toBeLessThanOrEqual(Math.max(settled.buffers * GROWTH, settled.buffers + POOLS));
  for (const what of ['heap', 'nodes', 'wasm'] as const) expect(after[what], what).toBeLessThanOrEqual(settled[what] * GROWTH);
});
