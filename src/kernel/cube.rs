//! The GPU's kernels: one thread a neuron, all time steps in a loop, the membrane potential in a register. A neuron's
//! kind is a compile-time choice of one kernel, and what it does at a time step stands in [`crate::neuron::step`]. No workgroup
//! memory, barriers or subgroups, which browsers may lack.

use cubecl::{cube, prelude::*};

use crate::neuron::SpikeKind;
use crate::neuron::spike::gpu::{sent, sign};
use crate::neuron::step::gpu::{Kind, back, reset};

/// The compile-time choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Choices {
    pub neuron: Kind,
    pub constant_current: bool,
    /// Whether the gradient goes on, below that of the spikes, with that of the potentials.
    pub traced: bool,
    /// Whether the layer has a decay of its own, beside the height of its spikes.
    pub own_decay: bool,
}

/// Currents `[T, N]` or `[1, N]` to spikes and pre-reset potentials, `[T, N]` both.
#[cube(launch)]
pub(super) fn forward(
    current: &Tensor<f32>,
    parameters: &Tensor<f32>,
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
    let height = parameters[0];
    let mut keeps = decay;
    if comptime!(choices.own_decay) {
        keeps = parameters[1];
    }
    let mut kept = 0.0f32;
    for t in 0..steps {
        let at = t * neurons + ABSOLUTE_POS;
        let mut from = at;
        if comptime!(choices.constant_current) {
            from = ABSOLUTE_POS;
        }
        let u = kept * keeps + current[from];
        let b = sign(u, threshold, choices.neuron.spike);
        potentials[at] = u;
        spikes[at] = height * sent(u, b, choices.neuron.spike);
        kept = reset(u, b, threshold, choices.neuron.reset);
    }
}

/// Gradient of the currents (`[T, N]`, or `[1, N]` where the current is constant) from that of the spikes.
#[cube(launch)]
pub(super) fn backward(
    gradient: &Tensor<f32>,
    potentials: &Tensor<f32>,
    parameters: &Tensor<f32>,
    out: &mut Tensor<f32>,
    decay: f32,
    threshold: f32,
    p: f32,
    slope_height: f32,
    #[comptime] choices: Choices,
) {
    let steps = potentials.shape(0);
    let neurons = potentials.len() / steps;
    if ABSOLUTE_POS >= neurons {
        terminate!();
    }
    let height = parameters[0];
    let mut keeps = decay;
    if comptime!(choices.own_decay) {
        keeps = parameters[1];
    }
    let mut carried = 0.0f32;
    let mut collected = 0.0f32;
    for later in 0..steps {
        let at = (steps - 1 - later) * neurons + ABSOLUTE_POS;
        let u = potentials[at];
        let mut through = back(u, gradient[at], carried, height, threshold, p, slope_height, choices.neuron);
        if comptime!(choices.traced) {
            through += gradient[steps * neurons + at];
        }
        if comptime!(choices.constant_current) {
            collected += through;
        } else {
            out[at] = through;
        }
        carried = keeps * through;
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

/// For each neuron, the sum over time of the current's gradient times what the step before kept.
#[cube(launch)]
pub(super) fn decay_backward(
    of_currents: &Tensor<f32>,
    potentials: &Tensor<f32>,
    out: &mut Tensor<f32>,
    threshold: f32,
    #[comptime] kind: Kind,
) {
    let steps = potentials.shape(0);
    let neurons = potentials.len() / steps;
    if ABSOLUTE_POS >= neurons {
        terminate!();
    }
    let mut sum = 0.0f32;
    for t in 1..steps {
        let before = (t - 1) * neurons + ABSOLUTE_POS;
        let u = potentials[before];
        sum += of_currents[before + neurons] * reset(u, sign(u, threshold, kind.spike), threshold, kind.reset);
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
