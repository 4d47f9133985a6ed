//! Data sets, the order of their samples, and images that a user drops in. Nothing here knows tensors.

mod batches;
mod dataset;
mod image;
mod name;

pub use batches::BatchPlan;
pub use dataset::{Batch, DataError, DataSet, Normalisation, Part, Samples};
pub use image::{ImageError, Seen, see};
pub use name::{DataName, UnknownData};

#[cfg(test)]
pub(crate) use dataset::tests as dataset_tests;
