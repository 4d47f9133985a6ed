//! Layers. Stateless ones (synapses, batch norm, pooling) fold time into the batch and run once on `[T * B, ...]`; the
//! [`SpikingLayer`] joins them to neurons.

mod norm;
mod parameter;
mod spiking;
mod synapse;

pub use norm::{BatchNorm, BatchStatistics};
pub use parameter::{Initialiser, Parameter};
pub use spiking::{LayerPass, Mode, Neurons, SpikingLayer};
pub use synapse::{Linear, MapShape, Synapse};
