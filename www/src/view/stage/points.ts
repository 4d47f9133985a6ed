/** A cloud on the stage: its points where they lie, and how many of a point's channels fired. */
import { FIRST_ORBIT, projection } from '../cloud/camera';
import type { Look, Moment } from './film';
import type { Box } from './scene';
import type { Place } from './traffic';

/** More points than this are a blot; the ones shown are spread over all. */
const MOST_POINTS = 320;
/** Of a layer with more channels every so manieth is asked. */
const CHANNELS_ASKED = 16;

export class FlatPoints {
  /** The points that are shown. */
  readonly shown: readonly number[];
  /** `[shown * 2]`, -1 to 1, y down. */
  private readonly places: Float32Array;
  private readonly index: ReadonlyMap<number, number>;

  /** `chosen`: a point that is shown whatever others are. */
  constructor(points: Float32Array, chosen?: number) {
    const count = points.length / 3;
    const every = Math.max(1, Math.ceil(count / MOST_POINTS));
    const spread = Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
    this.shown = chosen === undefined || chosen >= count || spread.includes(chosen) ? spread : [...spread, chosen];
    this.index = new Map(this.shown.map((point, i) => [point, i]));
    this.places = new Float32Array(2 * this.shown.length);
    const project = projection(FIRST_ORBIT);
    const at = { x: 0, y: 0, away: 0 };
    this.shown.forEach((point, i) => {
      project(points, point, at);
      this.places.set([at.x, -at.y], 2 * i);
    });
    // However small it looks from there, it fills its box.
    const farthest = this.places.reduce((most, place) => Math.max(most, Math.abs(place)), 1e-6);
    this.places.forEach((place, i) => { this.places[i] = place / farthest; });
  }

  /** Where a point lies in a box, if it is shown. */
  place(point: number, { left, top, width, height }: Box): Place | undefined {
    const i = this.index.get(point);
    if (i === undefined) return undefined;
    const half = Math.min(width, height) / 2;
    return { x: left + width / 2 + (this.places[2 * i] ?? 0) * half, y: top + height / 2 + (this.places[2 * i + 1] ?? 0) * half };
  }
}

/** For each shown point the share of its channels that fired at a moment, less than zero where most of that was negative. */
export function sharesOf({ layer, steps }: Look, shown: readonly number[], moment: Moment): Float32Array {
  const [points = 1, channels = 1] = layer.shape;
  const every = Math.max(1, Math.floor(channels / CHANNELS_ASKED));
  const asked = Math.ceil(channels / every);
  const moments = moment === 'mean' ? Array.from({ length: steps }, (_, t) => t) : [moment];
  return Float32Array.from(shown, (point) => {
    let [fired, sign] = [0, 0];
    for (const t of moments) {
      const from = (t * points + point) * channels;
      for (let channel = 0; channel < channels; channel += every) {
        const sent = layer.spikes[from + channel] ?? 0;
        if (sent !== 0) fired += 1;
        sign += Math.sign(sent);
      }
    }
    return (Math.sign(sign) || 1) * (fired / (asked * moments.length));
  });
}
