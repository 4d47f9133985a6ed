//! Exports [`spikeground`]'s `web` module, and nothing of its own.

#[cfg(target_arch = "wasm32")]
pub use spikeground::web::*;
