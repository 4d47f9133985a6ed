//! How a run shows samples to its network.

use burn::prelude::*;
use burn::tensor::TensorData;

use super::{SessionConfig, SessionError, UnitKind};
use crate::data::{Form, ImageShape, Normalisation, Presentation, key_of};
use crate::model::Input;
use crate::sensor::STATES;

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

    /// Whether what flows in of samples of a form is another at each time step.
    pub(crate) fn is_over_time(&self, form: Form) -> bool {
        form.is_over_time(self.encoding)
    }

    /// Whether the first layer takes spikes or events: rectified units take the mean of them over time.
    pub(super) fn takes_spikes(&self, form: Form) -> bool {
        self.is_over_time(form) && self.units == UnitKind::Spiking
    }
}

/// How a network sees what it is asked about.
#[derive(Clone, Debug)]
pub(super) struct InputReader {
    /// What its samples are.
    pub form: Form,
    /// How pixels become what flows in, where they do.
    pub normalisation: Normalisation,
}

impl InputReader {
    /// What flows in over so many time steps of a sample as it is seen, which is like held-out sample number `sample`: of an image from 0 to 1, of
    /// as many points as the run was trained on, or of the events of a recording, which were cut into as many steps. A network that was trained on
    /// what a simulated event camera saw takes what a real one recorded, too.
    ///
    /// # Errors
    ///
    /// When it is of another size.
    pub fn flowing(
        &self,
        seen: &[f32],
        config: &SessionConfig,
        sample: usize,
        steps: usize,
    ) -> Result<Vec<f32>, SessionError> {
        let Presentation { points, encoding, steps, key, .. } = config.presentation(steps);
        let given = seen.len();
        if self.are_events(seen, config, steps) {
            return Ok(seen.to_vec());
        }
        let wanted = match self.form {
            Form::Image(shape) => shape.count(),
            Form::Cloud { .. } => Form::Cloud { points }.count(),
            Form::Recording(shape) => steps * shape.count(),
        };
        if given != wanted {
            return Err(SessionError::WrongImage { given, wanted });
        }
        Ok(match self.form {
            Form::Image(shape) if encoding.is_over_time() => {
                if let Some(at) = seen.iter().position(|pixel| !pixel.is_finite()) {
                    return Err(SessionError::WrongPixel { at, pixel: seen[at] });
                }
                let bytes: Vec<u8> = seen.iter().map(|pixel| (pixel * 255.0).round() as u8).collect();
                encoding.over_time(&bytes, shape, steps, key_of(key, sample))
            }
            Form::Image(_) => self.normalisation.apply(seen),
            Form::Cloud { .. } | Form::Recording(_) => seen.to_vec(),
        })
    }

    /// What the event camera shows at a time step, real or simulated, whose events the network takes.
    pub fn sensor(&self, config: &SessionConfig) -> Option<ImageShape> {
        self.form.flowing(config.encoding).filter(|shape| shape.channels == STATES)
    }

    /// Whether what is seen are such events.
    pub fn are_events(&self, seen: &[f32], config: &SessionConfig, steps: usize) -> bool {
        let steps = config.presentation(steps).steps;
        self.sensor(config).is_some_and(|shape| seen.len() == steps * shape.count())
    }
}

/// A batch of samples of `count` numbers as a network takes it: `[B, count]` of stills and clouds, `[T, B, count]` else.
pub(super) fn input_from(numbers: Vec<f32>, count: usize, batch: usize, device: &Device) -> Input {
    let rows = numbers.len() / count;
    Input::over_time(Tensor::from_data(TensorData::new(numbers, [rows, count]), device), batch)
}
