//! A synapse's weights: real-valued, or the signs of real-valued ones times one factor a layer.

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Initialiser, Parameter};

/// What a weight is where it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum WeightKind {
    /// Any number.
    #[default]
    Real,
    /// -1 or 1, times a factor that the layer shares (ReverB-SNN, ICML 2025).
    Binary,
}

/// How a layer's weights are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightRule {
    /// What they are.
    pub kind: WeightKind,
    /// Whether the factor of binary weights is trained.
    pub train_factor: bool,
    /// Whether a norm follows, which hides every factor: the factor then starts at 1, else at the mean magnitude.
    pub normed: bool,
    /// The spread of the weights, in that of unit currents for unit inputs.
    pub gain: f32,
}

impl WeightRule {
    /// Real-valued weights of unit gain.
    pub const REAL: Self = Self { kind: WeightKind::Real, train_factor: false, normed: false, gain: 1.0 };
}

/// The smallest factor: its sign never turns.
const SMALLEST_FACTOR: f32 = 1e-3;

/// Latent real-valued weights, and the factor where their signs are used.
#[derive(Clone, Debug)]
pub struct Weight {
    latent: Parameter,
    factor: Option<Parameter>,
}

impl Weight {
    /// Weights called `name.weight`, in `shape`. The latent ones are the same for either kind.
    pub fn new(name: &str, shape: &[usize], fan_in: usize, rule: WeightRule, initialiser: &mut Initialiser) -> Self {
        let latent = initialiser.weight(format!("{name}.weight"), shape, fan_in, rule.gain);
        match rule.kind {
            WeightKind::Real => Self { latent, factor: None },
            WeightKind::Binary => {
                // The mean magnitude of uniform weights is half their bound.
                let bound = rule.gain * (3.0 / fan_in as f32).sqrt();
                let start = if rule.normed { 1.0 } else { 0.5 * bound };
                let factor = initialiser.filled(format!("{name}.factor"), 1, start, rule.train_factor);
                Self { latent: latent.within(-1.0, 1.0), factor: Some(factor.within(SMALLEST_FACTOR, f32::MAX)) }
            }
        }
    }

    /// Weights that are there already.
    pub fn of(latent: Parameter, factor: Option<Parameter>) -> Self {
        Self { latent, factor }
    }

    /// The weights as they are used. Gradients pass the sign straight through to latent weights in -1..1:
    /// `dL/dW = factor * dL/dW_used * 1[|W| <= 1]`, `dL/dfactor = sum dL/dW_used * sign(W)` (methods, section 2.2).
    pub fn used<const D: usize>(&self) -> Tensor<D> {
        let latent = self.latent.tensor::<D>();
        let Some(factor) = &self.factor else { return latent };
        let window = latent.clone().clamp(-1.0, 1.0);
        // The difference is exactly zero, so that what is used is exactly a sign.
        let signs = signs(latent).detach() + (window.clone() - window.detach());
        signs * factor.flat().reshape([1; D])
    }

    /// The latent weights.
    pub fn latent(&self) -> &Parameter {
        &self.latent
    }

    /// The factor of binary weights.
    pub fn factor(&self) -> Option<&Parameter> {
        self.factor.as_ref()
    }

    /// What they are.
    pub fn kind(&self) -> WeightKind {
        if self.factor.is_some() { WeightKind::Binary } else { WeightKind::Real }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.latent.count()
    }

    /// Their shape.
    pub fn shape(&self) -> &[usize] {
        &self.latent.shape
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        std::iter::once(&mut self.latent).chain(&mut self.factor).collect()
    }
}

/// -1 where a number is below zero, 1 elsewhere.
pub(crate) fn signs<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.greater_equal_elem(0.0).float() * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINARY: WeightRule = WeightRule { kind: WeightKind::Binary, train_factor: true, normed: true, gain: 1.0 };

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn binary_weights_are_signs_times_the_factor_and_the_sign_of_zero_is_one() {
        let device = Device::flex().autodiff();
        let latent = Parameter::new("w".into(), &[2, 2], true, vec![0.3, -0.1, 0.0, -0.0], &device);
        let factor = Parameter::new("f".into(), &[1], true, vec![0.7], &device);
        let used = floats(Weight::of(latent, Some(factor)).used::<2>());
        assert_eq!(used, [0.7, -0.7, 0.7, 0.7]);
    }

    #[test]
    fn gradients_pass_straight_through_to_latent_weights_inside_the_window() {
        let device = Device::flex().autodiff();
        let latent = Parameter::new("w".into(), &[3], true, vec![0.5, -0.9, 1.5], &device);
        let factor = Parameter::new("f".into(), &[1], true, vec![0.5], &device);
        let weight = Weight::of(latent.clone(), Some(factor.clone()));
        let gradients = (weight.used::<1>() * Tensor::from_floats([2.0, 3.0, 5.0], &device)).sum().backward();
        assert_eq!(floats(latent.flat().grad(&gradients).expect("a gradient")), [1.0, 1.5, 0.0]);
        // 2 - 3 + 5: the window of the weights does not clip the factor's gradient.
        assert_eq!(floats(factor.flat().grad(&gradients).expect("a gradient")), [4.0]);
    }

    #[test]
    fn either_kind_starts_from_the_same_latent_weights() {
        let device = Device::flex();
        let real = Weight::new("a", &[4, 3], 4, WeightRule::REAL, &mut Initialiser::new(3, &device));
        let binary = Weight::new("a", &[4, 3], 4, BINARY, &mut Initialiser::new(3, &device));
        assert_eq!(floats(real.latent().flat()), floats(binary.latent().flat()));
        assert_eq!(floats(binary.used::<2>()).iter().map(|w| w.abs()).sum::<f32>(), 12.0);
    }
}
