//! `cargo xtask data`: www/data from the packages it comes from. Nothing is taken from anywhere else.

mod digits;
mod fashion;
mod furniture;
mod mnist;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, GzBuilder};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::shell::{program, root, run, say};

/// All of Fashion-MNIST, which is too large to ship.
pub const FASHION_FULL: &str = "fashion-full";

#[derive(clap::Args)]
pub struct Options {
    /// Write all 60,000 + 10,000 images of Fashion-MNIST into target/data instead.
    #[arg(long)]
    full: bool,
}

/// Labelled grey images of one size.
#[derive(Default)]
struct Part {
    /// 0 (ground) to 255 (ink).
    images: Vec<u8>,
    labels: Vec<u8>,
}

/// A data set with what there is to say of it.
struct Set {
    name: &'static str,
    classes: Vec<&'static str>,
    /// Rows and columns of an image.
    side: usize,
    train: Part,
    held_out: Part,
    licence: &'static str,
    credit: &'static str,
    source: &'static str,
    split: &'static str,
}

const DIGIT_WORDS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

pub fn data(options: &Options) -> Result<()> {
    if options.full {
        return fashion_full();
    }
    for (what, set) in [
        ("MNIST", mnist::read as fn(&Path) -> Result<Set>),
        ("Fashion-MNIST", fashion::small),
        ("the 8x8 digits", digits::read),
    ] {
        say(&format!("Fetching {what}"));
        let set = set(&sources()?)?;
        report(&set, &pack(set.name, &file(&set)?)?)?;
    }
    say("Fetching the meshes of furniture10 and sampling them");
    let path = pack("furniture", &furniture::file(&sources()?)?)?;
    println!("{}: {:.2} MB", path.display(), fs::metadata(&path)?.len() as f64 / 1e6);
    Ok(())
}

pub fn fashion_full() -> Result<()> {
    say("Fetching all of Fashion-MNIST");
    let set = fashion::full(&sources()?)?;
    let path = root().join(format!("target/data/{FASHION_FULL}.safetensors"));
    fs::create_dir_all(root().join("target/data"))?;
    fs::write(&path, file(&set)?)?;
    report(&set, &path)
}

/// Where packages are downloaded to and unpacked.
fn sources() -> Result<PathBuf> {
    let folder = root().join("target/data-sources");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Writes a data set's file, packed, to where the page takes it from.
fn pack(name: &str, file: &[u8]) -> Result<PathBuf> {
    let path = root().join(format!("www/data/{name}.safetensors.gz"));
    fs::create_dir_all(root().join("www/data"))?;
    // No name and no time in the header. Between runs only the order of the metadata entries differs.
    let mut packed = GzBuilder::new().write(fs::File::create(&path)?, Compression::best());
    packed.write_all(file)?;
    packed.finish()?;
    Ok(path)
}

/// A Debian package, unpacked into a folder of this name.
fn unpacked(sources: &Path, package: &str, name: &str) -> Result<PathBuf> {
    let folder = sources.join(name);
    if folder.exists() {
        return Ok(folder);
    }
    run(program("apt-get").args(["download", package]).current_dir(sources)).with_context(|| {
        format!(
            "{package} is a Debian package: this step needs a Debian machine with fresh package lists (apt-get update)"
        )
    })?;
    let is_package = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&format!("{package}_")) && name.ends_with(".deb")
    };
    let file = fs::read_dir(sources)?.flatten().map(|entry| entry.path()).find(is_package);
    let half = sources.join(format!("{name}.half"));
    run(program("dpkg-deb").arg("-x").arg(file.context("apt-get left no package")?).arg(&half))?;
    // In two steps, so that an interruption leaves no half folder behind.
    fs::rename(&half, &folder)?;
    Ok(folder)
}

fn report(set: &Set, path: &Path) -> Result<()> {
    let (train, held_out, bytes) = (set.train.labels.len(), set.held_out.labels.len(), fs::metadata(path)?.len());
    println!("{}: {train} to train on, {held_out} held out, {:.2} MB", path.display(), bytes as f64 / 1e6);
    Ok(())
}

fn file(set: &Set) -> Result<Vec<u8>> {
    let pixels = set.side * set.side;
    let mut views = vec![];
    for (name, part) in [("train", &set.train), ("held_out", &set.held_out)] {
        let count = part.labels.len();
        ensure!(part.images.len() == count * pixels, "{}: images and labels do not fit together", set.name);
        let images = TensorView::new(Dtype::U8, vec![count, set.side, set.side], &part.images)?;
        views.push((format!("{name}_images"), images));
        views.push((format!("{name}_labels"), TensorView::new(Dtype::U8, vec![count], &part.labels)?));
    }
    let classes = serde_json::to_string(&set.classes)?;
    let metadata = [
        ("format", "spikeground-data"),
        ("version", "1"),
        ("name", set.name),
        ("classes", &classes),
        ("licence", set.licence),
        ("credit", set.credit),
        ("source", set.source),
        ("split", set.split),
    ];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    Ok(safetensors::serialize(views, Some(metadata))?)
}
