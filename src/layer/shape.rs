//! The shape of one sample's activations, and what 2x2 average pooling does to it.

use burn::prelude::*;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;

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

    /// Places of a channel.
    pub fn area(&self) -> usize {
        self.height * self.width
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

/// 2x2 average pooling of `[N, shape]`, flat in and out.
pub(crate) fn average_pool(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    let n = x.dims()[0];
    let x = x.reshape([n, shape.channels, shape.height, shape.width]);
    avg_pool2d(x, AvgPoolOptions::new([2, 2])).reshape([n, shape.halved().count()])
}

/// The mean of each channel over space, `[N, shape]` to `[N, channels]`.
pub(crate) fn channel_means(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    if shape.area() == 1 {
        return x;
    }
    let n = x.dims()[0];
    x.reshape([n, shape.channels, shape.area()]).mean_dim(2).reshape([n, shape.channels])
}

/// The fan-out of each neuron in front of 2x2 pooling, from that of each pooled cell. An event is a quarter of a pooled
/// one, and the quarter belongs to the next weights: it costs as many additions. A dropped row or column reaches nothing.
pub(crate) fn fan_out_through_pool(pooled: &[u32], shape: MapShape) -> Vec<u32> {
    let half = shape.halved();
    (0..shape.count())
        .map(|i| {
            let (channel, row, column) = (i / shape.area(), i / shape.width % shape.height, i % shape.width);
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
    fn a_dropped_row_reaches_nothing() {
        let shape = MapShape { channels: 1, height: 3, width: 2 };
        assert_eq!(fan_out_through_pool(&[7], shape), [7, 7, 7, 7, 0, 0]);
    }

    #[test]
    fn a_channel_mean_is_over_its_places() {
        let shape = MapShape { channels: 2, height: 1, width: 2 };
        let x = Tensor::<2>::from_floats([[1.0, 3.0, 10.0, 20.0]], &Device::flex());
        let means: Vec<f32> = channel_means(x, shape).into_data().try_to_vec().expect("f32");
        assert_eq!(means, [2.0, 15.0]);
    }
}
