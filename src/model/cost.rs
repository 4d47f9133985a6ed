//! What an inference costs: who takes a layer's spikes, how many additions one of them causes, and what is left of
//! multiply-accumulates (methods, section 9.3).

use super::Network;
use crate::layer::{Pooling, Skip, WeightKind};

impl Network {
    /// The layer whose spikes flow into a layer, through a transform or not; none where it takes the input.
    pub fn source(&self, layer: usize) -> Option<usize> {
        // A transform's first layer takes what flows into the transform, as does the layer behind its last.
        match self.transforms.iter().find(|transform| [transform.layers.start, transform.layers.end].contains(&layer)) {
            Some(transform) => transform.layers.start.checked_sub(1),
            None => layer.checked_sub(1),
        }
    }

    /// The layers that take a layer's spikes: none takes those in front of the readout or of a transform's.
    fn takers(&self, layer: usize) -> impl Iterator<Item = usize> {
        (layer + 1..self.layers.len()).filter(move |taker| self.source(*taker) == Some(layer))
    }

    /// What a layer's spikes are read out by, where no layer takes them: a transform's readout or the network's own.
    fn read_out_by(&self, layer: usize) -> &crate::layer::Linear {
        let of_transform = self.transforms.iter().find(|transform| transform.layers.end == layer + 1);
        of_transform.map_or(&self.readout, |transform| &transform.readout)
    }

    /// Whether a layer takes the product of a transform: real numbers, whatever flowed into that.
    fn takes_product(&self, layer: usize) -> bool {
        self.transforms.iter().any(|transform| transform.layers.end == layer)
    }

    /// Whether real-valued spikes of a layer are multiplied by what takes them.
    pub fn multiplies(&self, layer: usize) -> bool {
        let mut taken = self.takers(layer).peekable();
        if taken.peek().is_none() {
            return self.read_out_by(layer).weight().kind() == WeightKind::Real;
        }
        taken.any(|taker| self.takes_product(taker) || self.layers[taker].synapse().weight().kind() == WeightKind::Real)
    }

    /// For each layer, how many additions one spike of each of its neurons causes, `[N]`; of a layer under a maximum over
    /// points, how many one of each channel that has any does, `[channels]`.
    pub fn fan_outs(&self) -> Vec<Vec<u32>> {
        let mut taken: Vec<Vec<u32>> = (0..self.layers.len()).map(|layer| self.fan_out(layer)).collect();
        for (i, layer) in self.layers.iter().enumerate() {
            // The skip at layer i takes what flows into layer i - 1: the spikes of layer i - 2.
            if let (Some(skip), Some(into)) = (layer.skip(), i.checked_sub(2)) {
                let around = skip.fan_out(taken[into].len());
                taken[into].iter_mut().zip(around).for_each(|(taken, around)| *taken += around);
            }
        }
        self.layers.iter().zip(taken).map(|(layer, taken)| layer.fan_out(&taken)).collect()
    }

    /// Of what leaves a layer's pooling, without skips.
    fn fan_out(&self, layer: usize) -> Vec<u32> {
        let count = self.layers[layer].outgoing().count();
        let mut taken = vec![0; count];
        let mut add = |more: Vec<u32>| taken.iter_mut().zip(more).for_each(|(taken, more)| *taken += more);
        let mut takers = self.takers(layer).peekable();
        if takers.peek().is_none() {
            add(vec![self.read_out_by(layer).weight().shape()[1] as u32; count]);
        }
        for taker in takers {
            match self.transforms.iter().find(|transform| transform.layers.end == taker) {
                Some(transform) => add(vec![transform.fan_out(); count]),
                None => add(self.layers[taker].synapse().fan_out()),
            }
        }
        taken
    }

    /// How many additions a spike of each number of the input causes, `[numbers]`.
    pub fn input_fan_out(&self) -> Vec<u32> {
        let mut taken = vec![0; self.input.count()];
        for taker in (0..self.layers.len()).filter(|layer| self.source(*layer).is_none()) {
            taken.iter_mut().zip(self.layers[taker].synapse().fan_out()).for_each(|(taken, more)| *taken += more);
        }
        taken
    }

    /// Multiply-accumulates of one inference: of layers that take an analogue input, currents or a product, at every time
    /// step, and of readouts of currents: the network's own comes once, after the mean over time. An input that `spikes` is none of it.
    pub fn dense_macs(&self, spikes: bool) -> usize {
        self.macs(self.steps, !spikes, |layer| !self.layers[layer].spikes())
    }

    /// Multiply-accumulates of one inference of an ordinary network of the same layers: rectified units, which send currents,
    /// once through.
    pub fn ordinary_macs(&self) -> usize {
        self.macs(1, true, |_| true)
    }

    /// Over so many time steps, where the input is `analogue` or not, and those layers send currents that are told.
    fn macs(&self, steps: usize, analogue: bool, sends_currents: impl Fn(usize) -> bool) -> usize {
        let takes_numbers = |layer: usize| match self.source(layer) {
            Some(source) => sends_currents(source) || self.takes_product(layer),
            None => analogue,
        };
        let of_layers: usize =
            (0..self.layers.len()).filter(|i| takes_numbers(*i)).map(|i| self.layers[i].synapse().macs()).sum();
        // The skip at layer i takes what flows into layer i - 1.
        let of_skips: usize = (2..self.layers.len())
            .filter(|i| sends_currents(i - 2))
            .filter_map(|i| self.layers[i].skip().map(Skip::macs))
            .sum();
        let of_products: usize = self
            .transforms
            .iter()
            .filter(|transform| transform.layers.start.checked_sub(1).is_none_or(&sends_currents))
            .map(|transform| self.layers[transform.layers.end].synapse().inputs() * transform.channels)
            .sum();
        let currents_before = |end: usize| end.checked_sub(1).is_some_and(&sends_currents);
        let of_transforms: usize = self
            .transforms
            .iter()
            .filter(|transform| currents_before(transform.layers.end))
            .map(|transform| transform.readout.weight().count())
            .sum();
        let of_readout = if currents_before(self.layers.len()) { self.readout.weight().count() } else { 0 };
        (of_layers + of_skips + of_products + of_transforms) * steps + of_readout
    }

    /// Currents out of binary weights, each multiplied once.
    pub fn scalings(&self) -> usize {
        let binary = self.layers.iter().filter(|layer| layer.synapse().weight().kind() == WeightKind::Binary);
        binary.map(|layer| layer.shape.count()).sum::<usize>() * self.steps
    }

    /// Whether a layer belongs to a transform.
    pub fn is_in_transform(&self, layer: usize) -> bool {
        self.transforms.iter().any(|transform| transform.layers.contains(&layer))
    }

    /// The channels of a layer under a maximum over points.
    pub fn channels_under_maximum(&self, layer: usize) -> Option<usize> {
        let layer = &self.layers[layer];
        (layer.pooling == Pooling::Max).then_some(layer.shape.channels)
    }
}
