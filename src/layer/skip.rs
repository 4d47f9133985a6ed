//! The way around a block of two layers: what flowed into the first is added to the current of the second, in front of
//! its neurons (the papers' order: conv, norm, neurons, conv, norm, plus the skip, neurons).

use burn::prelude::*;

use super::{BatchStatistics, Conv, Norm, Parameter};

/// The way around a block.
#[derive(Clone, Debug)]
pub enum Skip {
    /// What flowed in, as it is, or times the height that its spikes had before they were folded.
    Identity {
        /// `[1]`.
        scale: Option<Box<Parameter>>,
    },
    /// A 1x1 convolution to the shape that is needed, with a norm of its own.
    Projection {
        /// The convolution.
        conv: Box<Conv>,
        /// Its norm.
        norm: Option<Norm>,
    },
}

impl Skip {
    /// `[N, inputs]` to `[N, channels, places]` of the block's end.
    pub fn forward(&self, x: Tensor<2>, channels: usize, training: bool) -> (Tensor<3>, Option<BatchStatistics>) {
        match self {
            Self::Identity { scale } => {
                let [n, count] = x.dims();
                let x = x.reshape([n, channels, count / channels]);
                let scaled = match scale {
                    Some(scale) => x * scale.flat().reshape([1, 1, 1]),
                    None => x,
                };
                (scaled, None)
            }
            Self::Projection { conv, norm } => match norm {
                Some(norm) => norm.forward(conv.forward(x), training),
                None => (conv.forward(x), None),
            },
        }
    }

    /// Multiply-accumulates of one sample at one time step.
    pub fn macs(&self) -> usize {
        match self {
            Self::Identity { .. } => 0,
            Self::Projection { conv, .. } => conv.macs(),
        }
    }

    /// How many neurons one event at each of `inputs` inputs reaches.
    pub fn fan_out(&self, inputs: usize) -> Vec<u32> {
        match self {
            Self::Identity { .. } => vec![1; inputs],
            Self::Projection { conv, .. } => conv.fan_out(),
        }
    }

    /// Takes in what training left.
    pub fn absorb(&mut self, statistics: BatchStatistics) {
        if let Self::Projection { norm: Some(norm), .. } = self {
            norm.absorb(statistics);
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Identity { scale } => scale.iter_mut().map(Box::as_mut).collect(),
            Self::Projection { conv, norm } => {
                conv.parameters_mut().into_iter().chain(norm.iter_mut().flat_map(Norm::parameters_mut)).collect()
            }
        }
    }
}
