//! A loss whose gradient is given, for benchmarks: `backward()` then starts from that gradient, and the clock sees neither
//! a sum nor what its own gradient costs.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::prelude::*;

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex, Autodiff)]
pub(crate) trait GivenOps: Backend {
    /// 0, `[1]`, whose gradient with respect to `x` is `gradient`, whatever reaches it.
    fn given(x: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl GivenOps for Flex {
    fn given(x: FloatTensor<Self>, _gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_zeros(Shape::new([1]), &x.device(), x.dtype().into())
    }
}

#[cfg(feature = "webgpu")]
impl GivenOps for burn_cubecl::CubeBackend {
    fn given(x: FloatTensor<Self>, _gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_zeros(Shape::new([1]), &x.device(), x.dtype().into())
    }
}

#[derive(Debug)]
struct GivenBackward;

impl<B: GivenOps> Backward<B, 1> for GivenBackward {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        grads.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            grads.register::<B>(node.id, ops.state);
        }
    }
}

impl<B: GivenOps, C: CheckpointStrategy> GivenOps for Autodiff<B, C> {
    fn given(x: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let (node, x, gradient) = (x.node(), x.into_primitive(), gradient.into_primitive());
        match GivenBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(gradient.clone(), B::given(x, gradient)),
            OpsKind::UnTracked(prep) => prep.finish(B::given(x, gradient)),
        }
    }
}

/// A loss of 0 whose gradient with respect to `x` is `gradient`.
pub(crate) fn given<const D: usize>(x: Tensor<D>, gradient: Tensor<D>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::given(x.into_dispatch(), gradient.into_dispatch()))
}
