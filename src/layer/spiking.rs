//! A layer of neurons with what leads into it.

use burn::prelude::*;

use super::synapse::{average_pool, fan_out_through_pool};
use super::{BatchNorm, BatchStatistics, MapShape, Parameter, Synapse};
use crate::neuron::{self, Lif};

/// What a pass over the network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Gradients, and batch norm by the batch itself.
    Train,
    /// Batch norm by running statistics; spikes are kept for counting.
    Evaluate,
    /// As [`Evaluate`](Self::Evaluate); potentials and the readout of every time step are kept too.
    Probe,
}

/// What a layer left behind besides its spikes.
#[derive(Debug)]
pub struct LayerPass {
    /// The batch's statistics, when training with batch norm.
    pub statistics: Option<BatchStatistics>,
    /// Spikes `[T, B * N]`, when not training.
    pub spikes: Option<Tensor<2>>,
    /// Potentials before the reset `[T, B * N]`, when probing.
    pub potentials: Option<Tensor<2>>,
}

/// Synapse, batch norm, neurons, in this order. A layer whose spikes are pooled leaves the pooling to whoever takes them,
/// because the last one's is done once, after the mean over time.
#[derive(Clone, Debug)]
pub struct SpikingLayer {
    /// What it is called in checkpoints and in the page.
    pub name: String,
    /// The shape of its spikes for one sample.
    pub shape: MapShape,
    /// Whether its spikes are average-pooled, 2x2, on their way.
    pub pooled: bool,
    synapse: Synapse,
    norm: Option<BatchNorm>,
    amplitude: Parameter,
    lif: Lif,
    steps: usize,
}

impl SpikingLayer {
    /// A layer of neurons at the end of a synapse.
    pub fn new(
        name: &str,
        synapse: Synapse,
        shape: MapShape,
        neurons: Neurons,
        initialiser: &super::Initialiser,
    ) -> Self {
        let norm = neurons.batch_norm.then(|| BatchNorm::new(&format!("{name}.norm"), shape.channels, initialiser));
        let amplitude = initialiser.filled(format!("{name}.amplitude"), 1, neurons.amplitude, neurons.train_amplitude);
        let pooled = matches!(synapse, Synapse::Conv { .. });
        Self { name: name.into(), shape, pooled, synapse, norm, amplitude, lif: neurons.lif, steps: neurons.steps }
    }

    /// Currents of `[B, inputs]` (the same at every time step) or `[T * B, inputs]` to spikes `[T, B * N]`.
    pub fn forward(&self, input: Tensor<2>, batch: usize, mode: Mode) -> (Tensor<2>, LayerPass) {
        let given = input.dims()[0] / batch;
        let current = self.synapse.forward(input);
        let (current, statistics) = match (&self.norm, mode) {
            (Some(norm), Mode::Train) => {
                let (current, statistics) = norm.train(current);
                (current, Some(statistics))
            }
            (Some(norm), _) => (norm.evaluate(current), None),
            (None, _) => (current, None),
        };
        let current = current.reshape([given, batch * self.shape.count()]);
        let amplitude = self.amplitude.flat();
        let (spikes, potentials) = match mode {
            Mode::Probe => {
                let (spikes, potentials) = neuron::lif_with_potentials(current, amplitude, self.steps, &self.lif);
                (spikes, Some(potentials))
            }
            Mode::Train | Mode::Evaluate => (neuron::lif(current, amplitude, self.steps, &self.lif), None),
        };
        let kept = (mode != Mode::Train).then(|| spikes.clone());
        (spikes, LayerPass { statistics, spikes: kept, potentials })
    }

    /// `[N, shape]` pooled if the layer's spikes are, `[N, outgoing]`.
    pub fn pool(&self, x: Tensor<2>) -> Tensor<2> {
        if self.pooled { average_pool(x, self.shape) } else { x }
    }

    /// The shape that leaves the pooling.
    pub fn outgoing(&self) -> MapShape {
        if self.pooled { self.shape.halved() } else { self.shape }
    }

    /// How many additions one spike of each neuron causes, `[N]`, from the fan-out of what takes them.
    pub fn fan_out(&self, taken: &[u32]) -> Vec<u32> {
        if self.pooled { fan_out_through_pool(taken, self.shape) } else { taken.to_vec() }
    }

    /// What leads into the neurons.
    pub fn synapse(&self) -> &Synapse {
        &self.synapse
    }

    /// Takes in the statistics that [`Mode::Train`] left.
    pub fn absorb(&mut self, statistics: Option<BatchStatistics>) {
        if let (Some(norm), Some(statistics)) = (&mut self.norm, statistics) {
            norm.absorb(statistics);
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let norm = self.norm.iter_mut().flat_map(BatchNorm::parameters_mut);
        self.synapse.parameters_mut().into_iter().chain(norm).chain([&mut self.amplitude]).collect()
    }
}

/// What the neurons of a network share.
#[derive(Clone, Copy, Debug)]
pub struct Neurons {
    /// Their dynamics.
    pub lif: Lif,
    /// Time steps T.
    pub steps: usize,
    /// The height of a spike, at first.
    pub amplitude: f32,
    /// Whether the height is trained.
    pub train_amplitude: bool,
    /// Whether their currents are normalised.
    pub batch_norm: bool,
}
