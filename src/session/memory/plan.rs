//! A network in sizes alone: what its layers hold and send, known from the config before anything of it is there.

use crate::data::{Form, ImageShape};
use crate::model::AXES;
use crate::session::{NetworkKind, SessionConfig, UnitKind};

/// The product of sizes; as large as a number can be where it is larger.
pub(super) fn times(sizes: &[u64]) -> u64 {
    sizes.iter().fold(1, |product: u64, size| product.saturating_mul(*size))
}

/// What leads around a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    Nothing,
    Identity,
    /// By a convolution of its own.
    Projection,
}

/// One layer of neurons with what leads into it.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Numbers of a sample that flow in.
    pub inputs: u64,
    /// Numbers of a sample that its neurons send.
    pub outputs: u64,
    /// The channels that it sends.
    pub channels: u64,
    /// What is left of those numbers behind its pooling.
    pub outgoing: u64,
    pub pooled: bool,
    /// Weights of its synapse.
    pub weights: u64,
    /// Its other numbers: bias or norm, amplitude, decay, factor, and all of its skip.
    pub others: u64,
    /// Multiply-accumulates of a sample at one time step, skip included.
    pub work: u64,
    pub around: Around,
    pub spikes: bool,
    /// Whether it sends its currents as they are.
    pub is_current: bool,
    pub drops: bool,
    /// Whether what flows in is the same at every time step.
    pub constant: bool,
}

/// A network inside a network, which multiplies what flows into a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub channels: u64,
    pub points: u64,
    /// Weights and biases of its readout.
    pub weights: u64,
}

/// All of a network.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub layers: Vec<Layer>,
    pub turns: Vec<Turn>,
    /// Numbers of a sample that it takes.
    pub input: u64,
    pub classes: u64,
    /// Numbers that the readout takes.
    pub features: u64,
    /// Of the readout, with its biases.
    pub readout: u64,
}

impl Plan {
    /// The network of a config, for samples of a form, or of another number of points.
    pub fn new(config: &SessionConfig, form: Form, classes: usize) -> Self {
        let shape = match form.flowing(config.encoding) {
            Some(ImageShape { channels, height, width }) => [channels, height, width].map(|size| size as u64),
            None => [0; 3],
        };
        let (spikes, is_over_time) = (config.units == UnitKind::Spiking, config.is_over_time(form));
        let builder = Builder { config, spikes, is_over_time, layers: vec![], turns: vec![] };
        let mut plan = match config.network {
            NetworkKind::Mlp => builder.mlp(times(&shape)),
            NetworkKind::Conv => builder.convnet(shape),
            NetworkKind::Resnet => builder.resnet(shape),
            NetworkKind::Pointnet => builder.pointnet(),
        };
        if let (true, Some(last)) = (config.rectifies_last(), plan.layers.last_mut()) {
            last.spikes = false;
        }
        plan.classes = classes as u64;
        plan.readout = times(&[plan.features + 1, plan.classes]);
        plan
    }

    /// Numbers that it keeps: weights, norms with their running statistics, amplitudes.
    pub fn numbers(&self) -> u64 {
        let layers = self.layers.iter().map(|layer| layer.weights.saturating_add(layer.others));
        layers.chain(self.turns.iter().map(|turn| turn.weights)).fold(self.readout, u64::saturating_add)
    }

    /// Its weights alone.
    pub fn weights(&self) -> u64 {
        let readout = times(&[self.features, self.classes]);
        self.layers.iter().map(|layer| layer.weights).fold(readout, u64::saturating_add)
    }

    /// The most numbers of one of its parameters.
    pub fn largest_parameter(&self) -> u64 {
        let layers = self.layers.iter().map(|layer| layer.weights);
        layers.chain(self.turns.iter().map(|turn| turn.weights)).fold(self.readout, u64::max)
    }

    /// Multiply-accumulates of one sample that flows through at so many time steps.
    pub fn work(&self, steps: u64) -> u64 {
        let at = |layer: &Layer| if layer.constant { 1 } else { steps };
        let layers = self.layers.iter().map(|layer| times(&[layer.work, at(layer)]));
        let turns = self
            .turns
            .iter()
            .map(|turn| times(&[steps, turn.weights + times(&[turn.points, turn.channels, turn.channels])]));
        layers.chain(turns).fold(self.readout, u64::saturating_add)
    }
}

struct Builder<'a> {
    config: &'a SessionConfig,
    spikes: bool,
    is_over_time: bool,
    layers: Vec<Layer>,
    turns: Vec<Turn>,
}

/// What a synapse leads from and to: inputs and outputs of a sample, channels that it sends, weights and work.
struct Synapse {
    inputs: u64,
    outputs: u64,
    channels: u64,
    weights: u64,
    work: u64,
}

/// A side behind a stride, rounded up.
fn strided(side: u64, stride: u64) -> u64 {
    side.div_ceil(stride)
}

impl Builder<'_> {
    fn push(&mut self, synapse: Synapse) -> &mut Layer {
        let Synapse { inputs, outputs, channels, weights, work } = synapse;
        // Norm or bias, an amplitude, a decay, a factor.
        let others = channels * if self.config.batch_norm { 4 } else { 1 } + 3;
        self.layers.push(Layer {
            inputs,
            outputs,
            channels,
            outgoing: outputs,
            pooled: false,
            weights,
            others,
            work,
            around: Around::Nothing,
            spikes: self.spikes,
            is_current: false,
            drops: false,
            constant: self.layers.is_empty() && !self.is_over_time,
        });
        let last = self.layers.len() - 1;
        &mut self.layers[last]
    }

    /// A linear map of `rows` rows of a sample, which share their weights.
    fn linear(&mut self, rows: u64, inputs: u64, width: u64) -> &mut Layer {
        let weights = times(&[inputs, width]);
        self.push(Synapse {
            inputs: times(&[rows, inputs]),
            outputs: times(&[rows, width]),
            channels: width,
            weights,
            work: times(&[rows, weights]),
        })
    }

    fn convolution(&mut self, [channels, height, width]: [u64; 3], outputs: u64, stride: u64) -> &mut Layer {
        let area = times(&[strided(height, stride), strided(width, stride)]);
        let weights = times(&[channels, outputs, 9]);
        self.push(Synapse {
            inputs: times(&[channels, height, width]),
            outputs: times(&[outputs, area]),
            channels: outputs,
            weights,
            work: times(&[weights, area]),
        })
    }

    fn done(self, input: u64, features: u64) -> Plan {
        Plan { layers: self.layers, turns: self.turns, input, features, ..Plan::default() }
    }

    fn mlp(mut self, input: u64) -> Plan {
        let mut flowing = input;
        for &width in &self.config.widths {
            flowing = self.linear(1, flowing, width as u64).outputs;
        }
        self.done(input, flowing)
    }

    fn convnet(mut self, input: [u64; 3]) -> Plan {
        let mut shape = input;
        for &outputs in &self.config.widths {
            let layer = self.convolution(shape, outputs as u64, 1);
            shape = [outputs as u64, shape[1] / 2, shape[2] / 2];
            (layer.pooled, layer.outgoing) = (true, times(&shape));
        }
        self.done(times(&input), times(&shape))
    }

    fn resnet(mut self, input: [u64; 3]) -> Plan {
        let stem = self.config.widths.first().copied().unwrap_or(1) as u64;
        let layer = self.convolution(input, stem, 1);
        let mut shape = [stem, input[1] / 2, input[2] / 2];
        (layer.pooled, layer.outgoing) = (true, times(&shape));
        for (stage, &outputs) in self.config.widths.iter().enumerate() {
            for block in 0..self.config.blocks {
                let (outputs, stride) = (outputs as u64, if stage > 0 && block == 0 { 2 } else { 1 });
                let before = shape;
                self.convolution(before, outputs, stride);
                shape = [outputs, strided(before[1], stride), strided(before[2], stride)];
                let straight = stride == 1 && before[0] == outputs;
                let norm = if self.config.batch_norm { 4 * outputs } else { 0 };
                let layer = self.convolution(shape, outputs, 1);
                layer.around = Around::Identity;
                if !straight {
                    let weights = times(&[before[0], outputs]);
                    layer.around = Around::Projection;
                    layer.others += weights + norm + 1;
                    layer.work = layer.work.saturating_add(times(&[weights, shape[1], shape[2]]));
                }
            }
        }
        self.done(times(&input), shape[0])
    }

    fn pointnet(mut self) -> Plan {
        let config = &self.config.pointnet;
        let (points, axes) = (config.points as u64, AXES as u64);
        if config.input_transform {
            self.transform(points, axes, true);
        }
        let mut channels = axes;
        for (i, &width) in self.config.widths.iter().enumerate() {
            if i == 1 && config.feature_transform {
                self.transform(points, channels, false);
            }
            let is_last = i + 1 == self.config.widths.len();
            let constant = i == 0 && !config.input_transform;
            let layer = self.linear(points, channels, width as u64);
            layer.constant = constant;
            channels = width as u64;
            if is_last {
                (layer.is_current, layer.spikes, layer.pooled, layer.outgoing) = (true, false, true, channels);
            }
        }
        for (i, &width) in config.head.iter().enumerate() {
            let drops = config.dropout > 0.0 && i + 1 == config.head.len();
            self.linear(1, channels, width as u64).drops = drops;
            channels = width as u64;
        }
        self.done(times(&[points, axes]), channels)
    }

    /// A network that multiplies what flows in, of the same widths as the whole one.
    fn transform(&mut self, points: u64, turned: u64, constant: bool) {
        let mut channels = turned;
        for (i, &width) in self.config.widths.iter().enumerate() {
            let is_last = i + 1 == self.config.widths.len();
            let layer = self.linear(points, channels, width as u64);
            layer.constant = constant && i == 0;
            channels = width as u64;
            if is_last {
                (layer.pooled, layer.outgoing) = (true, channels);
            }
        }
        for &width in &self.config.pointnet.head {
            self.linear(1, channels, width as u64);
            channels = width as u64;
        }
        let weights = times(&[channels + 1, turned, turned]);
        self.turns.push(Turn { channels: turned, points, weights });
    }
}

#[cfg(test)]
mod tests {
    use burn::prelude::*;

    use super::*;
    use crate::layer::{MapShape, WeightKind};
    use crate::model::PointnetConfig;
    use crate::session::network::{input_of, new_network};

    fn configs() -> Vec<SessionConfig> {
        let of = |network, widths: &[usize]| SessionConfig { network, widths: widths.to_vec(), ..Default::default() };
        let clouds = |input_transform, feature_transform| {
            let pointnet =
                PointnetConfig { points: 20, head: vec![9, 5], input_transform, feature_transform, dropout: 0.2 };
            SessionConfig { pointnet, ..of(NetworkKind::Pointnet, &[6, 8, 12]) }
        };
        let shapes = [
            of(NetworkKind::Mlp, &[20, 7]),
            of(NetworkKind::Conv, &[3, 4]),
            SessionConfig { blocks: 2, ..of(NetworkKind::Resnet, &[3, 3, 5]) },
            clouds(false, false),
            clouds(true, true),
        ];
        let with_norm =
            |config: SessionConfig| [true, false].map(|batch_norm| SessionConfig { batch_norm, ..config.clone() });
        shapes.into_iter().flat_map(with_norm).collect()
    }

    #[test]
    fn a_plan_has_the_sizes_of_the_network_that_comes_of_it() {
        let device = Device::flex();
        for mut config in configs() {
            config.reverb.weights = WeightKind::Binary;
            let cloud = config.network == NetworkKind::Pointnet;
            let form = if cloud { Form::Cloud { points: 1024 } } else { Form::Image(ImageShape::colour(9, 6)) };
            let network = new_network(&config, input_of(&config, form), 4, &device).expect("a network");
            let plan = Plan::new(&config, form, 4);
            let numbers: usize = network.clone().parameters_mut().iter().map(|parameter| parameter.count()).sum();
            let slack = 3 * plan.layers.len() as u64;
            assert!(
                (numbers as u64..=numbers as u64 + slack).contains(&plan.numbers()),
                "{config:?}: {numbers} {plan:?}"
            );
            assert_eq!(plan.input, network.input().count() as u64);
            let count = |shape: MapShape| shape.count() as u64;
            for (layer, own) in network.layers().iter().zip(&plan.layers) {
                assert_eq!([own.outputs, own.outgoing], [count(layer.shape), count(layer.outgoing())], "{config:?}");
                assert_eq!(own.inputs, layer.synapse().inputs() as u64, "{config:?}");
                assert_eq!((own.spikes, own.is_current), (layer.spikes(), layer.sends_currents()));
                assert!(own.work >= layer.synapse().macs() as u64);
            }
            assert_eq!(plan.layers.len(), network.layers().len());
            assert_eq!([plan.features, plan.classes], [0, 1].map(|i| network.readout().weight().shape()[i] as u64));
        }
    }
}
