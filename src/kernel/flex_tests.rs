use burn::prelude::*;
use burn::tensor::TensorData;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::flex::BLOCK;
use super::{lif, lif_traced, mean_over_time};
use crate::neuron::{Lif, SpikeKind};

/// Neurons of a layer that is less than a block.
const PIECE: usize = 1000;

/// What the loss looks at.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// The mean over time, whose gradient is the same at every time step.
    Mean,
    Spikes,
    /// Potentials too.
    Potentials,
}

fn noise(shape: [usize; 2], seed: u64, device: &Device) -> Tensor<2> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let values: Vec<f32> = (0..shape[0] * shape[1]).map(|_| random.random_range(-1.5..1.5)).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Spikes, and the gradients of the currents and of the amplitude. `weights` are `[T, N]`.
fn pass(current: Tensor<2>, weights: [Tensor<2>; 2], neuron: Lif, loss: Loss) -> [Tensor<2>; 3] {
    let [weight, pull] = weights;
    let steps = weight.dims()[0];
    let current = current.require_grad();
    let amplitude = Tensor::<1>::from_floats([1.5], &current.device()).require_grad();
    let (spikes, loss) = match loss {
        Loss::Mean => {
            let spikes = lif(current.clone(), amplitude.clone(), steps, neuron);
            (spikes.clone(), mean_over_time(spikes) * weight.narrow(0, 0, 1))
        }
        Loss::Spikes => {
            let spikes = lif(current.clone(), amplitude.clone(), steps, neuron);
            (spikes.clone(), spikes * weight)
        }
        Loss::Potentials => {
            let (spikes, potentials) = lif_traced(current.clone(), amplitude.clone(), steps, neuron);
            (spikes.clone(), spikes * weight + potentials * pull)
        }
    };
    let gradients = loss.sum().backward();
    let of_amplitude = amplitude.grad(&gradients).expect("a gradient").reshape([1, 1]);
    [spikes.detach(), current.grad(&gradients).expect("a gradient"), of_amplitude]
}

#[test]
fn a_layer_of_several_blocks_is_many_layers_side_by_side() {
    let device = Device::flex().autodiff();
    let (steps, neurons) = (3, 2 * BLOCK + 1);
    let weights = [noise([steps, neurons], 1, &device), noise([steps, neurons], 2, &device)];
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        for given in [steps, 1] {
            let (current, neuron) = (noise([given, neurons], 3, &device), Lif { spike, ..Lif::default() });
            for loss in [Loss::Mean, Loss::Spikes, Loss::Potentials] {
                let of = |first: usize, count: usize| {
                    let weights = weights.each_ref().map(|weight| weight.clone().narrow(1, first, count));
                    pass(current.clone().narrow(1, first, count), weights, neuron, loss)
                };
                let pieces = (0..neurons).step_by(PIECE).map(|first| of(first, PIECE.min(neurons - first)));
                let (mut spikes, mut of_currents, mut of_amplitude) = (vec![], vec![], 0.0);
                for [piece, gradient, amplitude] in pieces {
                    spikes.push(piece);
                    of_currents.push(gradient);
                    of_amplitude += amplitude.into_scalar::<f32>();
                }
                let [whole, gradient, amplitude] = of(0, neurons);
                whole.into_data().assert_eq(&Tensor::cat(spikes, 1).into_data(), true);
                gradient.into_data().assert_eq(&Tensor::cat(of_currents, 1).into_data(), true);
                let amplitude = amplitude.into_scalar::<f32>();
                assert!((amplitude - of_amplitude).abs() < 0.01, "{neuron:?} {loss:?}: {amplitude} {of_amplitude}");
            }
        }
    }
}
