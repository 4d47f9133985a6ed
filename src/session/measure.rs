//! What experiments ask of a trained run beyond its accuracy: how each layer fires, what an inference costs, accuracy at
//! other numbers of time steps, how alike the network and its twin see, and what folding changes.

use burn::tensor::{TensorData, Transaction};
use serde::{Deserialize, Serialize};

use super::evaluation::{Evaluator, pass_size};
use super::input::input_from;
use super::memory::{Room, check_measuring};
use super::{Session, SessionConfig, SessionError};
use crate::data::Part;
use crate::layer::{Drive, Mode, SpikingLayer};
use crate::method::paradigm::ParadigmConfig;
use crate::model::{Input, Network};
use crate::probe::{Counts, Features, cka, largest, retrieval, softmax};

/// Held-out samples that features are compared on.
pub(super) const COMPARED: usize = 256;
/// Time steps that a run may be evaluated at besides its own.
pub(super) const STEPS: [usize; 3] = [1, 2, 4];
/// Samples that are compared with the folded network at a time, because every layer of both is there at once: as many as a
/// probe passes, so that a GPU has the pipelines.
pub(super) const FOLDED: usize = 2;

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
    /// Missing where one does in every sample, a logit is no number, or accuracy at other time steps was asked for instead.
    #[serde(default)]
    pub fold_error: Option<f64>,
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

/// What folding moved, sample by sample.
#[derive(Default)]
struct Moved {
    /// The largest logit of all samples.
    largest: f32,
    /// The largest difference of a logit, of the samples that were compared.
    most: Option<f32>,
}

impl Moved {
    /// Takes in a sample's logits. Where a spike `turned` round they are others, and rightly so: nothing is compared.
    fn add(&mut self, turned: bool, before: &[f32], after: &[f32]) {
        self.largest = before.iter().fold(self.largest, |top, logit| top.max(logit.abs()));
        if !turned {
            // What is no number stays, which `max` would drop.
            let larger = |top: f32, new: f32| if new > top || new.is_nan() { new } else { top };
            let differences = before.iter().zip(after).map(|(before, after)| (before - after).abs());
            self.most = Some(differences.fold(self.most.unwrap_or(0.0), larger));
        }
    }

    /// In the largest logit; nothing where no sample was compared, or a difference is no number.
    fn share(&self) -> Option<f64> {
        let share = f64::from(self.most? / self.largest.max(f32::MIN_POSITIVE));
        share.is_finite().then_some(share)
    }
}

impl Session {
    /// Measures the run as it is. `twin` is what it is compared with, `steps` whether accuracy at other time steps is asked for:
    /// what folding changes is then left out, which no claim asks for beside it, and which takes two passes at once.
    ///
    /// # Errors
    ///
    /// When there is no memory for it, or the device gives no answer.
    pub async fn measure(&self, twin: Option<&Network>, steps: bool) -> Result<Measures, SessionError> {
        self.measure_within(twin, steps, Room::here().beside(self.memory_at_rest())).await
    }

    /// The same where there is `room` beside the run.
    ///
    /// # Errors
    ///
    /// As those of [`measure`](Self::measure).
    pub async fn measure_within(
        &self,
        twin: Option<&Network>,
        steps: bool,
        room: Room,
    ) -> Result<Measures, SessionError> {
        check_measuring(self.now(), self.data.form, self.data.classes.len(), [twin.is_some(), steps], room)?;
        let total = self.data.held_out.len();
        let evaluation =
            Evaluator::new(self.now(), &self.network, self.data.form, total).go_on(&self.data, total).await?;
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
            fold_error: if steps { None } else { self.fold_error(&network).await? },
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
        let evaluation = Evaluator::new(&config, &self.network, self.data.form, total).go_on(&self.data, total).await?;
        Ok(f64::from(evaluation.accuracy))
    }

    /// So many held-out samples from one on, the last of which repeats where there are too few.
    fn held_out(&self, start: usize, batch: usize) -> Input {
        let last = self.data.held_out.len() - 1;
        let samples: Vec<usize> = (0..batch).map(|i| last.min(start + i)).collect();
        let presentation = self.now().presentation(self.network.steps());
        let inputs = self.data.batch(Part::HeldOut, &samples, presentation).inputs;
        input_from(inputs, self.network.input().count(), batch, &self.device.clone().inner())
    }

    /// Over the samples in which folding turns no spike at a threshold round.
    async fn fold_error(&self, network: &Network) -> Result<Option<f64>, SessionError> {
        let (folded, classes) = (network.folded(), network.classes());
        let mut moved = Moved::default();
        for start in (0..pass_size(&self.network)).step_by(FOLDED) {
            let samples = self.held_out(start, FOLDED);
            let mut transaction = Transaction::default();
            for network in [network, &folded] {
                let pass = network.forward(samples.clone(), Mode::Evaluate);
                let sent = pass.layers.into_iter().map(|layer| layer.sent);
                transaction = sent.fold(transaction.register(pass.logits), Transaction::register);
            }
            let mut before = transaction.execute_async().await?;
            let after = before.split_off(before.len() / 2);
            let mut pairs = before.into_iter().zip(after);
            let logits = pairs.next().ok_or_else(|| SessionError::Device("no logits came back".into()))?;
            let (before, after) = (floats(logits.0)?, floats(logits.1)?);
            let mut turned = [false; FOLDED];
            for (layer, (before, after)) in network.layers().iter().zip(pairs) {
                for (i, (before, after)) in floats(before)?.iter().zip(floats(after)?).enumerate() {
                    turned[i / layer.shape.count() % FOLDED] |= (*before == 0.0) != (after == 0.0);
                }
            }
            let logits = before.chunks(classes).zip(after.chunks(classes));
            turned.into_iter().zip(logits).for_each(|(turned, (before, after))| moved.add(turned, before, after));
        }
        Ok(moved.share())
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
            let pass = network.forward(self.held_out(start, batch), Drive { noise, ..Mode::Evaluate.into() });
            let mut transaction = Transaction::default().register(twin.readout().forward(pass.features));
            for (i, layer) in pass.layers.iter().enumerate() {
                transaction = transaction.register(network.layer_features(i, layer, batch));
            }
            let mut read = transaction.execute_async().await?.into_iter();
            let logits = read.next().ok_or_else(|| SessionError::Device("no logits came back".into()))?;
            said.through_twin.extend(&floats(logits)?[..size * network.classes()]);
            for (features, read) in said.layers.iter_mut().zip(read) {
                features.values.extend(&floats(read)?[..size * features.channels]);
            }
        }
        Ok(said)
    }
}

fn floats(data: TensorData) -> Result<Vec<f32>, SessionError> {
    data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folding_moves_is_told_of_what_was_compared_alone() {
        let share = |samples: &[(bool, [f32; 2], [f32; 2])]| {
            let mut moved = Moved::default();
            samples.iter().for_each(|(turned, before, after)| moved.add(*turned, before, after));
            moved.share()
        };
        let (same, other) = ((false, [1.0, -4.0], [1.0, -3.0]), (true, [8.0, 0.0], [0.0, 0.0]));
        assert_eq!([share(&[same]), share(&[same, other])], [Some(0.25), Some(0.125)]);
        assert_eq!(share(&[(false, [0.0; 2], [0.0; 2])]), Some(0.0));
        // A difference of nothing is no difference of 0.
        assert_eq!([share(&[]), share(&[other])], [None, None]);
        for lost in [(false, [f32::NAN, 1.0], [2.0, 1.0]), (false, [2.0, 1.0], [2.0, f32::INFINITY])] {
            assert_eq!([share(&[lost, same]), share(&[same, lost])], [None, None]);
        }
    }
}
