//! Batch norm as the papers use it: one statistic per channel, jointly over time, batch and space, trained scale and
//! shift, epsilon 1e-5, and running statistics for evaluation (methods, sections 1.6 and 9.1).

use burn::prelude::*;
use burn::tensor::module::batch_norm;

use super::{Initialiser, Parameter};
use crate::kernel::{self, EPSILON};

/// How much of a batch's statistics enters the running ones.
const MOMENTUM: f32 = 0.1;

/// What one training batch looked like, for the running statistics.
#[derive(Clone, Debug)]
pub struct BatchStatistics {
    mean: Tensor<1>,
    /// Unbiased.
    variance: Tensor<1>,
}

/// `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`, per channel.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    gamma: Parameter,
    beta: Parameter,
    running_mean: Parameter,
    running_variance: Parameter,
}

impl BatchNorm {
    /// The identity on unit inputs.
    pub fn new(name: &str, channels: usize, initialiser: &Initialiser) -> Self {
        let filled =
            |part: &str, value, trained| initialiser.filled(format!("{name}.{part}"), channels, value, trained);
        Self {
            gamma: filled("gamma", 1.0, true),
            beta: filled("beta", 0.0, true),
            running_mean: filled("runningMean", 0.0, false),
            running_variance: filled("runningVariance", 1.0, false),
        }
    }

    /// Normalises by the batch itself; `x` is `[T * B, C, places]`, or `[B, C, places]` for a current that is the same at every
    /// time step. That one is counted once, so its unbiased variance is over B, not T * B: a factor of 1 + 1 / B at most.
    pub fn train(&self, x: Tensor<3>) -> (Tensor<3>, BatchStatistics) {
        let per_channel = x.shape().num_elements() / self.gamma.count();
        let (y, [mean, variance]) = kernel::batch_norm(x, self.gamma.flat(), self.beta.flat());
        let unbiased = per_channel as f32 / (per_channel.max(2) - 1) as f32;
        (y, BatchStatistics { mean, variance: variance * unbiased })
    }

    /// Normalises by the running statistics.
    pub fn evaluate(&self, x: Tensor<3>) -> Tensor<3> {
        let (mean, variance) = (self.running_mean.flat(), self.running_variance.flat());
        if x.device().is_autodiff() {
            return batch_norm(x, self.gamma.flat(), self.beta.flat(), mean, variance, EPSILON.into());
        }
        kernel::norm_by(x, self.gamma.flat(), self.beta.flat(), [mean, variance])
    }

    /// The scale and shift that evaluation applies, `[channels]` both: `gamma / sqrt(variance + epsilon)` and
    /// `beta - mean * scale` (methods, section 9.2).
    pub fn affine(&self) -> (Tensor<1>, Tensor<1>) {
        let scale = self.gamma.flat() / (self.running_variance.flat() + EPSILON).sqrt();
        let shift = self.beta.flat() - self.running_mean.flat() * scale.clone();
        (scale, shift)
    }

    /// Moves the running statistics towards those of a batch.
    pub fn absorb(&mut self, batch: BatchStatistics) {
        for (running, batch) in [(&mut self.running_mean, batch.mean), (&mut self.running_variance, batch.variance)] {
            let moved = running.flat() * (1.0 - MOMENTUM) + batch * MOMENTUM;
            running.set(moved);
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        vec![&mut self.gamma, &mut self.beta, &mut self.running_mean, &mut self.running_variance]
    }
}

/// `y = scale * x + shift`, per channel: what is left of a batch norm in a folded network whose weights stay signs.
#[derive(Clone, Debug)]
pub struct Affine {
    /// `[channels]`.
    pub scale: Parameter,
    /// `[channels]`.
    pub shift: Parameter,
}

impl Affine {
    /// `[N, channels, places]`.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let channels = [1, self.scale.count(), 1];
        x * self.scale.flat().reshape(channels) + self.shift.flat().reshape(channels)
    }
}

/// What a current goes through on its way to the neurons.
#[derive(Clone, Debug)]
pub enum Norm {
    /// Batch norm.
    Batch(Box<BatchNorm>),
    /// A fixed scale and shift.
    Affine(Box<Affine>),
}

impl Norm {
    /// `[N, channels, places]`, normalised; by the batch itself, whose statistics are left, when `training`.
    pub fn forward(&self, x: Tensor<3>, training: bool) -> (Tensor<3>, Option<BatchStatistics>) {
        match self {
            Self::Batch(norm) if training => {
                let (x, statistics) = norm.train(x);
                (x, Some(statistics))
            }
            Self::Batch(norm) => (norm.evaluate(x), None),
            Self::Affine(affine) => (affine.forward(x), None),
        }
    }

    /// Takes in what training left.
    pub fn absorb(&mut self, statistics: BatchStatistics) {
        if let Self::Batch(norm) = self {
            norm.absorb(statistics);
        }
    }

    /// Its numbers, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Batch(norm) => norm.parameters_mut(),
            Self::Affine(affine) => vec![&mut affine.scale, &mut affine.shift],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn a_batch_leaves_with_mean_zero_and_variance_one_in_every_channel() {
        let device = Device::flex().autodiff();
        let norm = BatchNorm::new("norm", 2, &Initialiser::new(1, &device));
        let x = Tensor::<2>::from_floats([[1.0, 10.0], [3.0, 30.0], [5.0, 80.0]], &device);
        let y = values(norm.train(x.unsqueeze_dim(2)).0.squeeze_dim(2));
        for channel in 0..2 {
            let column: Vec<f32> = y.iter().skip(channel).step_by(2).copied().collect();
            let mean: f32 = column.iter().sum::<f32>() / 3.0;
            let variance: f32 = column.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 3.0;
            assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-3, "{mean} {variance}");
        }
    }

    #[test]
    fn running_statistics_converge_to_those_of_the_data_with_unbiased_variance() {
        let device = Device::flex().autodiff();
        let mut norm = BatchNorm::new("norm", 1, &Initialiser::new(1, &device));
        let x = Tensor::<2>::from_floats([[1.0], [3.0], [5.0]], &device).unsqueeze_dim::<3>(2);
        for _ in 0..200 {
            let (_, statistics) = norm.train(x.clone());
            norm.absorb(statistics);
        }
        assert!((values(norm.running_mean.tensor::<1>().reshape([1, 1]))[0] - 3.0).abs() < 1e-4);
        assert!((values(norm.running_variance.tensor::<1>().reshape([1, 1]))[0] - 4.0).abs() < 1e-4);
        let y = values(norm.evaluate(x).squeeze_dim(2));
        assert!((y[0] + 1.0).abs() < 1e-4 && y[1].abs() < 1e-4 && (y[2] - 1.0).abs() < 1e-4, "{y:?}");
    }
}
