//! What a run shows: every spike of one image, how a layer fires, what an inference costs.

mod energy;
mod similarity;
mod statistics;
mod trace;

pub use energy::{Counts, EnergyModel};
pub use similarity::{Features, cka, retrieval};
pub use statistics::{SpikeStatistics, binary_entropy};
pub use trace::{CloudTrace, InputOverTime, LayerTrace, SeenInput, Trace};
pub(crate) use trace::{are_numbers, largest, softmax};
