//! The CPU's loops. Neurons are taken in blocks whose state stays in the cache while time runs over them, and the
//! innermost loop over a block has no branches, so that it compiles to SIMD. A neuron's kind is types and
//! constants, and what it does at a time step [inlined](crate::neuron::step): every combination is a loop of its own.

use std::mem::MaybeUninit;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorData};
use burn::prelude::Shape;
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::flex_norm::lanes;
use super::ops::{NeuronOps, is_constant, stack};
use super::scratch::Scratch;
use crate::neuron::spike::{Spike, compiled_for};
use crate::neuron::step::{Gradients, back, charge, reset};
use crate::neuron::surrogate::with_slope;
use crate::neuron::{Lif, ResetGradient};

/// Neurons in a block: what is kept of them takes 64 kB (a constant current's gradient 192 kB), which the second-level cache
/// holds, and each time step's stretch of memory is sixteen pages long. Shorter stretches end before the processor has fetched
/// ahead, which shows at many time steps (docs/performance.md).
pub(super) const BLOCK: usize = 1 << 14;

impl NeuronOps for Flex {
    fn lif(current: FloatTensor<Self>, parameters: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self> {
        let (spikes, _, shape) = through_layer::<false>(&current, &parameters, steps, lif);
        FlexTensor::from_data(TensorData::new(spikes, shape))
    }

    fn lif_with_potentials(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (spikes, potentials, shape) = through_layer::<true>(&current, &parameters, steps, lif);
        let tensor = |values| FlexTensor::from_data(TensorData::new(values, shape.clone()));
        (tensor(spikes), tensor(potentials))
    }

    fn lif_traced(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (spikes, potentials) = Self::lif_with_potentials(current, parameters, steps, lif);
        stack::<Self>(spikes, potentials)
    }

    fn lif_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        constant_current: bool,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let potentials = potentials.to_contiguous();
        let mut shape = potentials.layout().shape().clone();
        let steps = shape[0];
        let (gradient, constant_gradient) = in_memory(gradient, steps);
        if constant_current {
            shape[0] = 1;
        }
        let (gradient, potentials) = (floats(&gradient), floats(&potentials));
        let pass = Pass { gradient, potentials, steps, constant_current, constant_gradient };
        let (amplitude, lif) = numbers(&parameters, lif);
        FlexTensor::from_data(TensorData::new(through_time(&pass, amplitude, &lif), shape))
    }

    fn lif_amplitude_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let potentials = potentials.to_contiguous();
        let steps = potentials.layout().shape()[0];
        let (gradient, constant_gradient) = in_memory(gradient, steps);
        let dot = compiled_for!(lif, spikes_dot::<spike>);
        let (gradient, potentials) = (floats(&gradient), floats(&potentials));
        let neurons = potentials.len() / steps;
        let at = |t: usize| t * neurons..(t + 1) * neurons;
        let of_step = |t: usize| {
            let of_spikes = if constant_gradient { gradient } else { &gradient[at(t)] };
            dot(of_spikes, &potentials[at(t)], lif.threshold)
        };
        FlexTensor::from_data(TensorData::new(vec![(0..steps).map(of_step).sum::<f64>() as f32], [1]))
    }

    fn lif_decay_backward(
        of_currents: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (of_currents, potentials) = (of_currents.to_contiguous(), potentials.to_contiguous());
        let neurons = potentials.layout().num_elements() / potentials.layout().shape()[0];
        let dot = compiled_for!(lif, kept_dot::<spike, reset>);
        let (later, earlier) = (floats(&of_currents).chunks(neurons).skip(1), floats(&potentials).chunks(neurons));
        let sum: f64 = later.zip(earlier).map(|(gradient, potentials)| dot(gradient, potentials, lif.threshold)).sum();
        FlexTensor::from_data(TensorData::new(vec![sum as f32], [1]))
    }
}

/// A gradient of `[T, ...]` as it stands in memory, and whether it stands there once for all time steps, as that of a mean over
/// time does.
fn in_memory(gradient: FlexTensor, steps: usize) -> (FlexTensor, bool) {
    let constant = gradient.layout().shape()[0] == steps && gradient.layout().strides()[0] == 0;
    let gradient = if constant { gradient.narrow(0, 0, 1) } else { gradient };
    (gradient.to_contiguous(), constant)
}

/// Spikes, potentials where they are wanted, and the shape of both.
fn through_layer<const POTENTIALS: bool>(
    current: &FlexTensor,
    parameters: &FlexTensor,
    steps: usize,
    lif: Lif,
) -> (Vec<f32>, Vec<f32>, Shape) {
    let (current, constant) = (current.to_contiguous(), is_constant(current, steps));
    let mut shape = current.layout().shape().clone();
    shape[0] = steps;
    let (amplitude, lif) = numbers(parameters, lif);
    let (spikes, potentials) = forward::<POTENTIALS>(floats(&current), constant, steps, amplitude, &lif);
    (spikes, potentials, shape)
}

/// Spikes of height 1, `[T, N]`, of currents `[T, N]`, or of `[N]` that are the same at every time step.
pub(crate) fn fire(current: &[f32], constant: bool, steps: usize, lif: &Lif) -> Vec<f32> {
    forward::<false>(current, constant, steps, 1.0, lif).0
}

pub(super) fn floats(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("a contiguous tensor of f32")
}

/// The height of a layer's spikes, and its neurons with its own decay where it has one.
fn numbers(parameters: &FlexTensor, lif: Lif) -> (f32, Lif) {
    let parameters = parameters.to_contiguous();
    match floats(&parameters) {
        [amplitude, decay] => (*amplitude, Lif { decay: *decay, ..lif }),
        numbers => (numbers[0], lif),
    }
}

fn forward<const POTENTIALS: bool>(
    current: &[f32],
    constant: bool,
    steps: usize,
    amplitude: f32,
    lif: &Lif,
) -> (Vec<f32>, Vec<f32>) {
    let neurons = current.len() / if constant { 1 } else { steps };
    let count = neurons * steps;
    let wanted = if POTENTIALS { count } else { 0 };
    // Filling megabytes with zeros first would cost as much again as the work itself.
    let (mut spikes, mut potentials) = (Vec::with_capacity(count), Vec::with_capacity(wanted));
    let (spikes_out, potentials_out) =
        (&mut spikes.spare_capacity_mut()[..count], &mut potentials.spare_capacity_mut()[..wanted]);
    let step = compiled_for!(lif, forward_step::<spike, reset>);
    let mut state = Scratch::beside(current, BLOCK.min(neurons));
    for start in (0..neurons).step_by(BLOCK) {
        let count = BLOCK.min(neurons - start);
        let kept = state.zeros(count);
        for t in 0..steps {
            let at = t * neurons + start;
            let from = if constant { start } else { at };
            let potentials = if POTENTIALS { &mut potentials_out[at..at + count] } else { &mut [] };
            let current = &current[from..from + count];
            step(kept, current, &mut spikes_out[at..at + count], potentials, amplitude, lif);
        }
    }
    // SAFETY: the blocks cover all neurons and the inner loop all time steps; a step writes all of the slices that it is given,
    // which are as long as its block, potentials where these are wanted. So all that there is room for has been written.
    unsafe {
        spikes.set_len(count);
        potentials.set_len(wanted);
    }
    (spikes, potentials)
}

/// One time step of a block; all slices are as long. A function of its own, never inlined: its slices are then known to be apart,
/// and the compiler's checks of that failed where it was inlined, so that the loops ran without SIMD.
#[multiversion(targets("x86_64+avx2+fma"))]
#[inline(never)]
fn forward_step<S: Spike, const HARD: bool>(
    kept: &mut [f32],
    current: &[f32],
    spikes: &mut [MaybeUninit<f32>],
    potentials: &mut [MaybeUninit<f32>],
    amplitude: f32,
    lif: &Lif,
) {
    debug_assert!([current.len(), spikes.len()].iter().all(|length| *length == kept.len()));
    let (decay, threshold) = (lif.decay, lif.threshold);
    let lanes = kept.iter_mut().zip(current).zip(spikes);
    if potentials.is_empty() {
        for ((kept, current), spike) in lanes {
            let u = charge(*kept, *current, decay);
            spike.write(amplitude * S::sent(u, threshold));
            *kept = reset::<S, HARD>(u, threshold);
        }
    } else {
        for (((kept, current), spike), potential) in lanes.zip(potentials) {
            let u = charge(*kept, *current, decay);
            potential.write(u);
            spike.write(amplitude * S::sent(u, threshold));
            *kept = reset::<S, HARD>(u, threshold);
        }
    }
}

/// The inputs of a backward pass. Where the surrogate is zero nothing goes back, whatever the gradient is.
struct Pass<'a> {
    /// `[T, N]`, or `[2 T, N]` where the potentials have gradients too, or `[N]` where it is the same at every time step.
    gradient: &'a [f32],
    /// `[T, N]`.
    potentials: &'a [f32],
    steps: usize,
    constant_current: bool,
    constant_gradient: bool,
}

fn through_time(pass: &Pass, amplitude: f32, lif: &Lif) -> Vec<f32> {
    let steps = pass.steps;
    let neurons = pass.potentials.len() / steps;
    let of_spikes = if pass.constant_gradient { neurons } else { neurons * steps };
    let (of_spikes, of_potentials) = pass.gradient.split_at(of_spikes);
    let count = if pass.constant_current { neurons } else { neurons * steps };
    let mut out = Vec::with_capacity(count);
    let spare = &mut out.spare_capacity_mut()[..count];
    let step = compiled_for!(lif, backward_step::<spike, reset>);
    let mut state = Scratch::beside(pass.potentials, BLOCK.min(neurons));
    // A constant current collects its gradient over time, from that of one time step after the other.
    let of_constant = if pass.constant_current { BLOCK.min(neurons) } else { 0 };
    let (mut collected, mut of_step) = (vec![0.0; of_constant], vec![MaybeUninit::new(0.0); of_constant]);
    for start in (0..neurons).step_by(BLOCK) {
        let count = BLOCK.min(neurons - start);
        let carried = state.zeros(count);
        collected.fill(0.0);
        for t in (0..steps).rev() {
            let at = t * neurons + start;
            let through = if pass.constant_current { &mut of_step[..count] } else { &mut spare[at..at + count] };
            // The gradient of the currents at this time step, from what is carried back from the step after it.
            let of_spikes = &of_spikes[if pass.constant_gradient { start } else { at }..][..count];
            let potentials = &pass.potentials[at..at + count];
            step(through, carried, potentials, of_spikes, amplitude, lif);
            // SAFETY: all slices of the step are as long as the block, so that it has written all of it.
            let through = unsafe { through.assume_init_mut() };
            if !of_potentials.is_empty() {
                accumulate(through, &of_potentials[at..at + count]);
                carry(carried, through, lif.decay);
            }
            if pass.constant_current {
                accumulate(&mut collected[..count], through);
            }
        }
        if pass.constant_current {
            spare[start..start + count].write_copy_of_slice(&collected[..count]);
        }
    }
    // SAFETY: the blocks cover all neurons, and each block all of its time steps (or their one sum).
    unsafe { out.set_len(count) };
    out
}

/// One time step of a block: the gradient of its currents, and what is carried to the step before. Picks the loop of the
/// surrogate, which alone is compiled for each of them: the slope is worked out where it is used.
fn backward_step<S: Spike, const HARD: bool>(
    through: &mut [MaybeUninit<f32>],
    carried: &mut [f32],
    potentials: &[f32],
    of_spikes: &[f32],
    amplitude: f32,
    lif: &Lif,
) {
    if !S::HAS_SURROGATE {
        let threshold = lif.threshold;
        let of_fired = move |u: f32, x: f32| if S::sign(u, threshold) != 0.0 { x } else { 0.0 };
        return backward_loop::<S, HARD, _>(through, carried, potentials, of_spikes, amplitude, lif, of_fired);
    }
    with_slope!(lif, slope => {
        backward_loop::<S, HARD, _>(through, carried, potentials, of_spikes, amplitude, lif, slope)
    });
}

/// A function of its own, as [`forward_step`] is; all slices are as long.
#[multiversion(targets("x86_64+avx2+fma"))]
#[inline(never)]
fn backward_loop<S: Spike, const HARD: bool, F: Fn(f32, f32) -> f32 + Copy>(
    through: &mut [MaybeUninit<f32>],
    carried: &mut [f32],
    potentials: &[f32],
    of_spikes: &[f32],
    amplitude: f32,
    lif: &Lif,
    slope: F,
) {
    debug_assert!([through.len(), potentials.len(), of_spikes.len()].iter().all(|length| *length == carried.len()));
    let (threshold, decay) = (lif.threshold, lif.decay);
    let attached = S::HAS_SURROGATE && lif.reset_gradient == ResetGradient::Attached;
    let neurons = potentials.iter().zip(of_spikes);
    for (((u, gradient), carried), through) in neurons.zip(carried).zip(through) {
        let of = Gradients { sent: amplitude * gradient, kept: *carried };
        let back = back::<S, HARD>(*u, of, threshold, attached, slope);
        through.write(back);
        *carried = decay * back;
    }
}

/// What is carried to the step before, anew.
#[multiversion(targets("x86_64+avx2+fma"))]
#[inline(never)]
fn carry(carried: &mut [f32], through: &[f32], decay: f32) {
    carried.iter_mut().zip(through).for_each(|(carried, through)| *carried = decay * through);
}

/// Adds numbers to sums.
#[multiversion(targets("x86_64+avx2+fma"))]
#[inline(never)]
fn accumulate(sums: &mut [f32], numbers: &[f32]) {
    sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
}

/// The sum of `gradient` times the spike at height 1.
fn spikes_dot<S: Spike>(gradient: &[f32], potentials: &[f32], threshold: f32) -> f64 {
    dot(gradient, potentials, |u| S::sent(u, threshold))
}

/// The sum of `gradient` times what is kept.
fn kept_dot<S: Spike, const HARD: bool>(gradient: &[f32], potentials: &[f32], threshold: f32) -> f64 {
    dot(gradient, potentials, |u| reset::<S, HARD>(u, threshold))
}

/// The sum of `gradient` times what is made of each potential: in lanes, which compile to SIMD, and over chunks in f64.
#[multiversion(targets("x86_64+avx2+fma"))]
fn dot<F: Fn(f32) -> f32>(gradient: &[f32], potentials: &[f32], made: F) -> f64 {
    const CHUNK: usize = 2048;
    let mut whole = 0.0;
    let mut products = [0.0; CHUNK];
    for (gradient, potentials) in gradient.chunks(CHUNK).zip(potentials.chunks(CHUNK)) {
        let pairs = products.iter_mut().zip(gradient).zip(potentials);
        pairs.for_each(|((product, gradient), u)| *product = gradient * made(*u));
        whole += f64::from(lanes(&products[..gradient.len()], |product| product));
    }
    whole
}
