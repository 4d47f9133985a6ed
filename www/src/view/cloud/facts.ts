/** What there is to say of a point cloud and its network: which points won the max-pool, how they fired, how high they lie. */
import { counted, percent } from '../shared/part';

export interface CloudFrame {
  /** `[points * 3]`, z up, in the unit ball. */
  readonly points: Float32Array;
  /** `[steps * points]`: the share of a point's own neurons that fired. */
  readonly rates?: Float32Array;
  /** `[steps * channels]`: the point that won the max-pool of a channel. */
  readonly winners?: Uint32Array;
  readonly steps: number;
  /** The time step that is shown, from 0; undefined: all of them together. */
  readonly step: number | undefined;
  /** What the cloud is, in words. */
  readonly label: string;
}

/** What the points' colours say. */
export type Colouring = 'height' | 'rate' | 'winners';

export interface Wins {
  /** For each point how many channels it won in the time steps that are shown. */
  readonly counts: Uint32Array;
  /** The most that one point won. */
  readonly most: number;
  /** Points that won at all. */
  readonly points: number;
  /** The fewest points that won half of the channels together. */
  readonly decisive: number;
}

/** The channels that each point won, in the time step that is shown or in all of them. */
export function winsOf({ points, winners, steps, step }: CloudFrame): Wins {
  const counts = new Uint32Array(points.length / 3);
  const channels = (winners?.length ?? 0) / steps;
  const shown = step === undefined ? winners : winners?.subarray(step * channels, (step + 1) * channels);
  for (const point of shown ?? []) {
    if (point < counts.length) counts[point] = (counts[point] ?? 0) + 1;
  }
  const sorted = counts.filter((count) => count > 0).sort().reverse();
  const half = (shown?.length ?? 0) / 2;
  let decisive = 0;
  for (let sum = 0; decisive < sorted.length && sum < half; decisive += 1) sum += sorted[decisive] ?? 0;
  return { counts, most: sorted[0] ?? 0, points: sorted.length, decisive };
}

export interface Rates {
  /** For each point the share of its neurons that fired in the time step that is shown, or the mean over all of them. */
  readonly shares: Float32Array;
  /** The smallest and the largest share of any point at any time step, so that colours mean the same at each of them. */
  readonly least: number;
  readonly most: number;
}

export function ratesOf({ points, rates, steps, step }: CloudFrame): Rates {
  const count = points.length / 3;
  let [least, most] = [1, 0];
  for (const rate of rates ?? []) {
    least = Math.min(least, rate);
    most = Math.max(most, rate);
  }
  if (rates !== undefined && step !== undefined) return { shares: rates.subarray(step * count, (step + 1) * count), least, most };
  const shares = new Float32Array(count);
  rates?.forEach((rate, i) => { shares[i % count] = (shares[i % count] ?? 0) + rate / steps; });
  return { shares, least, most };
}

/** The lowest and the highest point. */
export function heightsOf(points: Float32Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 2; i < points.length; i += 3) {
    low = Math.min(low, points[i] ?? 0);
    high = Math.max(high, points[i] ?? 0);
  }
  return points.length === 0 ? [0, 0] : [low, high];
}

/** What the colours show, as a sentence for everybody. */
export function cloudSentence(frame: CloudFrame, colouring: Colouring): string {
  const count = frame.points.length / 3;
  const when = frame.step === undefined ? 'over all time steps' : `in time step ${frame.step + 1}`;
  if (colouring === 'winners') {
    const { points, decisive } = winsOf(frame);
    return `Of ${counted(count, 'point')}, ${counted(points, 'point')} won a channel of the max-pool ${when}, and `
      + `${decisive === 1 ? 'one alone' : `the strongest ${decisive}`} (${percent(decisive / count)}) won half of the channels: the answer is made from these.`;
  }
  if (colouring === 'rate') {
    const { shares } = ratesOf(frame);
    const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, count);
    return `On average ${percent(mean)} of a point's neurons fired ${when}.`;
  }
  return `${counted(count, 'point')}, coloured by how high they lie.`;
}
