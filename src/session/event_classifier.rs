//! A trained network that answers image after image, event by event, without tensors: for a page that only wants answers.

use super::{Classifier, SessionConfig, SessionError};
use crate::data::{ImageShape, Normalisation};
use crate::model::EventNetwork;

/// A trained MLP or convnet and its normalisation, on the CPU. Membranes start from 0, whatever noise it was trained with.
pub struct EventClassifier {
    events: EventNetwork,
    config: SessionConfig,
    image: ImageShape,
    normalisation: Normalisation,
}

impl Classifier {
    /// The same network, event-driven.
    ///
    /// # Errors
    ///
    /// When it is neither an MLP nor a convnet of spiking neurons, or the device gives no answer.
    pub async fn event_driven(&self) -> Result<EventClassifier, SessionError> {
        let (config, normalisation) = (self.config().clone(), self.normalisation().clone());
        let ground = (!config.encoding.is_over_time()).then(|| normalisation.ground());
        let events = EventNetwork::new(self.network(), ground.as_deref()).await?;
        let image = self.form().image().unwrap_or(ImageShape::grey(0, 0));
        Ok(EventClassifier { events, config, image, normalisation })
    }
}

impl EventClassifier {
    /// The logits of an image, `[classes]`. `pixels` are `[channels * height * width]`, 0 (ground) to 1 (ink), or colours.
    ///
    /// # Errors
    ///
    /// When the image is not of the network's size, one of its pixels is not a number, or the answer is none.
    pub fn answer(&mut self, pixels: &[f32]) -> Result<Vec<f32>, SessionError> {
        let wanted = self.image.count();
        if pixels.len() != wanted {
            return Err(SessionError::WrongImage { given: pixels.len(), wanted });
        }
        if let Some(at) = pixels.iter().position(|pixel| !pixel.is_finite()) {
            return Err(SessionError::WrongPixel { at, pixel: pixels[at] });
        }
        let shown = match self.config.encoding.is_over_time() {
            true => self.config.over_time(pixels, self.image, 0, self.events.steps()),
            false => self.normalisation.apply(pixels),
        };
        let logits = self.events.answer(&shown);
        if logits.iter().all(|logit| logit.is_finite()) { Ok(logits) } else { Err(SessionError::NoAnswer) }
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        self.events.rates()
    }
}
