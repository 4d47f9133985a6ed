//! Neurons: leaky integrate-and-fire dynamics with three spike kinds, two resets and eight surrogate gradients.
//!
//! [`lif`] takes all time steps at once and is one fused operation, forward and backward, on every backend.
//! [`reference::lif`] is the same neuron in plain tensor operations, which tests compare it with. A neuron's state is
//! never kept: the membrane potential starts at 0 with every call.
//!
//! What a neuron is stands here once: its kinds in [`config`], what each sends in [`spike`], the [`surrogate`]s, and one [`step`]
//! with its adjoint, each for the CPU, for the GPU and in tensors side by side. The loops over time are the kernels'.

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
/// - `amplitude`: the height of a spike, `[1]`; gradients reach it if it requires them.
/// - `steps`: time steps T.
///
/// # Shapes
///
/// Returns the spikes, `[T, ...]`, amplitude included.
pub fn lif<const D: usize>(current: Tensor<D>, amplitude: Tensor<1>, steps: usize, lif: &Lif) -> Tensor<D> {
    kernel::lif(current, amplitude, steps, *lif)
}

/// Spikes and pre-reset membrane potentials, both `[T, ...]`, without gradients: call it on tensors of a device without
/// autodiff. Arguments as in [`lif`].
pub fn lif_with_potentials<const D: usize>(
    current: Tensor<D>,
    amplitude: Tensor<1>,
    steps: usize,
    lif: &Lif,
) -> (Tensor<D>, Tensor<D>) {
    kernel::lif_with_potentials(current, amplitude, steps, *lif)
}

/// Spikes and pre-reset membrane potentials, both `[T, ...]`, with gradients through both: for a loss on the potentials.
/// Costs two copies more than [`lif`]. Arguments as there.
pub fn lif_traced<const D: usize>(
    current: Tensor<D>,
    amplitude: Tensor<1>,
    steps: usize,
    lif: &Lif,
) -> (Tensor<D>, Tensor<D>) {
    kernel::lif_traced(current, amplitude, steps, *lif)
}
