//! IM-Loss: information maximisation loss, and evolutionary surrogate gradients (Guo et al., NeurIPS 2022).
//!
//! **Claim.** A binary spike carries most, one bit, when it fires half of the time: when the threshold is the median of
//! the potentials, near enough their mean. A loss pulls every layer's mean potential to the threshold, which also keeps deep
//! layers from falling silent; a surrogate that is wide at first and sharp at the end lets gradients in early and makes
//! them right late.
//!
//! **Config** [`ImLossConfig`]: weight 2 by a second-hand summary of the paper, which we take without batch norm; the public
//! code, with batch norm, takes 0.005.
//!
//! **Loss** `L = L_CE + lambda mean_l (mean(U_l) - V)²`, over batch, time and neurons of a layer, not inside residual
//! blocks (methods, section 8.2; the paper sums over layers, we average, so that lambda means the same at any depth). The
//! public code differs in five ways; [`ImForm::Current`] is its quantity: currents in place of potentials, 0.5 / T in
//! place of V, without the first and the last layer.
//!
//! **Schedule** `K_i = (10^(i/N) - 1) (K_max - K_min) / 9 + K_min` in epoch i of N, for
//! [`SurrogateKind::Esg`](crate::neuron::SurrogateKind::Esg); the formula could be read only garbled, its ends are certain.

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::{Network, Pass};

/// What the loss pulls where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ImForm {
    /// Mean potentials to the threshold, as in the paper.
    #[default]
    Potential,
    /// Mean currents to 0.5 / T, without the first and the last layer, as in the public code.
    Current,
}

/// The loss and the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ImLossConfig {
    /// The loss's weight lambda, 0 for off.
    pub im_loss: f32,
    /// What it pulls where.
    pub im_form: ImForm,
    /// Whether the surrogate's slope grows over the planned epochs, from the run's slope on.
    pub evolve_surrogate: bool,
    /// The slope at the end.
    pub surrogate_end: f32,
}

impl Default for ImLossConfig {
    fn default() -> Self {
        Self { im_loss: 0.0, im_form: ImForm::Potential, evolve_surrogate: false, surrogate_end: 10.0 }
    }
}

impl ImLossConfig {
    /// Whether the pass has to keep potentials.
    pub fn needs_potentials(&self) -> bool {
        self.im_loss > 0.0 && self.im_form == ImForm::Potential
    }

    /// The weighted loss of a pass, if there is any.
    pub fn loss(&self, network: &Network, pass: &Pass) -> Option<Tensor<1>> {
        if self.im_loss == 0.0 {
            return None;
        }
        let spiking: Vec<usize> = (0..pass.layers.len())
            .filter(|layer| network.layers()[*layer].spikes() && !network.is_inside_block(*layer))
            .collect();
        let layers = match self.im_form {
            ImForm::Potential => spiking.as_slice(),
            ImForm::Current => spiking.get(1..spiking.len().saturating_sub(1)).unwrap_or_default(),
        };
        let terms: Vec<Tensor<1>> = layers
            .iter()
            .filter_map(|&layer| {
                let (lif, left) = (network.layers()[layer].lif()?, &pass.layers[layer]);
                Some(match self.im_form {
                    ImForm::Potential => left.potentials.clone()?.mean() - lif.threshold,
                    ImForm::Current => left.current.clone().mean() - 0.5 / network.steps() as f32,
                })
            })
            .map(|distance| distance.clone() * distance)
            .collect();
        let count = terms.len() as f32;
        let sum = terms.into_iter().reduce(|sum, term| sum + term)?;
        Some(sum * (self.im_loss / count))
    }

    /// The surrogate's slope in an epoch (from 0), where it evolves from `start`.
    pub fn slope(&self, start: f32, epoch: usize, epochs: usize) -> Option<f32> {
        let done = (epoch as f32 / epochs.max(1) as f32).min(1.0);
        let grown = (10_f32.powf(done) - 1.0) / 9.0;
        self.evolve_surrogate.then_some(grown * (self.surrogate_end - start) + start)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::layer::{Activation, Drive, MapShape, Mode, Neurons, WeightKind, WeightRule};
    use crate::method::differences::quotient;
    use crate::model::{Architecture, Rules};
    use crate::neuron::Lif;

    const ON: ImLossConfig =
        ImLossConfig { im_loss: 2.0, im_form: ImForm::Potential, evolve_surrogate: true, surrogate_end: 10.0 };

    fn network(widths: &[usize], steps: usize, device: &Device) -> Network {
        let input = MapShape::map(1, 2, 2);
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
        Network::new(&Architecture::Mlp(widths.to_vec()), input, 2, neurons, rules, 3, device).expect("a network")
    }

    fn images(device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new((0..12).map(|i| (i as f32 * 0.9).sin()).collect(), [3, 4]), device)
    }

    fn floats(tensor: Tensor<1>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    const DRIVE: Drive = Drive { mode: Mode::Train, traced: true, noise: None, key: 0, silenced: None };

    #[test]
    fn the_schedule_grows_from_one_to_ten_by_the_papers_values() {
        let slope = |epoch| ON.slope(1.0, epoch, 4).expect("it evolves");
        for (epoch, expected) in [(0, 1.0), (1, 1.778_28), (2, 3.162_28), (3, 5.623_41), (4, 10.0), (9, 10.0)] {
            assert!((slope(epoch) - expected).abs() < 1e-4, "{epoch}: {}", slope(epoch));
        }
        assert_eq!(ImLossConfig { evolve_surrogate: false, ..ON }.slope(1.0, 2, 4), None);
        assert!((ON.slope(4.0, 1, 2).expect("it evolves") - (4.0 + 6.0 * 0.240_253)).abs() < 1e-4);
    }

    #[test]
    fn the_loss_is_the_squared_distance_of_the_mean_potential_from_the_threshold() {
        let device = Device::flex().autodiff();
        let network = network(&[5, 4], 3, &device);
        let pass = network.forward(images(&device), DRIVE);
        let mean = |layer: usize| {
            let values: Vec<f32> =
                pass.layers[layer].potentials.clone().expect("traced").into_data().try_to_vec().expect("f32");
            values.iter().sum::<f32>() / values.len() as f32
        };
        let expected = 2.0 * ((mean(0) - 0.5).powi(2) + (mean(1) - 0.5).powi(2)) / 2.0;
        let loss = floats(ON.loss(&network, &pass).expect("a loss"))[0];
        assert!((loss - expected).abs() < 1e-6, "{loss} {expected}");
        assert!(ImLossConfig { im_loss: 0.0, ..ON }.loss(&network, &pass).is_none());
    }

    #[test]
    fn the_public_codes_form_takes_the_currents_of_inner_layers() {
        let device = Device::flex().autodiff();
        let network = network(&[5, 4, 3], 2, &device);
        let pass = network.forward(images(&device), DRIVE);
        let mean = floats(pass.layers[1].current.clone().mean())[0];
        let form = ImLossConfig { im_form: ImForm::Current, ..ON };
        let loss = floats(form.loss(&network, &pass).expect("a loss"))[0];
        assert!((loss - 2.0 * (mean - 0.25).powi(2)).abs() < 1e-6);
        let shallow = self::network(&[5, 4], 2, &device);
        assert!(form.loss(&shallow, &shallow.forward(images(&device), DRIVE)).is_none());
    }

    /// With nothing else in the loss the gradient is that of smooth potentials: at T = 1 a potential is its current.
    #[test]
    fn its_gradient_is_the_finite_difference_at_one_time_step() {
        let device = Device::flex().autodiff();
        let mut network = network(&[6], 1, &device);
        let loss = |network: &Network| ON.loss(network, &network.forward(images(&device), DRIVE)).expect("a loss");
        let gradients = loss(&network).backward();
        let weight = network.parameters_mut()[0].flat();
        let gradient = floats(weight.grad(&gradients).expect("a gradient"));
        let of_weights = |values: &[f32]| {
            let mut moved = network.clone();
            moved.parameters_mut()[0].set(Tensor::from_floats(values, &device));
            floats(loss(&moved))[0]
        };
        for i in [0, 7, 23] {
            let difference = quotient(of_weights, &floats(weight.clone()), i, 1e-2);
            assert!((difference - gradient[i]).abs() < 1e-4, "{i}: {difference} {}", gradient[i]);
        }
    }
}
