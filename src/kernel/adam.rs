//! A step of Adam as one operation: one pass over a parameter and its moments on the CPU, one dispatch on the GPU, where the
//! library's takes more than a dozen of either.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, TensorData, backend_extension};
use burn::prelude::*;
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::events::NOTHING;
use super::flex::floats;

pub(super) const BETA_1: f32 = 0.9;
pub(super) const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// The numbers of a step that are the same for all parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdamStep {
    /// The rate, with what corrects the moments for having started from 0.
    pub(super) rate: f32,
    /// What is added to the root of the second moment, corrected likewise.
    pub(super) epsilon: f32,
}

impl AdamStep {
    /// Step number `time`, counted from 1, at a learning rate.
    pub(crate) fn new(rate: f32, time: usize) -> Self {
        let left = |beta: f32| 1.0 - f64::from(beta).powi(time as i32);
        let root = left(BETA_2).sqrt();
        Self { rate: (f64::from(rate) * root / left(BETA_1)) as f32, epsilon: (f64::from(EPSILON) * root) as f32 }
    }
}

/// Adam (Kingma and Ba, 2015, algorithm 1), of parameters without gradient history.
#[backend_extension(Cube: cfg(feature = "webgpu"), Flex)]
pub(crate) trait AdamOps: Backend {
    /// Value, first and second moment after a step, all `[n]`.
    fn adam(
        value: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl AdamOps for Flex {
    fn adam(
        value: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (value, gradient) = (value.to_contiguous(), gradient.to_contiguous());
        let (mut first, mut second) = (whole(first), whole(second));
        // The moments in place, unless somebody else holds them; the value anew, because its parameter does.
        let next = update(floats(&value), floats(&gradient), first.storage_mut(), second.storage_mut(), step);
        (FlexTensor::from_data(TensorData::new(next, value.layout().shape().clone())), first, second)
    }
}

/// The tensor as all of a buffer.
fn whole(tensor: FlexTensor) -> FlexTensor {
    let shape = tensor.layout().shape().clone();
    if tensor.is_contiguous() && tensor.storage::<f32>().len() == shape.num_elements() {
        return tensor;
    }
    FlexTensor::from_data(TensorData::new(floats(&tensor.to_contiguous()).to_vec(), shape))
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn update(value: &[f32], gradient: &[f32], first: &mut [f32], second: &mut [f32], step: AdamStep) -> Vec<f32> {
    let mut next = vec![0.0; value.len()];
    let numbers = value.iter().zip(gradient).zip(first).zip(second);
    for (next, (((value, gradient), first), second)) in next.iter_mut().zip(numbers) {
        *first = something(BETA_1 * *first + (1.0 - BETA_1) * gradient);
        *second = something(BETA_2 * *second + (1.0 - BETA_2) * (gradient * gradient));
        *next = value - step.rate * *first / (second.sqrt() + step.epsilon);
    }
    next
}

/// 0 for what is next to nothing: the moments of a number without gradient would shrink until each step with them is slow.
#[inline(always)]
fn something(moment: f32) -> f32 {
    if moment.abs() < NOTHING { 0.0 } else { moment }
}

/// Value and moments, first and second, after a step; without moments they are 0. All `[n]`, on a device without autodiff.
pub(crate) fn adam(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    step: AdamStep,
) -> (Tensor<1>, [Tensor<1>; 2]) {
    let [first, second] = moments.unwrap_or_else(|| {
        let zeros = || Tensor::zeros(value.dims(), &value.device());
        [zeros(), zeros()]
    });
    let [value, gradient, first, second] = [value, gradient, first, second].map(Tensor::into_dispatch);
    let (value, first, second) = Dispatch::adam(value, gradient, first, second, step);
    (Tensor::from_dispatch(value), [first, second].map(Tensor::from_dispatch))
}

#[cfg(test)]
mod tests {
    use burn::optim::{AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
    use burn::tensor::Tolerance;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn steps_are_the_librarys() {
        let device = Device::flex();
        let library = AdamConfig::new().with_epsilon(EPSILON).build();
        let random = |seed: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let values: Vec<f32> = (0..301).map(|_| random.random_range(-1.0..1.0)).collect();
            Tensor::<1>::from_data(TensorData::new(values, [301]), &device)
        };
        let mut own = random(0);
        let mut expected = own.clone();
        let (mut moments, mut state) = (None, None);
        for time in 1..=5 {
            let gradient = random(time as u64);
            // What somebody else holds stays as it is.
            let held: Vec<Tensor<1>> =
                std::iter::once(own.clone()).chain(moments.clone().into_iter().flatten()).collect();
            let before: Vec<_> = held.iter().map(|tensor| tensor.to_data()).collect();
            let (value, next) = adam(own, gradient.clone(), moments, AdamStep::new(0.01, time));
            held.iter().zip(&before).for_each(|(held, before)| held.to_data().assert_eq(before, true));
            (own, moments) = (value, Some(next));
            let (value, next) = library.step(0.01, expected, gradient, state);
            let AdamState { momentum } = next.expect("a state");
            let AdaptiveMomentumState { time, moment_1, moment_2, .. } = momentum;
            (expected, state) = (value, Some(AdamState::new(AdaptiveMomentumState::new(time, moment_1, moment_2))));
            own.clone().into_data().assert_approx_eq::<f32>(&expected.clone().into_data(), Tolerance::default());
        }
    }
}
