/** Paired differences over seeds: their mean, its 95 % interval, and what follows from it; `as-core.test.ts` holds it against the core's own. */

/** Quantiles 0.975 of Student's t for 1 to 19 degrees of freedom. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093];
const Z_975 = 1.959964;

/** More values than anybody waits for. */
const MOST_NEEDED = 10_000;

export interface Interval {
  readonly mean: number;
  /** Half the width of the 95 % interval; infinite for a single value. */
  readonly half: number;
}

/** Beyond the table the expansion about the normal quantile, right to three places there. */
function quantile(freedom: number): number {
  const z = Z_975;
  return T_975[freedom - 1] ?? z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

function spread(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) };
}

const halfOf = (deviation: number, count: number): number => (quantile(count - 1) * deviation) / Math.sqrt(count);

export function interval(values: readonly number[]): Interval {
  const { mean, deviation } = spread(values);
  return { mean, half: values.length < 2 ? Infinity : halfOf(deviation, values.length) };
}

/** How many values of the same mean and spread it would take until the interval is clear of zero; undefined where that is too many to wait for. */
export function valuesNeeded(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const { mean, deviation } = spread(values);
  for (let count = values.length + 1; count <= MOST_NEEDED; count += 1) {
    if (halfOf(deviation, count) <= Math.abs(mean)) return count;
  }
  return undefined;
}

export type Verdict = 'better' | 'worse' | 'undecided';

/** Whether the interval is clear of zero. */
export function verdict({ mean, half }: Interval): Verdict {
  if (mean - half > 0) return 'better';
  return mean + half < 0 ? 'worse' : 'undecided';
}

/** A number that is a guess, rounded up to the two digits that count at most. */
export function rough(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}
