//! sech² on the CPU, in operations that compile to SIMD: the slope of the surrogates that are bells.

/// How far from 0 [`sech_squared_near_zero`] holds.
pub(super) const NEAR_ZERO: f32 = 1.5;

/// sech²(z) for |z| <= 1.5, within 7e-7: a polynomial in z² through Chebyshev's points, without an exponential or a division.
#[inline(always)]
pub(super) fn sech_squared_near_zero(z: f32) -> f32 {
    let w = z * z;
    let (w2, w4) = (w * w, w * w * (w * w));
    let low = (0.999_999_7 - 0.999_974_4 * w) + (0.666_281_4 - 0.375_476_54 * w) * w2;
    let high = (0.189_634_34 - 0.084_024_99 * w) + (0.030_265_443 - 0.007_929_2 * w) * w2;
    low + high * w4 + (0.001_295_683_4 - 9.704_846e-5 * w) * (w4 * w4)
}

/// sech²(z) = 4 e / (1 + e)² with e = exp(-2|z|), within 3e-7, and 0 where e has left the normal numbers.
#[inline(always)]
pub(super) fn sech_squared(z: f32) -> f32 {
    let e = exp_of_negative(-2.0 * z.abs());
    if z.abs() > 43.0 { 0.0 } else { 4.0 * e / ((1.0 + e) * (1.0 + e)) }
}

/// exp(x) for x <= 0 in operations that compile to SIMD: 2^n times a polynomial in the remainder.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    // Adding and taking away 1.5 * 2^23 rounds to the nearest integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.max(-87.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p =
        1.0 + r * (1.0 + r * (0.5 + r * (0.166_666_55 + r * (0.041_665_795 + r * (0.008_333_452 + r * 0.001_398_2)))));
    let two_to_n = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000));
    p * two_to_n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sech_squared_is_that_of_the_library() {
        for i in -4000..=4000 {
            let z = i as f32 * 0.01;
            let expected = (1.0 / f64::from(z).cosh().powi(2)) as f32;
            assert!((sech_squared(z) - expected).abs() <= 3e-7, "{z}: {} {expected}", sech_squared(z));
        }
        assert_eq!(sech_squared(f32::INFINITY), 0.0);
        for i in -1500..=1500 {
            let z = i as f32 * 0.001;
            let (given, expected) = (sech_squared_near_zero(z), (1.0 / f64::from(z).cosh().powi(2)) as f32);
            assert!((given - expected).abs() <= 7e-7, "{z}: {given} {expected}");
        }
    }
}
