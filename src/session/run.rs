//! One run.

use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::activation::log_softmax;
use burn::tensor::{ExecutionError, TensorData};

use super::optimiser::{Optimiser, rate_at};
use super::{CheckpointError, Classifier, ConfigError, Evaluation, Evaluator, NetworkKind, SessionConfig};
use crate::data::{BatchPlan, DataSet, Part};
use crate::layer::{MapShape, Mode, Neurons};
use crate::model::{Architecture, ModelError, Network};
use crate::probe::Trace;

/// What keeps a run from going on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A setting is out of range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The network does not fit the data.
    #[error(transparent)]
    Model(#[from] ModelError),
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
    /// A checkpoint that does not fit.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<ExecutionError> for SessionError {
    fn from(error: ExecutionError) -> Self {
        Self::Device(error.to_string())
    }
}

/// What some training steps gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Training steps taken so far, in all.
    pub step: usize,
    /// Epochs done so far, with the fraction of the one under way.
    pub epoch: f32,
    /// The learning rate of the last step.
    pub rate: f32,
    /// Cross-entropy of each step's batch, before the step.
    pub losses: Vec<f32>,
    /// Share of each step's batch that was classified correctly.
    pub accuracies: Vec<f32>,
    /// Why the run stays where it is: its loss is not a number.
    pub stopped: Option<String>,
}

/// A run at one step.
#[derive(Clone)]
struct Snapshot {
    network: Network,
    optimiser: Optimiser,
    step: usize,
}

/// A run of one network on one data set.
pub struct Session {
    pub(super) config: SessionConfig,
    pub(super) data: Arc<DataSet>,
    pub(super) device: Device,
    pub(super) network: Network,
    pub(super) optimiser: Optimiser,
    pub(super) step: usize,
    pub(super) plan: BatchPlan,
    pub(super) stopped: Option<String>,
    /// The newest state whose loss is known to be a number.
    good: Option<Snapshot>,
    evaluator: Option<Evaluator>,
}

impl Session {
    /// A run from step 0. `device` is one without autodiff.
    ///
    /// # Errors
    ///
    /// When a setting is out of range, or the network or the batch does not fit the data.
    pub fn new(config: SessionConfig, data: Arc<DataSet>, device: &Device) -> Result<Self, SessionError> {
        config.validate()?;
        if config.data != data.name {
            let accepted = format!("the images that were given are those of {}", data.name);
            return Err(ConfigError { name: "data", value: config.data.to_string(), accepted }.into());
        }
        let samples = data.train.len();
        if config.batch > samples {
            let accepted = format!("there are only {samples} samples to train on");
            return Err(ConfigError { name: "batch", value: config.batch.to_string(), accepted }.into());
        }
        let device = device.clone().autodiff();
        let input = MapShape { channels: 1, height: data.height, width: data.width };
        let network = new_network(&config, input, data.classes.len(), &device)?;
        let plan = BatchPlan::new(config.seed, samples, config.batch);
        let optimiser = Optimiser::new(&config);
        Ok(Self { config, data, device, network, optimiser, step: 0, plan, stopped: None, good: None, evaluator: None })
    }

    /// What decides the run.
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// The data set.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Training steps taken so far.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Training steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.plan.steps_per_epoch()
    }

    /// Takes training steps and reads their losses back at the end. Where a loss is not a number the run goes back to the
    /// last weights that gave one, says so, and stays there.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn train(&mut self, steps: usize) -> Result<Progress, SessionError> {
        if self.stopped.is_some() {
            return Ok(self.progress(vec![], vec![]));
        }
        let start = self.snapshot();
        let (mut losses, mut accuracies, before_last) = self.advance(steps).await?;
        let Some(bad) = losses.iter().position(|loss| !loss.is_finite()) else {
            self.good = before_last.or(self.good.take());
            return Ok(self.progress(losses, accuracies));
        };
        // The weights that gave the bad loss were made by the step before it, which is left out too; where that was
        // taken by an earlier call, the state before it was put by.
        let kept = bad.saturating_sub(1);
        let at = start.step + bad;
        let back_to = if bad == 0 { self.good.take().unwrap_or(start) } else { start };
        self.go_to(back_to);
        self.advance(kept).await?;
        losses.truncate(kept);
        accuracies.truncate(kept);
        self.stopped = Some(format!(
            "The loss stopped being a number at step {at}. The weights of step {} are kept; try half the learning rate.",
            self.step
        ));
        Ok(self.progress(losses, accuracies))
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot { network: self.network.clone(), optimiser: self.optimiser.clone(), step: self.step }
    }

    fn go_to(&mut self, state: Snapshot) {
        Snapshot { network: self.network, optimiser: self.optimiser, step: self.step } = state;
    }

    fn progress(&self, losses: Vec<f32>, accuracies: Vec<f32>) -> Progress {
        let per_epoch = self.plan.steps_per_epoch();
        Progress {
            step: self.step,
            epoch: self.step as f32 / per_epoch as f32,
            rate: rate_at(&self.config, self.step.saturating_sub(1), per_epoch),
            losses,
            accuracies,
            stopped: self.stopped.clone(),
        }
    }

    /// Training steps without a look at their losses, which are read back at the end, and the state before the last of
    /// them: its loss is known then, that of the state after it is not.
    async fn advance(&mut self, steps: usize) -> Result<(Vec<f32>, Vec<f32>, Option<Snapshot>), SessionError> {
        if steps == 0 {
            return Ok((vec![], vec![], None));
        }
        let mut figures = vec![];
        let mut before_last = None;
        for i in 0..steps {
            if i + 1 == steps {
                before_last = Some(self.snapshot());
            }
            let (loss, correct) = self.take_step();
            figures.extend([loss, correct]);
        }
        let read = Tensor::cat(figures, 0).into_data_async().await?;
        let figures: Vec<f32> = read.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))?;
        let (losses, accuracies) = figures.chunks(2).map(|figure| (figure[0], figure[1])).unzip();
        Ok((losses, accuracies, before_last))
    }

    /// One step: the loss and the share classified correctly, `[1]` both, still on the device.
    fn take_step(&mut self) -> (Tensor<1>, Tensor<1>) {
        let batch = self.data.batch(Part::Train, self.plan.indices(self.step));
        let (size, classes) = (batch.labels.len(), self.data.classes.len());
        let images = TensorData::new(batch.pixels, [size, self.network.input().count()]);
        let images = Tensor::<2>::from_data(images, &self.device);
        let targets = Tensor::<2>::from_data(one_hot(&batch.labels, classes), &self.device);

        let pass = self.network.forward(images, Mode::Train);
        let loss = cross_entropy(pass.logits.clone(), targets.clone());
        let gradients = loss.backward();
        let rate = rate_at(&self.config, self.step, self.plan.steps_per_epoch());
        self.network.absorb(pass.layers.into_iter().map(|layer| layer.statistics).collect());
        self.optimiser.step(&mut self.network, gradients, rate);
        self.step += 1;

        let (logits, targets) = (pass.logits.without_autodiff(), targets.without_autodiff());
        (loss.without_autodiff(), accuracy(logits, targets))
    }

    /// Classifies the next `count` held-out samples (fewer at the end), in a pass that keeps the weights it began with,
    /// however the run goes on meanwhile. A pass begins with `from` 0, and anew where none stands at sample `from`; the
    /// answer says where it stands.
    ///
    /// # Errors
    ///
    /// When there is no sample `from`, or the device gives no answer.
    pub async fn evaluate(&mut self, from: usize, count: usize) -> Result<Evaluation, SessionError> {
        let held_out = self.data.held_out.len();
        if from >= held_out {
            return Err(SessionError::NoSuchSample { sample: from, held_out });
        }
        let evaluator = match &mut self.evaluator {
            Some(evaluator) if from > 0 && from == evaluator.done() => evaluator,
            slot => slot.insert(Evaluator::new(&self.config, &self.network, held_out)),
        };
        evaluator.go_on(&self.data, count).await
    }

    /// A held-out sample on its way through the network, every spike of it.
    ///
    /// # Errors
    ///
    /// When there is no such sample, or the device gives no answer.
    pub async fn probe(&self, sample: usize) -> Result<Trace, SessionError> {
        let held_out = &self.data.held_out;
        if sample >= held_out.len() {
            return Err(SessionError::NoSuchSample { sample, held_out: held_out.len() });
        }
        let greys: Vec<f32> = held_out.image(sample).iter().map(|grey| f32::from(*grey) / 255.0).collect();
        let mut trace = self.classifier().classify(&greys).await?;
        trace.label = Some(held_out.label(sample));
        Ok(trace)
    }

    /// What classifies images with the weights as they are.
    pub fn classifier(&self) -> Classifier {
        Classifier::new(self.config.clone(), self.network.without_autodiff(), self.data.normalisation)
    }
}

/// A network as a config describes it.
pub(crate) fn new_network(
    config: &SessionConfig,
    input: MapShape,
    classes: usize,
    device: &Device,
) -> Result<Network, ModelError> {
    let architecture = match config.network {
        NetworkKind::Mlp => Architecture::Mlp(config.widths.clone()),
        NetworkKind::Conv => Architecture::Conv(config.widths.clone()),
    };
    let neurons = Neurons {
        lif: config.lif(),
        steps: config.steps,
        amplitude: config.amplitude,
        train_amplitude: config.train_amplitude,
        batch_norm: config.batch_norm,
    };
    Network::new(&architecture, input, classes, neurons, config.seed, device)
}

/// Labels as rows with a one at the class, `[B, classes]`.
fn one_hot(labels: &[i32], classes: usize) -> TensorData {
    let mut rows = vec![0.0_f32; labels.len() * classes];
    for (row, label) in rows.chunks_mut(classes).zip(labels) {
        row[*label as usize] = 1.0;
    }
    TensorData::new(rows, [labels.len(), classes])
}

/// The mean of the negative log-probability of the true class, `[1]`.
pub(crate) fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let batch = logits.dims()[0] as f32;
    (log_softmax(logits, 1) * targets).sum().neg() / batch
}

/// The share of rows whose logit at the true class is larger than every other, `[1]`.
fn accuracy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let of_target = (logits.clone() * targets.clone()).sum_dim(1);
    let others = (logits - targets * f32::MAX).max_dim(1);
    of_target.greater(others).float().mean()
}
