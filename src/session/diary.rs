//! What a run notes of itself while it trains: how strong each layer's gradient is, and the mean loss of its last epoch.

use burn::prelude::*;
use burn::tensor::Gradients;
use serde::{Deserialize, Serialize};

use super::number;
use crate::model::Network;

/// How strong the gradient of one layer's weights is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerGradient {
    /// Root mean square of the gradient of its weights.
    pub rms: f32,
    /// The gradient's norm in that of the weights: a gradient may grow towards the input while what it changes there
    /// vanishes (methods, section 5.7).
    pub ratio: f32,
}

impl LayerGradient {
    /// From the mean squares of gradient and weights.
    fn new(gradient: f64, weights: f64) -> Self {
        let ratio = if weights > 0.0 { (gradient / weights).sqrt() } else { 0.0 };
        // What the last bit of an f64 would round beyond all f32 stays one.
        let float = |x: f64| if x.is_finite() { x.min(f64::from(f32::MAX)) as f32 } else { x as f32 };
        Self { rms: float(gradient.sqrt()), ratio: float(ratio) }
    }

    /// From [`FIGURES`] numbers that were read back.
    pub(super) fn of(figures: &[f32]) -> Self {
        let mean_square = |figures: &[f32]| match (f64::from(figures[0]), f64::from(figures[1])) {
            (plain, _) if plain.is_finite() => plain,
            (_, made_small) => made_small / f64::from(SMALL).powi(2),
        };
        Self::new(mean_square(&figures[..2]), mean_square(&figures[2..]))
    }
}

/// Numbers that are read back of each layer.
pub(super) const FIGURES: usize = 4;

/// A power of two that makes any f32 so small that the squares of millions of them do not reach the end of f32.
const SMALL: f32 = f32::from_bits((127 - 80) << 23);

/// For each layer the mean squares of its weights' gradient, and of the same made small, and both of its weights, `[1]`
/// each, one after the other.
pub(super) fn gradient_figures(network: &Network, gradients: &Gradients) -> Vec<Tensor<1>> {
    let square = |x: Tensor<1>| (x.clone() * x).mean();
    let mean_squares = |x: Tensor<1>| [square(x.clone()), square(x * SMALL)];
    let of = |weight: Tensor<1>| {
        let gradient = weight.grad(gradients).unwrap_or_else(|| weight.clone().without_autodiff().zeros_like());
        [mean_squares(gradient), mean_squares(weight.without_autodiff())].concat()
    };
    network.layers().iter().flat_map(|layer| of(layer.synapse().weight().latent().flat())).collect()
}

/// Looks at the gradients in the first epoch.
const LOOKS: usize = 8;

/// What a run has noted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diary {
    #[serde(with = "number::each")]
    first_epoch: Vec<f64>,
    notes: usize,
    epoch: usize,
    #[serde(with = "number")]
    losses: f64,
    steps: usize,
}

impl Diary {
    /// Whether the gradients of a step are to be noted: a fixed few of the first epoch, however a run is cut into calls.
    pub(super) fn wants(step: usize, per_epoch: usize) -> bool {
        step < per_epoch && step.is_multiple_of(per_epoch.div_ceil(LOOKS))
    }

    /// The largest number of anything counted.
    pub(super) fn largest_count(&self) -> usize {
        self.notes.max(self.epoch).max(self.steps)
    }

    /// Takes in losses, each with the epoch that it is of.
    pub(super) fn note_losses(&mut self, losses: impl Iterator<Item = (f32, usize)>) {
        for (loss, epoch) in losses {
            if epoch != self.epoch {
                (self.epoch, self.losses, self.steps) = (epoch, 0.0, 0);
            }
            self.losses += f64::from(loss);
            self.steps += 1;
        }
    }

    /// Takes in the gradients of a step that it [`wants`](Self::wants).
    pub(super) fn note_gradients(&mut self, gradients: &[LayerGradient]) {
        self.first_epoch.resize(gradients.len(), 0.0);
        self.first_epoch.iter_mut().zip(gradients).for_each(|(sum, gradient)| *sum += f64::from(gradient.rms));
        self.notes += 1;
    }

    /// The mean, over eight steps spread over the first epoch, of each layer's gradient, root mean square.
    pub fn first_epoch_gradients(&self) -> Vec<f64> {
        self.first_epoch.iter().map(|sum| sum / self.notes.max(1) as f64).collect()
    }

    /// The mean loss of the epoch that was last trained in.
    pub fn epoch_loss(&self) -> f64 {
        self.losses / self.steps.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_of_the_last_epoch_and_the_gradients_of_the_first() {
        let gradient = |rms| vec![LayerGradient { rms, ratio: 0.0 }];
        let mut diary = Diary::default();
        diary.note_losses([(1.0, 0), (2.0, 0)].into_iter());
        diary.note_gradients(&gradient(4.0));
        assert_eq!(diary.epoch_loss(), 1.5);
        diary.note_gradients(&gradient(2.0));
        diary.note_losses([(3.0, 0), (10.0, 1), (20.0, 1), (30.0, 1), (7.0, 2)].into_iter());
        assert_eq!((diary.epoch_loss(), diary.first_epoch_gradients()), (7.0, vec![3.0]));
    }

    #[test]
    fn eight_steps_of_the_first_epoch_are_looked_at() {
        let wanted =
            |per_epoch: usize| (0..3 * per_epoch).filter(|step| Diary::wants(*step, per_epoch)).collect::<Vec<_>>();
        assert_eq!(wanted(40), [0, 5, 10, 15, 20, 25, 30, 35]);
        assert_eq!(wanted(3), [0, 1, 2]);
    }

    #[test]
    fn a_gradient_is_measured_in_its_weights() {
        assert_eq!(LayerGradient::new(4.0, 16.0), LayerGradient { rms: 2.0, ratio: 0.5 });
        assert_eq!(LayerGradient::new(0.0, 0.0), LayerGradient { rms: 0.0, ratio: 0.0 });
    }

    #[test]
    fn squares_beyond_all_numbers_are_measured_all_the_same() {
        assert_eq!(SMALL, 2.0_f32.powi(-80));
        let of = |x: f32| {
            let square = |x: f32| x * x;
            LayerGradient::of(&[square(x), square(x * SMALL), 4.0, 4.0 * SMALL * SMALL]).rms
        };
        for x in [0.0, 1e-9, 1.0, 1e18, 1e19, 1e25, 3e38, f32::MAX] {
            assert!((of(x) - x).abs() <= 1e-6 * x, "{x}: {}", of(x));
        }
        assert_eq!(of(f32::INFINITY), f32::INFINITY);
    }

    #[test]
    fn a_diary_of_any_numbers_is_written_and_read() {
        let numbers = vec![0.1, -0.0, 1e300, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY];
        let diary = Diary { first_epoch: numbers, notes: 3, epoch: 1, losses: f64::INFINITY, steps: 2 };
        let text = serde_json::to_string(&diary).unwrap();
        assert_eq!(serde_json::from_str::<Diary>(&text).unwrap(), diary);
        // Once, a sum beyond all numbers was written as null.
        let older = r#"{"first_epoch":[null,2.5],"notes":1,"epoch":0,"losses":3.5,"steps":1}"#;
        assert_eq!(serde_json::from_str::<Diary>(older).unwrap().first_epoch, [f64::INFINITY, 2.5]);
    }
}
