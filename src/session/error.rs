//! What keeps a run from going on.

use burn::tensor::ExecutionError;
use spikeground_recording::RecordingError;

use super::{CheckpointError, ConfigError};
use crate::data::PlanError;
use crate::model::{EventError, ModelError};

/// Points of a cloud that can be classified, at least and at most.
pub(super) const LEAST_POINTS: usize = 16;
pub(super) const MOST_POINTS: usize = 8192;

/// What keeps a run from going on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A setting is out of range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The network does not fit the data.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There are too few samples for the batches.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The network cannot be driven by events.
    #[error(transparent)]
    Events(#[from] EventError),
    /// The device gave no answer.
    #[error("the device could not finish its work: {0}")]
    Device(String),
    /// There is no such held-out sample.
    #[error("held-out sample {sample} was asked for, but there are {held_out}, numbered from 0")]
    NoSuchSample {
        /// The number asked for.
        sample: usize,
        /// Held-out samples there are.
        held_out: usize,
    },
    /// An image of the wrong size.
    #[error("an image of {given} pixels was given to a network that sees {wanted}")]
    WrongImage {
        /// Pixels given.
        given: usize,
        /// Pixels wanted.
        wanted: usize,
    },
    /// An image with a pixel that is none.
    #[error("pixel number {at} of the image is {pixel}: pixels go from 0 (ground, or dark) to 1 (ink, or bright)")]
    WrongPixel {
        /// Its place, channel by channel, row by row, counted from 0.
        at: usize,
        /// What stands there.
        pixel: f32,
    },
    /// There is no such neuron.
    #[error(
        "neuron {neuron} of layer {layer} was asked for, but there is none: layers and neurons are numbered from 0"
    )]
    NoSuchNeuron {
        /// The layer asked for.
        layer: usize,
        /// The neuron asked for.
        neuron: usize,
    },
    /// An image was given where a cloud is wanted, or the reverse.
    #[error("{given} was given to a network that classifies {wanted}")]
    WrongForm {
        /// What was given.
        given: &'static str,
        /// What is wanted.
        wanted: &'static str,
    },
    /// A file that is no recording.
    #[error("this is no recording that the network can take: {0}")]
    Recording(#[from] RecordingError),
    /// A cloud that no network takes.
    #[error("a cloud of {given} points was given: it must have from {LEAST_POINTS} to {MOST_POINTS}")]
    WrongCloud {
        /// Points given.
        given: usize,
    },
    /// A cloud that no memory is left for.
    #[error("a cloud of {given} points takes more memory than there is in this network; {fitting} points fit")]
    LargeCloud {
        /// Points given.
        given: usize,
        /// Points that fit.
        fitting: usize,
    },
    /// Something takes more memory than there is.
    #[error("{what} takes about {needed} of memory, and {there}")]
    NoRoom {
        /// What takes it.
        what: &'static str,
        /// What it takes.
        needed: String,
        /// What there is.
        there: String,
    },
    /// A network whose numbers grow beyond all bounds.
    #[error("this network's answer is not a number: its weights are too large")]
    NoAnswer,
    /// A checkpoint that does not fit.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A run was to train without the twin that guides it.
    #[error("this run is guided by its ANN twin, which has to be trained first")]
    NoTwin,
    /// The twin could not be trained.
    #[error("the ANN twin could not be trained: {reason}")]
    Twin {
        /// Why.
        reason: String,
    },
}

impl From<ExecutionError> for SessionError {
    fn from(error: ExecutionError) -> Self {
        Self::Device(error.to_string())
    }
}
