//! What each kind of neuron sends, and what its reset sees of it: as types, for which every loop over neurons on the CPU is
//! compiled, as choices of the GPU's kernels, and in plain tensor operations.

use burn::prelude::*;

use super::{Lif, SpikeKind};

/// What one spike kind sends, and how it follows the potential. All of it compiles to selects.
pub(crate) trait Spike {
    /// Whether a negative potential fires too.
    const TWO_SIDED: bool;
    /// Whether a spike of height 1 is -1, 0 or 1, so that bits can hold it.
    const FITS_BITS: bool = true;
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

pub(crate) struct Binary;
pub(crate) struct Ternary;
pub(crate) struct Real;

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
    const FITS_BITS: bool = false;
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

/// A function that is compiled for each spike kind, and for each reset where it is marked so, as that of a neuron.
macro_rules! compiled_for {
    ($lif:expr, $function:ident::<spike>) => {{
        use $crate::neuron::{SpikeKind, spike};
        match $lif.spike {
            SpikeKind::Binary => $function::<spike::Binary>,
            SpikeKind::Ternary => $function::<spike::Ternary>,
            SpikeKind::Real => $function::<spike::Real>,
        }
    }};
    ($lif:expr, $function:ident::<spike, reset>) => {{
        use $crate::neuron::{Reset, SpikeKind, spike};
        match ($lif.spike, $lif.reset) {
            (SpikeKind::Binary, Reset::Hard) => $function::<spike::Binary, true>,
            (SpikeKind::Binary, Reset::Soft) => $function::<spike::Binary, false>,
            (SpikeKind::Ternary, Reset::Hard) => $function::<spike::Ternary, true>,
            (SpikeKind::Ternary, Reset::Soft) => $function::<spike::Ternary, false>,
            (SpikeKind::Real, Reset::Hard) => $function::<spike::Real, true>,
            (SpikeKind::Real, Reset::Soft) => $function::<spike::Real, false>,
        }
    }};
}
pub(crate) use compiled_for;

/// The same, chosen when a kernel is made.
#[cfg(feature = "webgpu")]
#[allow(
    clippy::collapsible_if,
    reason = "the outer condition is decided when the kernel is made, the inner one when it runs"
)]
pub(crate) mod gpu {
    use cubecl::{cube, prelude::*};

    use crate::neuron::SpikeKind;

    /// -1, 0 or 1: the spike as the reset sees it.
    #[cube]
    pub(crate) fn sign(potential: f32, threshold: f32, #[comptime] spike: SpikeKind) -> f32 {
        let mut sign = 0.0f32;
        if comptime!(spike == SpikeKind::Binary) {
            if potential > threshold {
                sign = 1.0f32;
            }
        } else {
            if potential >= threshold {
                sign = 1.0f32;
            }
            if comptime!(spike == SpikeKind::Ternary) {
                if potential <= -threshold {
                    sign = -1.0f32;
                }
            }
        }
        sign
    }

    /// What is sent at amplitude 1. A potential that is not a number is sent on, so that a broken run shows in its loss.
    #[cube]
    pub(crate) fn sent(potential: f32, sign: f32, #[comptime] spike: SpikeKind) -> f32 {
        let mut sent = sign;
        if comptime!(spike == SpikeKind::Real) {
            if sign != 0.0f32 {
                sent = potential;
            }
        }
        if potential.is_nan() {
            sent = potential;
        }
        sent
    }
}

/// The same of a tensor of potentials: -1, 0 and 1, without gradients.
pub(super) fn signs<const D: usize>(potential: Tensor<D>, lif: &Lif) -> Tensor<D> {
    let v = lif.threshold;
    let up = match lif.spike {
        SpikeKind::Binary => potential.clone().greater_elem(v),
        SpikeKind::Ternary | SpikeKind::Real => potential.clone().greater_equal_elem(v),
    };
    let signs = match lif.spike {
        SpikeKind::Ternary => up.float() - potential.lower_equal_elem(-v).float(),
        SpikeKind::Binary | SpikeKind::Real => up.float(),
    };
    signs.detach()
}
