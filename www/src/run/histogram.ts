/** How the membrane potentials of a layer are spread. */

export interface Histogram {
  /** Values in each of the bins between `-limit` and `limit`; those beyond count in the outer ones. */
  readonly bins: Uint32Array;
  readonly limit: number;
  readonly mean: number;
  /** Shares of values that reach the threshold, and that reach its negative. */
  readonly over: number;
  readonly under: number;
  /** Share of values beyond the limit on either side. */
  readonly beyond: number;
}

/** Values that are counted at a time: all of them would hold the page up. */
const COUNTED_AT_ONCE = 400_000;

/** Of more values than this in one of so many layers an even choice stands for all. */
export const mostCounted = (layers: number): number => Math.floor(COUNTED_AT_ONCE / Math.max(4, layers));

/** Odd, so that it does not always meet the same channel of a point. */
const strideOf = (values: Float32Array, most: number): number => (values.length <= most ? 1 : Math.ceil(values.length / most) | 1);

/** An even number, so that zero lies between two bins. */
const BINS = 48;

/** `most`: values that are looked at. */
export function histogram(values: Float32Array, limit: number, threshold: number, most = mostCounted(1)): Histogram {
  const bins = new Uint32Array(BINS);
  let [sum, over, under, beyond] = [0, 0, 0, 0];
  const stride = strideOf(values, most);
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] ?? 0;
    sum += value;
    if (value >= threshold) over += 1;
    else if (value <= -threshold) under += 1;
    if (Math.abs(value) > limit) beyond += 1;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value + limit) / (2 * limit)) * BINS)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const count = Math.max(1, Math.ceil(values.length / stride));
  return { bins, limit, mean: sum / count, over: over / count, under: under / count, beyond: beyond / count };
}

/** Multiples of the threshold that a drawing may end at: few, so that it seldom jumps, and such that the threshold lies between two bins. */
const LIMITS = [2, 3, 4, 6, 8, 12, 24];

/** Share of values at either end that a drawing need not reach. */
const TAIL = 0.005;
/** Values that are put in order to find those ends. */
const MOST_SORTED = 4000;

/** The next 1, 2 or 5 times a power of ten. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((digit) => digit * power >= value) ?? 10);
}

/** How far a drawing of these potentials has to reach: all of them but the outermost, and twice the threshold. */
export function limitOf(values: Float32Array, threshold: number): number {
  // Odd, so that it does not always meet the same place of a feature map.
  const stride = Math.ceil(values.length / MOST_SORTED) | 1;
  const sorted = Float32Array.from({ length: Math.ceil(values.length / stride) }, (_, i) => values[i * stride] ?? 0).sort();
  const tail = Math.floor(sorted.length * TAIL);
  const wanted = Math.max(-(sorted[tail] ?? 0), sorted[sorted.length - 1 - tail] ?? 0) / threshold;
  if (!Number.isFinite(wanted)) return threshold * 2;
  return threshold * (LIMITS.find((limit) => limit >= wanted) ?? roundedUp(wanted));
}
