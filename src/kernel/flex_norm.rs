//! The CPU's loops of batch norm. Sums are taken over blocks that stay in the cache, mean first and then what is around it,
//! and joined in f64, so that neither a large mean nor many numbers cost digits.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorData};
use burn_flex::FlexTensor;

use super::flex::floats;
use super::norm::{EPSILON, NormOps};

/// Numbers in a block: 128 kB.
const BLOCK: usize = 1 << 15;

impl NormOps for Flex {
    fn norm_statistics(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let sizes = sizes(&x);
        FlexTensor::from_data(TensorData::new(statistics(floats(&x), sizes), [2, sizes.channels]))
    }

    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (x, gamma, beta) = (x.to_contiguous(), gamma.to_contiguous(), beta.to_contiguous());
        let statistics = statistics.to_contiguous();
        let sizes = sizes(&x);
        let (mean, over_spread) = of_statistics(floats(&statistics), sizes);
        let scale: Vec<f32> = floats(&gamma).iter().zip(&over_spread).map(|(gamma, over)| gamma * over).collect();
        let (beta, values) = (floats(&beta), floats(&x));
        let mut y = vec![0.0; values.len()];
        for (x, y) in values.chunks(sizes.sample()).zip(y.chunks_mut(sizes.sample())) {
            if sizes.places == 1 {
                for ((((y, x), mean), scale), beta) in y.iter_mut().zip(x).zip(mean).zip(&scale).zip(beta) {
                    *y = (x - mean) * scale + beta;
                }
            } else {
                let runs = x.chunks(sizes.places).zip(y.chunks_mut(sizes.places));
                for (channel, (x, y)) in runs.enumerate() {
                    let (mean, scale, beta) = (mean[channel], scale[channel], beta[channel]);
                    y.iter_mut().zip(x).for_each(|(y, x)| *y = (x - mean) * scale + beta);
                }
            }
        }
        FlexTensor::from_data(TensorData::new(y, x.layout().shape().clone()))
    }

    fn norm_backward(
        gradient: FloatTensor<Self>,
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (gradient, x) = (gradient.to_contiguous(), x.to_contiguous());
        let (gamma, statistics) = (gamma.to_contiguous(), statistics.to_contiguous());
        let sizes = sizes(&x);
        let (mean, over_spread) = of_statistics(floats(&statistics), sizes);
        let (g, values) = (floats(&gradient), floats(&x));
        let (of_beta, of_product) = products(g, values, mean, sizes);
        let of_gamma: Vec<f32> =
            of_product.iter().zip(&over_spread).map(|(sum, over)| (sum * f64::from(*over)) as f32).collect();
        let of_beta: Vec<f32> = of_beta.iter().map(|sum| *sum as f32).collect();

        // dx = a g + b (x - mean) + c, per channel.
        let each = (values.len() / sizes.channels) as f32;
        let a: Vec<f32> = floats(&gamma).iter().zip(&over_spread).map(|(gamma, over)| gamma * over).collect();
        let per_channel = |of: &dyn Fn(usize) -> f32| (0..sizes.channels).map(of).collect::<Vec<f32>>();
        let b = per_channel(&|i| -a[i] * over_spread[i] * of_gamma[i] / each);
        let c = per_channel(&|i| -a[i] * of_beta[i] / each);
        let mut dx = vec![0.0; values.len()];
        let samples = values.chunks(sizes.sample()).zip(g.chunks(sizes.sample())).zip(dx.chunks_mut(sizes.sample()));
        for ((x, g), dx) in samples {
            if sizes.places == 1 {
                let channels = a.iter().zip(&b).zip(&c).zip(mean);
                for (((dx, x), g), (((a, b), c), mean)) in dx.iter_mut().zip(x).zip(g).zip(channels) {
                    *dx = a * g + b * (x - mean) + c;
                }
            } else {
                let runs = x.chunks(sizes.places).zip(g.chunks(sizes.places)).zip(dx.chunks_mut(sizes.places));
                for (i, ((x, g), dx)) in runs.enumerate() {
                    let (a, b, c, mean) = (a[i], b[i], c[i], mean[i]);
                    dx.iter_mut().zip(x).zip(g).for_each(|((dx, x), g)| *dx = a * g + b * (x - mean) + c);
                }
            }
        }
        let tensor = |values: Vec<f32>| FlexTensor::from_data(TensorData::new(values, [sizes.channels]));
        let dx = FlexTensor::from_data(TensorData::new(dx, x.layout().shape().clone()));
        (dx, tensor(of_gamma), tensor(of_beta))
    }
}

/// The axes of `[N, channels, places]` behind the first.
#[derive(Clone, Copy)]
struct Sizes {
    channels: usize,
    places: usize,
}

impl Sizes {
    fn sample(self) -> usize {
        self.channels * self.places
    }

    /// Numbers of whole samples in a block.
    fn block(self) -> usize {
        (BLOCK / self.sample()).max(1) * self.sample()
    }
}

fn sizes(x: &FlexTensor) -> Sizes {
    let shape = x.layout().shape();
    Sizes { channels: shape[1], places: shape[2] }
}

/// The means, and one over the root of each variance.
fn of_statistics(statistics: &[f32], sizes: Sizes) -> (&[f32], Vec<f32>) {
    let (mean, variance) = statistics.split_at(sizes.channels);
    (mean, variance.iter().map(|variance| 1.0 / (variance + EPSILON).sqrt()).collect())
}

/// Means, then biased variances.
fn statistics(x: &[f32], sizes: Sizes) -> Vec<f32> {
    let channels = sizes.channels;
    let (mut count, mut means, mut squares) = (0.0, vec![0.0_f64; channels], vec![0.0_f64; channels]);
    let (mut sums, mut of_block) = (vec![0.0_f32; channels], vec![0.0_f32; channels]);
    for block in x.chunks(sizes.block()) {
        let more = (block.len() / channels) as f64;
        sums.fill(0.0);
        for_channels(block, sizes, &mut sums, |x| x);
        of_block.iter_mut().zip(&sums).for_each(|(mean, sum)| *mean = sum / more as f32);
        sums.fill(0.0);
        around(block, sizes, &of_block, &mut sums);
        // Chan's way to join the moments of two sets.
        let whole = count + more;
        for channel in 0..channels {
            let step = f64::from(of_block[channel]) - means[channel];
            means[channel] += step * more / whole;
            squares[channel] += f64::from(sums[channel]) + step * step * count * more / whole;
        }
        count = whole;
    }
    let variances = squares.iter().map(|square| (square / count) as f32);
    means.iter().map(|mean| *mean as f32).chain(variances).collect()
}

/// Adds what `of` makes of each number to its channel.
fn for_channels(x: &[f32], sizes: Sizes, sums: &mut [f32], of: impl Fn(f32) -> f32 + Copy) {
    for sample in x.chunks(sizes.sample()) {
        if sizes.places == 1 {
            sums.iter_mut().zip(sample).for_each(|(sum, x)| *sum += of(*x));
        } else {
            for (sum, run) in sums.iter_mut().zip(sample.chunks(sizes.places)) {
                *sum += lanes(run, of);
            }
        }
    }
}

/// Adds the squares of the distances from each channel's mean.
fn around(x: &[f32], sizes: Sizes, means: &[f32], sums: &mut [f32]) {
    for sample in x.chunks(sizes.sample()) {
        if sizes.places == 1 {
            for ((sum, x), mean) in sums.iter_mut().zip(sample).zip(means) {
                *sum += (x - mean) * (x - mean);
            }
        } else {
            for ((sum, run), mean) in sums.iter_mut().zip(sample.chunks(sizes.places)).zip(means) {
                *sum += lanes(run, |x| (x - mean) * (x - mean));
            }
        }
    }
}

/// A sum in eight lanes, which compiles to SIMD.
pub(super) fn lanes(run: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (eights, rest) = run.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, x)| *sum += of(*x));
    }
    sums.iter().sum::<f32>() + rest.iter().map(|x| of(*x)).sum::<f32>()
}

/// For each channel the sums of the gradient and of the gradient times the distance from the mean.
fn products(g: &[f32], x: &[f32], means: &[f32], sizes: Sizes) -> (Vec<f64>, Vec<f64>) {
    let channels = sizes.channels;
    let (mut of_gradient, mut of_product) = (vec![0.0_f64; channels], vec![0.0_f64; channels]);
    let (mut sums, mut products) = (vec![0.0_f32; channels], vec![0.0_f32; channels]);
    for (g, x) in g.chunks(sizes.block()).zip(x.chunks(sizes.block())) {
        sums.fill(0.0);
        products.fill(0.0);
        for (g, x) in g.chunks(sizes.sample()).zip(x.chunks(sizes.sample())) {
            if sizes.places == 1 {
                let numbers = g.iter().zip(x).zip(means);
                for ((sum, product), ((g, x), mean)) in sums.iter_mut().zip(&mut products).zip(numbers) {
                    *sum += g;
                    *product += g * (x - mean);
                }
            } else {
                let runs = g.chunks(sizes.places).zip(x.chunks(sizes.places)).zip(means);
                for ((sum, product), ((g, x), mean)) in sums.iter_mut().zip(&mut products).zip(runs) {
                    let (of_run, of_both) = lanes_of_two(g, x, *mean);
                    *sum += of_run;
                    *product += of_both;
                }
            }
        }
        of_gradient.iter_mut().zip(&sums).for_each(|(whole, sum)| *whole += f64::from(*sum));
        of_product.iter_mut().zip(&products).for_each(|(whole, product)| *whole += f64::from(*product));
    }
    (of_gradient, of_product)
}

/// The sums of `g` and of `g (x - mean)`, in eight lanes.
fn lanes_of_two(g: &[f32], x: &[f32], mean: f32) -> (f32, f32) {
    let ((g_eights, g_rest), (x_eights, x_rest)) = (g.as_chunks::<8>(), x.as_chunks::<8>());
    let (mut sums, mut products) = ([0.0; 8], [0.0; 8]);
    for (g, x) in g_eights.iter().zip(x_eights) {
        for lane in 0..8 {
            sums[lane] += g[lane];
            products[lane] += g[lane] * (x[lane] - mean);
        }
    }
    let (mut sum, mut product) = (sums.iter().sum::<f32>(), products.iter().sum::<f32>());
    for (g, x) in g_rest.iter().zip(x_rest) {
        sum += g;
        product += g * (x - mean);
    }
    (sum, product)
}
