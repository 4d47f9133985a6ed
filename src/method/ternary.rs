//! Ternary Spike (Guo et al., AAAI 2024).
//!
//! **Claim.** A binary map of N neurons carries N bits at most, and one height of spike for all layers does not fit their
//! different potentials. Spikes of -1, 0 and 1, with a height that each layer learns, carry up to log2 3 = 1.58 bits each
//! and still only add; the height folds into the next weights.
//!
//! **Config.** [`SpikeKind::Ternary`](crate::neuron::SpikeKind::Ternary) and the amplitude, fixed or trained, from 1 on.
//!
//! **Rule** (the paper's equations 15 to 16). `b = 1` where `u >= V`, `-1` where `u <= -V`, else 0; hard reset after a
//! spike of either sign; sent is `a b`. The reset sees `b`, never `a`. It is the fused neuron's own choice: see
//! [`crate::neuron`]. The paper leaves `a` free; here it stays over 0.001, so that its sign never turns.
//!
//! **Fold** (equations 17 to 19): `K * (a B) = (a K) * B`; [`Network::folded`](crate::model::Network::folded). Batch norm
//! hides `a` wherever convolution and norm are all that takes a layer's spikes: there its gradient is zero, and it matters
//! through identity skips and the readout alone (methods, section 6.7).

#[cfg(test)]
mod tests {
    use burn::prelude::*;

    use crate::neuron::{Lif, SpikeKind, lif};

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    /// By hand: potentials 0.6, -0.55, 0.1 + 0 (reset), with the gradient of each spike 1, 2, 3.
    #[test]
    fn the_amplitude_collects_the_gradient_times_the_spike() {
        let device = Device::flex().autodiff();
        let current = Tensor::<2>::from_floats([[0.6], [-0.55], [0.1]], &device);
        let amplitude = Tensor::<1>::from_floats([1.5], &device).require_grad();
        let spikes = lif(current, amplitude.clone(), 3, &Lif { spike: SpikeKind::Ternary, ..Lif::default() });
        assert_eq!(floats(spikes.clone()), [1.5, -1.5, 0.0]);
        let gradients = (spikes * Tensor::from_floats([[1.0], [2.0], [3.0]], &device)).sum().backward();
        // 1 * 1 + 2 * (-1) + 3 * 0.
        assert_eq!(floats(amplitude.grad(&gradients).expect("a gradient")), [-1.0]);
    }

    /// Through a readout and its cross-entropy, which is smooth in the height.
    #[test]
    fn the_amplitudes_gradient_is_the_finite_difference() {
        use crate::method::differences::quotient;
        let device = Device::flex().autodiff();
        let loss = |amplitude: Tensor<1>| {
            let current = Tensor::<2>::from_floats([[0.6, -0.9], [-0.55, 0.8], [0.1, 0.7]], &device);
            let spikes = lif(current, amplitude, 3, &Lif { spike: SpikeKind::Ternary, ..Lif::default() });
            let logits = spikes.matmul(Tensor::from_floats([[0.5, -0.3, 0.2], [0.1, 0.8, -0.6]], &device));
            let targets = Tensor::from_floats([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], &device);
            crate::method::cross_entropy(logits, targets)
        };
        let amplitude = Tensor::<1>::from_floats([1.2], &device).require_grad();
        let gradient = floats(amplitude.clone().grad(&loss(amplitude).backward()).expect("a gradient"))[0];
        let difference = quotient(|values| floats(loss(Tensor::from_floats(values, &device)))[0], &[1.2], 0, 1e-2);
        assert!(gradient != 0.0 && (difference - gradient).abs() < 1e-4, "{difference} {gradient}");
    }

    #[test]
    fn a_normed_convolution_hides_the_amplitude_in_front_of_it() {
        use crate::layer::{BatchNorm, Initialiser, Linear, WeightRule};
        let device = Device::flex().autodiff();
        let mut initialiser = Initialiser::new(1, &device);
        let linear = Linear::new("l", [16, 4], false, WeightRule::REAL, &mut initialiser);
        let norm = BatchNorm::new("n", 4, &initialiser);
        let current = Tensor::<2>::from_data(
            burn::tensor::TensorData::new((0..32 * 16).map(|i| (i as f32 * 1.7).sin() * 1.5).collect(), [1, 512]),
            &device,
        );
        let ternary = Lif { spike: SpikeKind::Ternary, ..Lif::default() };
        let run = |height: f32| {
            let amplitude = Tensor::<1>::from_floats([height], &device).require_grad();
            let spikes = lif(current.clone(), amplitude.clone(), 1, &ternary).reshape([32, 16]);
            let normed = norm.train(linear.forward(spikes).unsqueeze_dim(2)).0.squeeze_dim::<2>(2);
            let weights = Tensor::<2>::from_data(
                burn::tensor::TensorData::new((0..128).map(|i| (i as f32 * 0.9).cos()).collect(), [32, 4]),
                &device,
            );
            let loss = (normed.clone() * weights).sum();
            let gradients = loss.backward();
            (floats(normed), floats(amplitude.grad(&gradients).expect("a gradient"))[0] * height)
        };
        let ((one, gradient), (three, _)) = (run(1.0), run(3.0));
        assert!(gradient.abs() < 1e-3, "{gradient}");
        assert!(one.iter().zip(&three).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}
