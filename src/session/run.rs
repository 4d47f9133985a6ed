//! One run.

use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::{Gradients, TensorData};

use super::changes::Stage;
use super::diary::{Diary, FIGURES, LayerGradient, gradient_figures};
use super::input::input_from;
use super::memory::{Room, check_room, memory_at_rest, work_of};
use super::network::{input_for, new_network};
use super::optimiser::{Optimiser, rate_at};
use super::{Classifier, ConfigError, Evaluation, Evaluator, SessionConfig, SessionError};
use crate::data::{BatchPlan, DataSet, Form, Part, PlanError};
use crate::layer::{Drive, Mode};
use crate::method::Aids;
use crate::model::{Network, Pass};
use crate::probe::Trace;

/// What some training steps gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Training steps taken so far, in all.
    pub step: usize,
    /// Epochs done so far, with the fraction of the one under way.
    pub epoch: f32,
    /// The learning rate of the last step.
    pub rate: f32,
    /// The step at which the epoch under way ends.
    pub epoch_end: usize,
    /// The step at which the planned epochs end.
    pub planned: usize,
    /// Cross-entropy of each step's batch, before the step.
    pub losses: Vec<f32>,
    /// Share of each step's batch that was classified correctly.
    pub accuracies: Vec<f32>,
    /// How strong the gradient of each layer's weights was at the last step, input side first.
    pub gradients: Vec<LayerGradient>,
    /// Why the run stays where it is: its loss or weights stopped being numbers.
    pub stopped: Option<String>,
}

/// A run at one step.
#[derive(Clone)]
pub(super) struct Snapshot {
    network: Network,
    aids: Aids,
    optimiser: Optimiser,
    pub step: usize,
}

/// What some training steps gave, read back.
#[derive(Default)]
pub(super) struct Taken {
    pub losses: Vec<f32>,
    pub accuracies: Vec<f32>,
    pub gradients: Vec<LayerGradient>,
    /// Those of the steps that the diary wants.
    noted: Vec<Vec<LayerGradient>>,
    /// The state before the last step: its loss is known, that of the state after it is not.
    before_last: Option<Snapshot>,
    /// Whether every number of the state after the last step is one.
    pub finite: bool,
}

/// A training step before it moves the weights.
pub(super) struct Stepped {
    pub pass: Pass,
    /// `[1]`, as is the share classified correctly.
    pub cross_entropy: Tensor<1>,
    pub accuracy: Tensor<1>,
    pub gradients: Gradients,
}

/// A run of one network on one data set.
pub struct Session {
    pub(super) config: SessionConfig,
    /// What holds from step to step.
    pub(super) stages: Vec<Stage>,
    /// The stage that it is in.
    pub(super) stage: usize,
    pub(super) data: Arc<DataSet>,
    pub(super) device: Device,
    pub(super) network: Network,
    pub(super) aids: Aids,
    pub(super) optimiser: Optimiser,
    pub(super) step: usize,
    pub(super) diary: Diary,
    pub(super) plan: BatchPlan,
    pub(super) stopped: Option<String>,
    /// The newest state whose loss is known to be a number.
    pub(super) good: Option<Snapshot>,
    pub(super) evaluator: Option<Evaluator>,
}

impl Session {
    /// A run from step 0. `device` is one without autodiff.
    ///
    /// # Errors
    ///
    /// When a setting is out of range, the network or the batch does not fit the data, or all of it the memory.
    pub fn new(config: SessionConfig, data: Arc<DataSet>, device: &Device) -> Result<Self, SessionError> {
        config.validate()?;
        let stages = config.stages()?;
        if config.data != data.name {
            let accepted = format!("the samples that were given are those of {}", data.name);
            return Err(ConfigError { name: "data", value: config.data.to_string(), accepted }.into());
        }
        let plan = plan_for(&stages, data.train.len())?;
        let input = input_for(&config, data.form)?;
        check_room(std::slice::from_ref(&config), data.form, data.classes.len(), Room::here())?;
        let device = device.clone().autodiff();
        let network = new_network(&config, input, data.classes.len(), &device)?;
        let aids = Aids::new(&config.methods(), &network, config.seed, &device);
        let optimiser = Optimiser::new(&config);
        let (diary, stopped, good, evaluator) = (Diary::default(), None, None, None);
        let (stage, step) = (0, 0);
        let mut session = Self {
            config,
            stages,
            stage,
            data,
            device,
            network,
            aids,
            optimiser,
            step,
            diary,
            plan,
            stopped,
            good,
            evaluator,
        };
        session.come_to(0);
        Ok(session)
    }

    /// Whether the run waits for the trained twin that guides it.
    pub fn needs_twin(&self) -> bool {
        self.is_guided() && self.aids.twin().is_none()
    }

    /// Whether a twin guides the run.
    pub(super) fn is_guided(&self) -> bool {
        self.config.methods().need_twin()
    }

    /// Puts the trained twin beside the run.
    pub fn set_twin(&mut self, twin: Arc<Network>) {
        self.aids.set_twin(twin);
    }

    /// The trained twin beside the run.
    pub fn twin(&self) -> Option<&Arc<Network>> {
        self.aids.twin()
    }

    /// What the run has noted of its first and last epoch.
    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    /// What decides the run, its changes with it.
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// The data set.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// The data set, to hold on to.
    pub fn shared_data(&self) -> &Arc<DataSet> {
        &self.data
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Multiply-accumulates of a training step, were nothing zero.
    pub fn work(&self) -> u64 {
        work_of(&self.config, self.data.form, self.data.classes.len())
    }

    /// Bytes that the run takes while it is not at work.
    pub fn memory_at_rest(&self) -> u64 {
        memory_at_rest(&self.config, self.data.form, self.data.classes.len())
    }

    /// Training steps taken so far.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Training steps in an epoch, of batches as they are now.
    pub fn steps_per_epoch(&self) -> usize {
        self.plan.steps_per_epoch(self.step)
    }

    /// Epochs done so far, with the fraction of the one under way.
    pub fn epoch(&self) -> f32 {
        self.plan.even_step(self.step) as f32 / self.steps_per_epoch() as f32
    }

    /// The learning rate of the last step; of the first before it.
    pub fn rate(&self) -> f32 {
        self.rate_at(self.step.saturating_sub(1))
    }

    /// The step at which the epoch under way ends.
    pub fn epoch_end(&self) -> usize {
        self.plan.start_of(self.plan.place(self.step).epoch + 1)
    }

    /// The step at which the planned epochs end.
    pub fn planned(&self) -> usize {
        self.plan.start_of(self.now().epochs)
    }

    /// Takes training steps and reads their losses back at the end. Where a loss or a weight is not a number the run goes back
    /// to the last weights before it, says in which layer it began, and stays there.
    ///
    /// # Errors
    ///
    /// When the twin that guides the run is not there yet, or the device gives no answer.
    pub async fn train(&mut self, steps: usize) -> Result<Progress, SessionError> {
        if steps == 0 || self.stopped.is_some() {
            return Ok(self.progress(Taken::default()));
        }
        if self.needs_twin() {
            return Err(SessionError::NoTwin);
        }
        let start = self.snapshot();
        let taken = self.advance(steps).await?;
        let bad = taken.losses.iter().position(|loss| !loss.is_finite());
        if bad.is_some() || !taken.finite {
            return self.stop(start, bad, steps).await;
        }
        self.note(start.step, &taken);
        Ok(self.progress(taken))
    }

    /// Takes in what steps gave that were taken from step `from` on.
    pub(super) fn note(&mut self, from: usize, taken: &Taken) {
        self.good = taken.before_last.clone().or(self.good.take());
        let epochs = (from..).map(|step| self.plan.place(step).epoch);
        self.diary.note_losses(taken.losses.iter().copied().zip(epochs));
        taken.noted.iter().for_each(|gradients| self.diary.note_gradients(gradients));
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let (network, aids, optimiser) = (self.network.clone(), self.aids.clone(), self.optimiser.clone());
        Snapshot { network, aids, optimiser, step: self.step }
    }

    pub(super) fn go_to(&mut self, state: Snapshot) {
        let step = state.step;
        Snapshot { network: self.network, aids: self.aids, optimiser: self.optimiser, .. } = state;
        self.come_to(step);
    }

    pub(super) fn progress(&self, taken: Taken) -> Progress {
        Progress {
            step: self.step,
            epoch: self.epoch(),
            rate: self.rate(),
            epoch_end: self.epoch_end(),
            planned: self.planned(),
            losses: taken.losses,
            accuracies: taken.accuracies,
            gradients: taken.gradients,
            stopped: self.stopped.clone(),
        }
    }

    /// The learning rate of a step, present or just past.
    fn rate_at(&self, step: usize) -> f32 {
        let stage = self.stages.iter().rfind(|stage| stage.from <= step).expect("one from step 0 on");
        rate_at(&stage.config, self.plan.even_step(step), self.plan.steps_per_epoch(step))
    }

    /// Training steps without a look at their losses, which are read back at the end.
    pub(super) async fn advance(&mut self, steps: usize) -> Result<Taken, SessionError> {
        if steps == 0 {
            return Ok(Taken::default());
        }
        let (mut figures, mut of_layers) = (vec![], vec![]);
        let (mut before_last, mut looks) = (None, vec![]);
        for i in 0..steps {
            let is_last = i + 1 == steps;
            if is_last {
                before_last = Some(self.snapshot());
            }
            let wanted = Diary::wants(self.step, self.steps_per_epoch());
            let mut taken = self.take_step(wanted || is_last);
            of_layers.extend(taken.split_off(2));
            figures.extend(taken);
            if wanted || is_last {
                looks.push(wanted);
            }
        }
        figures.extend(of_layers);
        figures.push(self.poison());
        let read = Tensor::cat(figures, 0).into_data_async().await?;
        let figures: Vec<f32> = read.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))?;
        let (of_steps, of_layers) = figures.split_at(2 * steps);
        let (of_layers, poison) = of_layers.split_at(of_layers.len() - 1);
        let (losses, accuracies) = of_steps.chunks(2).map(|figure| (figure[0], figure[1])).unzip();
        let gradients: Vec<LayerGradient> = of_layers.chunks_exact(FIGURES).map(LayerGradient::of).collect();
        let mut looked = gradients.chunks(self.network.layers().len()).map(<[LayerGradient]>::to_vec);
        let noted = looked.clone().zip(looks).filter(|(_, wanted)| *wanted).map(|(gradients, _)| gradients).collect();
        let gradients = looked.next_back().unwrap_or_default();
        let finite = poison[0].is_finite();
        Ok(Taken { losses, accuracies, gradients, noted, before_last, finite })
    }

    /// One step: the loss and the share classified correctly, and if asked the figures of each layer's gradient, `[1]`
    /// each, still on the device.
    fn take_step(&mut self, with_gradients: bool) -> Vec<Tensor<1>> {
        let Stepped { pass, cross_entropy, accuracy, gradients } = self.try_step();
        let mut figures = vec![cross_entropy, accuracy];
        if with_gradients {
            figures.extend(gradient_figures(&self.network, &gradients));
        }
        self.finish_step(pass, gradients);
        figures
    }

    /// A step up to its gradients.
    pub(super) fn try_step(&mut self) -> Stepped {
        let presentation = self.stages[self.stage].config.presentation_of_step(self.step);
        let key = presentation.key;
        let batch = self.data.batch(Part::Train, self.plan.indices(self.step), presentation);
        let (size, classes) = (batch.labels.len(), self.data.classes.len());
        let input = input_from(batch.inputs, self.network.input().count(), size, &self.device);
        let targets = Tensor::<2>::from_data(one_hot(&batch.labels, classes), &self.device);

        let (methods, per_epoch) = (self.now().methods(), self.steps_per_epoch());
        let (start, epochs, epoch) =
            (self.now().surrogate_parameter, self.now().epochs, self.plan.place(self.step).epoch);
        if let Some(slope) = methods.im_loss.slope(start, epoch, epochs) {
            self.network.set_surrogate_parameter(slope);
        }
        let noise = methods.paradigm.training_noise(self.config.seed, self.step);
        let traced = methods.im_loss.needs_potentials();
        let drive = Drive { traced, noise, key, ..Mode::Train.into() };
        let pass = self.network.forward(input.clone(), drive);
        let weight = methods.shortcut.weight(self.plan.even_step(self.step), epochs.saturating_mul(per_epoch));
        let loss = self.aids.loss(&methods, &self.network, &pass, &input, targets.clone(), weight);
        let gradients = loss.whole.backward();
        let cross_entropy = loss.cross_entropy.without_autodiff();
        let accuracy = accuracy(pass.logits.clone().without_autodiff(), targets.without_autodiff());
        Stepped { pass, cross_entropy, accuracy, gradients }
    }

    /// The rest of it.
    pub(super) fn finish_step(&mut self, pass: Pass, gradients: Gradients) {
        self.network.absorb(pass.layers.into_iter().map(|layer| [layer.statistics, layer.skip_statistics]).collect());
        self.move_weights(gradients);
        self.come_to(self.step + 1);
    }

    fn move_weights(&mut self, gradients: Gradients) {
        let rate = self.rate_at(self.step);
        let mut parameters = self.network.parameters_mut();
        parameters.extend(self.aids.parameters_mut());
        self.optimiser.step(parameters, gradients, rate);
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
            slot => {
                slot.insert(Evaluator::new(&self.stages[self.stage].config, &self.network, self.data.form, held_out))
            }
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
        let classifier = self.classifier();
        let presentation = self.now().presentation(classifier.network().steps());
        let seen: Vec<f32> = match self.data.form {
            Form::Image(_) => held_out.image(sample).iter().map(|pixel| f32::from(*pixel) / 255.0).collect(),
            Form::Cloud { .. } | Form::Recording(_) => self.data.batch(Part::HeldOut, &[sample], presentation).inputs,
        };
        let mut trace = classifier.trace(&seen, sample).await?;
        trace.label = Some(held_out.label(sample));
        Ok(trace)
    }

    /// What classifies images with the weights as they are.
    pub fn classifier(&self) -> Classifier {
        let (network, data) = (self.network.without_autodiff(), &self.data);
        Classifier::new(self.now().clone(), network, data.form, data.normalisation.clone(), Some(data.identity()))
    }
}

/// The batches of a run on so many samples.
pub(super) fn plan_for(stages: &[Stage], samples: usize) -> Result<BatchPlan, ConfigError> {
    let (first, later) = stages.split_first().expect("one from step 0 on");
    let mut plan = match first.config.samples {
        0 => BatchPlan::new(first.config.seed, samples, first.config.batch),
        count => BatchPlan::choosing(first.config.seed, samples, count, first.config.batch),
    };
    for (before, Stage { from, config }) in stages.iter().zip(later) {
        if config.batch != before.config.batch {
            plan = plan.and_then(|mut plan| plan.rebatch(*from, config.batch).map(|()| plan));
        }
    }
    plan.map_err(|error| {
        let (name, value) = match error {
            PlanError::Batch { batch, .. } => ("batch", batch),
            PlanError::Choice { count, .. } => ("samples", count),
        };
        let accepted = format!("there are only {samples} samples to train on");
        ConfigError { name, value: value.to_string(), accepted }
    })
}

/// Labels as rows with a one at the class, `[B, classes]`.
fn one_hot(labels: &[i32], classes: usize) -> TensorData {
    let mut rows = vec![0.0_f32; labels.len() * classes];
    for (row, label) in rows.chunks_mut(classes).zip(labels) {
        row[*label as usize] = 1.0;
    }
    TensorData::new(rows, [labels.len(), classes])
}

/// The share of rows whose logit at the true class is larger than every other, `[1]`.
fn accuracy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let of_target = (logits.clone() * targets.clone()).sum_dim(1);
    let others = (logits - targets * f32::MAX).max_dim(1);
    of_target.greater(others).float().mean()
}
