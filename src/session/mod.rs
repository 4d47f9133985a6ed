//! Runs: a data set, a network, an optimiser and the order of the samples, all decided by a [`SessionConfig`].
//!
//! A [`Session`] trains, evaluates on the device without autodiff, probes and classifies. Several of them side by side,
//! with the same batches, are [`Lanes`]. Reading back is asynchronous throughout, because a page cannot wait.

mod checkpoint;
mod classifier;
mod config;
mod evaluation;
mod lanes;
mod optimiser;
mod run;

pub use checkpoint::CheckpointError;
pub use classifier::Classifier;
pub use config::{ConfigError, NetworkKind, OptimiserKind, Schedule, SessionConfig};
pub use evaluation::{Evaluation, Evaluator, LayerActivity};
pub use lanes::Lanes;
pub use run::{Progress, Session, SessionError};

#[cfg(feature = "bench")]
pub(crate) use {optimiser::Optimiser, run::cross_entropy, run::new_network};

#[cfg(test)]
mod tests;
