//! Spikes as bits: which neurons of a layer fired, for sums that add one row of weights for each.

use multiversion::multiversion;

use crate::neuron::Lif;
use crate::neuron::spike::{Spike, compiled_for};
use crate::neuron::step::{charge, reset};

/// Neurons of a word.
const WORD: usize = 64;

/// Spikes of height 1 of one layer at all time steps.
pub(crate) struct SpikeMap {
    /// A bit for each positive spike, `[T, words]`.
    positive: Vec<u64>,
    /// The same for negative ones; empty unless ternary.
    negative: Vec<u64>,
    neurons: usize,
}

impl SpikeMap {
    /// Spikes of currents `[T, N]`, or of `[N]` that are the same at every time step. Nothing where bits cannot hold them: of
    /// neurons that send real values, or whose potential has become something that is not a number.
    pub(crate) fn fire(current: &[f32], constant: bool, steps: usize, lif: &Lif) -> Option<Self> {
        let fire = compiled_for!(lif, fire::<spike, reset>);
        fire(current, constant, steps, lif)
    }

    /// Neurons of the layer.
    pub(super) fn neurons(&self) -> usize {
        self.neurons
    }

    /// The bits of the positive and of the negative spikes at each time step.
    pub(super) fn steps(&self) -> impl Iterator<Item = [&[u64]; 2]> {
        let words = self.neurons.div_ceil(WORD);
        let mut negative = self.negative.chunks(words);
        self.positive.chunks(words).map(move |positive| [positive, negative.next().unwrap_or_default()])
    }

    /// Each neuron's mean over time, `[N]`.
    pub(crate) fn mean(&self) -> Vec<f32> {
        let mut sums = vec![0.0; self.neurons];
        for [positive, negative] in self.steps() {
            for_each_bit(positive, |i| sums[i] += 1.0);
            for_each_bit(negative, |i| sums[i] -= 1.0);
        }
        let steps = self.steps().count() as f32;
        sums.iter_mut().for_each(|sum| *sum /= steps);
        sums
    }

    /// Spikes of all time steps.
    pub(crate) fn count(&self) -> usize {
        self.positive.iter().chain(&self.negative).map(|word| word.count_ones() as usize).sum()
    }
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn fire<S: Spike, const HARD: bool>(current: &[f32], constant: bool, steps: usize, lif: &Lif) -> Option<SpikeMap> {
    if !S::FITS_BITS {
        return None;
    }
    let neurons = current.len() / if constant { 1 } else { steps };
    let (decay, threshold, words) = (lif.decay, lif.threshold, neurons.div_ceil(WORD));
    let mut kept = vec![0.0; neurons];
    let mut positive = Vec::with_capacity(steps * words);
    let mut negative = Vec::with_capacity(if S::TWO_SIDED { steps * words } else { 0 });
    for t in 0..steps {
        let current = &current[if constant { 0 } else { t * neurons }..][..neurons];
        for (kept, current) in kept.chunks_mut(WORD).zip(current.chunks(WORD)) {
            let (mut above, mut below) = ([0; WORD], [0; WORD]);
            for (((kept, current), above), below) in kept.iter_mut().zip(current).zip(&mut above).zip(&mut below) {
                let u = charge(*kept, *current, decay);
                let sign = S::sign(u, threshold);
                (*above, *below) = (u8::from(sign > 0.0), u8::from(sign < 0.0));
                *kept = reset::<S, HARD>(u, threshold);
            }
            positive.push(bits(&above));
            if S::TWO_SIDED {
                negative.push(bits(&below));
            }
        }
    }
    // What is not a number never fires and stays.
    let numbers = kept.iter().fold(true, |all, kept| all & !kept.is_nan());
    numbers.then_some(SpikeMap { positive, negative, neurons })
}

/// Bytes of 0 and 1 as bits, the first the lowest.
#[inline(always)]
fn bits(bytes: &[u8; WORD]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    // The product brings the lowest bit of each byte to the highest byte, in order.
    let gathered = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |word, bytes| word << 8 | gathered(bytes))
}

/// Adds the weights' rows of the neurons that fired, and takes away those of negative spikes.
#[inline(always)]
pub(super) fn add<const W: usize>(sums: &mut [f32; W], [positive, negative]: [&[u64]; 2], weights: &[[f32; W]]) {
    for_each_bit(positive, |row| sums.iter_mut().zip(&weights[row]).for_each(|(sum, weight)| *sum += weight));
    for_each_bit(negative, |row| sums.iter_mut().zip(&weights[row]).for_each(|(sum, weight)| *sum -= weight));
}

#[inline(always)]
fn for_each_bit(words: &[u64], mut take: impl FnMut(usize)) {
    for (i, word) in words.iter().enumerate() {
        let mut left = *word;
        while left != 0 {
            take(i * WORD + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::kernel;
    use crate::neuron::{Reset, SpikeKind};

    /// The spikes as numbers, `[T, N]`.
    fn unpacked(map: &SpikeMap) -> Vec<f32> {
        let bit = |words: &[u64], i: usize| words.get(i / WORD).map_or(0, |word| word >> (i % WORD) & 1) as f32;
        let step = |[positive, negative]: [_; 2]| (0..map.neurons()).map(move |i| bit(positive, i) - bit(negative, i));
        map.steps().flat_map(step).collect()
    }

    #[test]
    fn bits_are_the_spikes() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for neurons in [1, 63, 64, 65, 200] {
            for (spike, reset) in [SpikeKind::Binary, SpikeKind::Ternary]
                .into_iter()
                .flat_map(|spike| [Reset::Hard, Reset::Soft].map(|reset| (spike, reset)))
            {
                let lif = Lif { spike, reset, ..Lif::default() };
                for (constant, given) in [(false, 3), (true, 1)] {
                    let current: Vec<f32> = (0..given * neurons).map(|_| random.random_range(-2.0..2.0)).collect();
                    let map = SpikeMap::fire(&current, constant, 3, &lif).expect("bits");
                    let expected = kernel::fire(&current, constant, 3, &lif);
                    assert_eq!(unpacked(&map), expected, "{spike:?} {reset:?} {neurons}");
                    let mean = |i: usize| expected.iter().skip(i).step_by(neurons).sum::<f32>() / 3.0;
                    assert_eq!(map.mean(), (0..neurons).map(mean).collect::<Vec<_>>());
                    assert_eq!(map.count(), expected.iter().filter(|sent| **sent != 0.0).count());
                }
            }
        }
    }

    #[test]
    fn what_bits_cannot_hold_is_left_to_numbers() {
        let real = Lif { spike: SpikeKind::Real, ..Lif::default() };
        assert!(SpikeMap::fire(&[1.0, 2.0], true, 2, &real).is_none());
        for spike in [SpikeKind::Binary, SpikeKind::Ternary] {
            for reset in [Reset::Hard, Reset::Soft] {
                let lif = Lif { spike, reset, ..Lif::default() };
                assert!(SpikeMap::fire(&[0.0, f32::NAN, 1.0, 1.0], false, 2, &lif).is_none(), "{spike:?} {reset:?}");
            }
        }
    }
}
