//! One time step of a neuron and its adjoint, which is all that the loops over time know of a neuron: for one number on the CPU,
//! for one on the GPU, and for tensors. A step is `u = decay * kept + current`, what is sent of `u`, and what the reset keeps of
//! it (methods, sections 1.2 and 1.4).

use burn::prelude::*;

use super::spike::{Spike, signs};
use super::surrogate::smooth;
use super::{Lif, Reset, ResetGradient, SpikeKind};

/// The potential before the reset.
#[inline(always)]
pub(crate) fn charge(kept: f32, current: f32, decay: f32) -> f32 {
    kept * decay + current
}

/// What the reset keeps of a potential.
#[inline(always)]
pub(crate) fn reset<S: Spike, const HARD: bool>(potential: f32, threshold: f32) -> f32 {
    let sign = S::sign(potential, threshold);
    match HARD {
        true if sign != 0.0 => 0.0,
        true => potential,
        false => potential - threshold * sign,
    }
}

/// What the gradient of a current is made of, beside the potential.
pub(crate) struct Gradients {
    /// Of what is sent at amplitude 1.
    pub sent: f32,
    /// Of what is kept.
    pub kept: f32,
}

/// The gradient of a current, which is that of its potential. `slope` is a [surrogate](super::surrogate).
#[inline(always)]
pub(crate) fn back<S: Spike, const HARD: bool>(
    potential: f32,
    of: Gradients,
    threshold: f32,
    attached: bool,
    slope: impl Fn(f32, f32) -> f32,
) -> f32 {
    let sign = S::sign(potential, threshold);
    let kept = if HARD && sign != 0.0 { 0.0 } else { of.kept };
    // Chosen, not multiplied by 0: what is carried may be infinite, and is passed on as it is where the reset takes nothing.
    let pull = S::pull::<HARD>(potential, sign, threshold);
    let lost = if attached && pull != 0.0 { of.kept * pull } else { 0.0 };
    let seen = if S::TWO_SIDED { potential.abs() } else { potential };
    kept + slope(seen, of.sent - lost)
}

/// The same on the GPU.
#[cfg(feature = "webgpu")]
#[allow(
    clippy::collapsible_if,
    reason = "the outer condition is decided when the kernel is made, the inner one when it runs"
)]
pub(crate) mod gpu {
    use cubecl::{cube, prelude::*};

    use crate::neuron::spike::gpu::sign;
    use crate::neuron::surrogate::gpu::slope;
    use crate::neuron::{Lif, Reset, ResetGradient, SpikeKind, SurrogateKind};

    /// What of a neuron is chosen when a kernel is made.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub(crate) struct Kind {
        pub spike: SpikeKind,
        pub reset: Reset,
        pub attached: bool,
        pub surrogate: SurrogateKind,
    }

    impl From<&Lif> for Kind {
        fn from(lif: &Lif) -> Self {
            Self {
                spike: lif.spike,
                reset: lif.reset,
                attached: lif.reset_gradient == ResetGradient::Attached,
                surrogate: lif.surrogate.kind,
            }
        }
    }

    /// What the reset keeps of a potential.
    #[cube]
    pub(crate) fn reset(potential: f32, sign: f32, threshold: f32, #[comptime] reset: Reset) -> f32 {
        let mut kept = potential;
        if comptime!(reset == Reset::Hard) {
            if sign != 0.0f32 {
                kept = 0.0f32;
            }
        } else {
            kept = potential - threshold * sign;
        }
        kept
    }

    /// The gradient of a current, from those of what is sent (times `height`, the amplitude) and of what is kept.
    #[cube]
    pub(crate) fn back(
        potential: f32,
        of_sent: f32,
        of_kept: f32,
        height: f32,
        threshold: f32,
        p: f32,
        slope_height: f32,
        #[comptime] kind: Kind,
    ) -> f32 {
        let b = sign(potential, threshold, kind.spike);
        let slope = slope(potential, threshold, p, slope_height, kind.spike, kind.surrogate);
        let mut sent_slope = slope;
        let mut reset_slope = slope;
        if comptime!(kind.spike == SpikeKind::Real) {
            sent_slope = b;
            reset_slope = 0.0f32;
        } else if comptime!(kind.spike == SpikeKind::Ternary && kind.reset == Reset::Hard) {
            reset_slope = b * slope;
        }
        let mut kept = 1.0f32;
        let mut pull = threshold;
        if comptime!(kind.reset == Reset::Hard) {
            kept = 1.0f32 - b.abs();
            pull = potential;
        }
        if comptime!(kind.attached) {
            if reset_slope != 0.0f32 {
                kept -= pull * reset_slope;
            }
        }
        // Where there is no slope nothing goes back, whatever the gradient is.
        let mut through = 0.0f32;
        if kept != 0.0f32 {
            through = of_kept * kept;
        }
        if sent_slope != 0.0f32 {
            through += height * of_sent * sent_slope;
        }
        through
    }
}

/// Of tensors: what is left of what was kept. `parameters` as of [`super::lif`].
pub(super) fn leak<const D: usize>(kept: Tensor<D>, parameters: &Tensor<1>, lif: &Lif) -> Tensor<D> {
    match parameters.dims()[0] {
        1 => kept * lif.decay,
        _ => kept * parameters.clone().narrow(0, 1, 1).reshape([1; D]),
    }
}

/// Of tensors: potentials to what is sent at amplitude 1 and what is kept, with gradients through both by the straight-through
/// construction `hard = (hard - smooth).detach() + smooth`.
pub(super) fn fire<const D: usize>(potential: Tensor<D>, lif: &Lif) -> (Tensor<D>, Tensor<D>) {
    let v = lif.threshold;
    let hard = signs(potential.clone(), lif);
    let sign = match lif.spike {
        SpikeKind::Real => hard.clone(),
        SpikeKind::Binary | SpikeKind::Ternary => {
            let smooth = smooth(potential.clone(), lif);
            (hard.clone() - smooth.clone()).detach() + smooth
        }
    };
    let sent = match lif.spike {
        // What is not a number is not below the threshold either, and is sent on.
        SpikeKind::Real => potential.clone().mask_fill(potential.clone().lower_elem(v), 0.0),
        SpikeKind::Binary | SpikeKind::Ternary => sign.clone(),
    };
    let seen = match lif.reset_gradient {
        ResetGradient::Attached => sign,
        ResetGradient::Detached => hard.clone(),
    };
    let kept = match (lif.reset, lif.spike) {
        (Reset::Hard, SpikeKind::Ternary) => hard_reset(potential, hard, seen.abs()),
        (Reset::Hard, _) => hard_reset(potential, hard, seen),
        (Reset::Soft, _) => potential - seen * v,
    };
    (sent, kept)
}

/// `potential * (1 - mask)`, where an infinite potential that fired leaves 0, not infinity times 0.
fn hard_reset<const D: usize>(potential: Tensor<D>, hard: Tensor<D>, mask: Tensor<D>) -> Tensor<D> {
    let infinite = potential.clone().abs().equal_elem(f32::INFINITY);
    let gone = infinite.clone().bool_and(hard.not_equal_elem(0.0));
    potential.clone().mask_fill(gone, 0.0) - potential.mask_fill(infinite, 0.0) * mask
}
