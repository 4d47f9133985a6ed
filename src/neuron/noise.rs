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
    /// What the membranes of a layer of `neurons` (of all samples) start from, `[1, B * N]`; nothing where that is 0.
    pub fn membrane(&self, neurons: usize, batch: usize, layer: &str, device: &Device) -> Option<Tensor<2>> {
        // Nothing can be drawn below 0, nor below what is not a number.
        let range = self.range.min(f32::MAX);
        if range <= 0.0 || self.range.is_nan() {
            return None;
        }
        // Odd constants far from small whole numbers spread samples and layers over the seeds.
        let layer =
            layer.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(0x0100_0000_01b3).wrapping_add(byte.into()));
        let mut drawn = Vec::with_capacity(neurons);
        for sample in 0..batch as u64 {
            let place = (self.first + sample + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
            let seed = self.key ^ place ^ layer.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            // A network has millions of neurons a step: a generator that costs a nanosecond a number, the same everywhere.
            let mut random = Xoshiro128PlusPlus::seed_from_u64(seed);
            drawn.extend((0..neurons / batch).map(|_| random.random_range(0.0..range)));
        }
        Some(Tensor::from_data(TensorData::new(drawn, [1, neurons]), device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::{Lif, enter, lif_with_potentials};

    /// The currents of a layer of two samples whose membranes start from noise.
    fn entered(noise: Noise, current: Tensor<2>, layer: &str, steps: usize) -> Tensor<2> {
        let (neurons, device) = (current.dims()[1], current.device());
        match noise.membrane(neurons, 2, layer, &device) {
            Some(membrane) => enter(current, membrane, &Tensor::from_floats([1.0], &device), steps, &Lif::default()),
            None => current,
        }
    }

    fn potentials(current: Tensor<2>, steps: usize) -> Vec<f32> {
        let amplitude = Tensor::<1>::from_floats([1.0], &Device::flex());
        lif_with_potentials(current, amplitude, steps, &Lif::default()).1.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn only_the_first_potential_is_moved_by_up_to_the_decayed_range() {
        let device = Device::flex();
        let noise = Noise { range: 0.5, key: 7, first: 0 };
        let currents = Tensor::<2>::full([3, 200], 0.2, &device);
        let moved = potentials(entered(noise, currents.clone(), "layer1", 3), 3);
        let [first, rest] = [&moved[..200], &moved[200..]];
        assert!(first.iter().all(|u| (0.2..0.2 + 0.125).contains(u)));
        let mean = first.iter().sum::<f32>() / 200.0;
        assert!((mean - 0.2625).abs() < 0.01, "{mean}");
        // Nobody fires at 0.5, so that the rest carries a quarter of what entered.
        assert!(rest[..200].iter().zip(first).all(|(second, first)| (second - (0.2 + 0.25 * first)).abs() < 1e-6));
        // The same from a current that is the same at every step, and for the same key; another key, layer or neuron differs.
        assert_eq!(potentials(entered(noise, currents.narrow(0, 0, 1), "layer1", 3), 3), moved);
        let first_row =
            |noise: Noise, layer: &str| potentials(entered(noise, Tensor::full([1, 200], 0.2, &device), layer, 1), 1);
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
        let moved =
            |range: f32| potentials(entered(Noise { range, key: 7, first: 0 }, current.clone(), "layer1", 2), 2);
        let still = potentials(current.clone(), 2);
        for range in [0.0, -0.0, -1.0, f32::NAN, f32::NEG_INFINITY] {
            assert_eq!(moved(range), still, "{range}");
        }
        assert!(moved(f32::INFINITY).iter().all(|potential| potential.is_finite()));
        assert_ne!(moved(0.1), still);
    }
}
