//! Spiking PointNet's training paradigm (Ren et al., NeurIPS 2023): trained less, but learning more.
//!
//! **Claim.** Training over many time steps costs memory and time, and is hard. A network trained at one time step, with
//! membranes that start from random potentials, meets what it will meet at several steps, and gains when it runs for more.
//!
//! **Config** [`ParadigmConfig`]: the paper's noise is U[0, 0.5), at evaluation too; run at 4 steps after training at 1.
//!
//! **Rule.** `u[0] ~ U[0, range)`, drawn anew for every neuron, sample and pass: [`Noise`]. Its share
//! of the first potential is the decay times it. The published code keeps the noise on when it evaluates; here that is a
//! setting, and a run that was trained without noise loses when evaluated with it (methods, section 7.7).
//!
//! **Loss.** Its code takes the mean of the log-probabilities over time, that is the mean cross-entropy of the steps, in
//! place of the cross-entropy of the mean logits: [`LossKind::PerStep`]. At one step they are the same.

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::cross_entropy;
use crate::model::{Network, Pass};
use crate::neuron::Noise;

/// What the cross-entropy is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum LossKind {
    /// The mean logits over time.
    #[default]
    MeanLogits,
    /// Each time step's logits, then the mean (Spiking PointNet's, and TET's without its second term).
    PerStep,
}

/// Initial potentials, and time steps at inference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ParadigmConfig {
    /// Membranes start from U[0, this) when training, 0 for off.
    pub membrane_noise: f32,
    /// Whether they do when evaluated, too.
    pub evaluation_noise: bool,
    /// Time steps at inference, 0 (as trained) to 16.
    pub evaluation_steps: usize,
    /// What the cross-entropy is of.
    pub loss: LossKind,
}

/// Keeps the noise of held-out samples apart from that of training steps.
const HELD_OUT: u64 = 1 << 63;

impl ParadigmConfig {
    /// The initial potentials of a training step.
    pub fn training_noise(&self, seed: u32, step: usize) -> Option<Noise> {
        self.noise(seed, step as u64, 0)
    }

    /// The initial potentials of a pass over held-out samples from number `first` on.
    pub fn evaluation_noise(&self, seed: u32, first: usize) -> Option<Noise> {
        self.noise(seed, HELD_OUT, first as u64).filter(|_| self.evaluation_noise)
    }

    fn noise(&self, seed: u32, key: u64, first: u64) -> Option<Noise> {
        // A constant far from small whole numbers, so that seed and step do not meet.
        let key = key ^ (u64::from(seed) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (self.membrane_noise > 0.0).then_some(Noise { range: self.membrane_noise, key, first })
    }

    /// The cross-entropy of a pass whose training logits are `logits`.
    pub fn cross_entropy(&self, network: &Network, pass: &Pass, logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        match (self.loss, pass.layers.last()) {
            (LossKind::PerStep, Some(last)) if network.steps() > 1 => {
                let steps = network.steps();
                let step_logits = network.step_logits(last, targets.dims()[0]);
                // What a method adds to the mean logits is the same at every step.
                let added = (logits - pass.logits.clone()).repeat_dim(0, steps);
                cross_entropy(step_logits + added, targets.repeat_dim(0, steps))
            }
            _ => cross_entropy(logits, targets),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;
    use burn::tensor::activation::log_softmax;

    use super::*;
    use crate::layer::{Activation, Drive, MapShape, Mode, Neurons, WeightKind, WeightRule};
    use crate::method::differences::quotient;
    use crate::model::{Architecture, Rules};
    use crate::neuron::Lif;

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    fn network(steps: usize, device: &Device) -> Network {
        let input = MapShape::map(1, 2, 4);
        let activation = Activation::Spiking(Lif::default());
        let neurons = Neurons {
            activation,
            steps,
            amplitude: 1.0,
            train_amplitude: false,
            train_decay: false,
            batch_norm: false,
        };
        let rules = Rules { inner: WeightRule::REAL, ends: WeightKind::Real };
        Network::new(&Architecture::Mlp(vec![12]), input, 3, neurons, rules, 1, device).expect("a network")
    }

    fn images(device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new((0..16).map(|i| (i as f32 * 0.77).sin() * 2.0).collect(), [2, 8]), device)
    }

    fn targets(device: &Device) -> Tensor<2> {
        Tensor::from_floats([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], device)
    }

    #[test]
    fn the_loss_per_step_is_that_of_the_mean_log_probabilities() {
        let device = Device::flex();
        let network = network(3, &device);
        let pass = network.forward(images(&device), Mode::Evaluate);
        let last = pass.layers.last().expect("a layer");
        let per_step = log_softmax(network.step_logits(last, 2), 1).reshape([3, 6]).mean_dim(0).reshape([2, 3]);
        let expected = floats((per_step * targets(&device)).sum().neg() / 2.0)[0];
        let config = ParadigmConfig { loss: LossKind::PerStep, ..Default::default() };
        let loss = floats(config.cross_entropy(&network, &pass, pass.logits.clone(), targets(&device)))[0];
        assert!((loss - expected).abs() < 1e-6, "{loss} {expected}");
        let mean = ParadigmConfig::default().cross_entropy(&network, &pass, pass.logits.clone(), targets(&device));
        assert_eq!(floats(mean), floats(cross_entropy(pass.logits.clone(), targets(&device))));
    }

    #[test]
    fn the_gradient_of_the_loss_per_step_is_the_finite_difference() {
        let device = Device::flex().autodiff();
        let config = ParadigmConfig { loss: LossKind::PerStep, ..Default::default() };
        let mut network = network(3, &device);
        let loss = |network: &Network| {
            let pass = network.forward(images(&device), Mode::Train);
            config.cross_entropy(network, &pass, pass.logits.clone(), targets(&device))
        };
        let gradients = loss(&network).backward();
        // The readout's weights, which come after every threshold.
        let place = network.parameters_mut().len() - 2;
        let weight = network.parameters_mut()[place].flat();
        let gradient = floats(weight.grad(&gradients).expect("a gradient"));
        let of_weights = |values: &[f32]| {
            let mut moved = network.clone();
            moved.parameters_mut()[place].set(Tensor::from_floats(values, &device));
            floats(loss(&moved))[0]
        };
        for i in [0, 10, 35] {
            let difference = quotient(of_weights, &floats(weight.clone()), i, 0.02);
            assert!((difference - gradient[i]).abs() < 1e-3, "{i}: {difference} {}", gradient[i]);
        }
    }

    #[test]
    fn one_step_is_the_first_of_several() {
        let device = Device::flex();
        let (one, four) = (network(1, &device), network(1, &device).with_steps(4));
        let first = floats(one.forward(images(&device), Mode::Evaluate).logits);
        let steps = floats(four.forward(images(&device), Mode::Probe).step_logits.expect("a probe"));
        assert_eq!(first, steps[..6]);
    }

    #[test]
    fn noise_is_fixed_by_seed_step_and_part() {
        let config = ParadigmConfig { membrane_noise: 0.5, evaluation_noise: true, ..Default::default() };
        let device = Device::flex();
        let potentials = |noise: Option<Noise>| {
            let pass = network(1, &device).forward(images(&device), Drive { noise, ..Mode::Probe.into() });
            floats(pass.layers[0].potentials.clone().expect("a probe"))
        };
        assert_ne!(potentials(config.training_noise(1, 5)), potentials(None));
        assert_eq!(potentials(config.training_noise(1, 5)), potentials(config.training_noise(1, 5)));
        let keys = [
            config.training_noise(1, 5),
            config.training_noise(1, 6),
            config.training_noise(2, 5),
            config.evaluation_noise(1, 5),
        ];
        for (i, one) in keys.iter().enumerate() {
            assert!(keys[..i].iter().all(|other| other != one));
        }
        assert_eq!(ParadigmConfig { evaluation_noise: false, ..config }.evaluation_noise(1, 5), None);
        assert_eq!(ParadigmConfig::default().training_noise(1, 5), None);
    }
}
