//! The held-out part: accuracy, confusion, and how each layer fires while it answers.

use burn::tensor::Transaction;

use super::input::input_from;
use super::{SessionConfig, SessionError};
use crate::data::{DataSet, Form, Part};
use crate::layer::{Drive, Mode};
use crate::model::Network;
use crate::neuron::SpikeKind;
use crate::probe::{Counts, SpikeStatistics, are_numbers, largest, softmax};

/// Samples in a pass, at most. Always as many, the last ones padded, because each new shape costs a GPU new pipelines.
const MOST: u64 = 64;

/// Numbers that the widest layer of a pass may hold over all time steps: 64 MiB.
const WIDEST: u64 = 1 << 24;

/// Samples in a pass of a network: fewer where its layers are as wide as those of clouds.
pub(super) fn pass_size(network: &Network) -> usize {
    let widest = network.layers().iter().map(|layer| layer.shape.count()).max().unwrap_or(1);
    samples_in_pass(widest as u64, network.steps() as u64) as usize
}

/// The same, of a network whose widest layer has so many neurons.
pub(super) fn samples_in_pass(widest: u64, steps: u64) -> u64 {
    // Some GPU backends reject the kernels of a batch of one.
    (WIDEST / widest.saturating_mul(steps).max(1)).clamp(2, MOST)
}

/// Firing is counted on the first so many held-out samples: enough for three digits of a rate, and a hundredth of the
/// traffic where spikes must be read back from a GPU.
pub const COUNTED: usize = 256;

/// What stands for an answer that has not been asked for yet, beside classes and the number of them, which is none.
pub const NOT_ASKED: u8 = u8::MAX;

/// What a pass over the held-out part knows so far. All but the answers covers every sample since number 0.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The first sample of this call.
    pub from: usize,
    /// Held-out samples done.
    pub done: usize,
    /// Held-out samples there are.
    pub total: usize,
    /// Share answered correctly.
    pub accuracy: f32,
    /// Mean cross-entropy, that of a guess where there is no answer.
    pub loss: f32,
    /// Samples that got no answer, because a logit is not a number. They count as wrong.
    pub broken: usize,
    /// `[classes * classes]`: row by true class, column by answer, of the samples that were answered.
    pub confusion: Vec<u32>,
    /// The answers to the samples of this call; the number of classes where there is none.
    pub answers: Vec<u8>,
    /// The probability of each of those answers, 0 where there is none.
    pub confidences: Vec<f32>,
    /// How each spiking layer fires, counted on the first 256 samples.
    pub layers: Vec<LayerActivity>,
    /// What an inference costs, by the same samples.
    pub counts: Counts,
}

/// How one spiking layer fires.
#[derive(Clone, Debug)]
pub struct LayerActivity {
    /// Its name.
    pub name: String,
    /// Neurons in it.
    pub neurons: usize,
    /// Rates and entropy.
    pub statistics: SpikeStatistics,
    /// Neurons that its spikes reach, per image.
    pub synaptic_operations: f64,
}

/// An evaluation under way, of the weights that were there when it began.
pub struct Evaluator {
    network: Network,
    config: SessionConfig,
    total: usize,
    done: usize,
    counted: usize,
    correct: usize,
    broken: usize,
    loss: f64,
    confusion: Vec<u32>,
    layers: Vec<LayerActivity>,
    fan_outs: Vec<Vec<u32>>,
    /// Additions that spikes or events of the input caused.
    input_operations: f64,
    costs: Costs,
}

/// How a layer's spikes count.
struct Cost {
    /// Whether it sends any.
    spikes: bool,
    /// Whether what takes them multiplies.
    multiplied: bool,
    /// Its channels, where one event of each is all that leaves the maximum over points.
    under_maximum: Option<usize>,
}

/// What an inference costs whatever fires, and how the operations of each layer's spikes count.
struct Costs {
    macs: f64,
    ordinary_macs: f64,
    /// Currents out of binary weights.
    scalings: f64,
    layers: Vec<Cost>,
}

impl Costs {
    fn new(network: &Network, config: &SessionConfig, form: Form) -> Self {
        let real = config.spike == SpikeKind::Real;
        let of = |i: usize| Cost {
            spikes: network.layers()[i].spikes(),
            multiplied: real && network.multiplies(i),
            under_maximum: network.channels_under_maximum(i),
        };
        Self {
            macs: network.dense_macs(config.takes_spikes(form)) as f64,
            ordinary_macs: network.ordinary_macs() as f64,
            scalings: network.scalings() as f64,
            layers: (0..network.layers().len()).map(of).collect(),
        }
    }
}

impl Evaluator {
    pub(super) fn new(config: &SessionConfig, network: &Network, form: Form, total: usize) -> Self {
        let network = network.without_autodiff().with_steps(config.evaluation_steps());
        let layers = network.layers().iter().map(|layer| LayerActivity {
            name: layer.name.clone(),
            neurons: layer.shape.count(),
            statistics: SpikeStatistics::new(config.spike),
            synaptic_operations: 0.0,
        });
        Self {
            layers: layers.collect(),
            fan_outs: network.fan_outs(),
            costs: Costs::new(&network, config, form),
            input_operations: 0.0,
            confusion: vec![0; network.classes().pow(2)],
            config: config.clone(),
            network,
            total,
            done: 0,
            counted: 0,
            correct: 0,
            broken: 0,
            loss: 0.0,
        }
    }

    /// Held-out samples done.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Does the next samples and tells where things stand.
    pub(super) async fn go_on(&mut self, data: &DataSet, count: usize) -> Result<Evaluation, SessionError> {
        let from = self.done;
        let to = self.total.min(from + count);
        let (mut answers, mut confidences) = (vec![], vec![]);
        let batch = pass_size(&self.network);
        for start in (from..to).step_by(batch) {
            let size = batch.min(to - start);
            let logits = self.pass(data, start, size).await?;
            let classes = self.network.classes();
            for (i, logits) in logits.chunks(classes).take(size).enumerate() {
                if !are_numbers(logits) {
                    self.broken += 1;
                    self.loss += (classes as f64).ln();
                    answers.push(classes.min(usize::from(NOT_ASKED)) as u8);
                    confidences.push(0.0);
                    continue;
                }
                let (label, probabilities) = (data.held_out.label(start + i), softmax(logits));
                let (answer, confidence) = largest(&probabilities);
                self.correct += usize::from(answer == label);
                self.loss += cross_entropy(logits, label);
                self.confusion[label * classes + answer] += 1;
                answers.push(answer as u8);
                confidences.push(confidence);
            }
            self.done = start + size;
        }
        Ok(self.report(from, answers, confidences))
    }

    /// Logits `[batch * classes]` of held-out samples, the last of which repeat where there are too few.
    async fn pass(&mut self, data: &DataSet, start: usize, size: usize) -> Result<Vec<f32>, SessionError> {
        let batch = pass_size(&self.network);
        let samples: Vec<usize> = (0..batch).map(|i| start + i.min(size - 1)).collect();
        let presentation = self.config.presentation(self.network.steps());
        let inputs = data.batch(Part::HeldOut, &samples, presentation).inputs;
        let counting = start < COUNTED;
        let counted = size.min(COUNTED.saturating_sub(start));
        if counting && self.config.takes_spikes(data.form) {
            self.input_operations += self.operations_of(&inputs, batch, counted);
        }
        let input = input_from(inputs, self.network.input().count(), batch, &self.network.device());
        let noise = self.config.paradigm.evaluation_noise(self.config.seed, start);
        let pass = self.network.forward(input, Drive { noise, ..Mode::Evaluate.into() });
        let mut transaction = Transaction::default().register(pass.logits);
        if counting {
            // Currents are not counted.
            for (layer, _) in pass.layers.into_iter().zip(&self.costs.layers).filter(|(_, cost)| cost.spikes) {
                transaction = transaction.register(layer.sent);
            }
        }
        let mut read = transaction
            .execute_async()
            .await?
            .into_iter()
            .map(|data| data.try_to_vec::<f32>().map_err(|error| SessionError::Device(format!("{error:?}"))));
        let logits = read.next().unwrap_or_else(|| Err(SessionError::Device("no logits came back".into())))?;
        if counting {
            let layers = self.layers.iter_mut().zip(&self.fan_outs).zip(&self.costs.layers);
            for ((layer, fan_out), cost) in layers.filter(|(_, cost)| cost.spikes) {
                let Some(spikes) = read.next() else { break };
                layer.count(&spikes?, [batch, counted], fan_out, cost.under_maximum);
            }
            self.counted += counted;
        }
        Ok(logits)
    }

    /// The additions that the first `counted` of `batch` samples of spikes or events `[T, B, numbers]` cause.
    fn operations_of(&self, inputs: &[f32], batch: usize, counted: usize) -> f64 {
        let fan_out = self.network.input_fan_out();
        let samples = inputs.chunks(fan_out.len()).enumerate().filter(|(row, _)| row % batch < counted);
        let of = |numbers: &[f32]| -> f64 {
            numbers.iter().zip(&fan_out).map(|(events, reached)| f64::from(*events) * f64::from(*reached)).sum()
        };
        samples.map(|(_, numbers)| of(numbers)).sum()
    }

    fn report(&self, from: usize, answers: Vec<u8>, confidences: Vec<f32>) -> Evaluation {
        let per_image = 1.0 / self.counted.max(1) as f64;
        let layers: Vec<LayerActivity> = self
            .layers
            .iter()
            .map(|layer| LayerActivity { synaptic_operations: layer.synaptic_operations * per_image, ..layer.clone() })
            .collect();
        let done = self.done.max(1);
        Evaluation {
            from,
            done: self.done,
            total: self.total,
            accuracy: self.correct as f32 / done as f32,
            loss: (self.loss / done as f64) as f32,
            broken: self.broken,
            confusion: self.confusion.clone(),
            answers,
            confidences,
            counts: self.counts(&layers, per_image),
            layers: layers
                .into_iter()
                .zip(&self.costs.layers)
                .filter(|(_, cost)| cost.spikes)
                .map(|(layer, _)| layer)
                .collect(),
        }
    }

    /// What an inference costs: rectified layers send no spikes, and what takes their currents is among the dense ones.
    fn counts(&self, layers: &[LayerActivity], per_image: f64) -> Counts {
        let spiking = || layers.iter().zip(&self.costs.layers).filter(|(_, cost)| cost.spikes);
        let operations = |chosen: fn(&Cost) -> bool| -> f64 {
            spiking().filter(|(_, cost)| chosen(cost)).map(|(layer, _)| layer.synaptic_operations).sum()
        };
        let sent: f64 = spiking().map(|(layer, _)| layer.statistics.spikes() as f64).sum();
        Counts {
            macs: self.costs.macs,
            ordinary_macs: self.costs.ordinary_macs,
            synaptic_operations: operations(|_| true) + self.input_operations * per_image,
            multiplied: operations(|cost| cost.multiplied),
            spikes: sent * per_image,
            scalings: self.costs.scalings,
            kind: self.config.spike,
        }
    }
}

/// The negative log-probability of a class.
fn cross_entropy(logits: &[f32], label: usize) -> f64 {
    let top = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|logit| (f64::from(*logit) - top).exp()).sum();
    top + sum.ln() - f64::from(logits[label])
}

impl LayerActivity {
    /// Counts the first `size` of `batch` samples of spikes `[T, B * N]`. Where a maximum over points takes them, `[points,
    /// channels]` each, a channel whose largest spike is one sends one event on.
    fn count(&mut self, spikes: &[f32], [batch, size]: [usize; 2], fan_out: &[u32], channels: Option<usize>) {
        for step in spikes.chunks(batch * self.neurons) {
            let step = &step[..size * self.neurons];
            self.statistics.add(step);
            for sample in step.chunks(self.neurons) {
                let sent = |i: usize| match channels {
                    // The largest of -1, 0 and 1 is none where any is 0 and none is 1.
                    Some(channels) => {
                        sample.iter().skip(i).step_by(channels).copied().fold(f32::NEG_INFINITY, f32::max)
                    }
                    None => sample[i],
                };
                let reached =
                    fan_out.iter().enumerate().filter(|(i, _)| sent(*i) != 0.0).map(|(_, count)| u64::from(*count));
                self.synaptic_operations += reached.sum::<u64>() as f64;
            }
        }
    }
}
