//! A convolution: 3x3 with zeros around the edge, or 1x1; with a stride of 1 or 2.

use burn::prelude::*;

use super::{Initialiser, MapShape, Parameter, Weight, WeightRule};
use crate::kernel::{self, Window};

/// What a convolution leads from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// The shape that flows in.
    pub input: MapShape,
    /// Channels that flow out.
    pub outputs: usize,
    /// What it sees at a time.
    pub window: Window,
}

impl ConvShape {
    /// 3x3, the size kept.
    pub fn same(input: MapShape, outputs: usize) -> Self {
        Self { input, outputs, window: Window::SQUARE }
    }

    /// The shape that flows out.
    pub fn output(&self) -> MapShape {
        let [height, width] = [self.input.height, self.input.width].map(|side| self.window.output(side));
        MapShape::map(self.outputs, height, width)
    }

    /// Windows over a place of a side.
    fn windows(&self, at: usize, side: usize) -> u32 {
        let centres = (0..side).step_by(self.window.stride());
        centres.filter(|centre| centre.abs_diff(at) <= self.window.reach()).count() as u32
    }
}

/// A convolution.
#[derive(Clone, Debug)]
pub struct Conv {
    weight: Weight,
    bias: Option<Parameter>,
    shape: ConvShape,
}

impl Conv {
    /// A convolution with fresh weights, with a bias where nothing shifts its result later.
    pub fn new(name: &str, shape: ConvShape, bias: bool, rule: WeightRule, initialiser: &mut Initialiser) -> Self {
        let side = shape.window.side();
        let sizes = [shape.outputs, shape.input.channels, side, side];
        let weight = Weight::new(name, &sizes, sizes[1..].iter().product(), rule, initialiser);
        let bias = bias.then(|| initialiser.filled(format!("{name}.bias"), shape.outputs, 0.0, true));
        Self { weight, bias, shape }
    }

    /// A convolution of these numbers.
    pub fn of(weight: Weight, bias: Option<Parameter>, shape: ConvShape) -> Self {
        Self { weight, bias, shape }
    }

    /// `[N, inputs]` to `[N, channels, places]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<3> {
        let (n, input, output) = (x.dims()[0], self.shape.input, self.shape.output());
        let x = x.reshape([n, input.channels, input.height, input.width]);
        let bias = self.bias.as_ref().map(Parameter::flat);
        let y = kernel::convolve(x, self.weight.used::<4>(), bias, self.shape.window);
        y.reshape([n, output.channels, output.area()])
    }

    /// Its weights, `[out, in, kernel, kernel]`.
    pub fn weight(&self) -> &Weight {
        &self.weight
    }

    /// Its bias, `[out]`.
    pub fn bias(&self) -> Option<&Parameter> {
        self.bias.as_ref()
    }

    /// What it leads from and to.
    pub fn shape(&self) -> ConvShape {
        self.shape
    }

    /// Multiply-accumulates of one sample at one time step.
    pub fn macs(&self) -> usize {
        self.weight.count() * self.shape.output().area()
    }

    /// How many neurons one event at each input reaches, `[inputs]`.
    pub fn fan_out(&self) -> Vec<u32> {
        let MapShape { height, width, .. } = self.shape.input;
        let reach = |i: usize| {
            let (row, column) = (i / width % height, i % width);
            self.shape.windows(row, height) * self.shape.windows(column, width)
        };
        (0..self.shape.input.count()).map(|i| self.shape.outputs as u32 * reach(i)).collect()
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        self.weight.parameters_mut().into_iter().chain(&mut self.bias).collect()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    #[test]
    fn fan_out_counts_the_windows_over_each_pixel() {
        let device = Device::flex();
        let input = MapShape::map(1, 3, 4);
        let [square, point] = [Window::SQUARE, Window::POINT];
        let windows = [square, square.halving(), point, point.halving()];
        for shape in windows.map(|window| ConvShape { input, outputs: 2, window }) {
            // The same, by sending one event through weights of one.
            let side = shape.window.side();
            let ones = Parameter::new("w".into(), &[2, 1, side, side], true, vec![1.0; 2 * side * side], &device);
            let conv = Conv::of(Weight::of(ones, None), None, shape);
            for (i, expected) in conv.fan_out().iter().enumerate() {
                let mut event = vec![0.0; 12];
                event[i] = 1.0;
                let event = Tensor::<2>::from_data(TensorData::new(event, [1, 12]), &device);
                let sum: Vec<f32> = conv.forward(event).sum().into_data().try_to_vec().expect("f32");
                assert_eq!(sum[0] as u32, *expected, "{shape:?}, place {i}");
            }
        }
        let conv =
            Conv::new("c", ConvShape::same(input, 2), false, WeightRule::REAL, &mut Initialiser::new(1, &device));
        assert_eq!(conv.fan_out(), [8, 12, 12, 8, 12, 18, 18, 12, 8, 12, 12, 8]);
    }
}
