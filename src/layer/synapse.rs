//! What turns spikes into currents: a linear map or a 3x3 convolution, with or without a bias.

use burn::prelude::*;
use burn::tensor::module::{avg_pool2d, conv2d, linear};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions};

use super::{Initialiser, Parameter};

/// The shape of one sample's activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapShape {
    /// Channels, or units of a layer without space.
    pub channels: usize,
    /// Rows, 1 without space.
    pub height: usize,
    /// Columns, 1 without space.
    pub width: usize,
}

impl MapShape {
    /// Units without space.
    pub fn units(units: usize) -> Self {
        Self { channels: units, height: 1, width: 1 }
    }

    /// Activations of one sample.
    pub fn count(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// After 2x2 pooling, which drops an odd last row or column.
    pub fn halved(&self) -> Self {
        Self { height: self.height / 2, width: self.width / 2, ..*self }
    }

    /// `[units]` or `[channels, height, width]`.
    pub fn axes(&self) -> Vec<usize> {
        match (self.height, self.width) {
            (1, 1) => vec![self.channels],
            (height, width) => vec![self.channels, height, width],
        }
    }
}

/// `y = x W + b`.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Parameter,
    bias: Option<Parameter>,
}

impl Linear {
    /// A map from `inputs` to `outputs`, with a bias where nothing shifts its result later.
    pub fn new(name: &str, inputs: usize, outputs: usize, bias: bool, initialiser: &mut Initialiser) -> Self {
        let weight = initialiser.weight(format!("{name}.weight"), &[inputs, outputs], inputs);
        let bias = bias.then(|| initialiser.filled(format!("{name}.bias"), outputs, 0.0, true));
        Self { weight, bias }
    }

    /// `[N, inputs]` to `[N, outputs]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        linear(x, self.weight.tensor(), self.bias.as_ref().map(Parameter::flat))
    }

    /// Where its numbers are.
    pub fn device(&self) -> Device {
        self.weight.flat().device()
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        std::iter::once(&mut self.weight).chain(&mut self.bias).collect()
    }
}

/// What leads into a layer of neurons.
#[derive(Clone, Debug)]
pub enum Synapse {
    /// Every input to every neuron.
    Linear(Linear),
    /// 3x3, zeros around the edge, the size kept.
    Conv {
        /// `[out, in, 3, 3]`.
        weight: Parameter,
        /// `[out]`.
        bias: Option<Parameter>,
        /// The shape that flows in.
        input: MapShape,
    },
}

impl Synapse {
    /// A linear synapse.
    pub fn linear(name: &str, inputs: usize, outputs: usize, bias: bool, initialiser: &mut Initialiser) -> Self {
        Self::Linear(Linear::new(name, inputs, outputs, bias, initialiser))
    }

    /// A convolution.
    pub fn conv(name: &str, input: MapShape, outputs: usize, bias: bool, initialiser: &mut Initialiser) -> Self {
        let shape = [outputs, input.channels, 3, 3];
        let weight = initialiser.weight(format!("{name}.weight"), &shape, input.channels * 9);
        let bias = bias.then(|| initialiser.filled(format!("{name}.bias"), outputs, 0.0, true));
        Self::Conv { weight, bias, input }
    }

    /// `[N, inputs]` to `[N, channels, rest]`, whose last two axes are what batch norm needs to tell apart.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<3> {
        let n = x.dims()[0];
        match self {
            Self::Linear(linear) => linear.forward(x).unsqueeze_dim(2),
            Self::Conv { weight, bias, input } => {
                let x = x.reshape([n, input.channels, input.height, input.width]);
                let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
                let y = conv2d(x, weight.tensor::<4>(), bias.as_ref().map(Parameter::flat), options);
                y.reshape([n, weight.shape[0], input.height * input.width])
            }
        }
    }

    /// Multiply-accumulates of one sample at one time step.
    pub fn macs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.weight.count(),
            Self::Conv { weight, input, .. } => weight.count() * input.height * input.width,
        }
    }

    /// How many neurons one event at each input reaches, `[inputs]`.
    pub fn fan_out(&self) -> Vec<u32> {
        match self {
            Self::Linear(linear) => vec![linear.weight.shape[1] as u32; linear.weight.shape[0]],
            Self::Conv { weight, input, .. } => {
                // One side has three windows over it, two at an edge, one where the map is a single line.
                let reach = |at: usize, side: usize| (at.min(1) + (side - 1 - at).min(1) + 1) as u32;
                let outputs = weight.shape[0] as u32;
                (0..input.count())
                    .map(|i| {
                        let (row, column) = (i / input.width % input.height, i % input.width);
                        outputs * reach(row, input.height) * reach(column, input.width)
                    })
                    .collect()
            }
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Linear(linear) => linear.parameters_mut(),
            Self::Conv { weight, bias, .. } => std::iter::once(weight).chain(bias).collect(),
        }
    }
}

/// 2x2 average pooling of `[N, shape]`, flat in and out.
pub(crate) fn average_pool(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    let n = x.dims()[0];
    let x = x.reshape([n, shape.channels, shape.height, shape.width]);
    avg_pool2d(x, AvgPoolOptions::new([2, 2])).reshape([n, shape.halved().count()])
}

/// The fan-out of each neuron in front of 2x2 pooling, from that of each pooled cell. An event is a quarter of a pooled
/// one, and the quarter belongs to the next weights: it costs as many additions. A dropped row or column reaches nothing.
pub(crate) fn fan_out_through_pool(pooled: &[u32], shape: MapShape) -> Vec<u32> {
    let half = shape.halved();
    (0..shape.count())
        .map(|i| {
            let (channel, row, column) =
                (i / (shape.height * shape.width), i / shape.width % shape.height, i % shape.width);
            let (row, column) = (row / 2, column / 2);
            if row >= half.height || column >= half.width {
                return 0;
            }
            pooled[(channel * half.height + row) * half.width + column]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fan_out_of_a_convolution_counts_the_windows_over_each_pixel() {
        let device = Device::flex();
        let input = MapShape { channels: 1, height: 3, width: 4 };
        let conv = Synapse::conv("c", input, 2, false, &mut Initialiser::new(1, &device));
        assert_eq!(conv.fan_out(), [8, 12, 12, 8, 12, 18, 18, 12, 8, 12, 12, 8]);
        // The same, by sending one event through weights of one.
        let ones = Parameter::new("w".into(), &[2, 1, 3, 3], true, vec![1.0; 18], &device);
        let ones = Synapse::Conv { weight: ones, bias: None, input };
        for (i, expected) in conv.fan_out().iter().enumerate() {
            let mut event = vec![0.0; 12];
            event[i] = 1.0;
            let event = Tensor::<2>::from_data(burn::tensor::TensorData::new(event, [1, 12]), &device);
            let sum: Vec<f32> = ones.forward(event).sum().into_data().try_to_vec().expect("f32");
            assert_eq!(sum[0] as u32, *expected);
        }
    }

    #[test]
    fn a_dropped_row_reaches_nothing() {
        let shape = MapShape { channels: 1, height: 3, width: 2 };
        assert_eq!(fan_out_through_pool(&[7], shape), [7, 7, 7, 7, 0, 0]);
    }
}
