//! The operations as Burn sees them: a trait over backends, its gradient nodes, and tensors in and out.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata, backend_extension};
use burn::prelude::*;

use crate::neuron::Lif;

/// A neuron layer over all time steps. Currents are `[T, ...]`, or `[1, ...]` where they are the same at every step. A layer's own
/// `parameters` are the height of its spikes, `[1]`, or that and its decay, `[2]`, which then stands for the neuron's.
#[backend_extension(Cube: cfg(feature = "webgpu"), Flex, Autodiff)]
pub(crate) trait NeuronOps: Backend {
    /// Currents to spikes `[T, ...]`, differentiable.
    fn lif(current: FloatTensor<Self>, parameters: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self>;

    /// Currents to (spikes, pre-reset potentials), both `[T, ...]`.
    fn lif_with_potentials(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// As `lif`, with the pre-reset potentials under the spikes, `[2 T, ...]`, differentiable through both.
    fn lif_traced(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self>;

    /// Gradient of the currents (their shape again) from the gradient of the spikes, `[T, ...]`, or of the spikes and the
    /// potentials under them, `[2 T, ...]`.
    fn lif_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        constant_current: bool,
        lif: Lif,
    ) -> FloatTensor<Self>;

    /// Gradient of the amplitude, `[1]`: the sum over time and neurons of the spikes' gradient times the spike at height 1.
    fn lif_amplitude_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self>;

    /// Gradient of the decay, `[1]`, from that of the currents at every time step, `[T, ...]`: the sum of what each step's is,
    /// times what the step before kept.
    fn lif_decay_backward(of_currents: FloatTensor<Self>, potentials: FloatTensor<Self>, lif: Lif)
    -> FloatTensor<Self>;
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
struct Saved<T> {
    potentials: T,
    parameters: T,
    constant_current: bool,
    lif: Lif,
}

#[derive(Debug)]
struct LifBackward;

impl<B: NeuronOps> Backward<B, 2> for LifBackward {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [current, parameters] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let Saved { potentials, parameters: numbers, constant_current, lif } = ops.state;
        let moves_decay = parameters.is_some() && numbers.shape()[0] > 1;
        // The gradient of the decay takes that of the currents at every time step.
        let of_currents = (current.is_some() || moves_decay).then(|| {
            let at_once = constant_current && !moves_decay;
            B::lif_backward(gradient.clone(), potentials.clone(), numbers, at_once, lif)
        });
        if let Some(node) = parameters {
            let of_decay = of_currents
                .clone()
                .filter(|_| moves_decay)
                .map(|of_currents| B::lif_decay_backward(of_currents, potentials.clone(), lif));
            let of_amplitude = B::lif_amplitude_backward(gradient, potentials, lif);
            let of_parameters = match of_decay {
                Some(of_decay) => B::float_cat(vec![of_amplitude, of_decay], 0),
                None => of_amplitude,
            };
            grads.register::<B>(node.id, of_parameters);
        }
        if let (Some(node), Some(of_currents)) = (current, of_currents) {
            let sums = constant_current && moves_decay;
            let gradient = if sums { B::float_sum_dim(of_currents, 0) } else { of_currents };
            grads.register::<B>(node.id, gradient);
        }
    }
}

/// Spikes with their gradient node; with the potentials under them where `traced`.
fn fire<B: NeuronOps, C: CheckpointStrategy>(
    current: FloatTensor<Autodiff<B, C>>,
    parameters: FloatTensor<Autodiff<B, C>>,
    steps: usize,
    lif: Lif,
    traced: bool,
) -> FloatTensor<Autodiff<B, C>> {
    let nodes = [current.node(), parameters.node()];
    let (current, parameters) = (current.into_primitive(), parameters.into_primitive());
    match LifBackward.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let constant_current = is_constant(&current, steps);
            let (spikes, potentials) = B::lif_with_potentials(current, parameters.clone(), steps, lif);
            let sent = if traced { stack::<B>(spikes, potentials.clone()) } else { spikes };
            prep.finish(Saved { potentials, parameters, constant_current, lif }, sent)
        }
        OpsKind::UnTracked(prep) if traced => prep.finish(B::lif_traced(current, parameters, steps, lif)),
        OpsKind::UnTracked(prep) => prep.finish(B::lif(current, parameters, steps, lif)),
    }
}

/// Potentials under spikes, `[2 T, ...]`.
pub(super) fn stack<B: Backend>(spikes: FloatTensor<B>, potentials: FloatTensor<B>) -> FloatTensor<B> {
    B::float_cat(vec![spikes, potentials], 0)
}

impl<B: NeuronOps, C: CheckpointStrategy> NeuronOps for Autodiff<B, C> {
    fn lif(current: FloatTensor<Self>, parameters: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self> {
        fire::<B, C>(current, parameters, steps, lif, false)
    }

    fn lif_traced(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self> {
        fire::<B, C>(current, parameters, steps, lif, true)
    }

    fn lif_with_potentials(
        _current: FloatTensor<Self>,
        _parameters: FloatTensor<Self>,
        _steps: usize,
        _lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        panic!("potentials have no gradient: call this with tensors of the device without autodiff")
    }

    fn lif_backward(
        _gradient: FloatTensor<Self>,
        _potentials: FloatTensor<Self>,
        _parameters: FloatTensor<Self>,
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

    fn lif_decay_backward(
        _of_currents: FloatTensor<Self>,
        _potentials: FloatTensor<Self>,
        _lif: Lif,
    ) -> FloatTensor<Self> {
        panic!("a surrogate gradient has no second derivative")
    }
}

/// Whether a current of one step stands for all `steps` of them.
pub(super) fn is_constant(current: &impl TensorMetadata, steps: usize) -> bool {
    current.shape()[0] == 1 && steps > 1
}

/// See [`crate::neuron::lif`].
pub(crate) fn lif<const D: usize>(current: Tensor<D>, parameters: Tensor<1>, steps: usize, lif: Lif) -> Tensor<D> {
    check_currents(&current, &parameters, steps);
    Tensor::from_dispatch(Dispatch::lif(current.into_dispatch(), parameters.into_dispatch(), steps, lif))
}

/// See [`crate::neuron::lif_with_potentials`].
pub(crate) fn lif_with_potentials<const D: usize>(
    current: Tensor<D>,
    parameters: Tensor<1>,
    steps: usize,
    lif: Lif,
) -> (Tensor<D>, Tensor<D>) {
    check_currents(&current, &parameters, steps);
    let (spikes, potentials) =
        Dispatch::lif_with_potentials(current.into_dispatch(), parameters.into_dispatch(), steps, lif);
    (Tensor::from_dispatch(spikes), Tensor::from_dispatch(potentials))
}

/// See [`crate::neuron::lif_traced`].
pub(crate) fn lif_traced<const D: usize>(
    current: Tensor<D>,
    parameters: Tensor<1>,
    steps: usize,
    lif: Lif,
) -> (Tensor<D>, Tensor<D>) {
    check_currents(&current, &parameters, steps);
    let traced =
        Tensor::from_dispatch(Dispatch::lif_traced(current.into_dispatch(), parameters.into_dispatch(), steps, lif));
    (traced.clone().narrow(0, 0, steps), traced.narrow(0, steps, steps))
}

/// What a caller of [`crate::neuron`] has to bring.
pub(crate) fn check_currents<const D: usize>(current: &Tensor<D>, parameters: &Tensor<1>, steps: usize) {
    let (given, own) = (current.dims()[0], parameters.dims()[0]);
    assert!(steps > 0, "neurons over no time step");
    assert!(given == steps || given == 1, "currents for {given} time steps, wanted {steps} or 1");
    assert!(
        own == 1 || own == 2,
        "{own} numbers of a layer's own, wanted its height of a spike, or that and its decay"
    );
}
