//! The only place that knows JavaScript: a `Lab` with thin exports, and the types that cross.
//!
//! No synchronous read anywhere: a worker cannot wait for a GPU. The methods of a [`Lab`] must not run side by side; the
//! page's worker asks one at a time.

mod allocator;
#[cfg(feature = "bench")]
mod bench;
mod convert;
mod events;
mod lab;
mod settings;
mod types;

pub use events::WebEventClassifier;
pub use lab::{BackendName, Lab};
