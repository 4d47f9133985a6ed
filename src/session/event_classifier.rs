//! A trained network that answers image after image, event by event, without tensors: for a page that only wants answers.

use super::{Classifier, SessionError};
use crate::data::Normalisation;
use crate::model::EventNetwork;

/// A trained MLP or convnet and its normalisation, on the CPU. Membranes start from 0, whatever noise it was trained with.
pub struct EventClassifier {
    events: EventNetwork,
    normalisation: Normalisation,
}

impl Classifier {
    /// The same network, event-driven.
    ///
    /// # Errors
    ///
    /// When it is neither an MLP nor a convnet of spiking neurons, or the device gives no answer.
    pub async fn event_driven(&self) -> Result<EventClassifier, SessionError> {
        let (network, normalisation) = (self.network(), self.normalisation());
        Ok(EventClassifier { events: EventNetwork::new(network, normalisation.apply(0.0)).await?, normalisation })
    }
}

impl EventClassifier {
    /// The logits of an image, `[classes]`. `greys` are `[height * width]`, 0 (ground) to 1 (ink).
    ///
    /// # Errors
    ///
    /// When the image is not of the network's size, one of its greys is not a number, or the answer is none.
    pub fn answer(&mut self, greys: &[f32]) -> Result<Vec<f32>, SessionError> {
        let wanted = self.events.inputs();
        if greys.len() != wanted {
            return Err(SessionError::WrongImage { given: greys.len(), wanted });
        }
        if let Some(at) = greys.iter().position(|grey| !grey.is_finite()) {
            return Err(SessionError::WrongGrey { at, grey: greys[at] });
        }
        let normed: Vec<f32> = greys.iter().map(|grey| self.normalisation.apply(*grey)).collect();
        let logits = self.events.answer(&normed);
        if logits.iter().all(|logit| logit.is_finite()) { Ok(logits) } else { Err(SessionError::NoAnswer) }
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        self.events.rates()
    }
}
