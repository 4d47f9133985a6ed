//! Take A Shortcut Back (Guo et al., NeurIPS 2024).
//!
//! **Claim.** The slopes that stand in for a spike's are below one over most of their range, and their product over many
//! layers vanishes: shallow layers stop learning. Branches from shallow layers straight to the logits give the loss a way
//! to each of them. They are gone at inference.
//!
//! **Config** [`ShortcutConfig`]: off, fixed (the paper's first form has weight 1) or evolving from 0.25 to 0.
//!
//! **Rule** (the paper's section 4.2 and algorithm 1). `o = b_n(x) + lambda(i) sum_{l<n} b_l(x)`, one cross-entropy on the
//! sum of the logits, where `b_l` is a linear readout of the mean over time and space of block l. Blocks: the stem and the
//! stages of a residual network; in the others a quarter, a half and three quarters of the depth (the paper says "several").
//!
//! **Schedule** (algorithm 1): `lambda(i) = lambda_0 (1 - i / I)` at training step i of I.

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use crate::layer::{Initialiser, Linear, WeightRule};
use crate::model::{Network, Pass};

/// How the branches' weight moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ShortcutKind {
    /// No branches.
    #[default]
    Off,
    /// The same weight throughout.
    Fixed,
    /// From its weight to 0 over the planned epochs.
    Evolving,
}

/// The branches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ShortcutConfig {
    /// Whether there are any, and how their weight moves.
    pub shortcut: ShortcutKind,
    /// Their weight lambda, at first.
    pub shortcut_weight: f32,
}

impl Default for ShortcutConfig {
    fn default() -> Self {
        Self { shortcut: ShortcutKind::Off, shortcut_weight: 0.25 }
    }
}

impl ShortcutConfig {
    /// The weight at a training step of all those planned.
    pub fn weight(&self, step: usize, planned: usize) -> f32 {
        match self.shortcut {
            ShortcutKind::Off => 0.0,
            ShortcutKind::Fixed => self.shortcut_weight,
            ShortcutKind::Evolving => self.shortcut_weight * (1.0 - (step as f32 / planned.max(1) as f32).min(1.0)),
        }
    }
}

/// The layers that branches start from.
pub fn places(network: &Network) -> Vec<usize> {
    let layers = network.layers();
    let deep = layers.len();
    let mut places: Vec<usize> = if layers.iter().any(|layer| layer.skip().is_some()) {
        // The stem, and the last block of every stage but the last: where the next block changes the channels.
        let channels = |layer: usize| layers[layer].shape.channels;
        (0..deep - 1)
            .filter(|&layer| layer == 0 || (!network.is_inside_block(layer) && channels(layer + 1) != channels(layer)))
            .collect()
    } else {
        // Neither a transform's layers nor what takes a maximum of currents tells classes apart.
        let own: Vec<usize> =
            (0..deep).filter(|layer| !network.is_in_transform(*layer) && !layers[*layer].sends_currents()).collect();
        (1..=3)
            .map(|quarter| (own.len() * quarter).div_ceil(4))
            .filter(|depth| *depth < own.len())
            .map(|depth| own[depth - 1])
            .collect()
    };
    places.dedup();
    places
}

/// Readouts of shallow layers.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    pub(super) readouts: Vec<(usize, Linear)>,
}

impl Branches {
    /// Fresh branches for a network.
    pub fn new(network: &Network, initialiser: &mut Initialiser) -> Self {
        let readout = |layer: usize| {
            let sizes = [network.layers()[layer].shape.channels, network.classes()];
            (layer, Linear::new(&format!("branch{}", layer + 1), sizes, true, WeightRule::REAL, initialiser))
        };
        Self { readouts: places(network).into_iter().map(readout).collect() }
    }

    /// The logits of a pass with the weighted ones of the branches.
    pub fn join(&self, network: &Network, pass: &Pass, weight: f32) -> Tensor<2> {
        let batch = pass.logits.dims()[0];
        self.readouts.iter().fold(pass.logits.clone(), |sum, (layer, readout)| {
            sum + readout.forward(network.layer_features(*layer, &pass.layers[*layer], batch)) * weight
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::layer::{Activation, MapShape, Mode, Neurons, WeightKind};
    use crate::method::cross_entropy;
    use crate::method::differences::quotient;
    use crate::model::{Architecture, Rules};
    use crate::neuron::Lif;

    const INPUT: MapShape = MapShape::map(1, 8, 8);

    fn network(architecture: &Architecture, device: &Device) -> Network {
        let activation = Activation::Spiking(Lif::default());
        let neurons = Neurons {
            activation,
            steps: 2,
            amplitude: 1.0,
            train_amplitude: false,
            train_decay: false,
            batch_norm: true,
        };
        let rules = Rules { inner: WeightRule::REAL, ends: WeightKind::Real };
        Network::new(architecture, INPUT, 4, neurons, rules, 1, device).expect("a network")
    }

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    fn images(device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new((0..192).map(|i| (i as f32 * 0.37).sin() * 2.0).collect(), [3, 64]), device)
    }

    #[test]
    fn the_weight_falls_by_the_papers_values() {
        let evolving = ShortcutConfig { shortcut: ShortcutKind::Evolving, shortcut_weight: 0.25 };
        assert_eq!([0, 50, 100, 120].map(|step| evolving.weight(step, 100)), [0.25, 0.125, 0.0, 0.0]);
        let fixed = ShortcutConfig { shortcut: ShortcutKind::Fixed, shortcut_weight: 1.0 };
        assert_eq!([0, 70].map(|step| fixed.weight(step, 100)), [1.0, 1.0]);
    }

    #[test]
    fn branches_start_at_quarters_of_the_depth_or_at_the_ends_of_stages() {
        let device = Device::flex();
        let of = |architecture| places(&network(&architecture, &device));
        assert_eq!(of(Architecture::Mlp(vec![8; 10])), [2, 4, 7]);
        assert_eq!(of(Architecture::Mlp(vec![8; 4])), [0, 1, 2]);
        assert_eq!(of(Architecture::Mlp(vec![8; 2])), [0]);
        assert_eq!(of(Architecture::Mlp(vec![8])), [0; 0]);
        assert_eq!(of(Architecture::ResNet { widths: vec![4, 6, 8], blocks: 2 }), [0, 4, 8]);
    }

    #[test]
    fn without_weight_the_logits_are_those_of_inference_and_the_shallow_layer_gets_its_share_with_it() {
        let device = Device::flex().autodiff();
        let network = network(&Architecture::Mlp(vec![12; 8]), &device);
        let branches = Branches::new(&network, &mut Initialiser::of_method(1, &device));
        let pass = network.forward(images(&device), Mode::Train);
        assert_eq!(floats(branches.join(&network, &pass, 0.0)), floats(pass.logits.clone()));
        // The gradient of a branch's logits is the weight times that of the sum (the paper's equation 9).
        let joined = branches.join(&network, &pass, 0.25);
        let mut targets = vec![0.0; 12];
        [0, 5, 10].iter().for_each(|i| targets[*i] = 1.0);
        let targets = Tensor::<2>::from_data(TensorData::new(targets, [3, 4]), &device);
        let gradients = cross_entropy(joined.clone(), targets.clone()).backward();
        let probabilities = burn::tensor::activation::softmax(joined, 1);
        let of_sum = (probabilities - targets.clone()).sum_dim(0).reshape([4]) / 3.0;
        let (_, first) = &branches.readouts[0];
        let of_bias = first.bias().expect("a bias").flat().grad(&gradients).expect("a gradient");
        for (a, b) in floats(of_bias).iter().zip(floats(of_sum)) {
            assert!((a - 0.25 * b).abs() < 1e-6, "{a} {b}");
        }
        // And finite differences of the branch's weights.
        let weight = first.weight().latent().flat();
        let gradient = floats(weight.clone().grad(&gradients).expect("a gradient"));
        let of_weights = |values: &[f32]| {
            let mut moved = branches.clone();
            moved.readouts[0].1.parameters_mut()[0].set(Tensor::from_floats(values, &device));
            floats(cross_entropy(moved.join(&network, &pass, 0.25), targets.clone()))[0]
        };
        for i in [0, 7, 30] {
            let difference = quotient(of_weights, &floats(weight.clone()), i, 0.05);
            assert!((difference - gradient[i]).abs() < 1e-4, "{i}: {difference} {}", gradient[i]);
        }
    }
}
