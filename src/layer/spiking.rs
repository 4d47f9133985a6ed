//! A layer of neurons with what leads into it.

use burn::prelude::*;
use burn::tensor::TensorData;
use burn::tensor::activation::{relu, sigmoid};

use super::dropout::dropped;
use super::shape::{average_pool, fan_out_through_pool, max_over_points};
use super::{BatchNorm, BatchStatistics, MapShape, Norm, Parameter, Skip, Synapse};
use crate::neuron::{self, Lif, Noise, ResetGradient, Surrogate};

/// What a pass over the network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Gradients, and batch norm by the batch itself.
    Train,
    /// Batch norm by running statistics.
    Evaluate,
    /// As [`Evaluate`](Self::Evaluate); potentials and the readout of every time step are kept too.
    Probe,
}

/// How a pass is made.
#[derive(Clone, Copy, Debug)]
pub struct Drive {
    /// What it is for.
    pub mode: Mode,
    /// Whether training keeps the potentials, differentiable, for a loss on them.
    pub traced: bool,
    /// What membranes start from, if not from 0.
    pub noise: Option<Noise>,
    /// Decides what a training pass drops: seed and step.
    pub key: u64,
    /// A neuron that sends nothing.
    pub silenced: Option<Silenced>,
}

/// A neuron that is kept from sending, to see what the others do without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// Its layer, counted from 0.
    pub layer: usize,
    /// Its number in the layer.
    pub neuron: usize,
}

impl Silenced {
    /// What its layer sent, `[T, B * N]`, without it; the layer has `neurons`.
    pub(crate) fn out_of(self, sent: Tensor<2>, neurons: usize) -> Tensor<2> {
        let count = sent.dims()[1];
        let heard = (0..count).map(|i| if i % neurons == self.neuron { 0.0 } else { 1.0 }).collect();
        let device = sent.device();
        sent * Tensor::<2>::from_data(TensorData::new(heard, [1, count]), &device)
    }
}

impl From<Mode> for Drive {
    fn from(mode: Mode) -> Self {
        Self { mode, traced: false, noise: None, key: 0, silenced: None }
    }
}

/// What a layer left behind.
#[derive(Debug)]
pub struct LayerPass {
    /// What its neurons sent, `[T, B * N]`.
    pub sent: Tensor<2>,
    /// Potentials before the reset `[T, B * N]`, when probing or traced.
    pub potentials: Option<Tensor<2>>,
    /// What flowed into its neurons, `[T, B * N]`, or `[1, B * N]` where it is the same at every time step.
    pub current: Tensor<2>,
    /// The batch's statistics, when training with batch norm.
    pub statistics: Option<BatchStatistics>,
    /// Those of the skip.
    pub skip_statistics: Option<BatchStatistics>,
}

/// What a current becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// Spikes.
    Spiking(Lif),
    /// The current where it is over 0, else 0, at every time step, without a membrane.
    Rectified,
    /// The current itself, for a maximum over points: the largest of spikes would nearly always be a spike (methods, section 7.7).
    Current,
}

/// What spikes go through on their way to the next layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Nothing.
    None,
    /// 2x2 averages.
    Average,
    /// For each channel the largest over all points of a cloud.
    Max,
}

/// Synapse, batch norm, neurons, in this order. A layer whose spikes are pooled leaves the pooling to whoever takes them,
/// because the last one's is done once, after the mean over time.
#[derive(Clone, Debug)]
pub struct SpikingLayer {
    /// What it is called in checkpoints and in the page.
    pub name: String,
    /// The shape of its spikes for one sample.
    pub shape: MapShape,
    /// What its spikes go through on their way.
    pub pooling: Pooling,
    pub(crate) synapse: Synapse,
    pub(crate) norm: Option<Norm>,
    pub(crate) skip: Option<Skip>,
    pub(crate) amplitude: Parameter,
    /// Where the decay is trained, the number whose sigmoid it is (PLIF; Fang et al., ICCV 2021, whose 1 / tau is that of the
    /// opposite number).
    pub(crate) decay: Option<Parameter>,
    pub(crate) activation: Activation,
    /// Share of its currents that training drops, in front of the norm.
    dropout: f32,
    steps: usize,
}

/// The smallest height of a spike: its sign never turns.
const SMALLEST_AMPLITUDE: f32 = 1e-3;

/// A trained decay stays this far from 0 and from 1, where its sigmoid would not move any more.
const SMALLEST_DECAY: f32 = 1e-3;

impl SpikingLayer {
    /// A layer of neurons at the end of a synapse.
    pub fn new(
        name: &str,
        synapse: Synapse,
        pooling: Pooling,
        neurons: Neurons,
        initialiser: &super::Initialiser,
    ) -> Self {
        let shape = synapse.output();
        let norm = neurons.batch_norm.then(|| BatchNorm::new(&format!("{name}.norm"), shape.channels, initialiser));
        let trained = neurons.train_amplitude && matches!(neurons.activation, Activation::Spiking(_));
        let amplitude = initialiser
            .filled(format!("{name}.amplitude"), 1, neurons.amplitude, trained)
            .within(SMALLEST_AMPLITUDE, f32::MAX);
        let decay = match neurons.activation {
            Activation::Spiking(lif) if neurons.train_decay => {
                let logit = |decay: f32| (decay / (1.0 - decay)).ln();
                let (low, high) = (logit(SMALLEST_DECAY), logit(1.0 - SMALLEST_DECAY));
                let first = logit(lif.decay.clamp(SMALLEST_DECAY, 1.0 - SMALLEST_DECAY));
                Some(initialiser.filled(format!("{name}.decay"), 1, first, true).within(low, high))
            }
            _ => None,
        };
        Self {
            name: name.into(),
            shape,
            pooling,
            synapse,
            norm: norm.map(|norm| Norm::Batch(Box::new(norm))),
            skip: None,
            amplitude,
            decay,
            activation: neurons.activation,
            dropout: 0.0,
            steps: neurons.steps,
        }
    }

    /// The same layer, which drops a share of its currents while it trains.
    pub fn with_dropout(self, dropout: f32) -> Self {
        Self { dropout, ..self }
    }

    /// The same layer at the end of a block.
    pub fn with_skip(self, skip: Skip) -> Self {
        Self { skip: Some(skip), ..self }
    }

    /// Currents of `[B, inputs]` (the same at every time step) or `[T * B, inputs]` to spikes `[T, B * N]`. `around` is what
    /// flowed into the layer before, for the skip.
    pub fn forward(&self, input: Tensor<2>, around: Option<Tensor<2>>, batch: usize, drive: Drive) -> LayerPass {
        let given = input.dims()[0] / batch;
        let training = drive.mode == Mode::Train;
        let current = self.synapse.forward(input);
        let current = if training { dropped(current, self.dropout, drive.key, &self.name) } else { current };
        let (mut current, statistics) = match &self.norm {
            Some(norm) => norm.forward(current, training),
            None => (current, None),
        };
        let mut skip_statistics = None;
        if let (Some(skip), Some(around)) = (&self.skip, around) {
            let (added, left) = skip.forward(around, self.shape.channels, training);
            current = current + added;
            skip_statistics = left;
        }
        let current = current.reshape([given, batch * self.shape.count()]);
        let (sent, potentials) = self.fire(current.clone(), batch, drive);
        LayerPass { sent, potentials, current, statistics, skip_statistics }
    }

    fn fire(&self, current: Tensor<2>, batch: usize, drive: Drive) -> (Tensor<2>, Option<Tensor<2>>) {
        let Activation::Spiking(lif) = &self.activation else {
            let rectifies = self.activation == Activation::Rectified;
            let sent = if rectifies { relu(current.clone()) } else { current.clone() };
            let every_step = |x: Tensor<2>| if x.dims()[0] < self.steps { x.repeat_dim(0, self.steps) } else { x };
            let potentials = (drive.mode == Mode::Probe).then(|| every_step(current));
            return (every_step(sent), potentials);
        };
        let parameters = match self.decay() {
            Some(decay) => Tensor::cat(vec![self.amplitude.flat(), decay], 0),
            None => self.amplitude.flat(),
        };
        let (neurons, device) = (current.dims()[1], current.device());
        let membrane = drive.noise.and_then(|noise| noise.membrane(neurons, batch, &self.name, &device));
        let current = match membrane {
            Some(membrane) => neuron::enter(current, membrane, &parameters, self.steps, lif),
            None => current,
        };
        match drive.mode {
            Mode::Probe => {
                let (spikes, potentials) = neuron::lif_with_potentials(current, parameters, self.steps, lif);
                (spikes, Some(potentials))
            }
            Mode::Train if drive.traced => {
                let (spikes, potentials) = neuron::lif_traced(current, parameters, self.steps, lif);
                (spikes, Some(potentials))
            }
            Mode::Train | Mode::Evaluate => (neuron::lif(current, parameters, self.steps, lif), None),
        }
    }

    /// `[N, shape]` pooled if the layer's spikes are, `[N, outgoing]`.
    pub fn pool(&self, x: Tensor<2>) -> Tensor<2> {
        match self.pooling {
            Pooling::None => x,
            Pooling::Average => average_pool(x, self.shape),
            Pooling::Max => max_over_points(x, self.shape),
        }
    }

    /// The shape that leaves the pooling.
    pub fn outgoing(&self) -> MapShape {
        match self.pooling {
            Pooling::None => self.shape,
            Pooling::Average => self.shape.halved(),
            Pooling::Max => MapShape::units(self.shape.channels),
        }
    }

    /// How many additions one spike of each neuron causes, `[N]`, from the fan-out of what takes them. Of a maximum over
    /// points it is `[channels]`: however many points spike, one event leaves it.
    pub fn fan_out(&self, taken: &[u32]) -> Vec<u32> {
        match self.pooling {
            Pooling::None | Pooling::Max => taken.to_vec(),
            Pooling::Average => fan_out_through_pool(taken, self.shape),
        }
    }

    /// What leads into the neurons.
    pub fn synapse(&self) -> &Synapse {
        &self.synapse
    }

    /// The way around the block that it ends.
    pub fn skip(&self) -> Option<&Skip> {
        self.skip.as_ref()
    }

    /// Whether it sends spikes, and not currents.
    pub fn spikes(&self) -> bool {
        matches!(self.activation, Activation::Spiking(_))
    }

    /// Whether it sends currents as they are.
    pub fn sends_currents(&self) -> bool {
        self.activation == Activation::Current
    }

    /// Its neurons' dynamics, if it has any.
    pub fn lif(&self) -> Option<&Lif> {
        match &self.activation {
            Activation::Spiking(lif) => Some(lif),
            Activation::Rectified | Activation::Current => None,
        }
    }

    /// The height of its spikes, `[1]`.
    pub fn amplitude(&self) -> &Parameter {
        &self.amplitude
    }

    /// What its membranes keep from one time step to the next, `[1]`, where that is trained and not its neurons'.
    pub fn decay(&self) -> Option<Tensor<1>> {
        self.decay.as_ref().map(|decay| sigmoid(decay.flat()))
    }

    /// Lets gradients flow otherwise through its neurons.
    pub fn set_gradients(&mut self, surrogate: Surrogate, reset: ResetGradient) {
        if let Activation::Spiking(lif) = &mut self.activation {
            (lif.surrogate, lif.reset_gradient) = (surrogate, reset);
        }
    }

    /// Drops another share of its currents in training.
    pub fn set_dropout(&mut self, dropout: f32) {
        self.dropout = dropout;
    }

    /// Puts another number into the surrogate, for a schedule.
    pub fn set_surrogate_parameter(&mut self, parameter: f32) {
        if let Activation::Spiking(lif) = &mut self.activation {
            lif.surrogate.parameter = parameter;
        }
    }

    /// Runs for another number of time steps from now on.
    pub fn set_steps(&mut self, steps: usize) {
        self.steps = steps;
    }

    /// Takes clouds of another number of points from now on.
    pub fn set_points(&mut self, points: usize) {
        self.synapse.set_points(points);
        self.shape = self.synapse.output();
    }

    /// Sends rectified currents from now on, at height 1.
    pub fn rectify(&mut self) {
        self.activation = Activation::Rectified;
        self.amplitude.trained = false;
        self.decay = None;
    }

    /// Takes in the statistics that [`Mode::Train`] left.
    pub fn absorb(&mut self, [statistics, skip_statistics]: [Option<BatchStatistics>; 2]) {
        if let (Some(norm), Some(statistics)) = (&mut self.norm, statistics) {
            norm.absorb(statistics);
        }
        if let (Some(skip), Some(statistics)) = (&mut self.skip, skip_statistics) {
            skip.absorb(statistics);
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let norm = self.norm.iter_mut().flat_map(Norm::parameters_mut);
        let skip = self.skip.iter_mut().flat_map(Skip::parameters_mut);
        let own = [&mut self.amplitude].into_iter().chain(&mut self.decay);
        self.synapse.parameters_mut().into_iter().chain(norm).chain(skip).chain(own).collect()
    }
}

/// What the neurons of a network share.
#[derive(Clone, Copy, Debug)]
pub struct Neurons {
    /// What they make of their currents.
    pub activation: Activation,
    /// Time steps T.
    pub steps: usize,
    /// The height of a spike, at first.
    pub amplitude: f32,
    /// Whether the height is trained.
    pub train_amplitude: bool,
    /// Whether the decay is trained.
    pub train_decay: bool,
    /// Whether their currents are normalised.
    pub batch_norm: bool,
}
