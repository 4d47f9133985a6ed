//! A data set in memory, read from one safetensors file.
//!
//! The file holds U8 tensors `train_images` `[N, height, width]`, `train_labels` `[N]`, `held_out_images` and
//! `held_out_labels`, and in its metadata `format`, `version`, `name`, `classes` (a JSON list of words) and, for people,
//! `licence`, `credit`, `source` and `split`. Greys are 0 for the ground to 255 for ink. `cargo xtask data` writes it.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde::{Deserialize, Serialize};

use super::DataName;

const FORMAT: &str = "spikeground-data";
const VERSION: &str = "1";

/// A file that is no data set of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The bytes are not a safetensors file.
    #[error("the data set is not a safetensors file: {0}")]
    Unreadable(String),
    /// A safetensors file of something else.
    #[error("this safetensors file is not a data set of Spikeground, version {VERSION}: {0}")]
    Foreign(String),
    /// A tensor is missing or does not fit the others.
    #[error("the data set's tensor {name} {problem}")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// One of the two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What a network learns from.
    Train,
    /// What it is judged by, and never trained on.
    HeldOut,
}

/// How greys become the network's input: `(grey / 255 - mean) / std`, both over the training part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// Mean of the greys, 0 to 1.
    pub mean: f32,
    /// Standard deviation of the greys, over 0.
    pub std: f32,
}

impl Normalisation {
    /// A grey from 0 to 1, normalised.
    pub fn apply(&self, grey: f32) -> f32 {
        (grey - self.mean) / self.std
    }

    fn of(greys: &[u8]) -> Self {
        let mut counts = [0_u64; 256];
        greys.iter().for_each(|grey| counts[usize::from(*grey)] += 1);
        let moment = |power: i32| {
            let sum: f64 =
                counts.iter().zip(0..).map(|(n, grey)| *n as f64 * (f64::from(grey) / 255.0).powi(power)).sum();
            sum / greys.len() as f64
        };
        let (mean, square) = (moment(1), moment(2));
        Self { mean: mean as f32, std: (square - mean * mean).max(1e-12).sqrt() as f32 }
    }
}

/// Images with their classes.
#[derive(Clone, Debug)]
pub struct Samples {
    images: Vec<u8>,
    labels: Vec<u8>,
    pixels: usize,
}

impl Samples {
    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The greys of a sample, `[height * width]`, 0 (ground) to 255 (ink).
    pub fn image(&self, sample: usize) -> &[u8] {
        &self.images[sample * self.pixels..][..self.pixels]
    }

    /// The class of a sample.
    pub fn label(&self, sample: usize) -> usize {
        self.labels[sample].into()
    }
}

/// Samples of one training step.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[B * height * width]`, normalised.
    pub pixels: Vec<f32>,
    /// `[B]`.
    pub labels: Vec<i32>,
}

/// A data set: two disjoint parts of labelled grey images of one size.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Which one.
    pub name: DataName,
    /// One word a class, by label.
    pub classes: Vec<String>,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// How greys become the network's input.
    pub normalisation: Normalisation,
    /// What a network learns from.
    pub train: Samples,
    /// What it is judged by.
    pub held_out: Samples,
}

impl DataSet {
    /// Reads a data set (see the [module's](super) file format).
    ///
    /// # Errors
    ///
    /// When the bytes are no such file, or its tensors do not fit together.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, DataError> {
        let unreadable = |error: SafeTensorError| DataError::Unreadable(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let entries = metadata.metadata().clone().unwrap_or_default();
        let entry = |key: &str| entries.get(key).map(String::as_str).unwrap_or_default();
        if (entry("format"), entry("version")) != (FORMAT, VERSION) {
            return Err(DataError::Foreign("its metadata say something else".into()));
        }
        let name = entry("name").parse().map_err(|error| DataError::Foreign(format!("{error}")))?;
        let classes: Vec<String> =
            serde_json::from_str(entry("classes")).map_err(|error| DataError::Foreign(format!("classes: {error}")))?;
        let file = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        let (train, size) = samples(&file, "train", classes.len())?;
        let (held_out, held_out_size) = samples(&file, "held_out", classes.len())?;
        if held_out_size != size {
            let problem = format!("has images of {held_out_size:?}, the training part of {size:?}");
            return Err(DataError::Tensor { name: "held_out_images".into(), problem });
        }
        let normalisation = Normalisation::of(&train.images);
        let [height, width] = size;
        Ok(Self { name, classes, height, width, normalisation, train, held_out })
    }

    /// A part.
    pub fn part(&self, part: Part) -> &Samples {
        match part {
            Part::Train => &self.train,
            Part::HeldOut => &self.held_out,
        }
    }

    /// Samples of a part, in the given order.
    pub fn batch(&self, part: Part, samples: &[usize]) -> Batch {
        let from = self.part(part);
        let normalised: [f32; 256] = std::array::from_fn(|grey| self.normalisation.apply(grey as f32 / 255.0));
        let pixels = samples.iter().flat_map(|sample| from.image(*sample));
        Batch {
            pixels: pixels.map(|grey| normalised[usize::from(*grey)]).collect(),
            labels: samples.iter().map(|sample| from.label(*sample) as i32).collect(),
        }
    }
}

/// The samples of one part, with the height and width of their images.
fn samples(file: &SafeTensors<'_>, part: &str, classes: usize) -> Result<(Samples, [usize; 2]), DataError> {
    let (images_name, labels_name) = (format!("{part}_images"), format!("{part}_labels"));
    let (images, labels) = (greys(file, &images_name)?, greys(file, &labels_name)?);
    let wrong = |name: &str, problem: String| DataError::Tensor { name: name.into(), problem };
    let &[count, height, width] = images.shape() else {
        return Err(wrong(&images_name, format!("has the shape {:?}, not [samples, height, width]", images.shape())));
    };
    if count == 0 || height == 0 || width == 0 {
        return Err(wrong(&images_name, "is empty".into()));
    }
    if labels.shape() != [count] {
        return Err(wrong(&labels_name, format!("has the shape {:?}, not [{count}]", labels.shape())));
    }
    if let Some(label) = labels.data().iter().find(|label| usize::from(**label) >= classes) {
        return Err(wrong(&labels_name, format!("holds the class {label}, but there are {classes}")));
    }
    let samples = Samples { images: images.data().into(), labels: labels.data().into(), pixels: height * width };
    Ok((samples, [height, width]))
}

fn greys<'a>(file: &SafeTensors<'a>, name: &str) -> Result<TensorView<'a>, DataError> {
    let wrong = |problem: &str| DataError::Tensor { name: name.into(), problem: problem.into() };
    let view = file.tensor(name).map_err(|_| wrong("is missing"))?;
    if view.dtype() != Dtype::U8 {
        return Err(wrong("is not of 8-bit numbers"));
    }
    Ok(view)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::HashMap;

    use super::*;

    /// A tiny data set: class c is a bright row c of an 8x8 image, with noise that differs from sample to sample.
    pub(crate) fn stripes(train: usize, held_out: usize) -> DataSet {
        DataSet::from_safetensors(&stripes_file(train, held_out, "digits")).expect("a data set")
    }

    fn stripes_file(train: usize, held_out: usize, name: &str) -> Vec<u8> {
        let images = |from: usize, count: usize| -> Vec<u8> {
            (from..from + count)
                .flat_map(|i| (0..64).map(move |p| if p / 8 == i % 8 { 255 } else { ((i * 31 + p * 17) % 64) as u8 }))
                .collect()
        };
        let labels = |from: usize, count: usize| -> Vec<u8> { (from..from + count).map(|i| (i % 8) as u8).collect() };
        let parts = [images(0, train), labels(0, train), images(train, held_out), labels(train, held_out)];
        let view = |i: usize, shape: Vec<usize>| TensorView::new(Dtype::U8, shape, &parts[i]).expect("a view");
        let views = [
            ("train_images", view(0, vec![train, 8, 8])),
            ("train_labels", view(1, vec![train])),
            ("held_out_images", view(2, vec![held_out, 8, 8])),
            ("held_out_labels", view(3, vec![held_out])),
        ];
        let classes = serde_json::to_string(&(0..8).map(|c| c.to_string()).collect::<Vec<_>>()).expect("JSON");
        let metadata = [("format", FORMAT), ("version", VERSION), ("name", name), ("classes", &classes)];
        let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
        safetensors::serialize(views, Some(metadata)).expect("a file")
    }

    #[test]
    fn a_batch_is_normalised_by_the_training_part() {
        let data = stripes(80, 16);
        assert_eq!((data.train.len(), data.held_out.len(), data.height, data.width), (80, 16, 8, 8));
        let all: Vec<usize> = (0..80).collect();
        let batch = data.batch(Part::Train, &all);
        let mean = batch.pixels.iter().map(|p| f64::from(*p)).sum::<f64>() / batch.pixels.len() as f64;
        let square = batch.pixels.iter().map(|p| f64::from(*p).powi(2)).sum::<f64>() / batch.pixels.len() as f64;
        assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
        assert_eq!(data.batch(Part::HeldOut, &[3, 1]).labels, [3, 1]);
    }

    #[test]
    fn other_files_are_refused_with_what_is_wrong() {
        let text = |bytes: &[u8]| DataSet::from_safetensors(bytes).expect_err("refused").to_string();
        assert!(text(b"<!doctype html>").starts_with("the data set is not a safetensors file"));
        assert!(
            text(&stripes_file(8, 8, "cifar"))
                .ends_with("there is no data set \"cifar\": it must be mnist, fashion or digits")
        );
        let file = stripes_file(8, 8, "digits");
        assert!(text(&file[..file.len() - 100]).starts_with("the data set is not a safetensors file"));
        let labels = TensorView::new(Dtype::U8, vec![1], &[0]).expect("a view");
        let metadata = [("format", FORMAT), ("version", VERSION), ("name", "digits"), ("classes", "[\"a\"]")];
        let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
        let file = safetensors::serialize([("train_labels", labels)], Some(metadata)).expect("a file");
        assert_eq!(text(&file), "the data set's tensor train_images is missing");
    }
}
