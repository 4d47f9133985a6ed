/** What flows into a network: the image or cloud itself, or spikes or events that are others at each time step. */
import type { InputProbe, Probe } from '../../worker/protocol';
import type { Theme } from '../shared/element';
import { fillImage, type ImageShape } from '../shared/picture';
import type { Moment } from './film';

/** The shape of what flows in at a time step. */
export function inflowShape(probe: Pick<Probe, 'input' | 'channels' | 'height' | 'width'>): ImageShape {
  return probe.input ?? probe;
}

/** Two channels are the on and the off events of a camera. */
export function areEvents({ channels }: Pick<InputProbe, 'channels'>): boolean {
  return channels === 2;
}

/** Whether a network without time takes the mean of what would flow in over more time steps than it has. */
export function isMean({ events, channels, height, width }: InputProbe, steps: number): boolean {
  return events.length > steps * channels * height * width;
}

/** How many spikes or events a place has at a moment; the mean of all time steps where that is asked for, or is what flows in. */
function eventsAt(input: InputProbe, steps: number, n: number, moment: Moment): number {
  const { events, channels, height, width } = input;
  const count = channels * height * width;
  if (moment !== 'mean' && !isMean(input, steps)) return events[moment * count + n] ?? 0;
  let sum = 0;
  for (let at = n; at < events.length; at += count) sum += events[at] ?? 0;
  return (sum * count) / events.length;
}

/** How much a place says at a moment, 0 where it says nothing: its spikes, or how far an image is from its ground there, which is 0 of ink and of a
 * picture in colour the colour of its corner. */
export function flowsIn(probe: Probe, n: number, moment: Moment): number {
  const { input, steps, pixels, channels, height, width } = probe;
  if (input !== undefined) return eventsAt(input, steps, n, moment);
  const area = height * width;
  return channels === 1 ? pixels[n] ?? 0 : Math.abs((pixels[n] ?? 0) - (pixels[Math.floor(n / area) * area] ?? 0));
}

/** Paints what flows in at a moment as an image of its shape is painted; of events the most frequent are the brightest. */
export function fillInflow(rgba: Uint8ClampedArray, input: InputProbe, steps: number, moment: Moment, theme: Theme): void {
  const { channels, height, width } = input;
  const all = Float32Array.from({ length: channels * height * width }, (_, n) => eventsAt(input, steps, n, moment));
  fillImage(rgba, all, input, areEvents(input) ? Math.max(1e-6, ...all) : 1, theme);
}
