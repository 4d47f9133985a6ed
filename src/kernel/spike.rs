//! The spike kinds as types: every loop over neurons on the CPU is compiled for each of them.

/// What one spike kind sends, and how it follows the potential. All of it compiles to selects.
pub(super) trait Spike {
    /// Whether a negative potential fires too.
    const TWO_SIDED: bool;
    /// Whether the surrogate decides anything; without it what fired is passed on as it is, and the reset counts as constant.
    const HAS_SURROGATE: bool = true;
    /// What is sent at amplitude 1. A potential that is not a number is sent on, so that a broken run shows in its loss.
    fn sent(potential: f32, threshold: f32) -> f32;
    /// -1, 0 or 1: the spike as the reset sees it.
    fn sign(potential: f32, threshold: f32) -> f32;
    /// What the carried gradient is multiplied with, beside the slope, on its way back through the reset.
    #[inline(always)]
    fn pull<const HARD: bool>(potential: f32, _sign: f32, threshold: f32) -> f32 {
        if HARD { potential } else { threshold }
    }
}

pub(super) struct Binary;
pub(super) struct Ternary;
pub(super) struct Real;

impl Spike for Binary {
    const TWO_SIDED: bool = false;
    #[inline(always)]
    fn sent(potential: f32, threshold: f32) -> f32 {
        if potential.is_nan() { potential } else { Self::sign(potential, threshold) }
    }
    #[inline(always)]
    fn sign(potential: f32, threshold: f32) -> f32 {
        if potential > threshold { 1.0 } else { 0.0 }
    }
}

impl Spike for Ternary {
    const TWO_SIDED: bool = true;
    #[inline(always)]
    fn sent(potential: f32, threshold: f32) -> f32 {
        if potential.is_nan() { potential } else { Self::sign(potential, threshold) }
    }
    #[inline(always)]
    fn sign(potential: f32, threshold: f32) -> f32 {
        let up = if potential >= threshold { 1.0 } else { 0.0 };
        let down = if potential <= -threshold { 1.0 } else { 0.0 };
        up - down
    }
    /// The mask is |b|, whose derivative is the sign of b times that of b: none below the threshold.
    #[inline(always)]
    fn pull<const HARD: bool>(potential: f32, sign: f32, threshold: f32) -> f32 {
        if HARD { potential * sign } else { threshold }
    }
}

/// The masked identity of ReverB-SNN: the mask counts as a constant, in what is sent and in the reset.
impl Spike for Real {
    const TWO_SIDED: bool = false;
    const HAS_SURROGATE: bool = false;
    #[inline(always)]
    fn sent(potential: f32, threshold: f32) -> f32 {
        if potential >= threshold || potential.is_nan() { potential } else { 0.0 }
    }
    #[inline(always)]
    fn sign(potential: f32, threshold: f32) -> f32 {
        if potential >= threshold { 1.0 } else { 0.0 }
    }
}

#[inline(always)]
pub(super) fn reset<S: Spike, const HARD: bool>(potential: f32, threshold: f32) -> f32 {
    let sign = S::sign(potential, threshold);
    match HARD {
        true if sign != 0.0 => 0.0,
        true => potential,
        false => potential - threshold * sign,
    }
}
