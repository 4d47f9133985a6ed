//! A trained network that answers image after image, event by event, without tensors: for a page that only wants answers.

use super::input::InputReader;
use super::{Classifier, SessionConfig, SessionError};
use crate::model::EventNetwork;

/// A trained MLP or convnet and its normalisation, on the CPU. Membranes start from 0, whatever noise it was trained with.
pub struct EventClassifier {
    events: EventNetwork,
    config: SessionConfig,
    reader: InputReader,
}

impl Classifier {
    /// The same network, event-driven.
    ///
    /// # Errors
    ///
    /// When it is neither an MLP nor a convnet of spiking neurons, or the device gives no answer.
    pub async fn event_driven(&self) -> Result<EventClassifier, SessionError> {
        let (config, reader) = (self.config().clone(), self.reader().clone());
        let ground = (!config.is_over_time(reader.form)).then(|| reader.normalisation.ground());
        let events = EventNetwork::new(self.network(), ground.as_deref()).await?;
        Ok(EventClassifier { events, config, reader })
    }
}

impl EventClassifier {
    /// The logits of an image, `[classes]`. `pixels` are `[channels * height * width]`, 0 (ground) to 1 (ink), or colours; of a recording they are
    /// its events at each time step, `[T * 2 * height * width]`.
    ///
    /// # Errors
    ///
    /// When the image is not of the network's size, one of its pixels is not a number, or the answer is none.
    pub fn answer(&mut self, pixels: &[f32]) -> Result<Vec<f32>, SessionError> {
        if let Some(at) = pixels.iter().position(|pixel| !pixel.is_finite()) {
            return Err(SessionError::WrongPixel { at, pixel: pixels[at] });
        }
        let shown = self.reader.flowing(pixels, &self.config, 0, self.events.steps())?;
        let logits = self.events.answer(&shown);
        if logits.iter().all(|logit| logit.is_finite()) { Ok(logits) } else { Err(SessionError::NoAnswer) }
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        self.events.rates()
    }
}
