//! Batch norm as two operations: what a batch looks like per channel, and the batch brought to mean 0 and variance 1 by it.
//!
//! The gradient of the second one knows that the statistics are the batch's own:
//! `dx = gamma / s * (g - mean(g) - xhat * mean(g * xhat))` with `s = sqrt(variance + epsilon)` and `xhat = (x - mean) / s`,
//! `dgamma = sum(g * xhat)`, `dbeta = sum(g)`. By Burn's single operations it takes a dozen passes over the batch each way;
//! on the CPU these take two.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::prelude::*;

/// What keeps a variance of 0 from dividing by it.
pub(crate) const EPSILON: f32 = 1e-5;

/// Batch norm over everything but the second axis of `[N, channels, places]`.
#[backend_extension(Cube: cfg(feature = "webgpu"), Flex, Autodiff)]
pub(crate) trait NormOps: Backend {
    /// Mean and (biased) variance of each channel, `[2, channels]`. Not differentiable.
    fn norm_statistics(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, differentiable as if the statistics were those of `x`.
    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// Gradients of `x`, `gamma` and `beta`.
    fn norm_backward(
        gradient: FloatTensor<Self>,
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
struct Saved<T> {
    x: T,
    gamma: T,
    statistics: T,
}

#[derive(Debug)]
struct NormBackward;

impl<B: NormOps> Backward<B, 3> for NormBackward {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let Saved { x, gamma, statistics } = ops.state;
        let (of_x, of_gamma, of_beta) = B::norm_backward(gradient, x, gamma, statistics);
        for (node, gradient) in ops.parents.into_iter().zip([of_x, of_gamma, of_beta]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: NormOps, C: CheckpointStrategy> NormOps for Autodiff<B, C> {
    fn norm_statistics(x: FloatTensor<Self>) -> FloatTensor<Self> {
        <Self as burn::backend::AutodiffBackend>::from_inner(B::norm_statistics(x.into_primitive()))
    }

    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), gamma.node(), beta.node()];
        let (x, gamma, beta) = (x.into_primitive(), gamma.into_primitive(), beta.into_primitive());
        let statistics = statistics.into_primitive();
        match NormBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let saved = Saved { x: x.clone(), gamma: gamma.clone(), statistics: statistics.clone() };
                prep.finish(saved, B::norm(x, gamma, beta, statistics))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::norm(x, gamma, beta, statistics)),
        }
    }

    fn norm_backward(
        _gradient: FloatTensor<Self>,
        _x: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _statistics: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        panic!("batch norm has no second derivative here")
    }
}

/// `[N, channels, places]` normalised by itself, with its mean and (biased) variance, `[channels]` each.
pub(crate) fn batch_norm(x: Tensor<3>, gamma: Tensor<1>, beta: Tensor<1>) -> (Tensor<3>, [Tensor<1>; 2]) {
    let channels = x.dims()[1];
    let statistics = Dispatch::norm_statistics(x.clone().into_dispatch());
    let rows = Tensor::<2>::from_dispatch(statistics.clone()).detach();
    let row = |i| rows.clone().narrow(0, i, 1).reshape([channels]);
    let y = Dispatch::norm(x.into_dispatch(), gamma.into_dispatch(), beta.into_dispatch(), statistics);
    (Tensor::from_dispatch(y), [row(0), row(1)])
}

/// `[N, channels, places]` normalised by given statistics, `[channels]` each, on a device without autodiff.
pub(crate) fn norm_by(x: Tensor<3>, gamma: Tensor<1>, beta: Tensor<1>, [mean, variance]: [Tensor<1>; 2]) -> Tensor<3> {
    let statistics = Tensor::stack::<2>(vec![mean, variance], 0).into_dispatch();
    Tensor::from_dispatch(Dispatch::norm(x.into_dispatch(), gamma.into_dispatch(), beta.into_dispatch(), statistics))
}

/// The same by Burn's single operations, for backends without kernels of their own.
#[cfg(feature = "webgpu")]
mod operations {
    use burn::backend::TensorMetadata;
    use burn::backend::ops::FloatTensorOps;

    use super::*;

    /// The mean over everything but the second axis, `[1, channels, 1]`.
    fn mean<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
        B::float_mean_dim(B::float_mean_dim(x, 2), 0)
    }

    fn channels<B: Backend>(x: FloatTensor<B>, count: usize) -> FloatTensor<B> {
        B::float_reshape(x, Shape::new([1, count, 1]))
    }

    /// Mean and one over the root of the variance, `[1, channels, 1]` each.
    fn of_statistics<B: Backend>(statistics: FloatTensor<B>) -> [FloatTensor<B>; 2] {
        let count = statistics.shape()[1];
        let row = |i: usize| {
            let row = B::float_slice(statistics.clone(), &[(i..i + 1).into(), (0..count).into()]);
            channels::<B>(row, count)
        };
        let spread = B::float_sqrt(B::float_add_scalar(row(1), EPSILON.into()));
        [row(0), B::float_recip(spread)]
    }

    impl NormOps for burn_cubecl::CubeBackend {
        fn norm_statistics(x: FloatTensor<Self>) -> FloatTensor<Self> {
            let count = x.shape()[1];
            let of_x = mean::<Self>(x.clone());
            let off = Self::float_sub(x, of_x.clone());
            let variance = mean::<Self>(Self::float_mul(off.clone(), off));
            let row = |x| Self::float_reshape(x, Shape::new([1, count]));
            Self::float_cat(vec![row(of_x), row(variance)], 0)
        }

        fn norm(
            x: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            statistics: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            let count = gamma.shape()[0];
            let [mean, over_spread] = of_statistics::<Self>(statistics);
            let scale = Self::float_mul(channels::<Self>(gamma, count), over_spread);
            let scaled = Self::float_mul(Self::float_sub(x, mean), scale);
            Self::float_add(scaled, channels::<Self>(beta, count))
        }

        fn norm_backward(
            gradient: FloatTensor<Self>,
            x: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            statistics: FloatTensor<Self>,
        ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
            let (count, numbers) = (gamma.shape()[0], x.shape().num_elements());
            let [of_x, over_spread] = of_statistics::<Self>(statistics);
            let normed = Self::float_mul(Self::float_sub(x, of_x), over_spread.clone());
            let of_gradient = mean::<Self>(gradient.clone());
            let of_product = mean::<Self>(Self::float_mul(gradient.clone(), normed.clone()));
            let each = (numbers / count) as f32;
            let sum = |mean| Self::float_reshape(Self::float_mul_scalar(mean, each.into()), Shape::new([count]));
            let (of_gamma, of_beta) = (sum(of_product.clone()), sum(of_gradient.clone()));
            let off = Self::float_sub(Self::float_sub(gradient, of_gradient), Self::float_mul(normed, of_product));
            let scale = Self::float_mul(channels::<Self>(gamma, count), over_spread);
            (Self::float_mul(off, scale), of_gamma, of_beta)
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::module::batch_norm_train;
    use burn::tensor::{Distribution, TensorData};

    use super::*;

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    fn noise(shape: [usize; 3], device: &Device) -> Tensor<3> {
        let count = shape.iter().product();
        // Away from 0, where a variance by squares would be wrong.
        let values = (0..count).map(|i: usize| 30.0 + ((i * 7919) % 1013) as f32 / 100.0).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    #[test]
    fn forward_and_backward_are_those_of_single_operations() {
        let device = Device::flex().autodiff();
        for shape in [[7, 5, 1], [700, 3, 1], [4, 6, 10], [3, 2, 49], [2, 70, 1]] {
            let channels = shape[1];
            let x = noise(shape, &device).require_grad();
            let gamma = Tensor::<1>::random([channels], Distribution::Uniform(0.5, 2.0), &device).require_grad();
            let beta = Tensor::<1>::random([channels], Distribution::Uniform(-1.0, 1.0), &device).require_grad();
            let upstream = Tensor::<3>::random(shape, Distribution::Uniform(-1.0, 1.0), &device);

            let (y, [mean, variance]) = batch_norm(x.clone(), gamma.clone(), beta.clone());
            let expected = batch_norm_train(x.clone(), gamma.clone(), beta.clone(), f64::from(EPSILON));
            let near = |one: Vec<f32>, other: Vec<f32>, most: f32, what: &str| {
                for (a, b) in one.iter().zip(&other) {
                    assert!((a - b).abs() <= most * (1.0 + b.abs()), "{shape:?} {what}: {a} {b}");
                }
            };
            near(floats(y.clone()), floats(expected.output.clone()), 1e-4, "y");
            near(floats(mean), floats(expected.mean), 1e-5, "mean");
            near(floats(variance), floats(expected.variance), 1e-3, "variance");
            let (own, other) = ((y * upstream.clone()).sum().backward(), (expected.output * upstream).sum().backward());
            let of = |gradients| floats(x.grad(gradients).expect("a gradient"));
            near(of(&own), of(&other), 2e-4, "dx");
            for (name, parameter) in [("dgamma", &gamma), ("dbeta", &beta)] {
                let of = |gradients| floats(parameter.grad(gradients).expect("a gradient"));
                near(of(&own), of(&other), 1e-3, name);
            }
        }
    }

    #[test]
    fn given_statistics_are_applied_as_they_are() {
        let device = Device::flex();
        let x = Tensor::<3>::from_floats([[[1.0, 3.0], [10.0, 20.0]]], &device);
        let of = |values: [f32; 2]| Tensor::<1>::from_floats(values, &device);
        let y = norm_by(x, of([2.0, 1.0]), of([0.5, 0.0]), [of([1.0, 10.0]), of([4.0, 25.0])]);
        let expected = [0.5, 2.5, 0.0, 2.0];
        assert!(floats(y).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}
