//! Fashion-MNIST from the Debian package `dataset-fashion-mnist`.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use super::{Part, Set, unpacked};

const PACKAGE: &str = "dataset-fashion-mnist";

/// What ships with the page: the first 5,000 and 1,000 of the official parts.
pub fn small(sources: &Path) -> Result<Set> {
    set(
        sources,
        5_000,
        1_000,
        "the first 5,000 images of the official training part; the first 1,000 of the official test part are held out",
    )
}

/// All of it, split as it was published.
pub fn full(sources: &Path) -> Result<Set> {
    set(sources, 60_000, 10_000, "the official training part; the official test part is held out")
}

fn set(sources: &Path, train: usize, held_out: usize, split: &'static str) -> Result<Set> {
    let folder = unpacked(sources, PACKAGE, "fashion")?.join("usr/share/datasets/fashion-mnist");
    Ok(Set {
        name: "fashion",
        classes: vec!["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"],
        side: 28,
        train: part(&folder, "train", train)?,
        held_out: part(&folder, "t10k", held_out)?,
        licence: "MIT",
        credit: "Fashion-MNIST by Zalando SE (Han Xiao, Kashif Rasul, Roland Vollgraf)",
        source: "Debian dataset-fashion-mnist",
        split,
    })
}

/// The first `count` samples of IDX files: 16 bytes of header before images, 8 before labels.
fn part(folder: &Path, name: &str, count: usize) -> Result<Part> {
    let images = idx(&folder.join(format!("{name}-images-idx3-ubyte")), 16, count * 784)?;
    let labels = idx(&folder.join(format!("{name}-labels-idx1-ubyte")), 8, count)?;
    Ok(Part { images, labels })
}

/// `length` bytes of an IDX file behind its header, whether or not it is packed.
fn idx(path: &Path, header: usize, length: usize) -> Result<Vec<u8>> {
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
