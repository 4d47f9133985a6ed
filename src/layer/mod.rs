//! Layers. Stateless ones (synapses, batch norm, pooling) fold time into the batch and run once on `[T * B, ...]`; the
//! [`SpikingLayer`] joins them to neurons.

mod conv;
mod dropout;
mod linear;
mod norm;
mod parameter;
mod shape;
mod skip;
mod spiking;
mod synapse;
mod weight;

pub use crate::kernel::Window;
pub use conv::{Conv, ConvShape};
pub use linear::Linear;
pub use norm::{Affine, BatchNorm, BatchStatistics, Norm};
pub use parameter::{Initialiser, Parameter};
pub use shape::{MapShape, Order};
pub(crate) use shape::{channel_means, winning_points};
pub use skip::Skip;
pub use spiking::{Activation, Drive, LayerPass, Mode, Neurons, Pooling, Silenced, SpikingLayer};
pub use synapse::Synapse;
pub(crate) use weight::signs;
pub use weight::{Weight, WeightKind, WeightRule};
