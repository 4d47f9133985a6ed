//! The CPU's loops. Neurons are taken in blocks that stay in the first-level cache while time runs over them, and the
//! innermost loop over a block has no branches, so that it compiles to SIMD. Spike kind and surrogate are types and the
//! reset a constant: every combination is a loop of its own.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorData};
use burn::prelude::Shape;
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::flex_norm::lanes;
use super::ops::{NeuronOps, is_constant, stack};
use super::sech::{AROUND, FAR, NEAR, sech_squared, sech_squared_around, sech_squared_near};
use crate::neuron::{Lif, Reset, ResetGradient, SpikeKind, SurrogateKind};

/// Neurons in a block: their gradients take 24 kB, and each time step's stretch of memory is two pages long.
pub(super) const BLOCK: usize = 2048;

impl NeuronOps for Flex {
    fn lif(current: FloatTensor<Self>, amplitude: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self> {
        let (spikes, _, shape) = through_layer::<false>(&current, &amplitude, steps, &lif);
        FlexTensor::from_data(TensorData::new(spikes, shape))
    }

    fn lif_with_potentials(
        current: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (spikes, potentials, shape) = through_layer::<true>(&current, &amplitude, steps, &lif);
        let tensor = |values| FlexTensor::from_data(TensorData::new(values, shape.clone()));
        (tensor(spikes), tensor(potentials))
    }

    fn lif_traced(
        current: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (spikes, potentials) = Self::lif_with_potentials(current, amplitude, steps, lif);
        stack::<Self>(spikes, potentials)
    }

    fn lif_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        constant_current: bool,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let potentials = potentials.to_contiguous();
        let mut shape = potentials.layout().shape().clone();
        let steps = shape[0];
        // The gradient of a mean over time stands in memory once.
        let constant_gradient = gradient.layout().shape()[0] == steps && gradient.layout().strides()[0] == 0;
        let gradient = if constant_gradient { gradient.narrow(0, 0, 1) } else { gradient }.to_contiguous();
        if constant_current {
            shape[0] = 1;
        }
        let backward = match (lif.spike, lif.reset) {
            (SpikeKind::Binary, Reset::Hard) => backward::<Binary, true>,
            (SpikeKind::Binary, Reset::Soft) => backward::<Binary, false>,
            (SpikeKind::Ternary, Reset::Hard) => backward::<Ternary, true>,
            (SpikeKind::Ternary, Reset::Soft) => backward::<Ternary, false>,
            (SpikeKind::Real, Reset::Hard) => backward::<Real, true>,
            (SpikeKind::Real, Reset::Soft) => backward::<Real, false>,
        };
        let (gradient, potentials) = (floats(&gradient), floats(&potentials));
        let pass = Pass { gradient, potentials, steps, constant_current, constant_gradient };
        FlexTensor::from_data(TensorData::new(backward(&pass, first(&amplitude), &lif), shape))
    }

    fn lif_amplitude_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (gradient, potentials) = (gradient.to_contiguous(), potentials.to_contiguous());
        let (gradient, potentials) = (floats(&gradient), floats(&potentials));
        let sum = match lif.spike {
            SpikeKind::Binary => spikes_dot::<Binary>(gradient, potentials, lif.threshold),
            SpikeKind::Ternary => spikes_dot::<Ternary>(gradient, potentials, lif.threshold),
            SpikeKind::Real => spikes_dot::<Real>(gradient, potentials, lif.threshold),
        };
        FlexTensor::from_data(TensorData::new(vec![sum], [1]))
    }
}

/// Spikes, potentials where they are wanted, and the shape of both.
fn through_layer<const POTENTIALS: bool>(
    current: &FlexTensor,
    amplitude: &FlexTensor,
    steps: usize,
    lif: &Lif,
) -> (Vec<f32>, Vec<f32>, Shape) {
    let (current, constant) = (current.to_contiguous(), is_constant(current, steps));
    let mut shape = current.layout().shape().clone();
    shape[0] = steps;
    let forward = forward_of::<POTENTIALS>(lif);
    let (spikes, potentials) = forward(floats(&current), constant, steps, first(amplitude), lif);
    (spikes, potentials, shape)
}

type Forward = fn(&[f32], bool, usize, f32, &Lif) -> (Vec<f32>, Vec<f32>);

fn forward_of<const POTENTIALS: bool>(lif: &Lif) -> Forward {
    match (lif.spike, lif.reset) {
        (SpikeKind::Binary, Reset::Hard) => forward::<Binary, true, POTENTIALS>,
        (SpikeKind::Binary, Reset::Soft) => forward::<Binary, false, POTENTIALS>,
        (SpikeKind::Ternary, Reset::Hard) => forward::<Ternary, true, POTENTIALS>,
        (SpikeKind::Ternary, Reset::Soft) => forward::<Ternary, false, POTENTIALS>,
        (SpikeKind::Real, Reset::Hard) => forward::<Real, true, POTENTIALS>,
        (SpikeKind::Real, Reset::Soft) => forward::<Real, false, POTENTIALS>,
    }
}

/// Spikes of height 1, `[T, N]`, of currents `[T, N]`, or of `[N]` that are the same at every time step.
pub(crate) fn fire(current: &[f32], constant: bool, steps: usize, lif: &Lif) -> Vec<f32> {
    forward_of::<false>(lif)(current, constant, steps, 1.0, lif).0
}

pub(super) fn floats(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("a contiguous tensor of f32")
}

fn first(tensor: &FlexTensor) -> f32 {
    tensor.to_contiguous().as_slice::<f32>().expect("a contiguous tensor of f32")[0]
}

/// What one spike kind sends, and how it follows the potential. All of it compiles to selects.
trait Spike {
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

struct Binary;
struct Ternary;
struct Real;

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
fn reset<S: Spike, const HARD: bool>(potential: f32, threshold: f32) -> f32 {
    let sign = S::sign(potential, threshold);
    match HARD {
        true if sign != 0.0 => 0.0,
        true => potential,
        false => potential - threshold * sign,
    }
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn forward<S: Spike, const HARD: bool, const POTENTIALS: bool>(
    current: &[f32],
    constant: bool,
    steps: usize,
    amplitude: f32,
    lif: &Lif,
) -> (Vec<f32>, Vec<f32>) {
    let neurons = current.len() / if constant { 1 } else { steps };
    let (decay, threshold) = (lif.decay, lif.threshold);
    let count = neurons * steps;
    let wanted = if POTENTIALS { count } else { 0 };
    // Filling megabytes with zeros first would cost as much again as the work itself.
    let (mut spikes, mut potentials) = (Vec::with_capacity(count), Vec::with_capacity(wanted));
    let (spikes_out, potentials_out) =
        (&mut spikes.spare_capacity_mut()[..count], &mut potentials.spare_capacity_mut()[..wanted]);
    for start in (0..neurons).step_by(BLOCK) {
        let count = BLOCK.min(neurons - start);
        let mut kept = [0.0; BLOCK];
        for t in 0..steps {
            let at = t * neurons + start;
            let from = if constant { start } else { at };
            let lanes = kept.iter_mut().zip(&current[from..from + count]).zip(&mut spikes_out[at..at + count]);
            if POTENTIALS {
                for (((kept, current), spike), potential) in lanes.zip(&mut potentials_out[at..at + count]) {
                    let u = *kept * decay + current;
                    potential.write(u);
                    spike.write(amplitude * S::sent(u, threshold));
                    *kept = reset::<S, HARD>(u, threshold);
                }
            } else {
                for ((kept, current), spike) in lanes {
                    let u = *kept * decay + current;
                    spike.write(amplitude * S::sent(u, threshold));
                    *kept = reset::<S, HARD>(u, threshold);
                }
            }
        }
    }
    // SAFETY: the blocks cover all neurons and the inner loop all time steps, so that all of both that there is room for has
    // been written.
    unsafe {
        spikes.set_len(count);
        potentials.set_len(wanted);
    }
    (spikes, potentials)
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

/// Picks the loop of a surrogate: the slope is worked out where it is used.
#[multiversion(targets("x86_64+avx2+fma"))]
fn backward<S: Spike, const HARD: bool>(pass: &Pass, amplitude: f32, lif: &Lif) -> Vec<f32> {
    let (threshold, p) = (lif.threshold, lif.surrogate.parameter);
    // What stands behind the slope at each potential (at its magnitude, for two-sided spikes): the slope times a number, and
    // 0 where there is no slope, whatever the number, which is infinite beside a potential that is.
    macro_rules! with {
        ($u:ident => if $within:expr, $slope:expr) => {
            through_time::<S, HARD>(pass, amplitude, lif, |u: f32, x: f32| {
                let $u = if S::TWO_SIDED { u.abs() } else { u };
                let behind = $slope * x;
                if $within { behind } else { 0.0 }
            })
        };
    }
    if !S::HAS_SURROGATE {
        return with!(u => if S::sign(u, threshold) != 0.0, 1.0);
    }
    match lif.surrogate.kind {
        SurrogateKind::SteWindow => with!(u => if (u - threshold).abs() <= 0.5 * p, 1.0 / p),
        SurrogateKind::SteTernary => {
            let (reach, height) = (threshold + 0.5 * p, 2.0 / (2.0 * threshold + p));
            with!(u => if u.abs() <= reach, height)
        }
        SurrogateKind::TanhWindow => {
            let height = p / (2.0 * (0.5 * p).tanh());
            macro_rules! bell {
                ($sech_squared:ident) => {
                    with!(u => if (u - threshold).abs() <= 0.5, height * $sech_squared(p * (u - threshold)))
                };
            }
            match 0.5 * p {
                reach if reach <= NEAR => bell!(sech_squared_near),
                reach if reach <= AROUND => bell!(sech_squared_around),
                _ => bell!(sech_squared),
            }
        }
        SurrogateKind::Esg => {
            with!(u => if (p * (u - threshold)).abs() <= FAR, 0.5 * p * sech_squared(p * (u - threshold)))
        }
        SurrogateKind::Rect => with!(u => if (u - threshold).abs() < 0.5 * p, 1.0 / p),
        SurrogateKind::Tri => {
            let height = |u: f32| 1.0 - (u / threshold - 1.0).abs();
            with!(u => if height(u) > 0.0, p * height(u))
        }
    }
}

#[inline(always)]
fn through_time<S: Spike, const HARD: bool>(
    pass: &Pass,
    amplitude: f32,
    lif: &Lif,
    behind_slope: impl Fn(f32, f32) -> f32 + Copy,
) -> Vec<f32> {
    let steps = pass.steps;
    let neurons = pass.potentials.len() / steps;
    let of_spikes = if pass.constant_gradient { neurons } else { neurons * steps };
    let (of_spikes, of_potentials) = pass.gradient.split_at(of_spikes);
    let (threshold, decay) = (lif.threshold, lif.decay);
    let attached = if lif.reset_gradient == ResetGradient::Attached { 1.0 } else { 0.0 };
    let count = if pass.constant_current { neurons } else { neurons * steps };
    let mut out = Vec::with_capacity(count);
    let spare = &mut out.spare_capacity_mut()[..count];
    for start in (0..neurons).step_by(BLOCK) {
        let count = BLOCK.min(neurons - start);
        let mut carried = [0.0; BLOCK];
        let mut through = [0.0; BLOCK];
        // A constant current collects its gradient over time.
        let mut collected = [0.0; BLOCK];
        for t in (0..steps).rev() {
            let at = t * neurons + start;
            // The gradient of the currents at this time step, from what is carried back from the step after it.
            let of_spikes = &of_spikes[if pass.constant_gradient { start } else { at }..][..count];
            let neurons = pass.potentials[at..at + count].iter().zip(of_spikes);
            for (((u, gradient), carried), through) in neurons.zip(&carried).zip(&mut through) {
                let sign = S::sign(*u, threshold);
                let kept = if HARD && sign != 0.0 { 0.0 } else { *carried };
                let lost =
                    if S::HAS_SURROGATE { attached * *carried * S::pull::<HARD>(*u, sign, threshold) } else { 0.0 };
                *through = kept + behind_slope(*u, amplitude * gradient - lost);
            }
            if !of_potentials.is_empty() {
                through.iter_mut().zip(&of_potentials[at..at + count]).for_each(|(through, given)| *through += given);
            }
            carried.iter_mut().zip(&through).for_each(|(carried, through)| *carried = decay * through);
            if pass.constant_current {
                collected.iter_mut().zip(&through).for_each(|(collected, through)| *collected += through);
            } else {
                spare[at..at + count].iter_mut().zip(&through).for_each(|(out, through)| {
                    out.write(*through);
                });
            }
        }
        if pass.constant_current {
            spare[start..start + count].iter_mut().zip(&collected).for_each(|(out, sum)| {
                out.write(*sum);
            });
        }
    }
    // SAFETY: the blocks cover all neurons, and each block all of its time steps (or their one sum).
    unsafe { out.set_len(count) };
    out
}

/// The sum of `gradient` times the spike at height 1: in lanes, which compile to SIMD, and over blocks in f64.
#[multiversion(targets("x86_64+avx2+fma"))]
fn spikes_dot<S: Spike>(gradient: &[f32], potentials: &[f32], threshold: f32) -> f32 {
    let mut whole = 0.0;
    let mut sent = [0.0; BLOCK];
    for (gradient, potentials) in gradient.chunks(BLOCK).zip(potentials.chunks(BLOCK)) {
        let products = sent.iter_mut().zip(gradient).zip(potentials);
        products.for_each(|((product, gradient), u)| *product = gradient * S::sent(*u, threshold));
        whole += f64::from(lanes(&sent[..gradient.len()], |product| product));
    }
    whole as f32
}
