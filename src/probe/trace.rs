//! One image or cloud on its way through a network, every spike of it.

use crate::data::ImageShape;

/// Spikes, potentials and the evidence that grew from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What the network saw.
    pub seen: SeenInput,
    /// The true class, if it is known.
    pub label: Option<usize>,
    /// Time steps T.
    pub steps: usize,
    /// Classes.
    pub classes: usize,
    /// `[T * classes]`: the class probabilities after each time step, from the mean of the logits so far.
    pub evidence: Vec<f32>,
    /// The class with the most evidence after the last step.
    pub answer: usize,
    /// Its probability.
    pub confidence: f32,
    /// Whether there is no answer: a logit is not a number. The evidence is the same for each class then, from where it begins.
    pub broken: bool,
    /// How unlike the network's training it is, where the network knows: 1 is as unlike as what was held out gets.
    pub unlike: Option<f32>,
    /// The spiking layers, input side first.
    pub layers: Vec<LayerTrace>,
}

/// What a network saw.
#[derive(Clone, Debug, PartialEq)]
pub enum SeenInput {
    /// An image.
    Image {
        /// `[channels * height * width]`, 0 to 1; ink is 1 on a ground of 0.
        pixels: Vec<f32>,
        /// Its shape.
        shape: ImageShape,
        /// What it became, where it did not flow in as it is.
        over_time: Option<InputOverTime>,
    },
    /// A cloud, with what became of its points.
    Cloud(CloudTrace),
    /// The events of a recording.
    Recording(InputOverTime),
}

/// Spikes or events that flowed in.
#[derive(Clone, Debug, PartialEq)]
pub struct InputOverTime {
    /// `[T, channels, height, width]`: how many of each at each time step.
    pub events: Vec<f32>,
    /// Of a time step; two channels are on and off events.
    pub shape: ImageShape,
}

impl InputOverTime {
    /// All of it in one picture, `[channels * height * width]`: how many there were at each place, of the most that there were at one.
    pub fn picture(&self) -> Vec<f32> {
        let mut sums = vec![0.0; self.shape.count()];
        for step in self.events.chunks(sums.len().max(1)) {
            sums.iter_mut().zip(step).for_each(|(sum, count)| *sum += count);
        }
        let most = sums.iter().copied().fold(1.0, f32::max);
        sums.iter_mut().for_each(|count| *count /= most);
        sums
    }
}

/// A cloud on its way through a PointNet.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudTrace {
    /// `[points * 3]`, z up, in the unit ball.
    pub points: Vec<f32>,
    /// `[T * points]`: the share of a point's own neurons that fired.
    pub rates: Vec<f32>,
    /// `[T * channels]`: for each channel the point that had the largest value at that time step.
    pub winners: Vec<u32>,
}

impl CloudTrace {
    /// Counts, for each point and time step, the layers `[T * points * channels]` that spike point by point.
    pub fn new(points: Vec<f32>, layers: &[LayerTrace], winners: Vec<u32>, steps: usize) -> Self {
        let count = points.len() / 3;
        let (mut fired, mut neurons) = (vec![0_u32; steps * count], 0);
        for layer in layers.iter().filter(|layer| layer.spikes.len() % (steps * count) == 0 && layer.shape.len() == 2) {
            let channels = layer.spikes.len() / (steps * count);
            neurons += channels;
            for (fired, spikes) in fired.iter_mut().zip(layer.spikes.chunks(channels.max(1))) {
                *fired += spikes.iter().filter(|spike| **spike != 0.0).count() as u32;
            }
        }
        let rates = fired.iter().map(|fired| *fired as f32 / neurons.max(1) as f32).collect();
        Self { points, rates, winners }
    }
}

/// One spiking layer of a [`Trace`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerTrace {
    /// Its name.
    pub name: String,
    /// `[units]`, `[channels, height, width]` or `[points, channels]`.
    pub shape: Vec<usize>,
    /// `[T * N]`: what each neuron sent, amplitude included; empty where a layer sends currents.
    pub spikes: Vec<f32>,
    /// `[T * N]`: the membrane potentials before the reset; empty where a layer sends currents.
    pub potentials: Vec<f32>,
    /// What its membranes keep from one time step to the next; 0 where it has none.
    pub decay: f32,
}

impl Trace {
    /// Joins the layers to the evidence in the readout of each time step, `logits` `[T * classes]`.
    pub fn new(seen: SeenInput, classes: usize, logits: &[f32], layers: Vec<LayerTrace>) -> Self {
        let steps = logits.len() / classes;
        let mut sum = vec![0.0; classes];
        let (mut evidence, mut broken) = (Vec::with_capacity(logits.len()), false);
        for (t, step) in logits.chunks(classes).enumerate() {
            for (sum, logit) in sum.iter_mut().zip(step) {
                *sum += logit;
            }
            let mean: Vec<f32> = sum.iter().map(|sum| sum / (t + 1) as f32).collect();
            broken |= !are_numbers(&mean);
            evidence.extend(if broken { vec![1.0 / classes as f32; classes] } else { softmax(&mean) });
        }
        let last = &evidence[evidence.len() - classes..];
        let (answer, confidence) = largest(last);
        Self { seen, label: None, steps, classes, evidence, answer, confidence, broken, unlike: None, layers }
    }
}

/// Whether logits can be told apart: none is infinite, and none is no number.
pub(crate) fn are_numbers(logits: &[f32]) -> bool {
    logits.iter().all(|logit| logit.is_finite())
}

/// Probabilities from logits.
pub(crate) fn softmax(logits: &[f32]) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// The first of the largest values, with its place.
pub(crate) fn largest(values: &[f32]) -> (usize, f32) {
    let first = (0, values.first().copied().unwrap_or(f32::NAN));
    values.iter().copied().enumerate().fold(first, |best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_of_the_mean_of_the_logits_so_far() {
        let logits = [0.0, 0.0, 2.0, 0.0, -5.0, 3.0];
        let seen = SeenInput::Image { pixels: vec![], shape: ImageShape::grey(0, 0), over_time: None };
        let trace = Trace::new(seen, 2, &logits, vec![]);
        let expected = [softmax(&[0.0, 0.0]), softmax(&[1.0, 0.0]), softmax(&[-1.0, 1.0])].concat();
        assert_eq!(trace.evidence, expected);
        assert_eq!((trace.steps, trace.answer), (3, 1));
        assert!((trace.confidence - 0.880_797).abs() < 1e-6);
    }

    #[test]
    fn logits_that_are_no_numbers_are_no_answer() {
        let seen = || SeenInput::Image { pixels: vec![], shape: ImageShape::grey(0, 0), over_time: None };
        for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let trace = Trace::new(seen(), 2, &[0.0, 1.0, poison, 3.0, 1.0, 0.0], vec![]);
            assert!(trace.broken);
            assert_eq!(trace.evidence, [softmax(&[0.0, 1.0]), vec![0.5; 4]].concat());
        }
        assert!(!Trace::new(seen(), 2, &[0.0, 1.0], vec![]).broken);
    }

    #[test]
    fn a_points_rate_is_the_share_of_its_own_neurons_that_fired() {
        let layer = |shape: Vec<usize>, spikes: Vec<f32>| LayerTrace {
            name: String::new(),
            shape,
            potentials: spikes.clone(),
            spikes,
            decay: 0.0,
        };
        // Two time steps, two points, three channels; the layer of currents and the head do not count.
        let spikes = vec![1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.5, 0.0];
        let layers = [layer(vec![2, 3], spikes), layer(vec![2, 5], vec![]), layer(vec![4], vec![1.0; 8])];
        let trace = CloudTrace::new(vec![0.0; 6], &layers, vec![], 2);
        assert_eq!(trace.rates, [2.0 / 3.0, 0.0, 1.0, 1.0 / 3.0]);
    }
}
