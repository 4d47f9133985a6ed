//! Fused operations, and the only module that names Burn's backend types.
//!
//! One neuron layer costs one pass over its currents forward and one backward, for any number of time steps: the
//! membrane potential never leaves a register (GPU) or the processor's cache (CPU) between two steps. What is saved for
//! the backward pass is the pre-reset potential alone; spikes, surrogate and reset follow from it.
//!
//! Batch norm is two operations more ([`norm`], [`flex_norm`]); products and convolutions, on the CPU, are sums over what is
//! not zero ([`synapse`], [`flex_synapse`], [`events`]), and so is inference of one sample ([`event_synapse`],
//! [`spike_map`]); pooling ([`pool`]), the mean over time ([`time`]), the maximum over points ([`maximum`]) and a step of Adam
//! ([`adam`]) are one pass.
//!
//! [`ops`] has the operations and their gradient nodes, [`flex`] the CPU's loops over neurons, [`cube`] the
//! GPU's kernels; what a neuron does at a time step is [`crate::neuron`]'s.

mod adam;
#[cfg(feature = "webgpu")]
mod cube;
#[cfg(feature = "webgpu")]
mod cube_launch;
mod event_synapse;
mod events;
mod flex;
mod flex_norm;
mod flex_synapse;
#[cfg(test)]
mod flex_tests;
#[cfg(feature = "bench")]
mod given;
mod maximum;
mod norm;
mod ops;
mod pool;
mod scratch;
mod spike_map;
mod synapse;
mod time;
mod transpose;

use burn::prelude::Device;

pub(crate) use adam::{AdamStep, adam};
pub(crate) use event_synapse::EventSynapse;
pub(crate) use flex::fire;
#[cfg(feature = "bench")]
pub(crate) use given::given;
pub(crate) use maximum::maximum;
pub(crate) use norm::{EPSILON, batch_norm, norm_by};
pub(crate) use ops::{check_currents, lif, lif_traced, lif_with_potentials};
pub(crate) use pool::average_pool;
pub(crate) use spike_map::SpikeMap;
pub use synapse::Window;
pub(crate) use synapse::{convolve, product};
pub(crate) use time::mean_over_time;

/// Whether a device is the CPU, with or without autodiff.
fn on_cpu(device: &Device) -> bool {
    device.clone().without_autodiff() == Device::flex()
}
