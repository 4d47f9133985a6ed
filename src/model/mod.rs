//! Networks: spiking layers in a row, with ways around pairs of them where they are residual, and a linear readout.
//! A PointNet's transforms stand in the same row, in front of the layer that takes what they multiplied.
//!
//! A still is the current of the first layer at every time step (direct encoding), so the first synapse runs once and
//! its current is broadcast; what moves or spikes is another at each ([`Input`]). The readout is affine, so the mean over time is taken first and the last pooling and the
//! readout run once (methods, section 1.5); a probe, and a loss per time step, ask for the readout of every step.

mod convnet;
mod cost;
mod event;
mod fold;
#[cfg(test)]
mod fold_tests;
mod input;
mod mlp;
mod pointnet;
#[cfg(test)]
mod pointnet_tests;
mod resnet;
#[cfg(test)]
mod tests;

use std::ops::Range;

use burn::prelude::*;

pub use convnet::most_conv_layers;
pub use event::{EventError, EventNetwork};
pub use input::Input;
pub(crate) use pointnet::AXES;
pub use pointnet::{PointnetConfig, Transform};

use crate::kernel;
use crate::layer::{
    BatchStatistics, Drive, Initialiser, LayerPass, Linear, MapShape, Mode, Neurons, Parameter, SpikingLayer,
    WeightKind, WeightRule, channel_means,
};
use crate::neuron::{ResetGradient, Surrogate};

/// A network of spiking layers.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<SpikingLayer>,
    transforms: Vec<Transform>,
    readout: Linear,
    input: MapShape,
    classes: usize,
    steps: usize,
    /// Whether space is averaged in front of the readout.
    averaged: bool,
}

/// The shape of a network's layers.
#[derive(Clone, Debug, PartialEq)]
pub enum Architecture {
    /// Units of each hidden layer.
    Mlp(Vec<usize>),
    /// Channels of each 3x3 convolution, each followed by 2x2 average pooling.
    Conv(Vec<usize>),
    /// A residual network.
    ResNet {
        /// Channels of each stage.
        widths: Vec<usize>,
        /// Blocks of two convolutions in each stage.
        blocks: usize,
    },
    /// Layers that every point of a cloud goes through, the largest over points, and layers behind it.
    PointNet {
        /// Channels of each layer in front of the maximum over points.
        widths: Vec<usize>,
        /// What else there is.
        config: PointnetConfig,
    },
}

/// How the weights of a network are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The weights between layers of neurons.
    pub inner: WeightRule,
    /// The weights that take the image and those of the readout.
    pub ends: WeightKind,
}

impl Rules {
    fn of_layer(&self, place: usize) -> WeightRule {
        if place == 0 { self.of_ends() } else { self.inner }
    }

    fn of_ends(&self) -> WeightRule {
        WeightRule { kind: self.ends, ..self.inner }
    }

    /// Nothing follows the readout, and its weights are of unit gain whatever those of the layers are.
    fn of_readout(&self) -> WeightRule {
        WeightRule { normed: false, gain: 1.0, ..self.of_ends() }
    }
}

/// What came out of a pass.
#[derive(Debug)]
pub struct Pass {
    /// `[B, classes]`: the mean over time.
    pub logits: Tensor<2>,
    /// `[B, features]`: what the readout took, the mean over time.
    pub features: Tensor<2>,
    /// `[T * B, classes]`, when probing or asked for.
    pub step_logits: Option<Tensor<2>>,
    /// One for each spiking layer.
    pub layers: Vec<LayerPass>,
    /// What the network adds to the loss by itself, `[1]`, when training: its feature transform has to stay near orthogonal.
    pub own_loss: Option<Tensor<1>>,
}

/// A network that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Every convolution halves the image, and a side of nothing is left.
    #[error("{layers} convolution layers halve an image of {height} x {width} down to nothing: at most {most} fit")]
    TooDeep {
        /// Layers asked for.
        layers: usize,
        /// Rows of the image.
        height: usize,
        /// Columns of the image.
        width: usize,
        /// Layers that fit.
        most: usize,
    },
}

impl Network {
    /// A network with fresh weights of `seed`.
    ///
    /// # Errors
    ///
    /// When the image is too small for the layers.
    pub fn new(
        architecture: &Architecture,
        input: MapShape,
        classes: usize,
        neurons: Neurons,
        rules: Rules,
        seed: u32,
        device: &Device,
    ) -> Result<Self, ModelError> {
        let mut initialiser = Initialiser::new(seed, device);
        let straight = |layers| (layers, vec![]);
        let (layers, transforms) = match architecture {
            Architecture::Mlp(widths) => straight(mlp::layers(widths, input, neurons, rules, &mut initialiser)),
            Architecture::Conv(channels) => {
                straight(convnet::layers(channels, input, neurons, rules, &mut initialiser)?)
            }
            Architecture::ResNet { widths, blocks } => {
                straight(resnet::layers(widths, *blocks, input, neurons, rules, &mut initialiser)?)
            }
            Architecture::PointNet { widths, config } => {
                pointnet::layers(widths, config, input, neurons, rules, &mut initialiser)
            }
        };
        let averaged = matches!(architecture, Architecture::ResNet { .. });
        let outgoing = layers.last().map_or(input, SpikingLayer::outgoing);
        let features = if averaged { outgoing.channels } else { outgoing.count() };
        let readout = Linear::new("readout", [features, classes], true, rules.of_readout(), &mut initialiser);
        Ok(Self { layers, transforms, readout, input, classes, steps: neurons.steps, averaged })
    }

    /// What flows in to logits.
    pub fn forward(&self, input: impl Into<Input>, drive: impl Into<Drive>) -> Pass {
        let drive = drive.into();
        let Input { rows: mut flowing, batch } = input.into().for_steps(self.steps);
        let mut around: Option<Tensor<2>> = None;
        let mut layers: Vec<LayerPass> = vec![];
        let mut own_loss = None;
        while layers.len() < self.layers.len() {
            if let Some(transform) = self.transforms.iter().find(|transform| transform.layers.start == layers.len()) {
                let (features, passes) = self.run(transform.layers.clone(), flowing.clone(), &mut None, batch, drive);
                layers.extend(passes);
                let matrices = transform.matrices(features);
                if drive.mode == Mode::Train && transform.layers.start > 0 {
                    own_loss = Some(pointnet::orthogonality(matrices.clone(), self.steps) * pointnet::ORTHOGONALITY);
                }
                flowing = transform.multiply(flowing, matrices);
            }
            let next =
                self.transforms.iter().map(|transform| transform.layers.start).find(|start| *start > layers.len());
            let (sent, passes) =
                self.run(layers.len()..next.unwrap_or(self.layers.len()), flowing, &mut around, batch, drive);
            layers.extend(passes);
            flowing = sent;
        }
        let (Some(last), Some(pass)) = (self.layers.last(), layers.last()) else {
            return Pass {
                logits: self.readout.forward(flowing.clone()),
                features: flowing,
                step_logits: None,
                layers,
                own_loss,
            };
        };
        let mean = kernel::mean_over_time(pass.sent.clone()).reshape([batch, last.shape.count()]);
        let features = self.collect(last.pool(mean));
        if drive.mode == Mode::Probe {
            let step_logits = self.step_logits(pass, batch);
            let per_step = step_logits.clone().reshape([self.steps, batch * self.classes]);
            let logits = per_step.mean_dim(0).reshape([batch, self.classes]);
            return Pass { logits, features, step_logits: Some(step_logits), layers, own_loss };
        }
        Pass { logits: self.readout.forward(features.clone()), features, step_logits: None, layers, own_loss }
    }

    /// Layers in a row; what the last of them sends, through its pooling unless it is the network's last, which is pooled
    /// after the mean over time.
    fn run(
        &self,
        range: Range<usize>,
        mut flowing: Tensor<2>,
        around: &mut Option<Tensor<2>>,
        batch: usize,
        drive: Drive,
    ) -> (Tensor<2>, Vec<LayerPass>) {
        let mut passes = Vec::with_capacity(range.len());
        for i in range {
            let layer = &self.layers[i];
            let mut pass = layer.forward(flowing.clone(), around.take(), batch, drive);
            if let Some(silenced) = drive.silenced.filter(|silenced| silenced.layer == i) {
                pass.sent = silenced.out_of(pass.sent, layer.shape.count());
            }
            *around = Some(flowing);
            flowing = pass.sent.clone().reshape([self.steps * batch, layer.shape.count()]);
            if i + 1 < self.layers.len() {
                flowing = layer.pool(flowing);
            }
            passes.push(pass);
        }
        (flowing, passes)
    }

    /// The readout of every time step, `[T * B, classes]`, from the last layer's pass.
    pub fn step_logits(&self, last: &LayerPass, batch: usize) -> Tensor<2> {
        let sent = last.sent.clone().reshape([self.steps * batch, last.sent.dims()[1] / batch]);
        let pooled = self.layers.last().map_or(sent.clone(), |layer| layer.pool(sent));
        self.readout.forward(self.collect(pooled))
    }

    /// What the readout takes of the last layer's pooled spikes.
    fn collect(&self, pooled: Tensor<2>) -> Tensor<2> {
        match self.layers.last() {
            Some(last) if self.averaged => channel_means(pooled, last.outgoing()),
            _ => pooled,
        }
    }

    /// What a layer sent, the mean over time and space, `[B, channels]`.
    pub fn layer_features(&self, layer: usize, pass: &LayerPass, batch: usize) -> Tensor<2> {
        let shape = self.layers[layer].shape;
        channel_means(kernel::mean_over_time(pass.sent.clone()).reshape([batch, shape.count()]), shape)
    }

    /// Takes in what a training pass left for the running statistics.
    pub fn absorb(&mut self, statistics: Vec<[Option<BatchStatistics>; 2]>) {
        for (layer, statistics) in self.layers.iter_mut().zip(statistics) {
            layer.absorb(statistics);
        }
    }

    /// The same network on the device without autodiff, to evaluate with.
    pub fn without_autodiff(&self) -> Self {
        self.each_parameter(Parameter::without_autodiff)
    }

    /// The same network on the device with autodiff, as a constant that gradients flow through but do not move.
    pub fn frozen(&self) -> Self {
        self.each_parameter(Parameter::frozen)
    }

    fn each_parameter(&self, change: impl Fn(&Parameter) -> Parameter) -> Self {
        let mut network = self.clone();
        for parameter in network.parameters_mut() {
            *parameter = change(parameter);
        }
        network
    }

    /// The same network, run for another number of time steps. Batch norm keeps the statistics of the steps it was trained
    /// at (methods, section 7.7).
    pub fn with_steps(&self, steps: usize) -> Self {
        let mut network = self.clone();
        network.steps = steps;
        network.layers.iter_mut().for_each(|layer| layer.set_steps(steps));
        network
    }

    /// The same network for clouds of another number of points: what points share does not depend on how many there are.
    pub fn with_points(&self, points: usize) -> Self {
        let mut network = self.clone();
        if network.input.is_cloud() {
            network.input = MapShape::points(points, network.input.channels);
            network.layers.iter_mut().for_each(|layer| layer.set_points(points));
        }
        network
    }

    /// Lets gradients flow otherwise through every layer's neurons.
    pub fn set_gradients(&mut self, surrogate: Surrogate, reset: ResetGradient) {
        self.layers.iter_mut().for_each(|layer| layer.set_gradients(surrogate, reset));
    }

    /// Lets training drop another share of what a PointNet's last layer sums up.
    pub fn set_dropout(&mut self, share: f32) {
        if let Some(last) = self.layers.last_mut().filter(|_| self.input.is_cloud()) {
            last.set_dropout(share);
        }
    }

    /// Puts another number into every layer's surrogate, for a schedule.
    pub fn set_surrogate_parameter(&mut self, parameter: f32) {
        self.layers.iter_mut().for_each(|layer| layer.set_surrogate_parameter(parameter));
    }

    /// Lets the last layer send rectified currents in place of spikes.
    pub fn rectify_last(&mut self) {
        if let Some(last) = self.layers.last_mut() {
            last.rectify();
        }
    }

    /// Every number of the network, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let layers = self.layers.iter_mut().flat_map(SpikingLayer::parameters_mut);
        let transforms = self.transforms.iter_mut().flat_map(Transform::parameters_mut);
        layers.chain(transforms).chain(self.readout.parameters_mut()).collect()
    }

    /// Trained numbers in all.
    pub fn trained_count(&self) -> usize {
        self.clone().parameters_mut().iter().filter(|parameter| parameter.trained).map(|p| p.count()).sum()
    }

    /// The spiking layers, input side first.
    pub fn layers(&self) -> &[SpikingLayer] {
        &self.layers
    }

    /// What turns features into logits.
    pub fn readout(&self) -> &Linear {
        &self.readout
    }

    /// The layer under the maximum over points that describes a cloud.
    pub fn pooled_layer(&self) -> Option<usize> {
        self.layers.iter().position(SpikingLayer::sends_currents)
    }

    /// The shape of an image, or of a cloud.
    pub fn input(&self) -> MapShape {
        self.input
    }

    /// Where its numbers are.
    pub fn device(&self) -> Device {
        self.readout.device()
    }

    /// Classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Time steps T.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Whether a layer stands inside a residual block: its neighbour downstream has a way around it.
    pub fn is_inside_block(&self, layer: usize) -> bool {
        self.layers.get(layer + 1).is_some_and(|next| next.skip().is_some())
    }
}
