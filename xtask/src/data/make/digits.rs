//! The UCI digits, 8x8, from the PyPI package `scikit-learn`.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use super::{DIGIT_WORDS, Part, Set};
use crate::shell::{program, run};

const PACKAGE: &str = "scikit-learn==1.7.2";
const FILE: &str = "sklearn/datasets/data/digits.csv.gz";
const PIXELS: usize = 64;
const TRAIN: usize = 1_297;

pub fn read(sources: &Path) -> Result<Set> {
    let mut text = String::new();
    GzDecoder::new(csv(sources)?.as_slice()).read_to_string(&mut text)?;
    let (mut train, mut held_out) = (Part::default(), Part::default());
    for (i, line) in text.lines().enumerate() {
        let numbers = line.split(',').map(|number| number.parse::<f32>()).collect::<Result<Vec<_>, _>>()?;
        ensure!(numbers.len() == PIXELS + 1, "line {} has {} numbers", i + 1, numbers.len());
        let part = if i < TRAIN { &mut train } else { &mut held_out };
        // 0 to 16 in the file.
        part.images.extend(numbers[..PIXELS].iter().map(|number| (number * 255.0 / 16.0).round() as u8));
        part.labels.push(numbers[PIXELS] as u8);
    }
    Ok(Set {
        name: "digits",
        classes: DIGIT_WORDS.to_vec(),
        shape: vec![8, 8],
        train,
        held_out,
        licence: "data CC BY 4.0 (UCI), package BSD-3-Clause",
        credit: "Optical Recognition of Handwritten Digits by Ethem Alpaydin and Cenk Kaynak, UCI Machine Learning Repository; scikit-learn developers",
        source: "PyPI scikit-learn 1.7.2, sklearn/datasets/data/digits.csv.gz",
        split: "the first 1,297 to train on, the last 500 held out",
    })
}

fn csv(sources: &Path) -> Result<Vec<u8>> {
    let is_wheel = |name: &str| name.starts_with("scikit_learn") && name.ends_with(".whl");
    let find = || -> Result<_> {
        let paths = fs::read_dir(sources)?.flatten().map(|entry| entry.path());
        Ok(paths.into_iter().find(|path| path.file_name().is_some_and(|name| is_wheel(&name.to_string_lossy()))))
    };
    if find()?.is_none() {
        run(program("python3")
            .args(["-m", "pip", "download", PACKAGE, "--no-deps", "--only-binary", ":all:", "--dest"])
            .arg(sources))
        .context("the 8x8 digits come in a Python package: this step needs python3 with pip")?;
    }
    let wheel = find()?.context("pip left no wheel")?;
    let mut bytes = vec![];
    zip::ZipArchive::new(fs::File::open(wheel)?)?.by_name(FILE)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}
