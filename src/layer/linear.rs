//! A linear map.

use burn::prelude::*;

use super::{Initialiser, Parameter, Weight, WeightRule};
use crate::kernel;

/// `y = x W + b`.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Weight,
    bias: Option<Parameter>,
}

impl Linear {
    /// A map from `inputs` to `outputs`, with a bias where nothing shifts its result later.
    pub fn new(
        name: &str,
        [inputs, outputs]: [usize; 2],
        bias: bool,
        rule: WeightRule,
        initialiser: &mut Initialiser,
    ) -> Self {
        let weight = Weight::new(name, &[inputs, outputs], inputs, rule, initialiser);
        let bias = bias.then(|| initialiser.filled(format!("{name}.bias"), outputs, 0.0, true));
        Self { weight, bias }
    }

    /// A map of these numbers.
    pub fn of(weight: Weight, bias: Option<Parameter>) -> Self {
        Self { weight, bias }
    }

    /// `[N, inputs]` to `[N, outputs]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        kernel::product(x, self.weight.used(), self.bias.as_ref().map(Parameter::flat))
    }

    /// Its weights, `[inputs, outputs]`.
    pub fn weight(&self) -> &Weight {
        &self.weight
    }

    /// Its bias, `[outputs]`.
    pub fn bias(&self) -> Option<&Parameter> {
        self.bias.as_ref()
    }

    /// Where its numbers are.
    pub fn device(&self) -> Device {
        self.weight.latent().flat().device()
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        self.weight.parameters_mut().into_iter().chain(&mut self.bias).collect()
    }
}
