//! The mean over time steps: one pass, and a gradient that stands in memory once for all steps, as the neurons take it.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorData, TensorMetadata, backend_extension};
use burn::prelude::*;
use burn_flex::FlexTensor;

use super::flex::floats;

/// Numbers of a step that are summed at a time, so that the sums stay in the first-level cache.
const BLOCK: usize = 2048;

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex, Autodiff)]
pub(crate) trait TimeOps: Backend {
    /// `[T, N]` to its mean over time, `[1, N]`, differentiable.
    fn mean_over_time(x: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl TimeOps for Flex {
    fn mean_over_time(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let [steps, count] = x.layout().shape().dims();
        let (values, share) = (floats(&x), 1.0 / steps as f32);
        let mut mean = Vec::with_capacity(count);
        for start in (0..count).step_by(BLOCK) {
            let size = BLOCK.min(count - start);
            mean.resize(start + size, 0.0);
            for step in values.chunks(count) {
                let sums = mean[start..].iter_mut().zip(&step[start..start + size]);
                sums.for_each(|(sum, value)| *sum += value);
            }
            mean[start..].iter_mut().for_each(|sum| *sum *= share);
        }
        FlexTensor::from_data(TensorData::new(mean, [1, count]))
    }
}

#[cfg(feature = "webgpu")]
impl TimeOps for burn_cubecl::CubeBackend {
    fn mean_over_time(x: FloatTensor<Self>) -> FloatTensor<Self> {
        <Self as burn::backend::ops::FloatTensorOps<Self>>::float_mean_dim(x, 0)
    }
}

#[derive(Debug)]
struct MeanBackward;

impl<B: TimeOps> Backward<B, 1> for MeanBackward {
    type State = Shape;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (gradient, shape) = (grads.consume::<B>(&ops.node), ops.state);
        if let [Some(node)] = ops.parents {
            let of_step = B::float_mul_scalar(gradient, (1.0 / shape[0] as f32).into());
            grads.register::<B>(node.id, B::float_expand(of_step, shape));
        }
    }
}

impl<B: TimeOps, C: CheckpointStrategy> TimeOps for Autodiff<B, C> {
    fn mean_over_time(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (node, x) = (x.node(), x.into_primitive());
        match MeanBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x.shape(), B::mean_over_time(x)),
            OpsKind::UnTracked(prep) => prep.finish(B::mean_over_time(x)),
        }
    }
}

/// `[T, N]` to its mean over time, `[1, N]`.
pub(crate) fn mean_over_time(x: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::mean_over_time(x.into_dispatch()))
}

#[cfg(test)]
mod tests {
    use super::super::{flex, ops};
    use super::*;
    use crate::neuron::{Lif, SpikeKind, reference};

    /// Currents are small dyadic numbers, so that every potential is exact and none lies on a threshold or an edge.
    #[test]
    fn its_gradient_goes_through_every_block_of_neurons() {
        let device = Device::flex().autodiff();
        let (steps, count) = (3, 2 * flex::BLOCK + 1);
        let dyadic = |i: usize| ((i * 7919) % 193) as f32 / 64.0 - 1.5 + 1.0 / 256.0;
        let values: Vec<f32> = (0..steps * count).map(dyadic).collect();
        let x = Tensor::<2>::from_data(TensorData::new(values, [steps, count]), &device).require_grad();
        let weight: Vec<f32> = (0..count).map(|i| dyadic(i + 5)).collect();
        let weight = Tensor::<2>::from_data(TensorData::new(weight, [1, count]), &device);
        let amplitude = Tensor::<1>::from_floats([1.5], &device).require_grad();
        for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
            let lif = Lif { spike, ..Default::default() };
            let own = mean_over_time(ops::lif(x.clone(), amplitude.clone(), steps, lif));
            let expected = reference::lif(x.clone(), amplitude.clone(), steps, &lif).mean_dim(0);
            own.clone().into_data().assert_approx_eq::<f32>(&expected.clone().into_data(), Default::default());
            let of = |y: Tensor<2>| {
                let gradients = (y * weight.clone()).sum().backward();
                let of_amplitude = amplitude.grad(&gradients).expect("a gradient").into_scalar::<f32>();
                (x.grad(&gradients).expect("a gradient").into_data(), of_amplitude)
            };
            let ((own, of_amplitude), (expected, expected_of_amplitude)) = (of(own), of(expected));
            own.assert_approx_eq::<f32>(&expected, Default::default());
            let apart = (of_amplitude - expected_of_amplitude).abs();
            assert!(apart <= 1e-4 * expected_of_amplitude.abs(), "{spike:?}: {of_amplitude} {expected_of_amplitude}");
        }
    }

    #[test]
    fn the_mean_and_its_gradient_are_the_librarys() {
        let device = Device::flex().autodiff();
        for [steps, count] in [[1, 3], [4, 5], [3, 2 * BLOCK + 7]] {
            let values: Vec<f32> = (0..steps * count).map(|i: usize| ((i * 7919) % 101) as f32).collect();
            let x = Tensor::<2>::from_data(TensorData::new(values, [steps, count]), &device).require_grad();
            let (own, expected) = (mean_over_time(x.clone()), x.clone().mean_dim(0));
            own.clone().into_data().assert_approx_eq::<f32>(&expected.clone().into_data(), Default::default());
            let of = |y: Tensor<2>| x.grad(&(y.clone() * y).sum().backward()).expect("a gradient").into_data();
            of(own).assert_approx_eq::<f32>(&of(expected), Default::default());
        }
    }
}
