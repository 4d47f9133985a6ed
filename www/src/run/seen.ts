/** What a network saw of a sample, as it is asked about again. */
import type { Probe } from '../worker/protocol';

/** The points of a cloud, the pixels of an image, or the events of a recording, whose picture alone has two channels. */
export function seenOf({ cloud, channels, input, pixels }: Probe): Float32Array {
  const events = channels === 2 ? input?.events : undefined;
  return cloud?.points ?? events ?? pixels;
}
