/** Paired differences over seeds: their mean, its 95 % interval, and what follows from it. */

/** Quantiles 0.975 of Student's t for 1 to 9 degrees of freedom. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

export interface Interval {
  readonly mean: number;
  /** Half the width of the 95 % interval; infinite for a single value. */
  readonly half: number;
}

export function interval(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const quantile = T_975[count - 2];
  if (quantile === undefined) return { mean, half: Infinity };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: quantile * Math.sqrt(variance / count) };
}

export type Verdict = 'better' | 'worse' | 'undecided';

/** Whether the interval is clear of zero. */
export function verdict({ mean, half }: Interval): Verdict {
  if (mean - half > 0) return 'better';
  return mean + half < 0 ? 'worse' : 'undecided';
}
