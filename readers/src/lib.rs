//! Bounded readers for what people drop in: meshes and point clouds ([`read`]), archives of them ([`Archive`]), and folders
//! of images, of those or of recordings that become data sets ([`plan`], [`DataSetFile`]). Nothing here knows tensors or networks.
//!
//! Files are not trusted. What a header claims is compared with what the file can hold before anything is set aside for it,
//! so that memory stays within a small multiple of the file's size (what a PCD file holds compressed may take nine times its size
//! and 4 MiB besides, since a small frame of a depth camera has hardly a point in it); a bad point or face is left out and counted;
//! a file with nothing left is refused in words. `tests/hostile.rs` throws damaged files at every reader.

mod archive;
mod cut;
mod data_set;
mod format;
mod image;
mod limits;
mod model;
mod name;
mod outliers;
mod plan;
mod sample;
mod up;

pub use archive::{Archive, ArchiveError, Entry, EntryKind, Flaw};
pub use data_set::{DataSetFile, ImageShape, WriteError};
pub use format::{Format, read};
pub use image::{ImageError, check_image};
pub use limits::{MOST_CLASSES, MOST_FILES, MOST_PIXELS, NAME_END, NAME_LETTERS};
pub use model::{Model, Note, ReadError};
pub use plan::{Classes, Form, Item, Part, Plan, PlanError, Skipped, plan};
pub use sample::{normalise, sample, sample_by_area};
pub use spikeground_recording::NMNIST_SIDE;
pub use up::{Up, guess_up};
