//! IDX files, as MNIST and Fashion-MNIST come in: 16 bytes of header before images, 8 before labels.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use super::Part;

/// Numbers of an image.
const PIXELS: usize = 784;

/// The first `count` samples of the part that files of this name hold.
pub fn part(folder: &Path, name: &str, count: usize) -> Result<Part> {
    let images = body(&folder.join(format!("{name}-images-idx3-ubyte")), 16, count * PIXELS)?;
    let labels = body(&folder.join(format!("{name}-labels-idx1-ubyte")), 8, count)?;
    Ok(Part { images, labels })
}

/// `length` bytes behind the header, whether or not the file is packed.
fn body(path: &Path, header: usize, length: usize) -> Result<Vec<u8>> {
    let packed = path.with_extension("gz");
    let bytes = if path.exists() {
        fs::read(path)?
    } else {
        let mut bytes = vec![];
        let file = fs::File::open(&packed).with_context(|| packed.display().to_string())?;
        GzDecoder::new(file).read_to_end(&mut bytes)?;
        bytes
    };
    ensure!(bytes.len() >= header + length, "{} holds fewer than {length} bytes of data", path.display());
    Ok(bytes[header..header + length].to_vec())
}
