//! A synapse for one sample, event-driven: the currents of a layer from what flowed in at one time step, channels last.

use multiversion::multiversion;

use super::events::{Block, Blocks, Events, Grid, Map, add_window, by_width};

/// Weights of a square window (of one place, for a linear map), and what flows without events.
pub(crate) struct EventSynapse {
    weight: Blocks,
    /// The bias and what the background causes, `[places, columns]`.
    base: Vec<f32>,
    background: f32,
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
        Self { weight, base, background: 0.0, map, kernel, grid, events }
    }

    /// The same, for inputs that are `background` where nothing happens, as a normalised image is around its ink.
    pub(crate) fn above(mut self, background: f32) -> Self {
        let mut base = vec![0.0; self.base.len()];
        self.currents(&vec![background; self.map.count()], &mut base);
        Self { base, background, ..self }
    }

    /// Numbers of a place that flow out: the outputs, and what pads their last block, which is zero.
    pub(crate) fn columns(&self) -> usize {
        self.weight.width()
    }

    /// Numbers that flow out, padding and all.
    pub(crate) fn count(&self) -> usize {
        self.base.len()
    }

    /// `[places, channels]` to currents, `[places, columns]`.
    pub(crate) fn currents(&mut self, x: &[f32], currents: &mut [f32]) {
        assert_eq!((x.len(), currents.len()), (self.map.count(), self.base.len()), "numbers that flow in and out");
        self.events.pack(x, self.map, &self.grid, self.background);
        through(self, currents);
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
