//! Spiking PointNet (Ren et al., NeurIPS 2023; methods, section 7.2): every point of a cloud goes through the same layers,
//! the largest value over all points of each channel describes the cloud, and layers behind it classify it. What a network
//! says of a cloud does not depend on the order of its points.
//!
//! ```text
//! trunk   x -> c1 (norm, LIF) -> ... -> cn (norm, no LIF) -> max over points
//! head    h1 (norm, LIF) -> ... -> hm (dropout, norm, LIF) -> readout
//! ```
//!
//! As in the published code the last layer of the trunk has no neurons: over hundreds of points the largest of binary
//! spikes is nearly always one. A transform (PointNet's T-Net) is such a network too, of the same widths, with neurons in
//! all of its layers, whose readout plus the identity multiplies the coordinates, or the first layer's spikes.
//!
//! Not everything here adds: the product of coordinates with a transform, what takes a product, and what follows the maximum
//! take real numbers, and are billed as multiply-accumulates. The product of spikes with a transform adds rows of its matrix,
//! and is billed so.

use std::ops::Range;

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::layer::{
    Activation, Initialiser, Linear, MapShape, Neurons, Parameter, Pooling, SpikingLayer, Synapse, WeightRule,
};

/// The parts of a PointNet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct PointnetConfig {
    /// Points that a network takes of each cloud.
    pub points: usize,
    /// Units of each layer behind the maximum over points.
    pub head: Vec<usize>,
    /// Share of the last head layer's currents that training drops.
    pub dropout: f32,
    /// Whether a network of its own turns the cloud first.
    pub input_transform: bool,
    /// Whether another one turns the first layer's spikes.
    pub feature_transform: bool,
}

impl Default for PointnetConfig {
    fn default() -> Self {
        Self { points: 256, head: vec![64], dropout: 0.0, input_transform: false, feature_transform: false }
    }
}

impl PointnetConfig {
    /// Transforms that there are.
    pub fn transforms(&self) -> usize {
        usize::from(self.input_transform) + usize::from(self.feature_transform)
    }
}

/// Coordinates of a point.
pub(crate) const AXES: usize = 3;

/// How strongly the feature transform is kept close to orthogonal (methods, section 7.2).
pub const ORTHOGONALITY: f32 = 0.001;

/// The spread of a transform's first readout: it begins close to the identity, and never singular.
const FIRST_TURN: f32 = 0.1;

/// A network that multiplies what flows into a layer.
#[derive(Clone, Debug)]
pub struct Transform {
    /// Its layers, which stand in front of the layer that takes what it multiplied.
    pub(super) layers: Range<usize>,
    pub(super) readout: Linear,
    pub(super) channels: usize,
}

impl Transform {
    /// `[T * B, features]` to matrices `[T * B, channels, channels]`: the readout plus the identity.
    pub(super) fn matrices(&self, features: Tensor<2>) -> Tensor<3> {
        let n = features.dims()[0];
        let read = self.readout.forward(features).reshape([n, self.channels, self.channels]);
        let identity = Tensor::<2>::eye(self.channels, &read.device()).unsqueeze_dim::<3>(0);
        read + identity
    }

    /// What flows in, `[T * B, points * channels]` or `[B, points * channels]` where it is the same at every time step, times
    /// the matrices, `[T * B, points * channels]`.
    pub(super) fn multiply(&self, flowing: Tensor<2>, matrices: Tensor<3>) -> Tensor<2> {
        let ([given, count], n) = (flowing.dims(), matrices.dims()[0]);
        let flowing = if given < n { flowing.repeat_dim(0, n / given) } else { flowing };
        let points = flowing.reshape([n, count / self.channels, self.channels]);
        points.matmul(matrices).reshape([n, count])
    }

    /// Additions (or, from analogue coordinates, multiply-accumulates) of its product, for each number that flows in.
    pub(super) fn fan_out(&self) -> u32 {
        self.channels as u32
    }

    pub(super) fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        self.readout.parameters_mut()
    }
}

/// `|| A A^T - I ||`, the mean over the batch of Frobenius norms, of matrices `[T * B, C, C]`, whose mean over time comes first.
pub(super) fn orthogonality(matrices: Tensor<3>, steps: usize) -> Tensor<1> {
    let [n, channels, _] = matrices.dims();
    let batch = n / steps;
    let mean = matrices.reshape([steps, batch * channels * channels]).mean_dim(0).reshape([batch, channels, channels]);
    let identity = Tensor::<2>::eye(channels, &mean.device()).unsqueeze_dim::<3>(0);
    let off = mean.clone().matmul(mean.transpose()) - identity;
    // A root has no slope at 0.
    let squares = off.powi_scalar(2).reshape([batch, channels * channels]).sum_dim(1) + 1e-12;
    squares.sqrt().mean()
}

/// Builds the layers and transforms.
pub(super) fn layers(
    widths: &[usize],
    config: &PointnetConfig,
    input: MapShape,
    neurons: Neurons,
    rules: Rules,
    initialiser: &mut Initialiser,
) -> (Vec<SpikingLayer>, Vec<Transform>) {
    let mut builder = Builder { neurons, rules, initialiser, layers: vec![], transforms: vec![] };
    if config.input_transform {
        builder.transform("inputTransform", widths, &config.head, input, rules.of_ends());
    }
    let mut flowing = input;
    for (i, &width) in widths.iter().enumerate() {
        if i == 1 && config.feature_transform {
            builder.transform("featureTransform", widths, &config.head, flowing, rules.inner);
        }
        let (activation, pooling) = match i + 1 == widths.len() {
            true => (Activation::Current, Pooling::Max),
            false => (neurons.activation, Pooling::None),
        };
        flowing = builder.shared(&format!("layer{}", i + 1), flowing, width, rules.of_layer(i), activation, pooling);
    }
    for (i, &width) in config.head.iter().enumerate() {
        let name = format!("layer{}", widths.len() + i + 1);
        let dropout = if i + 1 == config.head.len() { config.dropout } else { 0.0 };
        flowing = builder.dense(&name, flowing, width, dropout);
    }
    (builder.layers, builder.transforms)
}

struct Builder<'a> {
    neurons: Neurons,
    rules: Rules,
    initialiser: &'a mut Initialiser,
    layers: Vec<SpikingLayer>,
    transforms: Vec<Transform>,
}

impl Builder<'_> {
    /// A layer whose weights all points share; the shape that flows on.
    fn shared(
        &mut self,
        name: &str,
        input: MapShape,
        width: usize,
        rule: WeightRule,
        activation: Activation,
        pooling: Pooling,
    ) -> MapShape {
        let bias = !self.neurons.batch_norm;
        let linear = Linear::new(name, [input.channels, width], bias, rule, self.initialiser);
        let neurons = Neurons { activation, ..self.neurons };
        let synapse = Synapse::Shared { linear, points: input.area() };
        self.push(SpikingLayer::new(name, synapse, pooling, neurons, self.initialiser))
    }

    /// A layer behind the maximum; the shape that flows on.
    fn dense(&mut self, name: &str, input: MapShape, width: usize, dropout: f32) -> MapShape {
        let (bias, rule) = (!self.neurons.batch_norm, self.rules.inner);
        let linear = Linear::new(name, [input.count(), width], bias, rule, self.initialiser);
        let layer = SpikingLayer::new(name, Synapse::Linear(linear), Pooling::None, self.neurons, self.initialiser);
        self.push(layer.with_dropout(dropout))
    }

    /// The network that multiplies what flows in.
    fn transform(&mut self, name: &str, widths: &[usize], head: &[usize], input: MapShape, first: WeightRule) {
        let start = self.layers.len();
        let (mut flowing, activation) = (input, self.neurons.activation);
        for (i, &width) in widths.iter().enumerate() {
            let pooling = if i + 1 == widths.len() { Pooling::Max } else { Pooling::None };
            let rule = if i == 0 { first } else { self.rules.inner };
            flowing = self.shared(&format!("{name}{}", i + 1), flowing, width, rule, activation, pooling);
        }
        for (i, &width) in head.iter().enumerate() {
            flowing = self.dense(&format!("{name}{}", widths.len() + i + 1), flowing, width, 0.0);
        }
        let channels = input.channels;
        let rule = WeightRule { gain: FIRST_TURN, ..self.rules.of_readout() };
        let sizes = [flowing.count(), channels * channels];
        let readout = Linear::new(&format!("{name}.readout"), sizes, true, rule, self.initialiser);
        self.transforms.push(Transform { layers: start..self.layers.len(), readout, channels });
    }

    fn push(&mut self, layer: SpikingLayer) -> MapShape {
        let outgoing = layer.outgoing();
        self.layers.push(layer);
        outgoing
    }
}
