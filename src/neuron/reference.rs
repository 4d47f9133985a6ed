//! The same neuron in plain tensor operations, one time step after another, its gradients left to automatic
//! differentiation by the straight-through construction `hard = (hard - smooth).detach() + smooth`. Slow; what the fused
//! operation is compared with.

use burn::prelude::*;

use super::{Lif, Reset, ResetGradient, SpikeKind, SurrogateKind};

/// As [`super::lif`].
pub fn lif<const D: usize>(current: Tensor<D>, amplitude: Tensor<1>, steps: usize, lif: &Lif) -> Tensor<D> {
    let given = current.dims()[0];
    let amplitude = amplitude.reshape([1; D]);
    let mut kept: Option<Tensor<D>> = None;
    let spikes = (0..steps)
        .map(|t| {
            let current = if given == 1 { current.clone() } else { current.clone().narrow(0, t, 1) };
            let potential = match kept.take() {
                Some(kept) => kept * lif.decay + current,
                None => current,
            };
            let (spike, reset) = step(potential, lif);
            kept = Some(reset);
            spike * amplitude.clone()
        })
        .collect();
    Tensor::cat(spikes, 0)
}

/// One potential to what is sent at amplitude 1 and what is kept.
fn step<const D: usize>(potential: Tensor<D>, lif: &Lif) -> (Tensor<D>, Tensor<D>) {
    let v = lif.threshold;
    let up = match lif.spike {
        SpikeKind::Binary => potential.clone().greater_elem(v),
        SpikeKind::Ternary | SpikeKind::Real => potential.clone().greater_equal_elem(v),
    };
    let hard = match lif.spike {
        SpikeKind::Ternary => up.float() - potential.clone().lower_equal_elem(-v).float(),
        SpikeKind::Binary | SpikeKind::Real => up.float(),
    };
    let hard = hard.detach();
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

/// A function whose derivative is the surrogate: the smooth twin of the step (up to a constant).
pub(crate) fn smooth<const D: usize>(potential: Tensor<D>, lif: &Lif) -> Tensor<D> {
    let (v, p) = (lif.threshold, lif.surrogate.parameter);
    let above = |u: Tensor<D>| u - v;
    let one_sided = |u: Tensor<D>| match lif.surrogate.kind {
        SurrogateKind::SteWindow | SurrogateKind::Rect => above(u).clamp(-0.5 * p, 0.5 * p) / p,
        SurrogateKind::SteTernary => u.clamp(-v - 0.5 * p, v + 0.5 * p) * (2.0 / (2.0 * v + p)),
        SurrogateKind::TanhWindow => (above(u).clamp(-0.5, 0.5) * p).tanh() / (2.0 * (0.5 * p).tanh()),
        SurrogateKind::Esg => (above(u) * p).tanh() * 0.5,
        // The integral of p (1 - |u/V - 1|) over the triangle: V p (x - x|x|/2) with x = u/V - 1 in -1..1.
        SurrogateKind::Tri => {
            let x = (u / v - 1.0).clamp(-1.0, 1.0);
            (x.clone() - x.clone() * x.abs() * 0.5) * (v * p)
        }
    };
    match (lif.spike, lif.surrogate.kind) {
        (SpikeKind::Ternary, SurrogateKind::SteTernary) => one_sided(potential),
        // The odd extension, whose derivative at u is the surrogate's at |u|.
        (SpikeKind::Ternary, _) => {
            let side = potential.clone().sign().detach();
            let at_zero = one_sided(potential.zeros_like());
            (one_sided(potential.abs()) - at_zero) * side
        }
        _ => one_sided(potential),
    }
}
