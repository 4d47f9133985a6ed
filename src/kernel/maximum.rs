//! The largest value over points on the CPU, one pass each way.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorData, TensorMetadata, backend_extension};
use burn::prelude::*;
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::flex::floats;
use super::on_cpu;

/// The maximum over the second axis of `[N, points, channels]`.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait MaximumOps: Backend {
    /// `[N, channels]`, differentiable: of several points that are as large the first gets the gradient.
    fn maximum(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The same, and the points that have it, `[N, channels]`.
    fn maximum_with_points(x: FloatTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>);

    /// The gradient of `x`, which has so many points, from that of the maximum.
    fn maximum_backward(gradient: FloatTensor<Self>, winners: IntTensor<Self>, points: usize) -> FloatTensor<Self>;
}

impl MaximumOps for Flex {
    fn maximum(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::maximum_with_points(x).0
    }

    fn maximum_with_points(x: FloatTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>) {
        let x = x.to_contiguous();
        let [clouds, points, channels] = x.layout().shape().dims();
        let (mut largest, mut winners) = (Vec::with_capacity(clouds * channels), vec![0_i32; clouds * channels]);
        for (cloud, winners) in floats(&x).chunks(points * channels).zip(winners.chunks_mut(channels)) {
            let (first, others) = cloud.split_at(channels);
            let start = largest.len();
            largest.extend(first);
            for (point, values) in (1..).zip(others.chunks(channels)) {
                take_larger(&mut largest[start..], winners, values, point);
            }
        }
        let shape = [clouds, channels];
        (FlexTensor::from_data(TensorData::new(largest, shape)), FlexTensor::from_data(TensorData::new(winners, shape)))
    }

    fn maximum_backward(gradient: FloatTensor<Self>, winners: IntTensor<Self>, points: usize) -> FloatTensor<Self> {
        let gradient = gradient.to_contiguous();
        let [clouds, channels] = gradient.layout().shape().dims();
        let winners = winners.as_slice::<i32>().expect("the winners of a forward pass");
        let mut of_x = vec![0.0; clouds * points * channels];
        let given = floats(&gradient).chunks(channels).zip(winners.chunks(channels));
        for ((gradient, winners), of_x) in given.zip(of_x.chunks_mut(points * channels)) {
            for (channel, (gradient, winner)) in gradient.iter().zip(winners).enumerate() {
                of_x[*winner as usize * channels + channel] = *gradient;
            }
        }
        FlexTensor::from_data(TensorData::new(of_x, [clouds, points, channels]))
    }
}

/// Takes the values of a point where they are larger than those so far. It compiles to SIMD, as its slices are known to be apart
/// and its loop has no branch.
#[multiversion(targets("x86_64+avx2+fma"))]
#[inline(never)]
fn take_larger(largest: &mut [f32], winners: &mut [i32], values: &[f32], point: i32) {
    for ((largest, winner), value) in largest.iter_mut().zip(winners).zip(values) {
        // What is not a number wins, and nothing wins against it, so that a broken run shows.
        let stays = (*value <= *largest) | largest.is_nan();
        *winner = if stays { *winner } else { point };
        *largest = if stays { *largest } else { *value };
    }
}

#[derive(Debug)]
struct MaximumBackward;

impl<B: MaximumOps> Backward<B, 1> for MaximumBackward {
    type State = (IntTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (gradient, (winners, points)) = (grads.consume::<B>(&ops.node), ops.state);
        if let [Some(node)] = ops.parents {
            grads.register::<B>(node.id, B::maximum_backward(gradient, winners, points));
        }
    }
}

impl<B: MaximumOps, C: CheckpointStrategy> MaximumOps for Autodiff<B, C> {
    fn maximum(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (node, x) = (x.node(), x.into_primitive());
        let points = x.shape()[1];
        let (largest, winners) = B::maximum_with_points(x);
        match MaximumBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((winners, points), largest),
            OpsKind::UnTracked(prep) => prep.finish(largest),
        }
    }

    fn maximum_with_points(_x: FloatTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>) {
        panic!("points have no gradient: call this with tensors of the device without autodiff")
    }

    fn maximum_backward(_gradient: FloatTensor<Self>, _winners: IntTensor<Self>, _points: usize) -> FloatTensor<Self> {
        panic!("a maximum has no second derivative")
    }
}

/// `[N, points, channels]` to the largest over the points, `[N, channels]`.
pub(crate) fn maximum(x: Tensor<3>) -> Tensor<2> {
    if !on_cpu(&x.device()) {
        let [clouds, _, channels] = x.dims();
        return x.max_dim(1).reshape([clouds, channels]);
    }
    Tensor::from_dispatch(Dispatch::maximum(x.into_dispatch()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maximum_and_its_gradient_are_the_librarys() {
        let device = Device::flex().autodiff();
        for [clouds, points, channels] in [[1, 1, 1], [2, 9, 5], [3, 40, 16]] {
            // Few values, so that points tie.
            let values: Vec<f32> =
                (0..clouds * points * channels).map(|i: usize| ((i * 7919) % 13) as f32 - 6.0).collect();
            let x = Tensor::<3>::from_data(TensorData::new(values, [clouds, points, channels]), &device).require_grad();
            let (own, expected) = (maximum(x.clone()), x.clone().max_dim(1).reshape([clouds, channels]));
            own.clone().into_data().assert_eq(&expected.clone().into_data(), true);
            let of = |y: Tensor<2>| x.grad(&(y.clone() * y).sum().backward()).expect("a gradient").into_data();
            of(own).assert_eq(&of(expected), true);
        }
    }

    #[test]
    fn what_is_not_a_number_is_the_largest_and_the_first_such_point_has_it() {
        let values = [[1.0, 2.0], [f32::NAN, 3.0], [f32::NAN, 1.0], [5.0, 1.0]];
        let x = Tensor::<3>::from_floats([values], &Device::flex().autodiff()).require_grad();
        let largest = maximum(x.clone());
        let found: Vec<f32> = largest.clone().into_data().try_to_vec().expect("f32");
        assert!(found[0].is_nan() && found[1] == 3.0, "{found:?}");
        let gradient = x.grad(&largest.sum().backward()).expect("a gradient");
        let gradient: Vec<f32> = gradient.into_data().try_to_vec().expect("f32");
        assert_eq!(gradient, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
