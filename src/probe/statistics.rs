//! How often neurons fire and how many bits their spikes can carry (methods, section 9.4).

use crate::neuron::SpikeKind;

/// Bins of the histogram that the entropy of real-valued spikes is taken over.
const BINS: usize = 256;
/// Bins that are counted in while the range of the spikes is not known yet.
const FINE_BINS: usize = 1 << 16;

/// Spikes of one layer, counted.
#[derive(Clone, Debug)]
pub struct SpikeStatistics {
    kind: SpikeKind,
    outputs: u64,
    positive: u64,
    negative: u64,
    histogram: Histogram,
}

impl SpikeStatistics {
    /// Nothing counted yet.
    pub fn new(kind: SpikeKind) -> Self {
        let bins = if kind == SpikeKind::Real { FINE_BINS } else { 0 };
        let histogram = Histogram { top: f32::MIN_POSITIVE, counts: vec![0; bins], largest: 0.0 };
        Self { kind, outputs: 0, positive: 0, negative: 0, histogram }
    }

    /// Counts what neurons sent, amplitude included, 0 where they were silent.
    pub fn add(&mut self, sent: &[f32]) {
        self.outputs += sent.len() as u64;
        for &spike in sent {
            self.positive += u64::from(spike > 0.0);
            self.negative += u64::from(spike < 0.0);
        }
        if self.kind == SpikeKind::Real {
            // A trained amplitude may have turned below zero.
            sent.iter().filter(|spike| spike.is_finite()).for_each(|spike| self.histogram.add(spike.abs()));
        }
    }

    /// Spikes of either sign.
    pub fn spikes(&self) -> u64 {
        self.positive + self.negative
    }

    /// Share of neuron-steps that fired.
    pub fn rate(&self) -> f64 {
        self.share(self.spikes())
    }

    /// Share of neuron-steps that fired below zero.
    pub fn negative_rate(&self) -> f64 {
        self.share(self.negative)
    }

    /// Bits per neuron and time step: of the two or three values a spike can have, or, for real-valued spikes, of a
    /// histogram of 256 bins from 0 to the largest spike, silence in the first.
    pub fn entropy(&self) -> f64 {
        match self.kind {
            SpikeKind::Binary => binary_entropy(self.rate()),
            SpikeKind::Ternary => {
                let silent = self.share(self.outputs - self.spikes());
                entropy([silent, self.share(self.positive), self.share(self.negative)])
            }
            SpikeKind::Real => self.histogram.entropy(),
        }
    }

    fn share(&self, count: u64) -> f64 {
        count as f64 / self.outputs.max(1) as f64
    }
}

/// Bits of an event of probability `p`: `-p log2 p - (1 - p) log2 (1 - p)`.
pub fn binary_entropy(p: f64) -> f64 {
    entropy([p, 1.0 - p])
}

fn entropy(probabilities: impl IntoIterator<Item = f64>) -> f64 {
    let bits: f64 = probabilities.into_iter().filter(|p| *p > 0.0).map(|p| p * p.log2()).sum();
    // Not `-bits`, which makes a negative zero of a certain event.
    0.0 - bits
}

/// Counts over 0 to a top that doubles whenever a value lies above it.
#[derive(Clone, Debug)]
struct Histogram {
    top: f32,
    counts: Vec<u64>,
    largest: f32,
}

impl Histogram {
    fn add(&mut self, value: f32) {
        if self.largest == 0.0 && value > 0.0 {
            self.top = value;
        }
        self.largest = self.largest.max(value);
        while value > self.top {
            self.double();
        }
        let place = (value / self.top * self.counts.len() as f32) as usize;
        let last = self.counts.len() - 1;
        self.counts[place.min(last)] += 1;
    }

    fn double(&mut self) {
        self.top *= 2.0;
        let bins = self.counts.len();
        for i in 0..bins / 2 {
            self.counts[i] = self.counts[2 * i] + self.counts[2 * i + 1];
        }
        self.counts[bins / 2..].fill(0);
    }

    /// Of [`BINS`] equal bins from 0 to the largest value.
    fn entropy(&self) -> f64 {
        let total: u64 = self.counts.iter().sum();
        if total == 0 || self.largest == 0.0 {
            return 0.0;
        }
        let per_bin = f64::from(self.largest) / f64::from(self.top) * self.counts.len() as f64 / BINS as f64;
        let mut bins = [0_u64; BINS];
        for (i, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            bins[((i as f64 / per_bin) as usize).min(BINS - 1)] += count;
        }
        entropy(bins.map(|count| count as f64 / total as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(kind: SpikeKind, sent: &[f32]) -> SpikeStatistics {
        let mut statistics = SpikeStatistics::new(kind);
        // In two parts, as batches come.
        let (first, second) = sent.split_at(sent.len() / 3);
        statistics.add(first);
        statistics.add(second);
        statistics
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    #[test]
    fn the_reference_entropies_of_the_methods_come_out() {
        assert!(close(binary_entropy(0.3085), 0.8915) && close(binary_entropy(0.1587), 0.6311));
        assert!(close(entropy([1.0 - 0.6171, 0.308_55, 0.308_55]), 1.5772));
        assert_eq!([binary_entropy(0.0), binary_entropy(1.0), binary_entropy(0.5)], [0.0, 0.0, 1.0]);
    }

    #[test]
    fn rates_count_either_sign() {
        let counted = statistics(SpikeKind::Ternary, &[1.5, 0.0, -1.5, 0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(close(counted.rate(), 0.3) && close(counted.negative_rate(), 0.1));
        assert!(close(counted.entropy(), entropy([0.7, 0.2, 0.1])));
        assert_eq!(counted.spikes(), 3);
    }

    #[test]
    fn equal_bins_of_real_spikes_carry_eight_bits() {
        // One value in the middle of each of 256 bins but the last, whose value is the largest of all.
        let largest = 3.7_f32;
        let mut sent: Vec<f32> = (0..255).map(|bin| (bin as f32 + 0.5) / 256.0 * largest).collect();
        sent.push(largest);
        let counted = statistics(SpikeKind::Real, &sent);
        assert!((counted.entropy() - 8.0).abs() < 1e-9, "{}", counted.entropy());
        sent.reverse();
        assert_eq!(statistics(SpikeKind::Real, &sent).entropy(), counted.entropy());
    }

    #[test]
    fn silence_and_nothing_carry_no_bits() {
        for kind in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
            assert_eq!(statistics(kind, &[0.0; 30]).entropy(), 0.0);
            assert_eq!(statistics(kind, &[]).entropy(), 0.0);
            assert_eq!(statistics(kind, &[]).rate(), 0.0);
        }
    }
}
