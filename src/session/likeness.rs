//! How unlike its training a picture is, by the network's own features.
//!
//! A network that knows ten classes calls everything one of them. Its last hidden layer tells more: pictures like those it was
//! trained on make its neurons fire at rates near those of a class, others do not. The distance to the nearest class's mean, with
//! variances shared by the classes (a Mahalanobis distance of a diagonal covariance, after Lee et al., "A Simple Unified Framework
//! for Detecting Out-of-Distribution Samples and Adversarial Attacks", NeurIPS 2018), is measured against that of held-out pictures.

use crate::probe::Trace;

/// The share of held-out pictures that count as like the training.
pub const ALIKE: f32 = 0.99;
/// A rate's deviation is no smaller than this: neurons that never fire would weigh without bounds.
const LEAST_DEVIATION: f32 = 0.15;
/// Rates of a layer of channels are means over so many by so many parts of its map: a digit may stand a little to the side.
const PARTS: usize = 3;

/// What the classes' features are like.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// `[classes * features]`: the mean of each class.
    pub means: Vec<f32>,
    /// `[features]`: the deviation around its class's mean.
    pub deviations: Vec<f32>,
    /// The distance that the share [`ALIKE`] of held-out pictures stays below.
    pub threshold: f32,
}

impl Likeness {
    /// From pictures of the training part, `classes` in all, and others of the same kind that were held out.
    ///
    /// `None` where a class has no picture, or there is none to measure against.
    pub fn of(training: &[(Trace, usize)], held_out: &[Trace], classes: usize) -> Option<Self> {
        let pictures: Vec<(Vec<f32>, usize)> =
            training.iter().map(|(trace, label)| Some((features(trace)?, *label))).collect::<Option<_>>()?;
        let width = pictures.first()?.0.len();
        let (mut means, mut counts) = (vec![0.0; classes * width], vec![0.0_f32; classes]);
        for (features, label) in &pictures {
            counts[*label] += 1.0;
            for (sum, feature) in means[label * width..][..width].iter_mut().zip(features) {
                *sum += feature;
            }
        }
        if counts.contains(&0.0) {
            return None;
        }
        for (mean, count) in means.chunks_exact_mut(width).zip(&counts) {
            mean.iter_mut().for_each(|mean| *mean /= count);
        }
        let mut squares = vec![0.0; width];
        for (features, label) in &pictures {
            for ((sum, feature), mean) in squares.iter_mut().zip(features).zip(&means[label * width..]) {
                *sum += (feature - mean).powi(2);
            }
        }
        let deviation = |sum: f32| (sum / pictures.len() as f32).sqrt().max(LEAST_DEVIATION);
        let deviations = squares.into_iter().map(deviation).collect();
        let mut likeness = Self { means, deviations, threshold: 1.0 };
        let mut distances: Vec<f32> = held_out.iter().filter_map(|trace| likeness.unlike(trace)).collect();
        distances.sort_by(f32::total_cmp);
        likeness.threshold =
            *distances.get(((distances.len() as f32 * ALIKE) as usize).min(distances.len().checked_sub(1)?))?;
        Some(likeness)
    }

    /// How far a picture is from the nearest class, the farthest of those like the training 1; `None` where the network's last
    /// layer is none that this was made of.
    pub fn unlike(&self, trace: &Trace) -> Option<f32> {
        let features = features(trace)?;
        let width = self.deviations.len();
        if features.len() != width || width == 0 {
            return None;
        }
        let distance = |mean: &[f32]| -> f32 {
            let terms = features.iter().zip(mean).zip(&self.deviations).map(|((x, mean), d)| ((x - mean) / d).powi(2));
            (terms.sum::<f32>() / width as f32).sqrt()
        };
        let nearest = self.means.chunks_exact(width).map(distance).fold(f32::INFINITY, f32::min);
        (nearest.is_finite() && self.threshold > 0.0).then_some(nearest / self.threshold)
    }
}

/// The rates of the last hidden layer that spikes over the time steps: of each part of a channel, or of each neuron.
fn features(trace: &Trace) -> Option<Vec<f32>> {
    let layer = trace.layers.iter().rev().find(|layer| !layer.spikes.is_empty())?;
    let (channels, height, width) = match layer.shape[..] {
        [channels, height, width] => (channels, height, width),
        _ => (layer.shape.iter().product(), 1, 1),
    };
    let (rows, columns) = (height.min(PARTS), width.min(PARTS));
    let (mut sums, mut counts) = (vec![0.0; channels * rows * columns], vec![0.0_f32; rows * columns]);
    for (i, spike) in layer.spikes.iter().enumerate() {
        let (at, channel) = (i % (height * width), i / (height * width) % channels);
        let (row, column) = (at / width * rows / height, at % width * columns / width);
        let part = row * columns + column;
        sums[channel * rows * columns + part] += spike;
        counts[part] += if channel == 0 { 1.0 } else { 0.0 };
    }
    Some(sums.iter().enumerate().map(|(i, sum)| sum / counts[i % (rows * columns)].max(1.0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::probe::{LayerTrace, SeenInput};

    /// Four neurons, two time steps.
    fn trace(spikes: [f32; 8]) -> Trace {
        let seen = SeenInput::Image { pixels: vec![], shape: ImageShape::grey(0, 0), over_time: None };
        let layer =
            LayerTrace { name: String::new(), shape: vec![4], spikes: spikes.to_vec(), potentials: vec![], decay: 0.0 };
        Trace::new(seen, 2, &[0.0; 4], vec![layer])
    }

    const ZERO: [f32; 8] = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
    const ONE: [f32; 8] = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0];

    #[test]
    fn what_fires_like_no_class_is_farther_than_what_was_held_out() {
        let mut near = ZERO;
        near[1] = 0.0;
        let training = [(trace(ZERO), 0), (trace(near), 0), (trace(ONE), 1)];
        let likeness = Likeness::of(&training, &[trace(near), trace(ONE)], 2).expect("features");
        assert_eq!(likeness.means, [1.0, 0.75, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
        assert!(likeness.unlike(&trace(near)).expect("a distance") <= 1.0);
        assert!(likeness.unlike(&trace([1.0; 8])).expect("a distance") > 2.0);
    }

    #[test]
    fn a_class_without_pictures_and_another_network_have_no_likeness() {
        assert_eq!(Likeness::of(&[(trace(ZERO), 0)], &[trace(ZERO)], 2), None);
        assert_eq!(Likeness::of(&[], &[], 2), None);
        let other = Likeness { means: vec![0.0; 6], deviations: vec![1.0; 3], threshold: 1.0 };
        assert_eq!(other.unlike(&trace(ONE)), None);
    }

    #[test]
    fn features_of_a_map_are_the_rates_of_its_parts() {
        let seen = SeenInput::Image { pixels: vec![], shape: ImageShape::grey(0, 0), over_time: None };
        // One channel of seven rows of a column; its upper three fire.
        let spikes = vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        let layer = LayerTrace { name: String::new(), shape: vec![1, 7, 1], spikes, potentials: vec![], decay: 0.0 };
        assert_eq!(features(&Trace::new(seen, 2, &[0.0; 2], vec![layer])), Some(vec![1.0, 0.0, 0.0]));
    }
}
