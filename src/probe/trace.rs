//! One image on its way through a network, every spike of it.

/// Spikes, potentials and the evidence that grew from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What the network saw, `[height * width]`, 0 (ground) to 1 (ink).
    pub greys: Vec<f32>,
    /// Rows of the image.
    pub height: usize,
    /// Columns of the image.
    pub width: usize,
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
    /// The spiking layers, input side first.
    pub layers: Vec<LayerTrace>,
}

/// One spiking layer of a [`Trace`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerTrace {
    /// Its name.
    pub name: String,
    /// `[units]` or `[channels, height, width]`.
    pub shape: Vec<usize>,
    /// `[T * N]`: what each neuron sent, amplitude included.
    pub spikes: Vec<f32>,
    /// `[T * N]`: the membrane potentials before the reset.
    pub potentials: Vec<f32>,
}

impl Trace {
    /// Joins the layers to the evidence in the readout of each time step, `logits` `[T * classes]`.
    pub fn new(greys: Vec<f32>, size: [usize; 2], classes: usize, logits: &[f32], layers: Vec<LayerTrace>) -> Self {
        let steps = logits.len() / classes;
        let mut sum = vec![0.0; classes];
        let mut evidence = Vec::with_capacity(logits.len());
        for (t, step) in logits.chunks(classes).enumerate() {
            for (sum, logit) in sum.iter_mut().zip(step) {
                *sum += logit;
            }
            let mean: Vec<f32> = sum.iter().map(|sum| sum / (t + 1) as f32).collect();
            evidence.extend(softmax(&mean));
        }
        let last = &evidence[evidence.len() - classes..];
        let (answer, confidence) = largest(last);
        let [height, width] = size;
        Self { greys, height, width, label: None, steps, classes, evidence, answer, confidence, layers }
    }
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
        let trace = Trace::new(vec![], [0, 0], 2, &logits, vec![]);
        let expected = [softmax(&[0.0, 0.0]), softmax(&[1.0, 0.0]), softmax(&[-1.0, 1.0])].concat();
        assert_eq!(trace.evidence, expected);
        assert_eq!((trace.steps, trace.answer), (3, 1));
        assert!((trace.confidence - 0.880_797).abs() < 1e-6);
    }
}
