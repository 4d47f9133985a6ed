//! The operations as Burn sees them: a trait over backends, its gradient nodes, and tensors in and out.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::prelude::*;

use crate::neuron::Lif;

/// A neuron layer over all time steps. Currents are `[T, ...]`, or `[1, ...]` where they are the same at every step.
#[backend_extension(Cube: cfg(feature = "webgpu"), Flex, Autodiff)]
pub(crate) trait NeuronOps: Backend {
    /// Currents to spikes `[T, ...]`, differentiable.
    fn lif(current: FloatTensor<Self>, amplitude: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self>;

    /// Currents to (spikes, pre-reset potentials), both `[T, ...]`.
    fn lif_with_potentials(
        current: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// As `lif`, with the pre-reset potentials under the spikes, `[2 T, ...]`, differentiable through both.
    fn lif_traced(
        current: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self>;

    /// Gradient of the currents (their shape again) from the gradient of the spikes, `[T, ...]`, or of the spikes and the
    /// potentials under them, `[2 T, ...]`.
    fn lif_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        constant_current: bool,
        lif: Lif,
    ) -> FloatTensor<Self>;

    /// Gradient of the amplitude, `[1]`: the sum over time and neurons of the spikes' gradient times the spike at height 1.
    fn lif_amplitude_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self>;
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
struct Saved<T> {
    potentials: T,
    amplitude: T,
    constant_current: bool,
    lif: Lif,
}

#[derive(Debug)]
struct LifBackward;

impl<B: NeuronOps> Backward<B, 2> for LifBackward {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [current, amplitude] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let saved = ops.state;
        if let Some(node) = amplitude {
            let gradient = B::lif_amplitude_backward(gradient.clone(), saved.potentials.clone(), saved.lif);
            grads.register::<B>(node.id, gradient);
        }
        if let Some(node) = current {
            let gradient =
                B::lif_backward(gradient, saved.potentials, saved.amplitude, saved.constant_current, saved.lif);
            grads.register::<B>(node.id, gradient);
        }
    }
}

/// Spikes with their gradient node; with the potentials under them where `traced`.
fn fire<B: NeuronOps, C: CheckpointStrategy>(
    current: FloatTensor<Autodiff<B, C>>,
    amplitude: FloatTensor<Autodiff<B, C>>,
    steps: usize,
    lif: Lif,
    traced: bool,
) -> FloatTensor<Autodiff<B, C>> {
    let nodes = [current.node(), amplitude.node()];
    let (current, amplitude) = (current.into_primitive(), amplitude.into_primitive());
    match LifBackward.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let constant_current = is_constant(&current, steps);
            let (spikes, potentials) = B::lif_with_potentials(current, amplitude.clone(), steps, lif);
            let sent = if traced { stack::<B>(spikes, potentials.clone()) } else { spikes };
            prep.finish(Saved { potentials, amplitude, constant_current, lif }, sent)
        }
        OpsKind::UnTracked(prep) if traced => prep.finish(B::lif_traced(current, amplitude, steps, lif)),
        OpsKind::UnTracked(prep) => prep.finish(B::lif(current, amplitude, steps, lif)),
    }
}

/// Potentials under spikes, `[2 T, ...]`.
pub(super) fn stack<B: Backend>(spikes: FloatTensor<B>, potentials: FloatTensor<B>) -> FloatTensor<B> {
    B::float_cat(vec![spikes, potentials], 0)
}

impl<B: NeuronOps, C: CheckpointStrategy> NeuronOps for Autodiff<B, C> {
    fn lif(current: FloatTensor<Self>, amplitude: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self> {
        fire::<B, C>(current, amplitude, steps, lif, false)
    }

    fn lif_traced(
        current: FloatTensor<Self>,
        amplitude: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self> {
        fire::<B, C>(current, amplitude, steps, lif, true)
    }

    fn lif_with_potentials(
        _current: FloatTensor<Self>,
        _amplitude: FloatTensor<Self>,
        _steps: usize,
        _lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        panic!("potentials have no gradient: call this with tensors of the device without autodiff")
    }

    fn lif_backward(
        _gradient: FloatTensor<Self>,
        _potentials: FloatTensor<Self>,
        _amplitude: FloatTensor<Self>,
        _constant_current: bool,
        _lif: Lif,
    ) -> FloatTensor<Self> {
        panic!("a surrogate gradient has no second derivative")
    }

    fn lif_amplitude_backward(
        _gradient: FloatTensor<Self>,
        _potentials: FloatTensor<Self>,
        _lif: Lif,
    ) -> FloatTensor<Self> {
        panic!("a surrogate gradient has no second derivative")
    }
}

/// Whether a current of one step stands for all `steps` of them.
pub(super) fn is_constant(current: &impl burn::backend::TensorMetadata, steps: usize) -> bool {
    current.shape()[0] == 1 && steps > 1
}

/// See [`crate::neuron::lif`].
pub(crate) fn lif<const D: usize>(current: Tensor<D>, amplitude: Tensor<1>, steps: usize, lif: Lif) -> Tensor<D> {
    check(&current, steps);
    Tensor::from_dispatch(Dispatch::lif(current.into_dispatch(), amplitude.into_dispatch(), steps, lif))
}

/// See [`crate::neuron::lif_with_potentials`].
pub(crate) fn lif_with_potentials<const D: usize>(
    current: Tensor<D>,
    amplitude: Tensor<1>,
    steps: usize,
    lif: Lif,
) -> (Tensor<D>, Tensor<D>) {
    check(&current, steps);
    let (spikes, potentials) =
        Dispatch::lif_with_potentials(current.into_dispatch(), amplitude.into_dispatch(), steps, lif);
    (Tensor::from_dispatch(spikes), Tensor::from_dispatch(potentials))
}

/// See [`crate::neuron::lif_traced`].
pub(crate) fn lif_traced<const D: usize>(
    current: Tensor<D>,
    amplitude: Tensor<1>,
    steps: usize,
    lif: Lif,
) -> (Tensor<D>, Tensor<D>) {
    check(&current, steps);
    let traced =
        Tensor::from_dispatch(Dispatch::lif_traced(current.into_dispatch(), amplitude.into_dispatch(), steps, lif));
    (traced.clone().narrow(0, 0, steps), traced.narrow(0, steps, steps))
}

fn check<const D: usize>(current: &Tensor<D>, steps: usize) {
    let given = current.dims()[0];
    assert!(given == steps || given == 1, "currents for {given} time steps, wanted {steps} or 1");
}
