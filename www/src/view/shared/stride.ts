/** How much of a large layer is looked at. */

/** A layer that every point goes through may have millions of values at all time steps; of those this many are looked at. */
const MOST_COUNTED = 1 << 15;

/** Odd, so that it goes through all channels. */
export function strideOf(length: number): number {
  return length <= MOST_COUNTED ? 1 : Math.ceil(length / MOST_COUNTED) | 1;
}
