/** A step that takes longer is slow: a backend that stays slow is given up after so many of them. */
const SLOW_MS = 1000;
const SLOW_STEPS = 3;

/**
 * Steps outside the clock, whose answers come back, then steps under the clock.
 *
 * @param {() => Promise<number>} step
 * @param {{ warm: number, timed: number }} counts
 * @returns {Promise<{ answers: number[], ms: number, gaveUp: boolean }>} `ms` is milliseconds a step
 */
export async function round(step, { warm, timed }) {
  const answers = [];
  const slow = [];
  for (let i = 0; i < warm; i++) {
    const start = performance.now();
    answers.push(await step());
    const ms = performance.now() - start;
    if (ms > SLOW_MS) slow.push(ms);
    if (slow.length === SLOW_STEPS) return { answers, ms: Math.min(...slow), gaveUp: true };
  }
  const start = performance.now();
  for (let i = 0; i < timed; i++) await step();
  return { answers, ms: (performance.now() - start) / timed, gaveUp: false };
}
