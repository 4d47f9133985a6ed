//! A synapse for one sample, event-driven: the currents of a layer from what flowed in at one time step, channels last.

use multiversion::multiversion;

use super::events::{Block, Blocks, Events, Grid, Map, add_window, by_width};
use super::spike_map::{self, SpikeMap};

/// Weights of a square window (of one place, for a linear map), and what flows without events.
pub(crate) struct EventSynapse {
    weight: Blocks,
    /// The bias and what the ground causes, `[places, columns]`.
    base: Vec<f32>,
    /// `[places, channels]`, where inputs are not 0 where nothing happens.
    ground: Option<Vec<f32>>,
    map: Map,
    kernel: usize,
    grid: Grid,
    events: Events,
}

impl EventSynapse {
    /// From `[height, width, channels]` to `[height, width, outputs]`, with zeros around. `weight` gives the number of a tap
    /// (row by row of the window), a channel and an output.
    pub(crate) fn new(
        [height, width, channels]: [usize; 3],
        kernel: usize,
        bias: &[f32],
        weight: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let weight = Blocks::of(kernel * kernel * channels, bias.len(), |row, output| {
            weight(row / channels, row % channels, output)
        });
        let columns = weight.width();
        let mut base = vec![0.0; height * width * columns];
        base.chunks_mut(columns).for_each(|place| place[..bias.len()].copy_from_slice(bias));
        let map = Map { channels, height, width, dilation: 1 };
        let grid = map.grid([height, width], kernel, 1);
        let events = Events::new(grid.places(), map.count());
        Self { weight, base, ground: None, map, kernel, grid, events }
    }

    /// The same, for inputs that are `ground`, `[places, channels]`, where nothing happens, as a normalised image is around its ink.
    pub(crate) fn above(mut self, ground: Vec<f32>) -> Self {
        let base = self.currents(&ground, 1);
        Self { base, ground: Some(ground), ..self }
    }

    /// Numbers of a place that flow out: the outputs, and what pads their last block, which is zero.
    pub(crate) fn columns(&self) -> usize {
        self.weight.width()
    }

    /// `[T, places, channels]` to currents, `[T, places, columns]`.
    pub(crate) fn currents(&mut self, x: &[f32], steps: usize) -> Vec<f32> {
        assert_eq!(x.len(), steps * self.map.count(), "numbers that flow in");
        let mut currents = vec![0.0; steps * self.base.len()];
        for (x, currents) in x.chunks(self.map.count()).zip(currents.chunks_mut(self.base.len())) {
            match &self.ground {
                Some(ground) => {
                    let above: Vec<f32> = x.iter().zip(ground).map(|(x, ground)| x - ground).collect();
                    self.events.pack(&above, self.map, &self.grid);
                }
                None => self.events.pack(x, self.map, &self.grid),
            }
            through(self, currents);
        }
        currents
    }

    /// Whether it is a linear map: a window of one place over one place.
    pub(crate) fn is_linear(&self) -> bool {
        self.kernel * self.map.area() == 1
    }

    /// Spikes to the currents of all time steps, `[T, columns]`, of a linear map.
    pub(crate) fn currents_of_spikes(&self, spikes: &SpikeMap) -> Vec<f32> {
        assert!(self.is_linear(), "a window of several places takes no bits");
        assert_eq!(spikes.neurons(), self.map.count(), "spikes that flow in");
        let mut currents: Vec<f32> = spikes.steps().flat_map(|_| &self.base).copied().collect();
        spikes_through(self, spikes, &mut currents);
        currents
    }
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn through(synapse: &EventSynapse, currents: &mut [f32]) {
    for block in synapse.weight.iter() {
        by_width!(block.width, block_through(synapse, block, currents));
    }
}

#[inline(always)]
fn block_through<const W: usize>(synapse: &EventSynapse, block: &Block, currents: &mut [f32]) {
    let EventSynapse { base, map, kernel, grid, events, .. } = synapse;
    let (weight, columns) = (block.rows::<W>(), synapse.columns());
    let of_block = |place: usize| place * columns + block.first..place * columns + block.first + W;
    for place in 0..map.area() {
        let mut sums = [0.0; W];
        sums.copy_from_slice(&base[of_block(place)]);
        let corner = [place / map.width, place % map.width];
        add_window(&mut sums, events, corner, *kernel, grid.pitch(), weight, map.channels);
        currents[of_block(place)].copy_from_slice(&sums);
    }
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn spikes_through(synapse: &EventSynapse, spikes: &SpikeMap, currents: &mut [f32]) {
    let columns = synapse.columns();
    for block in synapse.weight.iter() {
        by_width!(block.width, block_of_spikes(spikes, block, columns, currents));
    }
}

/// One block of weights for all time steps, so that it stays in the first-level cache.
#[inline(always)]
fn block_of_spikes<const W: usize>(spikes: &SpikeMap, block: &Block, columns: usize, currents: &mut [f32]) {
    for (fired, currents) in spikes.steps().zip(currents.chunks_mut(columns)) {
        let currents = &mut currents[block.first..block.first + W];
        let mut sums = [0.0; W];
        sums.copy_from_slice(currents);
        spike_map::add(&mut sums, fired, block.rows());
        currents.copy_from_slice(&sums);
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::kernel;
    use crate::neuron::{Lif, SpikeKind};

    #[test]
    fn bits_give_the_currents_of_the_numbers() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let steps = 3;
        for (inputs, outputs) in [(1, 1), (64, 32), (65, 37), (200, 37)] {
            let mut numbers =
                |count: usize| -> Vec<f32> { (0..count).map(|_| random.random_range(-1.0..1.0)).collect() };
            let (weight, bias, current) = (numbers(inputs * outputs), numbers(outputs), numbers(steps * inputs));
            let weight = |_, input: usize, output: usize| weight[input * outputs + output];
            let mut synapse = EventSynapse::new([1, 1, inputs], 1, &bias, weight);
            for spike in [SpikeKind::Binary, SpikeKind::Ternary] {
                let lif = Lif { spike, ..Lif::default() };
                let spikes = SpikeMap::fire(&current, false, steps, &lif).expect("bits");
                let given = synapse.currents_of_spikes(&spikes);
                let expected = synapse.currents(&kernel::fire(&current, false, steps, &lif), steps);
                for (given, expected) in given.iter().zip(&expected) {
                    assert!((given - expected).abs() < 1e-5, "{spike:?} {inputs} to {outputs}: {given} {expected}");
                }
                assert_eq!(given.len(), expected.len());
            }
        }
    }
}
