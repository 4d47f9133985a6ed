//! Work that benchmarks time (feature `bench`, never in the page that people load): with its inputs made beforehand, so
//! that a clock around one call times that work alone. `web::bench` has it for the browser, `cli/bench.rs` natively.

mod inference;
mod lif;
mod synapse;
mod training;

use burn::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub use inference::InferenceWork;
pub use lif::LifWork;
pub use synapse::{SynapseKind, SynapseWork};
pub use training::{TrainingWork, WorkKind};

use crate::session::SessionError;

/// `count` numbers of `low..high`, the same for the same seed.
pub fn noise(count: usize, low: f32, high: f32, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(low..high)).collect()
}

/// The one number of a tensor, which is there when all of the work before it is done.
pub(crate) async fn number(tensor: Tensor<1>) -> Result<f32, SessionError> {
    Ok(tensor.into_scalar_async::<f32>().await?)
}
