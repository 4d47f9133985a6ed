//! What experiments ask of a trained run beyond its accuracy: how each layer fires, what an inference costs, accuracy at
//! other numbers of time steps, how alike the network and its twin see, and what folding changes.

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};
use serde::{Deserialize, Serialize};

use super::evaluation::{Evaluator, pass_size};
use super::{Session, SessionConfig, SessionError};
use crate::data::{Look, Part};
use crate::layer::{Drive, Mode, SpikingLayer};
use crate::method::paradigm::ParadigmConfig;
use crate::model::Network;
use crate::probe::{Counts, Features, cka, largest, retrieval, softmax};

/// Held-out samples that features are compared on.
const COMPARED: usize = 256;
/// Time steps that a run may be evaluated at besides its own.
const STEPS: [usize; 3] = [1, 2, 4];

/// A trained run in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// Whether its loss stopped being a number on the way: it is measured where it stands.
    #[serde(default)]
    pub stopped: bool,
    /// Share of all held-out samples classified correctly.
    pub accuracy: f64,
    /// Accuracy at 1, 2 and 4 time steps at inference, where it was asked for.
    pub accuracy_at: Vec<(usize, f64)>,
    /// The mean cross-entropy of the last epoch's training batches.
    pub training_loss: f64,
    /// The spiking layers.
    pub layers: Vec<LayerMeasures>,
    /// For every layer, spiking or not, the mean over the first epoch of the root mean square of its weights' gradient.
    pub first_epoch_gradients: Vec<f64>,
    /// What an inference costs.
    pub counts: Counts,
    /// Bytes that one training step keeps of its layers' spikes and potentials, or currents, for the way back, counted.
    pub activation_bytes: usize,
    /// The largest difference of a logit that folding makes, in the largest logit, where no spike at a threshold turns round.
    pub fold_error: f64,
    /// The network and its twin, if there is one.
    pub twin: Option<TwinMeasures>,
}

/// How one spiking layer fires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LayerMeasures {
    /// Its name.
    pub name: String,
    /// Bits per neuron and time step.
    pub entropy: f64,
    /// Share of neuron-steps that fire.
    pub rate: f64,
    /// The height of its spikes.
    pub amplitude: f64,
}

/// How alike a network and its twin see the first held-out samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TwinMeasures {
    /// CKA of each layer.
    pub cka: Vec<f64>,
    /// For each layer the share of samples whose features find those of the same sample in the twin.
    pub retrieval: Vec<f64>,
    /// The share of samples where the twin's readout says the same of both networks' features.
    pub agreement: f64,
    /// Mean KL divergence of the twin's answer from that of its readout on the network's features.
    pub divergence: f64,
}

/// What a network said of some samples: features per layer, and its twin's readout of those in front of its own.
struct Said {
    layers: Vec<Features>,
    through_twin: Vec<f32>,
}

impl Session {
    /// Measures the run as it is. `twin` is what it is compared with, `steps` whether accuracy at other time steps is asked for.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn measure(&self, twin: Option<&Network>, steps: bool) -> Result<Measures, SessionError> {
        let total = self.data.held_out.len();
        let evaluation = Evaluator::new(self.now(), &self.network, total).go_on(&self.data, total).await?;
        let mut accuracy_at = vec![];
        for evaluation_steps in STEPS.into_iter().filter(|_| steps) {
            let accuracy = self.accuracy_as(ParadigmConfig { evaluation_steps, ..self.now().paradigm }).await?;
            accuracy_at.push((evaluation_steps, accuracy));
        }
        let network = self.network.without_autodiff();
        let spiking: Vec<_> = network.layers().iter().filter(|layer| layer.spikes()).collect();
        let mut layers = vec![];
        for (layer, activity) in spiking.iter().zip(&evaluation.layers) {
            let amplitude = layer.amplitude().flat().into_scalar_async::<f32>().await?;
            let (name, statistics) = (activity.name.clone(), &activity.statistics);
            let (entropy, rate) = (statistics.entropy(), statistics.rate());
            layers.push(LayerMeasures { name, entropy, rate, amplitude: f64::from(amplitude) });
        }
        // Spikes and potentials of spiking layers, currents of the others, 4 bytes each.
        let kept = |layer: &SpikingLayer| layer.shape.count() * if layer.spikes() { 8 } else { 4 };
        let kept: usize = network.layers().iter().map(kept).sum();
        Ok(Measures {
            stopped: self.stopped.is_some(),
            accuracy: f64::from(evaluation.accuracy),
            accuracy_at,
            training_loss: self.diary.epoch_loss(),
            layers,
            first_epoch_gradients: self.diary.first_epoch_gradients(),
            counts: evaluation.counts,
            activation_bytes: kept * self.config.steps * self.now().batch,
            fold_error: self.fold_error(&network).await?,
            twin: match twin {
                Some(twin) => Some(self.compare(&network, twin).await?),
                None => None,
            },
        })
    }

    /// Share of all held-out samples classified correctly at other time steps, or with other noise.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn accuracy_as(&self, paradigm: ParadigmConfig) -> Result<f64, SessionError> {
        let (config, total) = (SessionConfig { paradigm, ..self.now().clone() }, self.data.held_out.len());
        let evaluation = Evaluator::new(&config, &self.network, total).go_on(&self.data, total).await?;
        Ok(f64::from(evaluation.accuracy))
    }

    fn held_out(&self, start: usize) -> Tensor<2> {
        let last = self.data.held_out.len() - 1;
        let batch = pass_size(&self.network);
        let samples: Vec<usize> = (0..batch).map(|i| last.min(start + i)).collect();
        let look = Look { points: self.config.pointnet.points, varied: None };
        let inputs = self.data.batch(Part::HeldOut, &samples, look).inputs;
        let device = self.device.clone().inner();
        Tensor::from_data(TensorData::new(inputs, [batch, self.network.input().count()]), &device)
    }

    /// Over the images in which folding turns no spike at a threshold round: those give other logits, and rightly so.
    async fn fold_error(&self, network: &Network) -> Result<f64, SessionError> {
        let images = self.held_out(0);
        let passes =
            [network.forward(images.clone(), Mode::Evaluate), network.folded().forward(images, Mode::Evaluate)];
        let mut read = vec![];
        for pass in passes {
            let spikes = pass.layers.into_iter().map(|layer| layer.sent);
            let transaction = spikes.fold(Transaction::default().register(pass.logits), Transaction::register);
            read.push(transaction.execute_async().await?.iter().map(floats).collect::<Result<Vec<_>, _>>()?);
        }
        let batch = pass_size(&self.network);
        let mut same = vec![true; batch];
        for (layer, (before, after)) in network.layers().iter().zip(read[0][1..].iter().zip(&read[1][1..])) {
            for (i, (before, after)) in before.iter().zip(after).enumerate() {
                same[i / layer.shape.count() % batch] &= (*before == 0.0) == (*after == 0.0);
            }
        }
        let (before, after, classes) = (&read[0][0], &read[1][0], network.classes());
        let largest = before.iter().fold(f32::MIN_POSITIVE, |top, logit| top.max(logit.abs()));
        let moved = before.iter().zip(after).enumerate().filter(|(i, _)| same[i / classes]);
        let error = moved.fold(0.0_f32, |top, (_, (a, b))| top.max((a - b).abs()));
        Ok(f64::from(error / largest))
    }

    pub(super) async fn compare(&self, network: &Network, twin: &Network) -> Result<TwinMeasures, SessionError> {
        let own = self.say(network, twin, true).await?;
        let other = self.say(twin, twin, false).await?;
        let classes = network.classes();
        let (mut agreed, mut divergence) = (0, 0.0);
        for (own, other) in own.through_twin.chunks(classes).zip(other.through_twin.chunks(classes)) {
            agreed += usize::from(largest(own).0 == largest(other).0);
            let (q, p) = (softmax(own), softmax(other));
            divergence += p
                .iter()
                .zip(&q)
                .map(|(p, q)| f64::from(*p) * (f64::from(*p) / f64::from(*q).max(1e-30)).max(1e-30).ln())
                .sum::<f64>();
        }
        let samples = (own.through_twin.len() / classes) as f64;
        let pairs = || own.layers.iter().zip(&other.layers);
        Ok(TwinMeasures {
            cka: pairs().map(|(own, other)| cka(own, other)).collect(),
            retrieval: pairs().map(|(own, other)| retrieval(own, other)).collect(),
            agreement: agreed as f64 / samples,
            divergence: divergence / samples,
        })
    }

    /// What a network says of the first held-out samples.
    async fn say(&self, network: &Network, twin: &Network, noisy: bool) -> Result<Said, SessionError> {
        let channels = network.layers().iter().map(|layer| layer.shape.channels);
        let mut said = Said {
            layers: channels.map(|channels| Features { values: vec![], channels }).collect(),
            through_twin: vec![],
        };
        let total = self.data.held_out.len().min(COMPARED);
        let batch = pass_size(&self.network);
        for start in (0..total).step_by(batch) {
            let size = batch.min(total - start);
            let noise = self.now().paradigm.evaluation_noise(self.config.seed, start).filter(|_| noisy);
            let pass = network.forward(self.held_out(start), Drive { noise, ..Mode::Evaluate.into() });
            let mut transaction = Transaction::default().register(twin.readout().forward(pass.features));
            for (i, layer) in pass.layers.iter().enumerate() {
                transaction = transaction.register(network.layer_features(i, layer, batch));
            }
            let read = transaction.execute_async().await?;
            let classes = network.classes();
            said.through_twin.extend(&floats(&read[0])?[..size * classes]);
            for (features, read) in said.layers.iter_mut().zip(&read[1..]) {
                features.values.extend(&floats(read)?[..size * features.channels]);
            }
        }
        Ok(said)
    }
}

fn floats(data: &TensorData) -> Result<Vec<f32>, SessionError> {
    data.clone().try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))
}
