/** What several rounds of one work gave. */

/**
 * @param {number[]} values at least one
 * @returns {{ median: number, min: number, max: number }}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/**
 * The first place where two lists, as far as both go, are further apart than a share of the first's number.
 *
 * @returns {number} -1 when there is none; a number that is not finite is far from everything
 */
export function firstDifference(expected, given, tolerance) {
  const count = Math.min(expected.length, given.length);
  return expected.slice(0, count).findIndex((value, i) => !(Math.abs(given[i] - value) <= tolerance * Math.abs(value)));
}
