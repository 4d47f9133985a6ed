/**
 * Beats for as long as the worker lives that started this one: the two end together, and a worker at work answers nothing
 * itself. For pages that cannot wait for a lock of the worker's.
 */
import { BEAT_MS } from './protocol';

self.addEventListener('message', ({ data }: MessageEvent<MessagePort>) => {
  setInterval(() => { data.postMessage(undefined); }, BEAT_MS);
}, { once: true });
