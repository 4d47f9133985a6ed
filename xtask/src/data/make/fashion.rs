//! Fashion-MNIST from the Debian package `dataset-fashion-mnist`.

use std::path::Path;

use anyhow::Result;

use super::idx::part;
use super::{Set, unpacked};

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
        shape: vec![28, 28],
        train: part(&folder, "train", train)?,
        held_out: part(&folder, "t10k", held_out)?,
        licence: "MIT",
        credit: "Fashion-MNIST by Zalando SE (Han Xiao, Kashif Rasul, Roland Vollgraf)",
        source: "Debian dataset-fashion-mnist",
        split,
    })
}
