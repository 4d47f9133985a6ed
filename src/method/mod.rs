//! The papers' methods, one file each: what it claims and why it works, its config with the paper's defaults, its rule or
//! hook, its loss term or schedule, and tests. All are training-time changes of one and the same network; what a method
//! adds beside it (branches, a memory) stands in [`Aids`], is trained with it and left out of inference.
//!
//! | paper | file | hook |
//! | --- | --- | --- |
//! | ReverB-SNN (ICML 2025) | [`reverb`] | the rule of a synapse's weights, real-valued spikes |
//! | Similarity-Sensitive Contrastive Learning (AAAI 2024) | [`contrast`] | a loss on each layer's features |
//! | EnOF-SNN (NeurIPS 2024) | [`enof`] | a loss on the features in front of the readout; the last layer's activation |
//! | Take A Shortcut Back (NeurIPS 2024) | [`shortcut`] | what is added to the logits |
//! | Ternary Spike (AAAI 2024) | [`ternary`] | the neuron's spike kind and amplitude |
//! | Spiking PointNet (NeurIPS 2023) | [`paradigm`] | initial potentials, time steps at inference, the loss per time step |
//! | IM-Loss (NeurIPS 2022) | [`im_loss`] | a loss on the potentials; the surrogate's parameter |

mod aids;
pub mod contrast;
pub mod enof;
pub mod im_loss;
pub mod paradigm;
pub mod reverb;
pub mod shortcut;
pub mod ternary;

pub use aids::{Aids, Loss, Methods};

use burn::prelude::*;
use burn::tensor::activation::log_softmax;

/// The mean of the negative log-probability of the true class, `[1]`; `targets` are rows with a one at the class.
pub(crate) fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let batch = logits.dims()[0] as f32;
    (log_softmax(logits, 1) * targets).sum().neg() / batch
}

#[cfg(test)]
mod differences {
    /// The difference quotient of `f` along number `i`, by `step` to either side.
    pub(super) fn quotient(f: impl Fn(&[f32]) -> f32, at: &[f32], i: usize, step: f32) -> f32 {
        let moved = |by: f32| {
            let mut values = at.to_vec();
            values[i] += by;
            f(&values)
        };
        (moved(step) - moved(-step)) / (2.0 * step)
    }
}
