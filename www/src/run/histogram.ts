/** How the membrane potentials of a layer are spread. */

export interface Histogram {
  /** Values in each of the bins between `-limit` and `limit`; those beyond count in the outer ones. */
  readonly bins: Uint32Array;
  readonly limit: number;
  readonly mean: number;
  /** Shares of values that reach the threshold, and that reach its negative. */
  readonly over: number;
  readonly under: number;
}

/** Of more values than this an even choice stands for all: counting each would hold the page up. */
export const MOST_COUNTED = 250_000;

const strideOf = (values: Float32Array): number => Math.max(1, Math.ceil(values.length / MOST_COUNTED));

/** An even number, so that zero lies between two bins. */
const BINS = 48;

export function histogram(values: Float32Array, limit: number, threshold: number): Histogram {
  const bins = new Uint32Array(BINS);
  let [sum, over, under] = [0, 0, 0];
  const stride = strideOf(values);
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] ?? 0;
    sum += value;
    if (value >= threshold) over += 1;
    else if (value <= -threshold) under += 1;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value + limit) / (2 * limit)) * BINS)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const count = Math.max(1, Math.ceil(values.length / stride));
  return { bins, limit, mean: sum / count, over: over / count, under: under / count };
}

/** Multiples of the threshold that a drawing may end at: few, so that it seldom jumps, and such that the threshold lies between two bins. */
const LIMITS = [2, 3, 4, 6, 8, 12, 24, 120, 1200];

/** How far a drawing of these potentials has to reach: most of them, and twice the threshold. */
export function limitOf(layers: readonly Float32Array[], threshold: number): number {
  const widths = layers.map((values) => {
    const stride = strideOf(values);
    let squares = 0;
    for (let i = 0; i < values.length; i += stride) squares += (values[i] ?? 0) ** 2;
    return 2.5 * Math.sqrt((squares * stride) / Math.max(1, values.length));
  });
  const wanted = Math.max(0, ...widths) / threshold;
  return threshold * (LIMITS.find((limit) => limit >= wanted) ?? LIMITS.at(-1) ?? 1);
}
