//! What turns spikes into currents: a linear map or a convolution.

use burn::prelude::*;

use super::{Conv, Linear, MapShape, Parameter, Weight};

/// What leads into a layer of neurons.
#[derive(Clone, Debug)]
pub enum Synapse {
    /// Every input to every neuron.
    Linear(Linear),
    /// A window over space.
    Conv(Conv),
}

impl Synapse {
    /// `[N, inputs]` to `[N, channels, places]`, whose last two axes are what batch norm needs to tell apart.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<3> {
        match self {
            Self::Linear(linear) => linear.forward(x).unsqueeze_dim(2),
            Self::Conv(conv) => conv.forward(x),
        }
    }

    /// The shape that flows out.
    pub fn output(&self) -> MapShape {
        match self {
            Self::Linear(linear) => MapShape::units(linear.weight().shape()[1]),
            Self::Conv(conv) => conv.shape().output(),
        }
    }

    /// Its weights.
    pub fn weight(&self) -> &Weight {
        match self {
            Self::Linear(linear) => linear.weight(),
            Self::Conv(conv) => conv.weight(),
        }
    }

    /// Its bias.
    pub fn bias(&self) -> Option<&Parameter> {
        match self {
            Self::Linear(linear) => linear.bias(),
            Self::Conv(conv) => conv.bias(),
        }
    }

    /// The same map of other numbers.
    pub fn with(&self, weight: Weight, bias: Option<Parameter>) -> Self {
        match self {
            Self::Linear(_) => Self::Linear(Linear::of(weight, bias)),
            Self::Conv(conv) => Self::Conv(Conv::of(weight, bias, conv.shape())),
        }
    }

    /// Multiply-accumulates of one sample at one time step.
    pub fn macs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.weight().count(),
            Self::Conv(conv) => conv.macs(),
        }
    }

    /// How many neurons one event at each input reaches, `[inputs]`.
    pub fn fan_out(&self) -> Vec<u32> {
        match self {
            Self::Linear(linear) => vec![linear.weight().shape()[1] as u32; linear.weight().shape()[0]],
            Self::Conv(conv) => conv.fan_out(),
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Linear(linear) => linear.parameters_mut(),
            Self::Conv(conv) => conv.parameters_mut(),
        }
    }
}
