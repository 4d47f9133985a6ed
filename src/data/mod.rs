//! Data sets, the order of their samples, how clouds are varied, recordings cut into time steps, and images that a user drops in. Nothing here knows
//! tensors; the readers of meshes and clouds are a crate of their own, `readers/`.

mod augment;
mod batches;
mod dataset;
mod encoding;
mod folds;
mod form;
mod identity;
mod image;
mod photo;
mod recording;
mod shipped;

pub use augment::AugmentConfig;
pub use batches::{BatchPlan, PlanError};
pub(crate) use dataset::key_of;
pub use dataset::{Batch, DataError, DataSet, Part, Presentation, Samples};
pub use encoding::Encoding;
pub use folds::{Distances, SAME, folds, nearest_neighbour};
pub use form::{Form, ImageShape, Normalisation, Scale};
pub use identity::{Identity, NoIdentity};
pub use image::{Centre, ImageError, Picture, Seen, see, see_as};
pub use photo::{DRAWING_SIDE, Digit, InkKind, LONG_SIDE, Photo, PhotoDoubt, read_photo};
pub use recording::events_over_time;
pub use shipped::{DataName, SHIPPED, Shipped, UnknownData};

#[cfg(test)]
pub(crate) use dataset::tests as dataset_tests;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod property_tests;
