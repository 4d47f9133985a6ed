//! 2x2 average pooling on the CPU, one pass each way.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorData, TensorMetadata, backend_extension};
use burn::prelude::*;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn_flex::FlexTensor;

use super::flex::floats;
use super::on_cpu;

/// Pooling of `[N, height, width]`, at least 2 x 2; an odd last row or column is dropped.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait PoolOps: Backend {
    /// `[N, height, width]` to `[N, height / 2, width / 2]`, differentiable.
    fn pool(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The gradient of `x`, whose height and width are given.
    fn pool_backward(gradient: FloatTensor<Self>, size: [usize; 2]) -> FloatTensor<Self>;
}

impl PoolOps for Flex {
    fn pool(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let [maps, height, width] = x.layout().shape().dims();
        let (values, half) = (floats(&x), width / 2);
        let mut y = Vec::with_capacity(maps * (height / 2) * half);
        for map in values.chunks(height * width) {
            for rows in map.chunks_exact(2 * width) {
                let (upper, lower) = rows.split_at(width);
                let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
                y.extend(pairs.map(|([a, b], [c, d])| 0.25 * (a + b + c + d)));
            }
        }
        FlexTensor::from_data(TensorData::new(y, [maps, height / 2, half]))
    }

    fn pool_backward(gradient: FloatTensor<Self>, [height, width]: [usize; 2]) -> FloatTensor<Self> {
        let gradient = gradient.to_contiguous();
        let [maps, down, half] = gradient.layout().shape().dims();
        let mut of_x = Vec::with_capacity(maps * height * width);
        for gradient in floats(&gradient).chunks(down * half) {
            // Zeros of one map at a time, which stay in the cache until they are written over.
            let first = of_x.len();
            of_x.resize(first + height * width, 0.0);
            for (gradient, rows) in gradient.chunks(half).zip(of_x[first..].chunks_exact_mut(2 * width)) {
                let (upper, lower) = rows.split_at_mut(width);
                for ((gradient, upper), lower) in
                    gradient.iter().zip(upper.as_chunks_mut::<2>().0).zip(lower.as_chunks_mut::<2>().0)
                {
                    let quarter = 0.25 * gradient;
                    (*upper, *lower) = ([quarter; 2], [quarter; 2]);
                }
            }
        }
        FlexTensor::from_data(TensorData::new(of_x, [maps, height, width]))
    }
}

#[derive(Debug)]
struct PoolBackward;

impl<B: PoolOps> Backward<B, 1> for PoolBackward {
    type State = [usize; 2];

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            grads.register::<B>(node.id, B::pool_backward(gradient, ops.state));
        }
    }
}

impl<B: PoolOps, C: CheckpointStrategy> PoolOps for Autodiff<B, C> {
    fn pool(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (node, x) = (x.node(), x.into_primitive());
        let [_, height, width] = x.shape().dims();
        match PoolBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish([height, width], B::pool(x)),
            OpsKind::UnTracked(prep) => prep.finish(B::pool(x)),
        }
    }

    fn pool_backward(_gradient: FloatTensor<Self>, _size: [usize; 2]) -> FloatTensor<Self> {
        panic!("pooling has no second derivative here")
    }
}

/// 2x2 averages of `[N, channels, height, width]`; an odd last row or column is dropped.
pub(crate) fn average_pool(x: Tensor<4>) -> Tensor<4> {
    if !on_cpu(&x.device()) {
        return avg_pool2d(x, AvgPoolOptions::new([2, 2]));
    }
    let [samples, channels, height, width] = x.dims();
    let maps = x.reshape([samples * channels, height, width]);
    let y = Tensor::<3>::from_dispatch(Dispatch::pool(maps.into_dispatch()));
    y.reshape([samples, channels, height / 2, width / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(shape: [usize; 4], device: &Device) -> Tensor<4> {
        let values: Vec<f32> =
            (0..shape.iter().product()).map(|i: usize| ((i * 7919) % 101) as f32 / 50.0 - 1.0).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    #[test]
    fn pooling_and_its_gradient_are_the_librarys() {
        let device = Device::flex().autodiff();
        for shape in [[2, 3, 4, 6], [1, 2, 5, 7], [3, 1, 2, 3]] {
            let x = numbers(shape, &device).require_grad();
            let (own, expected) = (average_pool(x.clone()), avg_pool2d(x.clone(), AvgPoolOptions::new([2, 2])));
            let upstream = numbers(own.dims(), &device);
            own.clone().into_data().assert_approx_eq::<f32>(&expected.clone().into_data(), Default::default());
            let of = |y: Tensor<4>| x.grad(&(y * upstream.clone()).sum().backward()).expect("a gradient").into_data();
            of(own).assert_approx_eq::<f32>(&of(expected), Default::default());
        }
    }
}
