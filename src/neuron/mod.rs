//! Neurons: leaky integrate-and-fire dynamics with three spike kinds, two resets and eight surrogate gradients.
//!
//! [`lif`] takes all time steps at once and is one fused operation, forward and backward, on every backend.
//! [`reference::lif`] is the same neuron in plain tensor operations, which tests compare it with. A neuron keeps no state: the
//! membrane potential starts at 0, or, in [`lif_from`], where the call is told to, and is given back.
//!
//! What a neuron is stands here once: its kinds in `config.rs`, what each sends in `spike.rs`, the surrogates in `surrogate.rs`,
//! and one time step with its adjoint in `step.rs`, each for the CPU, for the GPU and in tensors side by side. The loops over
//! time are the kernels'.

mod config;
mod noise;
#[cfg(test)]
pub(crate) mod oracle;
pub mod reference;
pub(crate) mod sech;
pub(crate) mod spike;
pub(crate) mod step;
pub(crate) mod surrogate;
#[cfg(test)]
mod tests;

use burn::prelude::*;

pub use noise::Noise;

pub use config::{Lif, Reset, ResetGradient, SpikeKind, Surrogate, SurrogateKind};

use crate::kernel;

/// Spikes of a layer of neurons for all time steps at once.
///
/// # Arguments
///
/// - `current`: what flows in at each time step, `[T, ...]`, or `[1, ...]` for a current that is the same at every step.
/// - `parameters`: the layer's own numbers: the height of a spike, `[1]`, or that and the decay, `[2]`, which then stands for
///   [`Lif::decay`]. Gradients reach them if they require them.
/// - `steps`: time steps T.
///
/// # Shapes
///
/// Returns the spikes, `[T, ...]`, amplitude included.
///
/// # Panics
///
/// When there is no time step, currents are neither for one nor for all of them, or parameters are neither one nor two.
pub fn lif<const D: usize>(current: Tensor<D>, parameters: Tensor<1>, steps: usize, lif: &Lif) -> Tensor<D> {
    kernel::lif(current, parameters, steps, *lif)
}

/// Spikes and pre-reset membrane potentials, both `[T, ...]`, without gradients: call it on tensors of a device without
/// autodiff. Arguments as in [`lif`].
pub fn lif_with_potentials<const D: usize>(
    current: Tensor<D>,
    parameters: Tensor<1>,
    steps: usize,
    lif: &Lif,
) -> (Tensor<D>, Tensor<D>) {
    kernel::lif_with_potentials(current, parameters, steps, *lif)
}

/// Spikes and pre-reset membrane potentials, both `[T, ...]`, with gradients through both: for a loss on the potentials.
/// Costs two copies more than [`lif`]. Arguments as there.
pub fn lif_traced<const D: usize>(
    current: Tensor<D>,
    parameters: Tensor<1>,
    steps: usize,
    lif: &Lif,
) -> (Tensor<D>, Tensor<D>) {
    kernel::lif_traced(current, parameters, steps, *lif)
}

/// As [`lif_traced`], from membranes that do not start at 0, so that a stream can go on where it stopped: spikes, and where the
/// membranes are left, `[1, ...]`, both with gradients.
///
/// # Arguments
///
/// - `membrane`: what the reset of the step before kept, `[1, ...]`; nothing for 0.
///
/// # Panics
///
/// When there is no time step, currents are neither for one nor for all of them, or the membrane is not of one time step of them.
pub fn lif_from<const D: usize>(
    current: Tensor<D>,
    parameters: Tensor<1>,
    membrane: Option<Tensor<D>>,
    steps: usize,
    lif: &Lif,
) -> (Tensor<D>, Tensor<D>) {
    kernel::check_currents(&current, &parameters, steps);
    let current = match membrane {
        Some(membrane) => {
            let mut wanted = current.dims();
            wanted[0] = 1;
            assert_eq!(membrane.dims(), wanted, "the membrane of one time step");
            enter(current, membrane, &parameters, steps, lif)
        }
        None => current,
    };
    let (spikes, potentials) = lif_traced(current, parameters, steps, lif);
    let (_, kept) = step::fire(potentials.narrow(0, steps - 1, 1), lif);
    (spikes, kept)
}

/// The currents of neurons whose membranes do not start at 0. Their first potential is `decay * membrane + current`, so that the
/// membrane can enter with the first current, and the fused operation knows nothing of it.
pub(crate) fn enter<const D: usize>(
    current: Tensor<D>,
    membrane: Tensor<D>,
    parameters: &Tensor<1>,
    steps: usize,
    lif: &Lif,
) -> Tensor<D> {
    let first = step::leak(membrane, parameters, lif);
    match (current.dims()[0], steps) {
        (1, 1) => current + first,
        (1, _) => Tensor::cat(vec![current.clone() + first, current.repeat_dim(0, steps - 1)], 0),
        _ => Tensor::cat(vec![current.clone().narrow(0, 0, 1) + first, current.narrow(0, 1, steps - 1)], 0),
    }
}
