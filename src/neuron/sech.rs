//! sech², the slope of the surrogates that are bells: on the CPU in operations that compile to SIMD.

/// How far from 0 [`sech_squared_near`] holds.
pub(crate) const NEAR: f32 = 1.5;
/// How far from 0 [`sech_squared_around`] holds.
pub(crate) const AROUND: f32 = 3.0;

/// sech²(z) for |z| <= 1.5, within 2e-7: one over cosh², whose series in z² has positive terms alone and ends soon. The
/// coefficients are those of the least largest error; terms stand in pairs, so that none waits for the one before.
#[inline(always)]
pub(crate) fn sech_squared_near(z: f32) -> f32 {
    let w = z * z;
    let high = (0.333_312_15 + 0.044_498_555 * w) + (w * w) * (0.003_116_532_2 + 1.680_540_3e-4 * w);
    1.0 / ((0.999_999_94 + 1.000_002_7 * w) + (w * w) * high)
}

/// sech²(z) for |z| <= 3, within 2e-7, with two terms more.
#[inline(always)]
pub(crate) fn sech_squared_around(z: f32) -> f32 {
    let w = z * z;
    let w2 = w * w;
    let low = (1.0 + 1.000_000_7 * w) + w2 * (0.333_329_2 + 0.044_452_433 * w);
    let high = (0.003_167_955 + 1.437_723_4e-4 * w) + w2 * (3.736_445_3e-6 + 1.446_572e-7 * w);
    1.0 / (low + (w2 * w2) * high)
}

/// How far from 0 sech² is anything beside 1: it is under 2e-37 there.
pub(crate) const FAR: f32 = 43.0;

/// sech²(z) = 4 e / (1 + e)² with e = exp(-2|z|), within 3e-7, and 0 where e has left the normal numbers.
#[inline(always)]
pub(crate) fn sech_squared(z: f32) -> f32 {
    let e = exp_of_negative(-2.0 * z.abs());
    if z.abs() > FAR { 0.0 } else { 4.0 * e / ((1.0 + e) * (1.0 + e)) }
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

/// The same on the GPU, which has an exponential of its own.
#[cfg(feature = "webgpu")]
pub(crate) mod gpu {
    use cubecl::{cube, prelude::*};

    #[cube]
    pub(crate) fn sech_squared(z: f32) -> f32 {
        let mut value = 0.0f32;
        let magnitude = z.abs();
        if magnitude <= 43.0f32 {
            let e = (-2.0f32 * magnitude).exp();
            value = 4.0f32 * e / ((1.0f32 + e) * (1.0f32 + e));
        }
        value
    }
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
        for i in -3000..=3000 {
            let z = i as f32 * 0.001;
            let expected = (1.0 / f64::from(z).cosh().powi(2)) as f32;
            let near = if z.abs() <= NEAR { sech_squared_near(z) } else { expected };
            for given in [near, sech_squared_around(z)] {
                assert!((given - expected).abs() <= 2e-7, "{z}: {given} {expected}");
            }
        }
    }
}
