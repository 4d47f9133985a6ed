//! What turns spikes into currents: a linear map, one that all points of a cloud share, or a convolution.

use burn::prelude::*;

use super::{Conv, Linear, MapShape, Parameter, Weight};

/// What leads into a layer of neurons.
#[derive(Clone, Debug)]
pub enum Synapse {
    /// Every input to every neuron.
    Linear(Linear),
    /// Every channel of a point to every channel of the same point, by the same weights for all points.
    Shared {
        /// The weights, `[inputs, outputs]` of one point.
        linear: Linear,
        /// Points of a cloud.
        points: usize,
    },
    /// A window over space.
    Conv(Conv),
}

impl Synapse {
    /// `[N, inputs]` to `[N, channels, places]`, or `[N * points, channels, 1]` where points share the weights: the second
    /// axis is the one that batch norm tells apart.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<3> {
        match self {
            Self::Linear(linear) => linear.forward(x).unsqueeze_dim(2),
            Self::Shared { linear, points } => {
                let [n, count] = x.dims();
                linear.forward(x.reshape([n * points, count / points])).unsqueeze_dim(2)
            }
            Self::Conv(conv) => conv.forward(x),
        }
    }

    /// The shape that flows out.
    pub fn output(&self) -> MapShape {
        match self {
            Self::Linear(linear) => MapShape::units(linear.weight().shape()[1]),
            Self::Shared { linear, points } => MapShape::points(*points, linear.weight().shape()[1]),
            Self::Conv(conv) => conv.shape().output(),
        }
    }

    /// Its weights.
    pub fn weight(&self) -> &Weight {
        match self {
            Self::Linear(linear) | Self::Shared { linear, .. } => linear.weight(),
            Self::Conv(conv) => conv.weight(),
        }
    }

    /// Its bias.
    pub fn bias(&self) -> Option<&Parameter> {
        match self {
            Self::Linear(linear) | Self::Shared { linear, .. } => linear.bias(),
            Self::Conv(conv) => conv.bias(),
        }
    }

    /// The same map of other numbers.
    pub fn with(&self, weight: Weight, bias: Option<Parameter>) -> Self {
        match self {
            Self::Linear(_) => Self::Linear(Linear::of(weight, bias)),
            Self::Shared { points, .. } => Self::Shared { linear: Linear::of(weight, bias), points: *points },
            Self::Conv(conv) => Self::Conv(Conv::of(weight, bias, conv.shape())),
        }
    }

    /// Takes clouds of another number of points from now on.
    pub fn set_points(&mut self, count: usize) {
        if let Self::Shared { points, .. } = self {
            *points = count;
        }
    }

    /// Multiply-accumulates of one sample at one time step.
    pub fn macs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.weight().count(),
            Self::Shared { linear, points } => linear.weight().count() * points,
            Self::Conv(conv) => conv.macs(),
        }
    }

    /// Numbers that flow in.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.weight().shape()[0],
            Self::Shared { linear, points } => linear.weight().shape()[0] * points,
            Self::Conv(conv) => conv.shape().input.count(),
        }
    }

    /// How many neurons one event at each input reaches, `[inputs]`.
    pub fn fan_out(&self) -> Vec<u32> {
        match self {
            Self::Linear(linear) => vec![linear.weight().shape()[1] as u32; linear.weight().shape()[0]],
            Self::Shared { linear, points } => {
                vec![linear.weight().shape()[1] as u32; linear.weight().shape()[0] * points]
            }
            Self::Conv(conv) => conv.fan_out(),
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Linear(linear) | Self::Shared { linear, .. } => linear.parameters_mut(),
            Self::Conv(conv) => conv.parameters_mut(),
        }
    }
}
