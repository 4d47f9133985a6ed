//! Products and convolutions of inputs of which a share is not zero, ours beside the library's.

use burn::prelude::*;
use burn::tensor::TensorData;
use burn::tensor::module::{conv2d, linear};
use burn::tensor::ops::ConvOptions;
use serde::{Deserialize, Serialize};

use super::{noise, number};
use crate::kernel::{self, Window};
use crate::session::SessionError;

/// Which product or convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum SynapseKind {
    /// 64 x 784 by 784 x 256: the first layer of the benchmark's MLP.
    Mlp,
    /// 8,192 x 64 by 64 x 128: the points of 16 clouds.
    Points,
    /// 128 maps of 16 x 14 x 14, 3x3 to 32 channels: the second layer of the benchmark's convnet at four time steps.
    Convolution,
}

/// Forward, and backward from a given gradient to inputs and weights.
pub struct SynapseWork {
    kind: SynapseKind,
    x: Tensor<2>,
    weight: Tensor<2>,
    gradient: Tensor<2>,
}

/// Maps, channels, side and outputs of the convolution.
const MAPS: [usize; 4] = [128, 16, 14, 32];

impl SynapseWork {
    /// Inputs of which a share is in 0.25..1, the others zero, and a gradient of which half is zero; on a device with autodiff.
    pub fn new(kind: SynapseKind, share: f32, device: &Device) -> Self {
        let [maps, channels, side, filters] = MAPS;
        let (rows, inputs, outputs, weights) = match kind {
            SynapseKind::Mlp => (64, 784, 256, [784, 256]),
            SynapseKind::Points => (8192, 64, 128, [64, 128]),
            SynapseKind::Convolution => (maps, channels * side * side, filters * side * side, [filters, channels * 9]),
        };
        let sparse = |shape: [usize; 2], share: f32, seed| {
            let count = shape[0] * shape[1];
            let values = noise(count, 0.25, 1.0, seed).into_iter().zip(noise(count, 0.0, 1.0, seed + 1));
            let values: Vec<f32> = values.map(|(value, chance)| if chance < share { value } else { 0.0 }).collect();
            Tensor::<2>::from_data(TensorData::new(values, shape), device)
        };
        let weight = TensorData::new(noise(weights[0] * weights[1], -0.5, 0.5, 5), weights);
        Self {
            kind,
            x: sparse([rows, inputs], share, 1).require_grad(),
            weight: Tensor::<2>::from_data(weight, device).require_grad(),
            gradient: sparse([rows, outputs], 0.5, 3),
        }
    }

    /// By our operation or by the library's. Answers the sum of the weights' gradient.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn run(&self, own: bool) -> Result<f32, SessionError> {
        let (x, weight) = (self.x.clone(), self.weight.clone());
        let y = match self.kind {
            SynapseKind::Convolution => {
                let [maps, channels, side, outputs] = MAPS;
                let (x, weight) = (x.reshape([maps, channels, side, side]), weight.reshape([outputs, channels, 3, 3]));
                let y = if own {
                    kernel::convolve(x, weight, None, Window::SQUARE)
                } else {
                    conv2d(x, weight, None, ConvOptions::new([1; 2], [1; 2], [1; 2], 1))
                };
                y.reshape([maps, outputs * side * side])
            }
            SynapseKind::Mlp | SynapseKind::Points if own => kernel::product(x, weight, None),
            SynapseKind::Mlp | SynapseKind::Points => linear(x, weight, None),
        };
        let gradients = kernel::given(y, self.gradient.clone()).backward();
        let of_weight = self.weight.grad(&gradients).expect("the weights require a gradient");
        number(of_weight.sum()).await
    }
}
