//! One file a format, and which of them a file is of.

mod content;
mod lines;
mod lzf;
mod npy;
mod obj;
mod off;
mod pcd;
mod ply;
mod scalar;
mod stl;
mod table;
mod tokens;
mod xyz;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Gathering, Watch};
use crate::{Model, ReadError};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Object File Format, as Geomview has it and as ModelNet writes it.
    Off,
    /// Polygon File Format, ascii or binary.
    Ply,
    /// Wavefront OBJ.
    Obj,
    /// Stereolithography, ascii or binary.
    Stl,
    /// Point Cloud Data, ascii, binary or compressed.
    Pcd,
    /// Coordinates in lines: XYZ, CSV, TXT.
    Xyz,
    /// A NumPy array.
    Npy,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [Self::Off, Self::Ply, Self::Obj, Self::Stl, Self::Pcd, Self::Xyz, Self::Npy];

    /// The format that a file's name ends for.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "off" => Self::Off,
            "ply" => Self::Ply,
            "obj" => Self::Obj,
            "stl" => Self::Stl,
            "pcd" => Self::Pcd,
            "xyz" | "csv" | "txt" | "pts" => Self::Xyz,
            "npy" => Self::Npy,
            _ => return None,
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "OFF",
            Self::Ply => "PLY",
            Self::Obj => "OBJ",
            Self::Stl => "STL",
            Self::Pcd => "PCD",
            Self::Xyz => "XYZ",
            Self::Npy => "NPY",
        })
    }
}

/// Reads a mesh or a cloud. What the content shows goes before the ending of its name. `watch` hears the share that is
/// read, from 0 to 1, 200 times at most.
///
/// # Errors
///
/// When the file is empty, cut off, damaged, of no format that is read, or holds no usable point.
pub fn read(name: &str, bytes: &[u8], watch: &mut dyn FnMut(f32)) -> Result<Model, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    // Of the formats in bytes none begins as wide text does, but for a header of STL.
    let text = if lines::is_wide(bytes) && !stl::has_binary_size(bytes) { lines::text(bytes) } else { bytes.into() };
    let bytes = &*text;
    let format = content::format(name, bytes).ok_or(ReadError::Unknown)?;
    let mut gathering = Gathering::new(format, Watch::new(watch));
    match format {
        Format::Off => off::read(bytes, &mut gathering)?,
        Format::Ply => ply::read(bytes, &mut gathering)?,
        Format::Obj => obj::read(bytes, &mut gathering)?,
        Format::Stl => stl::read(bytes, &mut gathering)?,
        Format::Pcd => pcd::read(bytes, &mut gathering)?,
        Format::Xyz => xyz::read(bytes, &mut gathering)?,
        Format::Npy => npy::read(bytes, &mut gathering)?,
    }
    gathering.finish()
}
