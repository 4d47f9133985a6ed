/** A number of the core as text that gives the same number again. */

/** Digits that tell any f32 from its neighbours. */
const MOST_DIGITS = 9;

/**
 * The shortest decimal that means the same f32. What comes from the core is an f32 written out as a double
 * (0.003000000026077032), what a person types a double that will become one (0.003): both are "0.003".
 */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  const single = Math.fround(value);
  for (let digits = 1; digits < MOST_DIGITS; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return String(short);
  }
  return String(Number(single.toPrecision(MOST_DIGITS)));
}
