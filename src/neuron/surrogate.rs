//! The surrogate derivatives: as functions that the CPU's loops are compiled for, as a choice of the GPU's kernels, and as
//! smooth twins of the step, whose derivatives they are, in plain tensor operations.
//!
//! On the CPU a surrogate is a function of a potential (of its magnitude, for two-sided spikes) and of a number x: the slope
//! times x, and 0 where there is no slope, whatever x is, which is infinite beside a potential that is.

use std::f32::consts::PI;

use burn::prelude::*;

use super::sech::{FAR, sech_squared};
use super::{Lif, SpikeKind, Surrogate, SurrogateKind};

/// A slope that is there or not.
#[inline(always)]
fn times(x: f32, slope: f32, within: bool) -> f32 {
    let behind = slope * x;
    if within { behind } else { 0.0 }
}

pub(crate) fn ste_window(threshold: f32, width: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    let (reach, height) = (0.5 * width, 1.0 / width);
    move |u, x| times(x, height, (u - threshold).abs() <= reach)
}

pub(crate) fn ste_ternary(threshold: f32, width: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    let (reach, height) = (threshold + 0.5 * width, 2.0 / (2.0 * threshold + width));
    move |u, x| times(x, height, u.abs() <= reach)
}

/// `sech_squared` has to hold as far out as half the slope.
pub(crate) fn tanh_window(
    threshold: f32,
    slope: f32,
    sech_squared: impl Fn(f32) -> f32 + Copy,
) -> impl Fn(f32, f32) -> f32 + Copy {
    let height = slope / (2.0 * (0.5 * slope).tanh());
    move |u, x| times(x, height * sech_squared(slope * (u - threshold)), (u - threshold).abs() <= 0.5)
}

pub(crate) fn esg(threshold: f32, slope: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    move |u, x| {
        let z = slope * (u - threshold);
        times(x, 0.5 * slope * sech_squared(z), z.abs() <= FAR)
    }
}

pub(crate) fn rect(threshold: f32, width: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    let (reach, height) = (0.5 * width, 1.0 / width);
    move |u, x| times(x, height, (u - threshold).abs() < reach)
}

pub(crate) fn tri(threshold: f32, height: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    move |u, x| {
        let share = 1.0 - (u / threshold - 1.0).abs();
        times(x, height * share, share > 0.0)
    }
}

pub(crate) fn arctan(threshold: f32, alpha: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    let (height, steepness) = (0.5 * alpha, 0.5 * PI * alpha);
    move |u, x| {
        let z = steepness * (u - threshold);
        let slope = height / (1.0 + z * z);
        times(x, slope, slope > 0.0)
    }
}

pub(crate) fn fast_sigmoid(threshold: f32, slope: f32) -> impl Fn(f32, f32) -> f32 + Copy {
    move |u, x| {
        let z = 1.0 + slope * (u - threshold).abs();
        let slope = 1.0 / (z * z);
        times(x, slope, slope > 0.0)
    }
}

/// What is to be done with the surrogate of a neuron, compiled for each of them.
macro_rules! with_slope {
    ($lif:expr, $slope:ident => $done:expr) => {{
        use $crate::neuron::{SurrogateKind, sech, surrogate};
        let (v, p) = ($lif.threshold, $lif.surrogate.parameter);
        macro_rules! of {
            ($made:expr) => {{
                let $slope = $made;
                $done
            }};
        }
        match $lif.surrogate.kind {
            SurrogateKind::SteWindow => of!(surrogate::ste_window(v, p)),
            SurrogateKind::SteTernary => of!(surrogate::ste_ternary(v, p)),
            SurrogateKind::TanhWindow if 0.5 * p <= sech::NEAR => {
                of!(surrogate::tanh_window(v, p, sech::sech_squared_near))
            }
            SurrogateKind::TanhWindow if 0.5 * p <= sech::AROUND => {
                of!(surrogate::tanh_window(v, p, sech::sech_squared_around))
            }
            SurrogateKind::TanhWindow => of!(surrogate::tanh_window(v, p, sech::sech_squared)),
            SurrogateKind::Esg => of!(surrogate::esg(v, p)),
            SurrogateKind::Rect => of!(surrogate::rect(v, p)),
            SurrogateKind::Tri => of!(surrogate::tri(v, p)),
            SurrogateKind::Arctan => of!(surrogate::arctan(v, p)),
            SurrogateKind::FastSigmoid => of!(surrogate::fast_sigmoid(v, p)),
        }
    }};
}
pub(crate) use with_slope;

impl Surrogate {
    /// The slope's height, before its shape: what the GPU's kernels take beside the parameter.
    #[cfg(feature = "webgpu")]
    pub(crate) fn height(&self, threshold: f32) -> f32 {
        let p = self.parameter;
        match self.kind {
            SurrogateKind::SteWindow | SurrogateKind::Rect => 1.0 / p,
            SurrogateKind::SteTernary => 2.0 / (2.0 * threshold + p),
            SurrogateKind::TanhWindow => p / (2.0 * (0.5 * p).tanh()),
            SurrogateKind::Esg | SurrogateKind::Arctan => 0.5 * p,
            SurrogateKind::Tri => p,
            SurrogateKind::FastSigmoid => 1.0,
        }
    }
}

/// The same, chosen when a kernel is made.
#[cfg(feature = "webgpu")]
#[allow(
    clippy::collapsible_if,
    reason = "the outer condition is decided when the kernel is made, the inner one when it runs"
)]
pub(crate) mod gpu {
    use std::f32::consts::PI;

    use cubecl::{cube, prelude::*};

    use crate::neuron::sech::gpu::sech_squared;
    use crate::neuron::{SpikeKind, SurrogateKind};

    /// The slope at a potential, 0 where it is not a number. `height` is [`super::Surrogate::height`].
    #[cube]
    pub(crate) fn slope(
        potential: f32,
        threshold: f32,
        p: f32,
        height: f32,
        #[comptime] spike: SpikeKind,
        #[comptime] kind: SurrogateKind,
    ) -> f32 {
        let mut u = potential;
        if comptime!(spike == SpikeKind::Ternary) {
            u = potential.abs();
        }
        let mut slope = 0.0f32;
        if comptime!(kind == SurrogateKind::SteWindow) {
            if (u - threshold).abs() <= 0.5f32 * p {
                slope = height;
            }
        } else if comptime!(kind == SurrogateKind::SteTernary) {
            if u.abs() <= threshold + 0.5f32 * p {
                slope = height;
            }
        } else if comptime!(kind == SurrogateKind::TanhWindow) {
            let z = u - threshold;
            if z.abs() <= 0.5f32 {
                slope = height * sech_squared(p * z);
            }
        } else if comptime!(kind == SurrogateKind::Esg) {
            if !u.is_nan() {
                slope = height * sech_squared(p * (u - threshold));
            }
        } else if comptime!(kind == SurrogateKind::Rect) {
            if (u - threshold).abs() < 0.5f32 * p {
                slope = height;
            }
        } else if comptime!(kind == SurrogateKind::Tri) {
            let share = 1.0f32 - (u / threshold - 1.0f32).abs();
            if share > 0.0f32 {
                slope = height * share;
            }
        } else if comptime!(kind == SurrogateKind::Arctan) {
            let z = PI * height * (u - threshold);
            if !u.is_nan() {
                slope = height / (1.0f32 + z * z);
            }
        } else {
            let z = 1.0f32 + p * (u - threshold).abs();
            if !u.is_nan() {
                slope = height / (z * z);
            }
        }
        slope
    }
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
        SurrogateKind::Arctan => (above(u) * (0.5 * PI * p)).atan() / PI,
        SurrogateKind::FastSigmoid => {
            // Beyond this an f32 says the same, and infinity over infinity would say nothing.
            let x = above(u).clamp(-1e18, 1e18);
            x.clone() / (x.abs() * p + 1.0)
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
