//! Exports [`spikeground`]'s `web` module, and which sources it was built from.

#[cfg(target_arch = "wasm32")]
pub use spikeground::web::*;

/// A mark that two modules share if they were built from the same sources. The page's build looks for it among the bytes.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
#[must_use]
pub fn sources() -> String {
    concat!("spikeground-sources:", env!("SPIKEGROUND_SOURCES")).into()
}
