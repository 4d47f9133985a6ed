//! How a run shows samples to its network.

use burn::prelude::*;
use burn::tensor::TensorData;

use super::{SessionConfig, UnitKind};
use crate::data::{Encoding, ImageShape, Presentation, key_of};
use crate::model::Input;

/// What decides the chances of a training step.
pub(super) fn key_of_step(seed: u32, step: usize) -> u64 {
    // A constant far from small whole numbers, so that seed and step do not meet.
    (step as u64) ^ (u64::from(seed) + 1).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
}

/// What decides the chances of samples that are asked about: of no step that is ever taken.
fn key_of_answers(seed: u32) -> u64 {
    !key_of_step(seed, 0)
}

impl SessionConfig {
    /// How training step `step` shows its samples.
    pub(super) fn presentation_of_step(&self, step: usize) -> Presentation<'_> {
        let key = key_of_step(self.seed, step);
        Presentation { augment: Some(&self.augment), key, ..self.presentation(self.steps) }
    }

    /// How samples are shown as they are, over so many time steps.
    pub(super) fn presentation(&self, steps: usize) -> Presentation<'_> {
        let (points, encoding, key) = (self.pointnet.points, self.encoding, key_of_answers(self.seed));
        // Rectified units take the mean over the time steps of the network that they guide.
        let steps = if self.units == UnitKind::Relu { self.steps } else { steps };
        Presentation { points, augment: None, encoding, steps, key }
    }

    /// What flows in of an image `[channels, height, width]`, from 0 to 1, over so many time steps, as of held-out sample number `sample`; nothing
    /// where it is the image itself.
    pub(super) fn over_time(&self, pixels: &[f32], shape: ImageShape, sample: usize, steps: usize) -> Vec<f32> {
        let Presentation { encoding, steps, key, .. } = self.presentation(steps);
        if encoding == Encoding::Direct {
            return vec![];
        }
        let bytes: Vec<u8> = pixels.iter().map(|pixel| (pixel * 255.0).round() as u8).collect();
        encoding.over_time(&bytes, shape, steps, key_of(key, sample))
    }
}

/// A batch of samples of `count` numbers as a network takes it: `[B, count]` of stills and clouds, `[T, B, count]` else.
pub(super) fn input_from(numbers: Vec<f32>, count: usize, batch: usize, device: &Device) -> Input {
    let rows = numbers.len() / count;
    Input::over_time(Tensor::from_data(TensorData::new(numbers, [rows, count]), device), batch)
}
