//! Event-driven inference for a page that only wants answers.

use wasm_bindgen::prelude::*;

use super::lab::sentence;
use crate::session::{Classifier, EventClassifier};

/// A trained MLP or convnet that answers one image after the other, on the CPU, without a `Lab`.
#[wasm_bindgen(js_name = EventClassifier)]
pub struct WebEventClassifier(EventClassifier);

#[wasm_bindgen(js_class = EventClassifier)]
impl WebEventClassifier {
    /// From a file that the page exports: weights, folded weights or a checkpoint.
    pub async fn load(bytes: &[u8]) -> Result<WebEventClassifier, JsValue> {
        let classifier = Classifier::from_weights(bytes, &burn::prelude::Device::flex()).map_err(sentence)?;
        classifier.event_driven().await.map(Self).map_err(sentence)
    }

    /// The logits of an image, one number a class. `greys` has a number for each pixel, row by row, 0 (ground) to 1 (ink).
    pub fn answer(&mut self, greys: &[f32]) -> Result<Vec<f32>, JsValue> {
        self.0.answer(greys).map_err(sentence)
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        self.0.rates()
    }
}
