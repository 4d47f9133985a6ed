//! EnOF-SNN: enhancing the output feature (Guo et al., NeurIPS 2024).
//!
//! **Claim.** The vector in front of the readout is made of spikes and poor. Two remedies: teach it with the readout of a
//! trained network of rectified units of the same shape (the ANN twin), and let the last layer send rectified currents.
//!
//! **Loss.** With `(W_A, b_A)` the twin's readout, frozen, `f_S` and `f_A` the features in front of the readouts, and
//! `q = softmax((W_A f + b_A) / Theta)`: `L_AF = Theta² mean KL(q_A || q_S)`, `L = L_CE + lambda L_AF`. Its gradient reaches
//! the features alone. Plain distillation, which compares logits through the network's own readout, is the control.
//!
//! **How far the paper could be read.** The structure is the abstract's; Theta = 20 and lambda = 0.1 stand in earlier
//! public code of the same author. Here 4 and 1 are usual, which show more in short runs (methods, section 4.2).
//!
//! **Rule.** The last layer's neurons become `o[t] = max(0, current[t])`, without a membrane
//! ([`Activation::Rectified`](crate::layer::Activation::Rectified)); at inference too.

use burn::prelude::*;
use burn::tensor::activation::{log_softmax, softmax};
use serde::{Deserialize, Serialize};

use crate::layer::Linear;
use crate::model::Pass;

/// Whose readout compares the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum AlignThrough {
    /// The twin's, on the network's features.
    #[default]
    Twin,
    /// The network's own: plain distillation.
    Own,
}

/// What the last layer sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum LastActivation {
    /// Spikes, like the others.
    #[default]
    Spikes,
    /// Its current where that is over 0.
    Relu,
}

/// The loss and the last activation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct EnofConfig {
    /// The loss's weight lambda, 0 for off.
    pub align: f32,
    /// Whose readout compares the two.
    pub align_through: AlignThrough,
    /// The temperature Theta.
    pub align_temperature: f32,
    /// What the last layer sends.
    pub last_activation: LastActivation,
}

impl Default for EnofConfig {
    fn default() -> Self {
        let (align_through, last_activation) = (AlignThrough::Twin, LastActivation::Spikes);
        Self { align: 0.0, align_through, align_temperature: 4.0, last_activation }
    }
}

impl EnofConfig {
    /// The weighted loss of a pass, from the twin's logits `[B, classes]` and its readout, both constants.
    pub fn loss(&self, pass: &Pass, twin_logits: Tensor<2>, twin_readout: &Linear) -> Tensor<1> {
        let logits = match self.align_through {
            AlignThrough::Twin => twin_readout.forward(pass.features.clone()),
            AlignThrough::Own => pass.logits.clone(),
        };
        softened_divergence(twin_logits, logits, self.align_temperature) * self.align
    }
}

/// `Theta² mean KL(softmax(target / Theta) || softmax(logits / Theta))`, `[1]`.
fn softened_divergence(target: Tensor<2>, logits: Tensor<2>, temperature: f32) -> Tensor<1> {
    let batch = logits.dims()[0] as f32;
    let (target, logits) = (target / temperature, logits / temperature);
    let distance = log_softmax(target.clone(), 1) - log_softmax(logits, 1);
    (softmax(target, 1) * distance).sum() * (temperature * temperature / batch)
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::method::differences::quotient;

    fn one(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_to_vec::<f32>().expect("f32")[0]
    }

    #[test]
    fn the_divergence_is_that_of_the_methods() {
        let device = Device::flex();
        let twin = Tensor::<2>::from_floats([[2.0, 0.0, -1.0]], &device);
        let own = Tensor::<2>::from_floats([[1.0, 0.5, -0.5]], &device);
        for (temperature, expected) in [(4.0, 0.277_908), (20.0, 0.257_856)] {
            let divergence = one(softened_divergence(twin.clone(), own.clone(), temperature));
            assert!((divergence - expected).abs() < 1e-4, "{divergence}");
            assert!(one(softened_divergence(twin.clone(), twin.clone(), temperature)).abs() < 1e-5);
        }
    }

    /// `dL/df = Theta / B W_A' (q_S - q_A)`.
    #[test]
    fn its_gradient_reaches_the_features_through_the_twins_readout() {
        use crate::layer::{Parameter, Weight};
        let device = Device::flex().autodiff();
        let weight = Parameter::of("w".into(), &[2, 3], Tensor::from_floats([0.5, -1.0, 0.2, 1.5, 0.3, -0.7], &device));
        let bias = Parameter::of("b".into(), &[3], Tensor::from_floats([0.1, 0.0, -0.2], &device));
        let readout = Linear::of(Weight::of(weight.clone(), None), Some(bias));
        let features = Tensor::<2>::from_floats([[0.4, 0.9], [0.1, 0.3]], &device).require_grad();
        let twin = Tensor::<2>::from_floats([[2.0, 0.0, -1.0], [0.0, 1.0, 0.5]], &device);
        let pass = Pass {
            logits: twin.clone(),
            features: features.clone(),
            step_logits: None,
            layers: vec![],
            own_loss: None,
        };
        let config = EnofConfig { align: 1.0, align_temperature: 4.0, ..Default::default() };
        let gradients = config.loss(&pass, twin.clone(), &readout).backward();
        let got = features.clone().grad(&gradients).expect("a gradient");
        let (q_own, q_twin) = (softmax(readout.forward(features.clone()) / 4.0, 1), softmax(twin / 4.0, 1));
        let expected = (q_own - q_twin).matmul(weight.tensor::<2>().transpose()) * (4.0 / 2.0);
        let floats = |x: Tensor<2>| x.into_data().try_to_vec::<f32>().expect("f32");
        for (a, b) in floats(got).iter().zip(floats(expected)) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        // Finite differences say the same.
        let of_features = |values: &[f32]| {
            let features = Tensor::<2>::from_data(TensorData::new(values.to_vec(), [2, 2]), &device);
            let pass =
                Pass { features, layers: vec![], step_logits: None, logits: pass.logits.clone(), own_loss: None };
            one(config.loss(&pass, pass.logits.clone(), &readout))
        };
        let gradient = floats(features.grad(&gradients).expect("a gradient"));
        for (i, gradient) in gradient.into_iter().enumerate() {
            let difference = quotient(of_features, &[0.4, 0.9, 0.1, 0.3], i, 1e-2);
            assert!((difference - gradient).abs() < 1e-3, "{i}: {difference} {gradient}");
        }
    }
}
