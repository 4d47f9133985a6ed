//! ReverB-SNN: reversing the bits of weight and activation (Guo et al., ICML 2025).
//!
//! **Claim.** Quantising activations hurts more than quantising weights, so the precision belongs in the spikes: a neuron
//! that fires sends its potential, and weights are -1 and 1. A synapse still only adds or subtracts.
//!
//! **Rule.** `o = u` where `u >= V`, else 0, hard reset (the fused neuron with
//! [`SpikeKind::Real`](crate::neuron::SpikeKind::Real)), through weights `alpha sign(W)`, `sign(0) = 1`, with one trained
//! factor alpha a layer. Gradients: [`Weight::used`](crate::layer::Weight::used); the optimiser keeps latent weights in -1..1.
//! What the paper's text says of factor, backward rule and ends could not be read; granularity (one factor a layer), its
//! start (1 in front of a norm, else the mean magnitude) and real-valued first and last weights are our reading
//! (methods, section 2.2), the ends a setting.
//!
//! **Fold.** Factor, norm and amplitude become one multiplication per neuron and time step; weights are stored as bits:
//! [`Network::folded`](crate::model::Network::folded). In front of a batch norm the factor does nothing (section 2.7).

use serde::{Deserialize, Serialize};

use crate::layer::WeightKind;

/// The weights of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ReverbConfig {
    /// What weights between layers of neurons are.
    pub weights: WeightKind,
    /// Whether those that take the image and those of the readout are binary too.
    pub binary_ends: bool,
    /// Whether each layer trains the factor of its binary weights.
    pub train_factor: bool,
}

#[cfg(test)]
mod tests {
    use burn::prelude::*;

    use crate::layer::{Parameter, Weight};
    use crate::neuron::{Lif, SpikeKind, lif};

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    /// By hand: two inputs of 0.4 and 0.8, signs +1 and -1 (then both +1), factor 0.5.
    #[test]
    fn a_neuron_adds_and_subtracts_graded_spikes() {
        let device = Device::flex().autodiff();
        let latent = Parameter::new("w".into(), &[2, 2], true, vec![0.2, 0.3, -0.1, 0.0], &device);
        let factor = Parameter::new("f".into(), &[1], true, vec![0.5], &device);
        let weight = Weight::of(latent.clone(), Some(factor));
        let real = Lif { spike: SpikeKind::Real, ..Lif::default() };
        let one = || Tensor::<1>::from_floats([1.0], &device);
        let sent = lif(Tensor::<2>::from_floats([[0.4, 0.8]], &device), one(), 1, &real);
        assert_eq!(floats(sent.clone()), [0.0, 0.8]);
        let current = sent.matmul(weight.used::<2>());
        assert_eq!(floats(current.clone()), [-0.4, 0.4]);
        // The gradient of a current of 1: 0.5 * 0.8 at the weights of the neuron that fired, 0 at the silent one's.
        let gradients = current.sum().backward();
        let gradient = floats(latent.flat().grad(&gradients).expect("a gradient"));
        assert_eq!(gradient, [0.0, 0.0, 0.4, 0.4]);
    }

    /// Away from every threshold a graded spike is smooth in the factor, through two layers and three time steps.
    #[test]
    fn the_factors_gradient_is_the_finite_difference() {
        use crate::method::differences::quotient;
        let device = Device::flex().autodiff();
        let real = Lif { spike: SpikeKind::Real, ..Lif::default() };
        let one = || Tensor::<1>::from_floats([1.0], &device);
        let latent = |name: &str, values: Vec<f32>| Parameter::new(name.into(), &[2, 2], true, values, &device);
        let loss = |factor: &Parameter| {
            let weight = Weight::of(latent("w", vec![0.2, 0.3, -0.1, 0.4]), Some(factor.clone()));
            let input = Tensor::<2>::from_floats([[0.9, 0.7], [0.2, 1.1], [0.8, 0.1]], &device);
            let first = lif(input.matmul(weight.used::<2>()), one(), 3, &real);
            lif(first.matmul(weight.used::<2>()), one(), 3, &real).sum()
        };
        let factor = |value: f32| Parameter::new("f".into(), &[1], true, vec![value], &device);
        let at = factor(1.3);
        let gradient = floats(at.flat().grad(&loss(&at).backward()).expect("a gradient"))[0];
        let difference = quotient(|values| floats(loss(&factor(values[0])))[0], &[1.3], 0, 1e-2);
        assert!(gradient != 0.0 && (difference - gradient).abs() < 1e-2, "{difference} {gradient}");
    }
}
