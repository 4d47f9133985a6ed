/**
 * Beats for as long as the worker lives that asks for it, for pages that cannot wait for a lock of the worker's. A worker at
 * work answers nothing itself, so another one beats, which ends with it.
 */
import { BEAT_MS, type Beat } from './protocol';

/** Written out, so that no file of it can be missing. */
const PROGRAM = `
  addEventListener('message', ({ data }) => { setInterval(() => { data.postMessage('always'); }, ${BEAT_MS}); }, { once: true });
  postMessage('here');
`;

/** Where no other worker comes, as under a policy that allows none, this one beats when it has nothing to do. */
export function beatOn(port: MessagePort): void {
  const beatAlone = (): void => { setInterval(() => { port.postMessage('between calls' satisfies Beat); }, BEAT_MS); };
  try {
    const pulse = new Worker(URL.createObjectURL(new Blob([PROGRAM], { type: 'text/javascript' })));
    pulse.addEventListener('message', () => { pulse.postMessage(port, [port]); }, { once: true });
    pulse.addEventListener('error', beatAlone, { once: true });
  } catch {
    beatAlone();
  }
}
