//! Spiking neural networks that train, race and answer in a browser tab.
//!
//! One direction, top to bottom; a module uses those below it:
//!
//! - `web`: the only place that knows JavaScript (wasm32 only)
//! - [`experiment`]: the papers' claims, put to the test
//! - [`session`]: a run: data, network, optimiser; step, evaluate, classify, checkpoint, lanes to compare
//! - [`method`]: the papers' methods, one file each
//! - [`model`]: networks of spiking layers and a readout
//! - [`layer`]: layers on `[T * B, ...]` and the spiking layer that joins them to neurons
//! - [`neuron`]: dynamics, spike kinds, surrogate gradients; one call for all time steps
//! - `kernel`: the fused operations
//! - [`probe`]: what a run shows: rates, entropy, synaptic operations, energy
//! - [`data`]: data sets, the order of samples, how stills become spikes, images that a user drops in
//! - [`sensor`]: a simulated event camera
//!
//! Tensors are time first, `[T, B, ...]`. "Methods, section N" in the documentation names the project's summary of the
//! seven papers that it builds on; the papers themselves are named where they matter.
#![warn(missing_docs)]

#[cfg(feature = "bench")]
pub mod bench;
pub mod data;
pub mod experiment;
mod kernel;
pub mod layer;
pub mod method;
pub mod model;
pub mod neuron;
pub mod probe;
pub mod sensor;
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod web;
