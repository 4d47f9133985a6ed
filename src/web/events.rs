//! Event-driven inference for a page that only wants answers.

use js_sys::{Float32Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::lab::sentence;
use crate::session::{Classifier, EventClassifier};

/// Bytes of the largest file of weights, of which several copies are made on the way.
const MOST_BYTES: u32 = 1 << 28;

#[wasm_bindgen]
extern "C" {
    /// `Array.isArray`, which throws where a proxy was revoked.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// `Float32Array.from`, which throws where an element does not become a number. What is thrown through here would leave a
    /// classifier borrowed for good.
    #[wasm_bindgen(catch, js_namespace = Float32Array, js_name = from)]
    fn floats_from(values: &JsValue) -> Result<Float32Array, JsValue>;
}

/// The numbers of an array; `None` where it is none, or one of something else.
fn floats(values: &JsValue) -> Option<Vec<f32>> {
    if !values.is_instance_of::<Float32Array>() && !is_array(values).unwrap_or(false) {
        return None;
    }
    floats_from(values).ok().map(|floats| floats.to_vec())
}

/// A trained MLP or convnet that answers one image after the other, on the CPU, without a `Lab`.
#[wasm_bindgen(js_name = EventClassifier)]
pub struct WebEventClassifier(EventClassifier);

#[wasm_bindgen(js_class = EventClassifier)]
impl WebEventClassifier {
    /// From a file that the page exports: weights, folded weights or a checkpoint.
    pub async fn load(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
    ) -> Result<WebEventClassifier, JsValue> {
        console_error_panic_hook::set_once();
        let bytes: Uint8Array =
            bytes.dyn_into().map_err(|_| sentence("a file of weights is given as a Uint8Array of its bytes"))?;
        if bytes.length() > MOST_BYTES {
            return Err(sentence(format!("a file of {} bytes is too large for a network here", bytes.length())));
        }
        let classifier = Classifier::from_weights(&bytes.to_vec(), &burn::prelude::Device::flex()).map_err(sentence)?;
        classifier.event_driven().await.map(Self).map_err(sentence)
    }

    /// The logits of an image, one number a class. `greys` has a number for each pixel, row by row, 0 (ground) to 1 (ink).
    pub fn answer(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] greys: JsValue,
    ) -> Result<Vec<f32>, JsValue> {
        let greys = floats(&greys).ok_or_else(|| sentence("an image is given as a Float32Array of its greys"))?;
        self.0.answer(&greys).map_err(sentence)
    }

    /// The share of each layer's neurons that fired at a time step of the last answer.
    pub fn rates(&self) -> Vec<f32> {
        self.0.rates()
    }
}
