//! The GPU's kernels: one thread a neuron, all time steps in a loop, the membrane potential in a register. Spike kind,
//! reset and surrogate are compile-time choices of one kernel. No workgroup memory, barriers or subgroups, which browsers
//! may lack.
#![allow(
    clippy::collapsible_if,
    reason = "the outer condition is decided when the kernel is made, the inner one when it runs"
)]

use cubecl::{cube, prelude::*};

use crate::neuron::{Reset, SpikeKind, SurrogateKind};

/// The compile-time choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Choices {
    pub spike: SpikeKind,
    pub reset: Reset,
    pub attached: bool,
    pub surrogate: SurrogateKind,
    pub constant_current: bool,
    /// Whether the gradient goes on, below that of the spikes, with that of the potentials.
    pub traced: bool,
}

/// -1, 0 or 1: the spike as the reset sees it.
#[cube]
fn sign(potential: f32, threshold: f32, #[comptime] spike: SpikeKind) -> f32 {
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
fn sent(potential: f32, sign: f32, #[comptime] spike: SpikeKind) -> f32 {
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

/// sech²(z) = 4 e / (1 + e)² with e = exp(-2|z|).
#[cube]
fn sech_squared(z: f32) -> f32 {
    let mut value = 0.0f32;
    let magnitude = z.abs();
    if magnitude <= 43.0f32 {
        let e = (-2.0f32 * magnitude).exp();
        value = 4.0f32 * e / ((1.0f32 + e) * (1.0f32 + e));
    }
    value
}

/// The surrogate's slope at a potential, 0 where it is not a number. `scale` is the number a family needs besides its
/// parameter, worked out on the host: see [`super::cube_launch`].
#[cube]
fn surrogate(potential: f32, threshold: f32, p: f32, scale: f32, #[comptime] choices: Choices) -> f32 {
    let mut u = potential;
    if comptime!(choices.spike == SpikeKind::Ternary) {
        u = potential.abs();
    }
    let mut slope = 0.0f32;
    if comptime!(choices.surrogate == SurrogateKind::SteWindow) {
        if (u - threshold).abs() <= 0.5f32 * p {
            slope = scale;
        }
    } else if comptime!(choices.surrogate == SurrogateKind::SteTernary) {
        if u.abs() <= threshold + 0.5f32 * p {
            slope = scale;
        }
    } else if comptime!(choices.surrogate == SurrogateKind::TanhWindow) {
        let z = u - threshold;
        if z.abs() <= 0.5f32 {
            slope = scale * sech_squared(p * z);
        }
    } else if comptime!(choices.surrogate == SurrogateKind::Esg) {
        if !u.is_nan() {
            slope = scale * sech_squared(p * (u - threshold));
        }
    } else if comptime!(choices.surrogate == SurrogateKind::Rect) {
        if (u - threshold).abs() < 0.5f32 * p {
            slope = scale;
        }
    } else {
        let height = 1.0f32 - (u / threshold - 1.0f32).abs();
        if height > 0.0f32 {
            slope = p * height;
        }
    }
    slope
}

/// Currents `[T, N]` or `[1, N]` to spikes and pre-reset potentials, `[T, N]` both.
#[cube(launch)]
pub(super) fn forward(
    current: &Tensor<f32>,
    amplitude: &Tensor<f32>,
    spikes: &mut Tensor<f32>,
    potentials: &mut Tensor<f32>,
    decay: f32,
    threshold: f32,
    #[comptime] choices: Choices,
) {
    let steps = spikes.shape(0);
    let neurons = spikes.len() / steps;
    if ABSOLUTE_POS >= neurons {
        terminate!();
    }
    let height = amplitude[0];
    let mut kept = 0.0f32;
    for t in 0..steps {
        let at = t * neurons + ABSOLUTE_POS;
        let mut from = at;
        if comptime!(choices.constant_current) {
            from = ABSOLUTE_POS;
        }
        let u = kept * decay + current[from];
        let b = sign(u, threshold, choices.spike);
        potentials[at] = u;
        spikes[at] = height * sent(u, b, choices.spike);
        if comptime!(choices.reset == Reset::Hard) {
            kept = u;
            if b != 0.0f32 {
                kept = 0.0f32;
            }
        } else {
            kept = u - threshold * b;
        }
    }
}

/// Gradient of the currents (`[T, N]`, or `[1, N]` where the current is constant) from that of the spikes.
#[cube(launch)]
pub(super) fn backward(
    gradient: &Tensor<f32>,
    potentials: &Tensor<f32>,
    amplitude: &Tensor<f32>,
    out: &mut Tensor<f32>,
    decay: f32,
    threshold: f32,
    p: f32,
    scale: f32,
    #[comptime] choices: Choices,
) {
    let steps = potentials.shape(0);
    let neurons = potentials.len() / steps;
    if ABSOLUTE_POS >= neurons {
        terminate!();
    }
    let height = amplitude[0];
    let mut carried = 0.0f32;
    let mut collected = 0.0f32;
    for back in 0..steps {
        let at = (steps - 1 - back) * neurons + ABSOLUTE_POS;
        let u = potentials[at];
        let b = sign(u, threshold, choices.spike);
        let slope = surrogate(u, threshold, p, scale, choices);
        let mut sent_slope = slope;
        let mut reset_slope = slope;
        if comptime!(choices.spike == SpikeKind::Real) {
            sent_slope = b;
            reset_slope = 0.0f32;
        } else if comptime!(choices.spike == SpikeKind::Ternary && choices.reset == Reset::Hard) {
            reset_slope = b * slope;
        }
        let mut kept = 1.0f32;
        let mut pull = threshold;
        if comptime!(choices.reset == Reset::Hard) {
            kept = 1.0f32 - b.abs();
            pull = u;
        }
        if comptime!(choices.attached) {
            if reset_slope != 0.0f32 {
                kept -= pull * reset_slope;
            }
        }
        // Where there is no slope nothing goes back, whatever the gradient is.
        let mut through = 0.0f32;
        if kept != 0.0f32 {
            through = carried * kept;
        }
        if sent_slope != 0.0f32 {
            through += height * gradient[at] * sent_slope;
        }
        if comptime!(choices.traced) {
            through += gradient[steps * neurons + at];
        }
        if comptime!(choices.constant_current) {
            collected += through;
        } else {
            out[at] = through;
        }
        carried = decay * through;
    }
    if comptime!(choices.constant_current) {
        out[ABSOLUTE_POS] = collected;
    }
}

/// For each neuron, the sum over time of the spikes' gradient times the spike at height 1.
#[cube(launch)]
pub(super) fn amplitude_backward(
    gradient: &Tensor<f32>,
    potentials: &Tensor<f32>,
    out: &mut Tensor<f32>,
    threshold: f32,
    #[comptime] spike: SpikeKind,
) {
    let steps = potentials.shape(0);
    let neurons = potentials.len() / steps;
    if ABSOLUTE_POS >= neurons {
        terminate!();
    }
    let mut sum = 0.0f32;
    for t in 0..steps {
        let at = t * neurons + ABSOLUTE_POS;
        let u = potentials[at];
        sum += gradient[at] * sent(u, sign(u, threshold, spike), spike);
    }
    out[ABSOLUTE_POS] = sum;
}

/// A step of Adam: the value of one number anew, its moments in place.
#[cube(launch)]
pub(super) fn adam(
    value: &Tensor<f32>,
    gradient: &Tensor<f32>,
    first: &mut Tensor<f32>,
    second: &mut Tensor<f32>,
    next: &mut Tensor<f32>,
    beta_1: f32,
    beta_2: f32,
    rate: f32,
    epsilon: f32,
) {
    if ABSOLUTE_POS >= value.len() {
        terminate!();
    }
    let g = gradient[ABSOLUTE_POS];
    let m = beta_1 * first[ABSOLUTE_POS] + (1.0f32 - beta_1) * g;
    let v = beta_2 * second[ABSOLUTE_POS] + (1.0f32 - beta_2) * (g * g);
    first[ABSOLUTE_POS] = m;
    second[ABSOLUTE_POS] = v;
    next[ABSOLUTE_POS] = value[ABSOLUTE_POS] - rate * m / (v.sqrt() + epsilon);
}
