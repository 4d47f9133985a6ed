//! Runs: a data set, a network, an optimiser and the order of the samples, all decided by a [`SessionConfig`].
//!
//! A [`Session`] trains, evaluates on the device without autodiff, probes and classifies. Several of them side by side,
//! with the same batches, are [`Lanes`]. Reading back is asynchronous throughout, because a page cannot wait.

mod adjust;
mod changes;
mod check;
mod checkpoint;
mod classifier;
mod config;
mod diary;
mod error;
mod evaluation;
mod event_classifier;
mod export;
mod header;
mod input;
mod lanes;
mod likeness;
mod measure;
mod memory;
mod network;
mod number;
mod optimiser;
pub mod ranges;
mod run;
mod soundness;
mod trouble;
mod twin;

pub use changes::{Change, LIVE, MOST_CHANGES, MOST_STEPS, SWITCHES};
pub use check::ConfigError;
pub use checkpoint::CheckpointError;
pub use classifier::Classifier;
pub use config::{NetworkKind, OptimiserKind, Schedule, SessionConfig, UnitKind};
pub use diary::{Diary, LayerGradient};
pub use error::SessionError;
pub use evaluation::{COUNTED, Evaluation, Evaluator, LayerActivity, NOT_ASKED};
pub use event_classifier::EventClassifier;
pub use export::weights_with;
pub use lanes::Lanes;
pub use likeness::{ALIKE, Likeness};
pub use measure::{LayerMeasures, Measures, TwinMeasures};
pub use memory::{Room, check_data, check_room, memory_of, memory_to_measure};
pub use run::{Progress, Session};
pub use twin::{Preparation, Twins};

#[cfg(any(feature = "bench", test))]
pub(crate) use network::new_network;
#[cfg(feature = "bench")]
pub(crate) use optimiser::Optimiser;

#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod cloud_tests;
#[cfg(test)]
mod encoding_tests;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod method_tests;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod property_tests;
#[cfg(test)]
mod recording_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble_tests;
