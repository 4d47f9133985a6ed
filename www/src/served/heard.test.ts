import { expect, test, vi } from 'vitest';

test('another copy of the page on the same server is not heard, and the workers of this one are', async () => {
  const opened: string[] = [];
  // Called with `new`, as a class is.
  vi.stubGlobal('BroadcastChannel', function Channel(name: string) { opened.push(name); });
  const { channelOf } = await import('./heard');
  vi.unstubAllGlobals();
  expect(channelOf('https://here/one/assets/index-1.js')).toBe(channelOf('https://here/one/assets/worker-2.js'));
  expect(channelOf('https://here/one/assets/index-1.js')).not.toBe(channelOf('https://here/two/assets/index-1.js'));
  expect(opened).toEqual([channelOf(new URL('./heard.ts', import.meta.url).href)]);
});

test('news that this build does not understand are none', async () => {
  const { newsOf } = await import('./heard');
  expect(newsOf({ arrived: ['a', 7, 'b'], missing: true })).toEqual({ arrived: ['a', 'b'], missing: true });
  for (const sent of [undefined, null, 'text', 7, { arrived: 'a', missing: 1 }, []]) expect(newsOf(sent)).toEqual({ arrived: [] });
});
