//! Event-driven inference: a trained network, folded, that answers one image at a time on the CPU without tensors. A synapse
//! adds the rows of weights of the neurons that fired, and looks at nothing else. Spikes that reach a synapse as they are,
//! which they do between the hidden layers of an MLP, are bits; those that are pooled on their way are numbers.
//!
//! Activations are `[places, channels]`: the channels of a place stand side by side, where one addition of vectors takes them.

use burn::tensor::Transaction;

use super::Network;
use crate::kernel::{self, EventSynapse, SpikeMap};
use crate::layer::{MapShape, Norm, Parameter, Pooling, SpikingLayer, Synapse};
use crate::neuron::Lif;

/// A network that cannot answer this way.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It has what is not written for events.
    #[error("event-driven inference is there for MLPs and convnets of spiking neurons; this network has {0}")]
    Unsupported(&'static str),
    /// Its weights did not come back.
    #[error("the device gave no weights: {0}")]
    Device(String),
}

/// A folded network of events.
pub struct EventNetwork {
    layers: Vec<EventLayer>,
    readout: EventSynapse,
    input: MapShape,
    classes: usize,
    steps: usize,
    /// Whether the input is another at each time step.
    over_time: bool,
}

struct EventLayer {
    synapse: EventSynapse,
    lif: Lif,
    pooled: bool,
    /// Whether what takes the spikes takes bits.
    into_bits: bool,
    /// Neurons, without padding.
    shape: MapShape,
    /// Spikes of the last answer.
    sent: Sent,
}

enum Sent {
    /// `[T, places, columns]`.
    Numbers(Vec<f32>),
    Bits(SpikeMap),
}

impl EventNetwork {
    /// The events of a network, whose input is `ground` where nothing happens, a number for each channel; without a ground it is spikes or
    /// events, others at each time step.
    ///
    /// # Errors
    ///
    /// When the network is neither an MLP nor a convnet of spiking neurons, or the device gives no answer.
    pub async fn new(network: &Network, ground: Option<&[f32]>) -> Result<Self, EventError> {
        let unsupported = |what| Err(EventError::Unsupported(what));
        if network.input.is_cloud() || !network.transforms.is_empty() {
            return unsupported("point clouds");
        }
        if network.averaged || network.layers.iter().any(|layer| layer.skip().is_some()) {
            return unsupported("ways around its layers");
        }
        if network.layers.is_empty() || !network.layers.iter().all(SpikingLayer::spikes) {
            return unsupported("units that do not spike");
        }
        let strided = |layer: &SpikingLayer| match layer.synapse() {
            Synapse::Linear(_) => false,
            Synapse::Shared { .. } => true,
            Synapse::Conv(conv) => conv.shape().window.stride() > 1,
        };
        if network.layers.iter().any(|layer| strided(layer) || layer.pooling == Pooling::Max) {
            return unsupported("strides, or weights and maxima over points");
        }
        let folded = network.folded();
        let mut layers: Vec<EventLayer> = vec![];
        // The channels that flow, with the padding of the layer that sends them.
        let mut flowing = [folded.input.height, folded.input.width, folded.input.channels];
        let mut shape = folded.input;
        for layer in &folded.layers {
            let (Some(mut lif), weight) = (layer.lif().copied(), Folded::of(layer).await?) else {
                return unsupported("units that do not spike");
            };
            if let Some(decay) = layer.decay() {
                lif.decay =
                    decay.into_scalar_async().await.map_err(|error| EventError::Device(format!("{error:?}")))?;
            }
            let synapse = weight.synapse(layer.synapse(), flowing, shape);
            let synapse = match ground.filter(|_| layers.is_empty()) {
                Some(ground) => synapse.above(ground.repeat(folded.input.area())),
                None => synapse,
            };
            shape = layer.outgoing();
            flowing = [shape.height, shape.width, synapse.columns()];
            let pooled = layer.pooling == Pooling::Average;
            if let Some(before) = layers.last_mut() {
                before.into_bits = !before.pooled && synapse.is_linear();
            }
            let (into_bits, sent) = (!pooled, Sent::Numbers(vec![]));
            layers.push(EventLayer { synapse, lif, pooled, into_bits, shape: layer.shape, sent });
        }
        let readout = Folded::read(folded.readout.weight().latent(), folded.readout.bias()).await?;
        let readout = readout.linear(flowing, shape);
        let over_time = ground.is_none();
        Ok(Self { layers, readout, input: folded.input, classes: folded.classes, steps: folded.steps, over_time })
    }

    /// Numbers of a sample, at a time step if it is over time.
    pub fn inputs(&self) -> usize {
        self.input.count()
    }

    /// Time steps T.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The logits of a sample, `[classes]`: normalised numbers `[channels, height, width]`, or spikes or events `[T, channels, height, width]`.
    ///
    /// # Panics
    ///
    /// When the sample is not of the network's size.
    pub fn answer(&mut self, sample: &[f32]) -> Vec<f32> {
        let steps = self.steps;
        let maps = if self.over_time { steps } else { 1 };
        assert_eq!(sample.len(), maps * self.input.count(), "numbers of a sample");
        for i in 0..self.layers.len() {
            let (before, layer) = self.layers.split_at_mut(i);
            let layer = &mut layer[0];
            let currents = match before.last() {
                None => layer.synapse.currents(&channels_last(sample, self.input), maps),
                Some(EventLayer { sent: Sent::Bits(spikes), .. }) => layer.synapse.currents_of_spikes(spikes),
                Some(before @ EventLayer { sent: Sent::Numbers(sent), .. }) => {
                    layer.synapse.currents(&before.pool(sent), steps)
                }
            };
            // A still is the same current at every time step.
            layer.fire(&currents, i == 0 && !self.over_time, steps);
        }
        // Pooling and readout are affine: the mean over time comes first.
        let last = &self.layers[self.layers.len() - 1];
        let mean = match &last.sent {
            Sent::Bits(spikes) => spikes.mean(),
            Sent::Numbers(sent) => last.pool(&mean(sent, steps)),
        };
        let mut logits = self.readout.currents(&mean, 1);
        logits.truncate(self.classes);
        logits
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        let rate = |layer: &EventLayer| {
            let fired = match &layer.sent {
                Sent::Numbers(sent) => sent.iter().filter(|sent| **sent != 0.0).count(),
                Sent::Bits(spikes) => spikes.count(),
            };
            fired as f32 / (layer.shape.count() * self.steps) as f32
        };
        self.layers.iter().map(rate).collect()
    }
}

impl EventLayer {
    /// Sends the spikes of currents `[T, neurons]`, or of `[neurons]` that are the same at every time step.
    fn fire(&mut self, currents: &[f32], constant: bool, steps: usize) {
        let bits = if self.into_bits { SpikeMap::fire(currents, constant, steps, &self.lif) } else { None };
        self.sent = match bits {
            Some(spikes) => Sent::Bits(spikes),
            None => Sent::Numbers(kernel::fire(currents, constant, steps, &self.lif)),
        };
    }

    /// What leaves its pooling, of each map.
    fn pool(&self, sent: &[f32]) -> Vec<f32> {
        let MapShape { height, width, .. } = self.shape;
        if !self.pooled {
            return sent.to_vec();
        }
        let columns = self.synapse.columns();
        let mut pooled = Vec::with_capacity(sent.len() / 4);
        for map in sent.chunks(height * width * columns) {
            for rows in map.chunks_exact(2 * width * columns) {
                let (upper, lower) = rows.split_at(width * columns);
                for (upper, lower) in upper.chunks_exact(2 * columns).zip(lower.chunks_exact(2 * columns)) {
                    let ((a, b), (c, d)) = (upper.split_at(columns), lower.split_at(columns));
                    pooled.extend(a.iter().zip(b).zip(c.iter().zip(d)).map(|((a, b), (c, d))| 0.25 * (a + b + c + d)));
                }
            }
        }
        pooled
    }
}

/// Maps of `[channels, places]` to `[places, channels]`.
fn channels_last(maps: &[f32], shape: MapShape) -> Vec<f32> {
    let (channels, area) = (shape.channels, shape.area());
    let of = |map: &'_ [f32]| -> Vec<f32> { (0..map.len()).map(|i| map[i % channels * area + i / channels]).collect() };
    maps.chunks_exact(shape.count()).flat_map(of).collect()
}

fn mean(values: &[f32], steps: usize) -> Vec<f32> {
    let mut sums = vec![0.0; values.len() / steps];
    for step in values.chunks(sums.len()) {
        sums.iter_mut().zip(step).for_each(|(sum, value)| *sum += value);
    }
    sums.iter_mut().for_each(|sum| *sum /= steps as f32);
    sums
}

/// A folded layer's numbers on the host.
struct Folded {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Folded {
    /// Of a layer; what binary weights leave to each output's current goes into the weights.
    async fn of(layer: &SpikingLayer) -> Result<Self, EventError> {
        let synapse = layer.synapse();
        let weight = synapse.weight();
        let Some(Norm::Affine(affine)) = &layer.norm else {
            return Self::read(weight.latent(), synapse.bias()).await;
        };
        let [mut weight, scale, bias] = read([weight.latent(), &affine.scale, &affine.shift]).await?;
        let outputs = scale.len();
        let per_output = weight.len() / outputs;
        for (i, weight) in weight.iter_mut().enumerate() {
            *weight *= match synapse {
                Synapse::Conv(_) => scale[i / per_output],
                Synapse::Linear(_) | Synapse::Shared { .. } => scale[i % outputs],
            };
        }
        Ok(Self { weight, bias })
    }

    async fn read(weight: &Parameter, bias: Option<&Parameter>) -> Result<Self, EventError> {
        let Some(bias) = bias else {
            return Err(EventError::Unsupported("a layer that was not folded"));
        };
        let [weight, bias] = read([weight, bias]).await?;
        Ok(Self { weight, bias })
    }

    /// `flowing` is `[height, width, channels]` with padding, `shape` the same without.
    fn synapse(&self, synapse: &Synapse, flowing: [usize; 3], shape: MapShape) -> EventSynapse {
        let Synapse::Conv(conv) = synapse else { return self.linear(flowing, shape) };
        let (kernel, channels) = (conv.shape().window.side(), shape.channels);
        EventSynapse::new(flowing, kernel, &self.bias, |tap, channel, output| {
            let at = (output * channels + channel) * kernel * kernel + tap;
            if channel < channels { self.weight[at] } else { 0.0 }
        })
    }

    /// A linear map of all places at once.
    fn linear(&self, [height, width, padded]: [usize; 3], shape: MapShape) -> EventSynapse {
        let outputs = self.bias.len();
        EventSynapse::new([1, 1, height * width * padded], 1, &self.bias, |_, input, output| {
            let (place, channel) = (input / padded, input % padded);
            let row = channel * shape.area() + place;
            if channel < shape.channels { self.weight[row * outputs + output] } else { 0.0 }
        })
    }
}

async fn read<const N: usize>(parameters: [&Parameter; N]) -> Result<[Vec<f32>; N], EventError> {
    let device = |error: &dyn std::fmt::Debug| EventError::Device(format!("{error:?}"));
    let mut transaction = Transaction::default();
    for parameter in parameters {
        transaction = transaction.register(parameter.flat());
    }
    let read = transaction.execute_async().await.map_err(|error| device(&error))?;
    let values: Result<Vec<Vec<f32>>, EventError> =
        read.into_iter().map(|data| data.try_to_vec().map_err(|error| device(&error))).collect();
    values?.try_into().map_err(|_| EventError::Device("a tensor is missing".into()))
}

#[cfg(test)]
mod tests {
    use burn::prelude::*;
    use burn::tensor::TensorData;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::layer::{Mode, WeightKind};
    use crate::neuron::SpikeKind;
    use crate::session::{NetworkKind, SessionConfig, UnitKind, new_network};

    fn configs() -> Vec<SessionConfig> {
        let of = |network, widths: &[usize]| SessionConfig { network, widths: widths.to_vec(), ..Default::default() };
        let shapes = [of(NetworkKind::Mlp, &[20]), of(NetworkKind::Mlp, &[35, 7]), of(NetworkKind::Conv, &[5, 18])];
        let kinds = [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real];
        shapes
            .into_iter()
            .flat_map(|config| kinds.map(|spike| SessionConfig { spike, ..config.clone() }))
            .flat_map(|config| {
                [(1, false), (4, false), (4, true)].map(|(steps, train_decay)| SessionConfig {
                    steps,
                    train_decay,
                    ..config.clone()
                })
            })
            .flat_map(|config| {
                [WeightKind::Real, WeightKind::Binary].map(|weights| {
                    let mut config = config.clone();
                    config.reverb.weights = weights;
                    config
                })
            })
            .collect()
    }

    #[test]
    fn answers_are_those_of_the_tensors() {
        let device = Device::flex();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for config in configs() {
            let input = MapShape::map(2, 9, 6);
            let mut network = new_network(&config, input, 4, &device).expect("a network");
            for decay in network.parameters_mut().into_iter().filter(|parameter| parameter.name.ends_with(".decay")) {
                // Elsewhere than it began, as after training.
                decay.set(decay.flat() + 1.5);
            }
            let mut events = pollster::block_on(EventNetwork::new(&network, Some(&[-0.5, 0.25]))).expect("events");
            for _ in 0..3 {
                // Ink on a ground of each channel's own.
                let mut ink = |ground| if random.random_ratio(2, 5) { random.random_range(-0.5..2.0) } else { ground };
                let ground = |i: usize| if i < input.area() { -0.5 } else { 0.25 };
                let greys: Vec<f32> = (0..input.count()).map(|i| ink(ground(i))).collect();
                let image = Tensor::<2>::from_data(TensorData::new(greys.clone(), [1, input.count()]), &device);
                let pass = network.forward(image, Mode::Evaluate);
                let expected: Vec<f32> = pass.logits.into_data().try_to_vec().expect("f32");
                let given = events.answer(&greys);
                for (given, expected) in given.iter().zip(&expected) {
                    assert!((given - expected).abs() < 1e-4, "{config:?}: {given} {expected}");
                }
                for (rate, pass) in events.rates().iter().zip(&pass.layers) {
                    let sent: Vec<f32> = pass.sent.clone().into_data().try_to_vec().expect("f32");
                    let fired = sent.iter().filter(|sent| **sent != 0.0).count() as f32 / sent.len() as f32;
                    assert!((rate - fired).abs() < 1e-6, "{rate} {fired}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_number_reaches_the_logits() {
        let device = Device::flex();
        let config = SessionConfig { network: NetworkKind::Mlp, widths: vec![20, 20], ..Default::default() };
        let network = new_network(&config, MapShape::map(1, 3, 3), 4, &device).expect("a network");
        let mut events = pollster::block_on(EventNetwork::new(&network, Some(&[0.0]))).expect("events");
        let mut greys = [0.5; 9];
        assert!(events.answer(&greys).iter().all(|logit| logit.is_finite()));
        greys[4] = f32::NAN;
        assert!(events.answer(&greys).iter().all(|logit| logit.is_nan()));
    }

    #[test]
    fn what_it_cannot_do_is_said() {
        let device = Device::flex();
        let resnet = SessionConfig { network: NetworkKind::Resnet, widths: vec![2], ..Default::default() };
        let twin = SessionConfig { units: UnitKind::Relu, ..Default::default() };
        for (config, words) in [(resnet, "ways around"), (twin, "do not spike")] {
            let network = new_network(&config, MapShape::map(1, 28, 28), 10, &device).expect("a network");
            let error = pollster::block_on(EventNetwork::new(&network, Some(&[0.0]))).err().expect("an error");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
