//! The same neuron in plain tensor operations, one time step after another, its gradients left to automatic
//! differentiation. Slow; what the fused operation is compared with.

use burn::prelude::*;

use super::Lif;
use super::step::{fire, leak};

/// As [`super::lif`].
pub fn lif<const D: usize>(current: Tensor<D>, parameters: Tensor<1>, steps: usize, lif: &Lif) -> Tensor<D> {
    let given = current.dims()[0];
    let amplitude = parameters.clone().narrow(0, 0, 1).reshape([1; D]);
    let mut kept: Option<Tensor<D>> = None;
    let spikes = (0..steps)
        .map(|t| {
            let current = if given == 1 { current.clone() } else { current.clone().narrow(0, t, 1) };
            let potential = match kept.take() {
                Some(kept) => leak(kept, &parameters, lif) + current,
                None => current,
            };
            let (spike, reset) = fire(potential, lif);
            kept = Some(reset);
            spike * amplitude.clone()
        })
        .collect();
    Tensor::cat(spikes, 0)
}
