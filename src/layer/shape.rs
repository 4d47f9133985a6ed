//! The shape of one sample's activations, and what pooling does to it: 2x2 averages of a map, the largest over points.

use burn::prelude::*;

use crate::kernel;

/// The shape of one sample's activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapShape {
    /// Channels, or units of a layer without space.
    pub channels: usize,
    /// Rows, or points of a cloud, 1 without space.
    pub height: usize,
    /// Columns, 1 without space and for points.
    pub width: usize,
    /// What runs fastest in memory.
    pub order: Order,
}

/// What runs fastest in the memory of one sample's activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Places: `[channels, height, width]`, as convolutions want it.
    Places,
    /// Channels: `[points, channels]`, so that one matrix product serves every point of every cloud.
    Channels,
}

impl MapShape {
    /// Units without space.
    pub fn units(units: usize) -> Self {
        Self::map(units, 1, 1)
    }

    /// Channels of maps.
    pub const fn map(channels: usize, height: usize, width: usize) -> Self {
        Self { channels, height, width, order: Order::Places }
    }

    /// The channels of every point of a cloud.
    pub fn points(points: usize, channels: usize) -> Self {
        Self { channels, height: points, width: 1, order: Order::Channels }
    }

    /// Whether it is the channels of points.
    pub fn is_cloud(&self) -> bool {
        self.order == Order::Channels
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

    /// `[units]`, `[channels, height, width]` or `[points, channels]`.
    pub fn axes(&self) -> Vec<usize> {
        match (self.order, self.height, self.width) {
            (Order::Channels, points, _) => vec![points, self.channels],
            (Order::Places, 1, 1) => vec![self.channels],
            (Order::Places, height, width) => vec![self.channels, height, width],
        }
    }
}

/// 2x2 average pooling of `[N, shape]`, flat in and out.
pub(crate) fn average_pool(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    let n = x.dims()[0];
    let x = x.reshape([n, shape.channels, shape.height, shape.width]);
    kernel::average_pool(x).reshape([n, shape.halved().count()])
}

/// The mean of each channel over space, `[N, shape]` to `[N, channels]`.
pub(crate) fn channel_means(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    if shape.area() == 1 {
        return x;
    }
    let n = x.dims()[0];
    match shape.order {
        Order::Places => x.reshape([n, shape.channels, shape.area()]).mean_dim(2).reshape([n, shape.channels]),
        Order::Channels => x.reshape([n, shape.area(), shape.channels]).mean_dim(1).reshape([n, shape.channels]),
    }
}

/// The largest of each channel over the points, `[N, points * channels]` to `[N, channels]`.
pub(crate) fn max_over_points(x: Tensor<2>, shape: MapShape) -> Tensor<2> {
    let n = x.dims()[0];
    kernel::maximum(x.reshape([n, shape.area(), shape.channels]))
}

/// For each channel the first point that has its largest value, `[N, channels]`.
pub(crate) fn winning_points(x: Tensor<2>, shape: MapShape) -> Tensor<2, Int> {
    let n = x.dims()[0];
    x.reshape([n, shape.area(), shape.channels]).argmax(1).reshape([n, shape.channels])
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
        let shape = MapShape::map(1, 3, 2);
        assert_eq!(fan_out_through_pool(&[7], shape), [7, 7, 7, 7, 0, 0]);
    }

    #[test]
    fn a_channel_mean_is_over_its_places() {
        let shape = MapShape::map(2, 1, 2);
        let x = Tensor::<2>::from_floats([[1.0, 3.0, 10.0, 20.0]], &Device::flex());
        let means: Vec<f32> = channel_means(x, shape).into_data().try_to_vec().expect("f32");
        assert_eq!(means, [2.0, 15.0]);
    }

    #[test]
    fn the_largest_over_points_is_of_each_channel_and_comes_from_its_point() {
        let shape = MapShape::points(3, 2);
        let x = Tensor::<2>::from_floats([[1.0, -5.0, 4.0, -6.0, 2.0, -4.0]], &Device::flex());
        let largest: Vec<f32> = max_over_points(x.clone(), shape).into_data().try_to_vec().expect("f32");
        assert_eq!(largest, [4.0, -4.0]);
        let winners: Vec<i64> = winning_points(x.clone(), shape).into_data().iter::<i64>().collect();
        assert_eq!(winners, [1, 2]);
        let means: Vec<f32> = channel_means(x, shape).into_data().try_to_vec().expect("f32");
        assert!((means[0] - 7.0 / 3.0).abs() < 1e-6 && means[1] == -5.0);
    }
}
