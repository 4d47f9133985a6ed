//! Similarity-sensitive contrastive learning (Guo et al., AAAI 2024).
//!
//! **Claim.** Binary spikes limit what features can say. A trained network of rectified units of the same shape (the ANN
//! twin) knows better ones; pulling each layer's features of an image to the twin's of the same image and away from its
//! features of other images raises their mutual information, layers weighted by how similar the two are.
//!
//! **How far the paper could be read.** That there is a trained twin, a noise-contrastive loss per layer and a weight by
//! CKA is certain; the rest is a reconstruction (methods, section 3.2): in-batch InfoNCE, temperature 0.1, weights
//! proportional to CKA (its reverse and equal weights are options), negatives from the batch or from a memory of earlier
//! batches, no projection heads.
//!
//! **Loss.** With `s_i`, `a_j` the L2-normalised features (mean over time and space) of images i and j in network and twin:
//! `L_l = -1/B sum_i log softmax_j(s_i . a_j / kappa)[i]`, `L = L_CE + beta sum_l w_l L_l`, `w_l` from the batch, as a
//! constant. `log B - L_l` bounds the mutual information from below.
//!
//! **Inference.** The twin is gone.

use burn::prelude::*;
use burn::tensor::activation::log_softmax;
use serde::{Deserialize, Serialize};

use crate::layer::{Initialiser, Parameter};
use crate::model::Network;

/// How layers are weighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum LayerWeights {
    /// By their similarity (CKA).
    #[default]
    Similar,
    /// By how dissimilar they are (1 - CKA).
    Dissimilar,
    /// All alike.
    Uniform,
}

/// The loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ContrastConfig {
    /// The loss's weight beta, 0 for off.
    pub contrast: f32,
    /// How layers are weighted.
    pub contrast_weights: LayerWeights,
    /// The temperature kappa.
    pub contrast_temperature: f32,
    /// Earlier samples of the twin that are negatives besides those of the batch.
    pub contrast_memory: usize,
}

impl Default for ContrastConfig {
    fn default() -> Self {
        Self { contrast: 0.0, contrast_weights: LayerWeights::Similar, contrast_temperature: 0.1, contrast_memory: 0 }
    }
}

/// Keeps what is silent from dividing by zero.
const TINY: f32 = 1e-9;

impl ContrastConfig {
    /// The weighted loss of features `[B, C]` of each layer, in the network and in its twin (constants there). `memory`
    /// are the normalised features of earlier samples, `[M, C]`, one for each layer, or none.
    pub fn loss(&self, network: &[Tensor<2>], twin: &[Tensor<2>], memory: &[Tensor<2>]) -> Option<Tensor<1>> {
        let weights = self.weights(network, twin);
        let terms = network.iter().zip(twin).zip(weights).enumerate().map(|(layer, ((s, a), weight))| {
            info_nce(s.clone(), a.clone(), memory.get(layer), self.contrast_temperature) * weight
        });
        Some(terms.reduce(|sum, term| sum + term)? * self.contrast)
    }

    /// One weight a layer, `[1]` each, which add up to one and are constants.
    fn weights(&self, network: &[Tensor<2>], twin: &[Tensor<2>]) -> Vec<Tensor<1>> {
        let raw: Vec<Tensor<1>> = network
            .iter()
            .zip(twin)
            .map(|(s, a)| {
                let similarity = cka(s.clone().detach(), a.clone());
                match self.contrast_weights {
                    LayerWeights::Similar => similarity,
                    LayerWeights::Dissimilar => similarity.neg() + 1.0,
                    LayerWeights::Uniform => similarity.ones_like(),
                }
            })
            .collect();
        let Some(sum) = raw.iter().cloned().reduce(|sum, weight| sum + weight) else { return raw };
        raw.into_iter().map(|weight| (weight / (sum.clone() + TINY)).detach()).collect()
    }
}

/// The square of the shortest feature that is brought to length one. A sample that leaves a layer silent has no
/// direction, and one that nearly does would be thrown about: the gradient grows as one over the length.
const SHORTEST: f32 = 0.01;

/// The cosine from which two of the twin's features are of the same sample.
const SAME: f32 = 0.999_99;
/// A logit that leaves nothing of a negative.
const LEFT_OUT: f32 = -1e9;

/// Rows of length one; those that are nearly zero stay short.
fn normalised(x: Tensor<2>) -> Tensor<2> {
    let lengths = (x.clone() * x.clone()).sum_dim(1).clamp_min(SHORTEST).sqrt();
    x / lengths
}

/// The mean of `-log softmax(s_i . a / kappa)[i]` over rows `[B, C]`, with a memory's rows among the negatives, `[1]`.
fn info_nce(s: Tensor<2>, a: Tensor<2>, memory: Option<&Tensor<2>>, temperature: f32) -> Tensor<1> {
    let batch = s.dims()[0];
    let (s, a) = (normalised(s), normalised(a));
    let mut closeness = s.clone().matmul(a.clone().transpose()) / temperature;
    if let Some(memory) = memory {
        // The twin says the same of an image whenever it comes: what was remembered of the sample itself is no negative, nor
        // is a place that is still empty.
        let own = a.matmul(memory.clone().transpose()).greater_equal_elem(SAME);
        let empty = (memory.clone() * memory.clone()).sum_dim(1).transpose().lower_elem(0.5);
        let left_out = own.bool_or(empty.expand([batch as i32, memory.dims()[0] as i32]));
        let remembered = s.matmul(memory.clone().transpose()) / temperature;
        closeness = Tensor::cat(vec![closeness, remembered.mask_fill(left_out, LEFT_OUT)], 1);
    }
    let count = closeness.dims()[1];
    let own = Tensor::<2>::eye(batch, &closeness.device());
    let own = if count == batch {
        own
    } else {
        Tensor::cat(vec![own, Tensor::zeros([batch, count - batch], &closeness.device())], 1)
    };
    (log_softmax(closeness, 1) * own).sum().neg() / batch as f32
}

/// Linear CKA of two sets of features of the same samples, `[B, C]` and `[B, D]`: 0 (unlike) to 1 (alike up to turning and
/// scaling), `[1]`. With fewer samples than features it is biased upwards.
pub fn cka(x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
    let centred = |x: Tensor<2>| x.clone() - x.mean_dim(0);
    let (x, y) = (centred(x), centred(y));
    // Grams over samples: the same norms as over features, at B x B.
    let (k, l) = (x.clone().matmul(x.transpose()), y.clone().matmul(y.transpose()));
    let norm = |k: Tensor<2>| (k.clone() * k).sum().sqrt();
    (k.clone() * l.clone()).sum() / (norm(k) * norm(l) + TINY)
}

/// What the twin said of the samples before, newest first, one stretch for each layer.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub(super) layers: Vec<Parameter>,
}

impl Memory {
    /// A memory of so many samples, empty: zeros, which are left out until they are filled.
    pub fn new(network: &Network, samples: usize, initialiser: &Initialiser) -> Self {
        let empty = |(i, layer): (usize, &crate::layer::SpikingLayer)| {
            let channels = layer.shape.channels;
            let flat = initialiser.filled(format!("memory{}", i + 1), samples * channels, 0.0, false);
            Parameter::of(flat.name.clone(), &[samples, channels], flat.flat())
        };
        let layers = if samples == 0 { vec![] } else { network.layers().iter().enumerate().map(empty).collect() };
        Self { layers }
    }

    /// Its features, `[M, C]` for each layer.
    pub fn features(&self) -> Vec<Tensor<2>> {
        self.layers.iter().map(Parameter::tensor).collect()
    }

    /// Takes in a batch's features `[B, C]` in place of the oldest.
    pub fn remember(&mut self, twin: &[Tensor<2>]) {
        for (kept, batch) in self.layers.iter_mut().zip(twin) {
            let samples = kept.shape[0];
            let all = Tensor::cat(vec![normalised(batch.clone()).detach(), kept.tensor::<2>()], 0);
            let count = kept.count();
            kept.set(all.narrow(0, 0, samples).reshape([count]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::differences::quotient;

    fn one(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_to_vec::<f32>().expect("f32")[0]
    }

    fn features(rows: [[f32; 2]; 4]) -> Tensor<2> {
        Tensor::from_floats(rows, &Device::flex().autodiff())
    }

    const X: [[f32; 2]; 4] = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]];
    const Y: [[f32; 2]; 4] = [[1.0, 1.0], [0.0, 2.0], [1.0, 0.0], [3.0, 1.0]];

    #[test]
    fn cka_is_that_of_the_methods_and_blind_to_turning_and_scaling() {
        assert!((one(cka(features(X), features(Y))) - 0.866_341).abs() < 1e-5);
        let turned =
            features(X).matmul(Tensor::from_floats([[0.6, -0.8], [0.8, 0.6]], &Device::flex().autodiff())) * 3.0;
        assert!((one(cka(features(X), turned)) - 1.0).abs() < 1e-5);
        assert_eq!(one(cka(features([[0.0; 2]; 4]), features(Y))), 0.0);
    }

    /// By hand: at temperature 1 two samples whose features are the axes, the twin's the same: log(1 + 1/e) each.
    #[test]
    fn the_loss_of_two_samples_comes_out_by_hand() {
        let device = Device::flex().autodiff();
        let axes = Tensor::<2>::from_floats([[2.0, 0.0], [0.0, 3.0]], &device);
        let loss = one(info_nce(axes.clone(), axes.clone(), None, 1.0));
        assert!((loss - (1.0_f32 + (-1.0_f32).exp()).ln()).abs() < 1e-6, "{loss}");
        // Another sample, halfway between the two: log(1 + 1/e + e^(1/sqrt 2 - 1)).
        let memory = Tensor::<2>::from_floats([[0.5_f32.sqrt(), 0.5_f32.sqrt()]], &device);
        let expected = (1.0 + (-1.0_f32).exp() + (0.5_f32.sqrt() - 1.0).exp()).ln();
        assert!((one(info_nce(axes.clone(), axes, Some(&memory), 1.0)) - expected).abs() < 1e-6);
    }

    #[test]
    fn what_is_remembered_of_the_sample_itself_and_empty_places_change_nothing() {
        let device = Device::flex().autodiff();
        let axes = Tensor::<2>::from_floats([[2.0, 0.0], [0.0, 3.0]], &device);
        let without = one(info_nce(axes.clone(), axes.clone(), None, 1.0));
        let memory = Tensor::<2>::from_floats([[0.0, 0.0], [0.0, 0.0]], &device);
        assert_eq!(one(info_nce(axes.clone(), axes.clone(), Some(&memory), 1.0)), without);
        // The first sample again is a negative of the second alone: (log(1 + 1/e) + log(1 + 2/e)) / 2.
        let memory = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 0.0]], &device);
        let e = (-1.0_f32).exp();
        let expected = ((1.0 + e).ln() + (1.0 + 2.0 * e).ln()) / 2.0;
        assert!((one(info_nce(axes.clone(), axes, Some(&memory), 1.0)) - expected).abs() < 1e-6);
    }

    #[test]
    fn layers_are_weighted_by_similarity_or_its_reverse() {
        let config = ContrastConfig { contrast: 2.0, ..Default::default() };
        let layers = ([features(X), features(X)], [features(X), features(Y)]);
        let weights = |contrast_weights| -> Vec<f32> {
            ContrastConfig { contrast_weights, ..config }.weights(&layers.0, &layers.1).into_iter().map(one).collect()
        };
        let similar = weights(LayerWeights::Similar);
        assert!((similar[0] - 1.0 / 1.866_341).abs() < 1e-5 && (similar[0] + similar[1] - 1.0).abs() < 1e-5);
        let dissimilar = weights(LayerWeights::Dissimilar);
        assert!(dissimilar[0] < 1e-4 && (dissimilar[1] - 1.0).abs() < 1e-4);
        assert_eq!(weights(LayerWeights::Uniform), [0.5, 0.5]);
        let by_layer: Vec<f32> =
            (0..2).map(|l| one(info_nce(layers.0[l].clone(), layers.1[l].clone(), None, 0.1))).collect();
        let expected = 2.0 * (similar[0] * by_layer[0] + similar[1] * by_layer[1]);
        assert!((one(config.loss(&layers.0, &layers.1, &[]).expect("a loss")) - expected).abs() < 1e-4);
    }

    #[test]
    fn its_gradient_is_the_finite_difference() {
        let config = ContrastConfig { contrast: 1.0, contrast_temperature: 0.5, ..Default::default() };
        // Uniform weights, because those by similarity are constants to the gradient, but not to a difference.
        let config = ContrastConfig { contrast_weights: LayerWeights::Uniform, ..config };
        let loss = |x: Tensor<2>| config.loss(&[x], &[features(Y)], &[]).expect("a loss");
        let x = features(X).require_grad();
        let gradients = loss(x.clone()).backward();
        let gradient: Vec<f32> = x.grad(&gradients).expect("a gradient").into_data().try_to_vec().expect("f32");
        let of_rows = |values: &[f32]| {
            let rows: Vec<[f32; 2]> = values.chunks(2).map(|row| [row[0], row[1]]).collect();
            one(loss(features(rows.try_into().expect("four rows"))))
        };
        for (i, gradient) in gradient.into_iter().enumerate() {
            let difference = quotient(of_rows, &X.concat(), i, 1e-2);
            assert!((difference - gradient).abs() < 2e-3, "{i}: {difference} {}", gradient);
        }
    }

    #[test]
    fn a_silent_sample_is_not_thrown_about() {
        let config = ContrastConfig { contrast: 1.0, contrast_temperature: 1.0, ..Default::default() };
        let x = features([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]).require_grad();
        let gradients = config.loss(std::slice::from_ref(&x), &[features(Y)], &[]).expect("a loss").backward();
        let gradient: Vec<f32> = x.grad(&gradients).expect("a gradient").into_data().try_to_vec().expect("f32");
        assert!(gradient.iter().all(|g| g.abs() < 3.0), "{gradient:?}");
    }

    #[test]
    fn a_memory_keeps_the_newest() {
        let device = Device::flex();
        let kept = Parameter::of("memory1".into(), &[3, 2], Tensor::zeros([6], &device));
        let mut memory = Memory { layers: vec![kept] };
        let batch = |x: f32| [Tensor::<2>::from_floats([[x, 0.0], [0.0, x]], &device)];
        memory.remember(&batch(2.0));
        memory.remember(&[Tensor::<2>::from_floats([[-1.0, 0.0]], &device)]);
        let kept: Vec<f32> = memory.features()[0].clone().into_data().try_to_vec().expect("f32");
        assert_eq!(kept, [-1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    }
}
