//! Membranes that do not start at 0: a random potential for every neuron and sample (Spiking PointNet's membrane
//! perturbation; methods, section 7.2).

use burn::prelude::*;
use burn::tensor::TensorData;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

/// Initial potentials `u[0] ~ U[0, range)`, drawn on the host: the same key gives the same ones on every backend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Over the highest initial potential. A range that is not over 0 moves nothing.
    pub range: f32,
    /// Decides them, together with sample and layer.
    pub key: u64,
    /// The number of the first sample of the pass: a sample's potentials are its own, whatever pass it comes in.
    pub first: u64,
}

impl Noise {
    /// The currents `[T, B * N]` (or `[1, B * N]`, the same at every time step) of a layer whose membranes start from noise. The
    /// first potential is `decay * u[0] + current[1]`, so that the noise can enter with the first current.
    pub fn enter(&self, current: Tensor<2>, batch: usize, layer: &str, steps: usize, decay: f32) -> Tensor<2> {
        // Nothing can be drawn below 0, nor below what is not a number.
        let range = self.range.min(f32::MAX);
        if range <= 0.0 || self.range.is_nan() {
            return current;
        }
        let [given, neurons] = current.dims();
        // Odd constants far from small whole numbers spread samples and layers over the seeds.
        let layer =
            layer.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(0x0100_0000_01b3).wrapping_add(byte.into()));
        let mut first = Vec::with_capacity(neurons);
        for sample in 0..batch as u64 {
            let place = (self.first + sample + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
            let seed = self.key ^ place ^ layer.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            // A network has millions of neurons a step: a generator that costs a nanosecond a number, the same everywhere.
            let mut random = Xoshiro128PlusPlus::seed_from_u64(seed);
            first.extend((0..neurons / batch).map(|_| random.random_range(0.0..range) * decay));
        }
        let first = Tensor::<2>::from_data(TensorData::new(first, [1, neurons]), &current.device());
        match (given, steps) {
            (1, 1) => current + first,
            (1, _) => Tensor::cat(vec![current.clone() + first, current.repeat_dim(0, steps - 1)], 0),
            _ => Tensor::cat(vec![current.clone().narrow(0, 0, 1) + first, current.narrow(0, 1, steps - 1)], 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::{Lif, lif_with_potentials};

    fn potentials(current: Tensor<2>, steps: usize) -> Vec<f32> {
        let amplitude = Tensor::<1>::from_floats([1.0], &Device::flex());
        lif_with_potentials(current, amplitude, steps, &Lif::default()).1.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn only_the_first_potential_is_moved_by_up_to_the_decayed_range() {
        let device = Device::flex();
        let noise = Noise { range: 0.5, key: 7, first: 0 };
        let currents = Tensor::<2>::full([3, 200], 0.2, &device);
        let entered = noise.enter(currents.clone(), 2, "layer1", 3, 0.25);
        let moved = potentials(entered.clone(), 3);
        let [first, rest] = [&moved[..200], &moved[200..]];
        assert!(first.iter().all(|u| (0.2..0.2 + 0.125).contains(u)));
        let mean = first.iter().sum::<f32>() / 200.0;
        assert!((mean - 0.2625).abs() < 0.01, "{mean}");
        // Nobody fires at 0.5, so that the rest carries a quarter of what entered.
        assert!(rest[..200].iter().zip(first).all(|(second, first)| (second - (0.2 + 0.25 * first)).abs() < 1e-6));
        // The same from a current that is the same at every step, and for the same key; another key, layer or neuron differs.
        let constant = noise.enter(currents.narrow(0, 0, 1), 2, "layer1", 3, 0.25);
        assert_eq!(potentials(constant.clone(), 3), moved);
        let first_row = |noise: Noise, layer: &str| {
            potentials(noise.enter(Tensor::full([1, 200], 0.2, &device), 2, layer, 1, 0.25), 1)
        };
        assert_eq!(first_row(noise, "layer1"), first);
        assert_ne!(first_row(noise, "layer2"), first);
        assert_ne!(first_row(Noise { key: 8, ..noise }, "layer1"), first);
        assert_ne!(first[0], first[1]);
        // The second sample has the same potentials when it comes first.
        assert_eq!(first_row(Noise { first: 1, ..noise }, "layer1")[..100], first[100..]);
    }

    #[test]
    fn noise_of_no_range_moves_nothing() {
        let current = Tensor::<2>::full([1, 8], 0.2, &Device::flex());
        let moved = |range: f32| {
            let entered = Noise { range, key: 7, first: 0 }.enter(current.clone(), 2, "layer1", 2, 0.25);
            potentials(entered, 2)
        };
        let still = potentials(current.clone(), 2);
        for range in [0.0, -0.0, -1.0, f32::NAN, f32::NEG_INFINITY] {
            assert_eq!(moved(range), still, "{range}");
        }
        assert!(moved(f32::INFINITY).iter().all(|potential| potential.is_finite()));
        assert_ne!(moved(0.1), still);
    }
}
