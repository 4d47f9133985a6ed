//! A data set in memory, read from one safetensors file.
//!
//! The file holds U8 tensors `train_images` `[N, height, width]`, or `[N, 3, height, width]` in colour, `train_labels` `[N]`,
//! `held_out_images` and `held_out_labels`, or in place of images U16 `train_clouds` and `held_out_clouds` `[N, points, 3]`, z up, 0 for -1 to
//! 65,535 for 1, points in random order, or U8 `train_events` and `held_out_events`, 5 bytes an event as N-MNIST's files have them (`recording/`),
//! recording after recording, with U32 `train_starts` and `held_out_starts` `[N + 1]`, in which event each begins and where the last one ends, and
//! `sensor`, a JSON list of its rows and columns, in the metadata; and in its metadata `format`, `version`, `name`, `classes` (a JSON list of words) and, for people,
//! `licence`, `credit`, `source` and `split`. Greys are 0 for the ground to 255 for ink,
//! colours red, green and blue. `cargo xtask data` writes it.

use std::borrow::Cow;

use super::form::AXES;
use super::identity::Hashed;
use super::recording::{MOST_SIDE, Recordings, binned};
use super::{AugmentConfig, DataName, Encoding, Form, Identity, ImageShape, Normalisation};
use crate::sensor::STATES;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

const FORMAT: &str = "spikeground-data";
const VERSION: &str = "1";

/// A file that is no data set of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The bytes are not a safetensors file.
    #[error("the data set is not a safetensors file, or not the whole of one: {0}")]
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

/// The key of a sample of a batch: a constant far from small whole numbers keeps samples and keys apart.
pub(crate) fn key_of(key: u64, sample: usize) -> u64 {
    key ^ (sample as u64 + 1).wrapping_mul(0xa076_1d64_78bd_642f)
}

impl Presentation<'_> {
    /// As it is, of clouds the first so many stored points.
    pub fn plain(points: usize) -> Self {
        Self { points, augment: None, encoding: Encoding::Direct, steps: 1, key: 0 }
    }

    /// The bytes of an image, varied where it is.
    fn of_image<'a>(&self, image: &'a [u8], shape: ImageShape, key: u64) -> Cow<'a, [u8]> {
        match self.augment.filter(|augment| augment.varies_images()) {
            Some(augment) => augment.vary_image(image, shape, key).into(),
            None => image.into(),
        }
    }

    /// The points that are taken of a cloud, `[points * 3]`.
    fn of_cloud(&self, stored: &[[f32; AXES]], key: u64) -> Vec<f32> {
        match self.augment {
            Some(augment) => augment.vary(stored, self.points, key),
            None => stored.iter().cycle().take(self.points).flatten().copied().collect(),
        }
    }
}

/// The stored numbers of samples.
#[derive(Clone, Debug, PartialEq)]
enum Stored {
    /// Images, 0 to 255.
    Bytes(Vec<u8>),
    /// -1 to 1.
    Coordinates(Vec<f32>),
    /// Recordings.
    Events(Recordings),
}

/// Images, clouds or recordings with their classes.
#[derive(Clone, Debug)]
pub struct Samples {
    stored: Stored,
    labels: Vec<u8>,
    /// Numbers of a sample; of recordings those of a time step.
    each: usize,
}

/// How a batch shows its samples to a network.
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a> {
    /// Points to take of each cloud.
    pub points: usize,
    /// How samples are varied; if not at all, images are as they are, and of clouds the first stored points are taken.
    pub augment: Option<&'a AugmentConfig>,
    /// How images become what flows in.
    pub encoding: Encoding,
    /// Time steps T of it.
    pub steps: usize,
    /// Decides all chances: how each sample is varied, and when its pixels spike.
    pub key: u64,
}

impl Stored {
    /// Nothing yet, of the same kind.
    fn like(&self) -> Self {
        match self {
            Self::Bytes(_) => Self::Bytes(vec![]),
            Self::Coordinates(_) => Self::Coordinates(vec![]),
            Self::Events(_) => Self::Events(Recordings::none()),
        }
    }
}

impl Samples {
    /// Takes in a sample of others of the same form.
    fn take(&mut self, others: &Self, sample: usize) {
        let range = || sample * self.each..(sample + 1) * self.each;
        match (&mut self.stored, &others.stored) {
            (Stored::Bytes(own), Stored::Bytes(all)) => own.extend_from_slice(&all[range()]),
            (Stored::Coordinates(own), Stored::Coordinates(all)) => own.extend_from_slice(&all[range()]),
            (Stored::Events(own), Stored::Events(all)) => own.take(all.of(sample)),
            // Both parts of a data set are of one form.
            _ => return,
        }
        self.labels.push(others.labels[sample]);
    }

    /// Bytes that they take.
    fn bytes(&self) -> u64 {
        let stored = match &self.stored {
            Stored::Bytes(bytes) => size_of_val(bytes.as_slice()),
            Stored::Coordinates(all) => size_of_val(all.as_slice()),
            Stored::Events(recordings) => recordings.bytes(),
        };
        (stored + self.labels.len()) as u64
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of a sample, `[channels * height * width]`, 0 to 255; empty where samples are no images.
    pub fn image(&self, sample: usize) -> &[u8] {
        match &self.stored {
            Stored::Bytes(bytes) => &bytes[sample * self.each..][..self.each],
            Stored::Coordinates(_) | Stored::Events(_) => &[],
        }
    }

    /// The stored points of a sample, z up, in the unit ball, in random order; empty where samples are no clouds.
    pub fn cloud(&self, sample: usize) -> &[[f32; AXES]] {
        match &self.stored {
            Stored::Coordinates(all) => all[sample * self.each..][..self.each].as_chunks().0,
            Stored::Bytes(_) | Stored::Events(_) => &[],
        }
    }

    /// The events of a sample, as its file had them; empty where samples are no recordings.
    pub fn recording(&self, sample: usize) -> &[u8] {
        match &self.stored {
            Stored::Events(recordings) => recordings.of(sample),
            Stored::Bytes(_) | Stored::Coordinates(_) => &[],
        }
    }

    /// The class of a sample.
    pub fn label(&self, sample: usize) -> usize {
        self.labels[sample].into()
    }
}

/// Samples of one training step.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[B * channels * height * width]`, normalised, or `[B * points * 3]`; `[T * B * ...]` where samples are others at each time step.
    pub inputs: Vec<f32>,
    /// `[B]`.
    pub labels: Vec<i32>,
}

/// A data set: two disjoint parts of labelled images of one shape, of point clouds, or of recordings of one sensor.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Which one.
    pub name: DataName,
    /// One word a class, by label.
    pub classes: Vec<String>,
    /// What its samples are.
    pub form: Form,
    /// How pixels become the network's input.
    pub normalisation: Normalisation,
    /// What a network learns from.
    pub train: Samples,
    /// What it is judged by.
    pub held_out: Samples,
    identity: Identity,
}

impl DataSet {
    /// Bytes that its samples take.
    pub fn bytes(&self) -> u64 {
        self.train.bytes() + self.held_out.bytes()
    }

    /// Bytes that the samples of a file take in memory: coordinates take twice what they take there.
    ///
    /// # Errors
    ///
    /// When the bytes are no safetensors file.
    pub fn bytes_in(file: &[u8]) -> Result<u64, DataError> {
        let file = SafeTensors::deserialize(file).map_err(unreadable)?;
        let of = |(name, view): (&str, TensorView)| {
            let stored = view.data().len() as u64;
            if name.ends_with("_clouds") { stored.saturating_mul(2) } else { stored }
        };
        Ok(file.iter().map(of).fold(0, u64::saturating_add))
    }

    /// Which set it is, by its content.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Reads a data set (see the [module's](super) file format).
    ///
    /// # Errors
    ///
    /// When the bytes are no such file, or its tensors do not fit together.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, DataError> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let entries = metadata.metadata().clone().unwrap_or_default();
        let entry = |key: &str| entries.get(key).map(String::as_str).unwrap_or_default();
        if (entry("format"), entry("version")) != (FORMAT, VERSION) {
            return Err(DataError::Foreign("its metadata say something else".into()));
        }
        let name = entry("name").parse().map_err(|error| DataError::Foreign(format!("{error}")))?;
        let classes: Vec<String> = serde_json::from_str(entry("classes"))
            .map_err(|_| DataError::Foreign("its classes are no list of words".into()))?;
        let file = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        let sensor = entry("sensor");
        let (train, form) = samples(&file, "train", classes.len(), sensor)?;
        let (held_out, held_out_form) = samples(&file, "held_out", classes.len(), sensor)?;
        if held_out_form != form {
            let problem = format!("has samples of the form {held_out_form:?}, the training part of {form:?}");
            return Err(DataError::Tensor { name: "held_out".into(), problem });
        }
        let normalisation = match (&train.stored, form) {
            (Stored::Bytes(bytes), Form::Image(shape)) => Normalisation::of(bytes, shape),
            _ => Normalisation::none(),
        };
        let identity = identity_of(form, &classes, [&train, &held_out]);
        Ok(Self { name, classes, form, normalisation, train, held_out, identity })
    }

    /// A part.
    pub fn part(&self, part: Part) -> &Samples {
        match part {
            Part::Train => &self.train,
            Part::HeldOut => &self.held_out,
        }
    }

    /// Samples of a part, in the given order.
    pub fn batch(&self, part: Part, samples: &[usize], presentation: Presentation) -> Batch {
        let from = self.part(part);
        let labels = samples.iter().map(|sample| from.label(*sample) as i32).collect();
        let key = |sample: &usize| key_of(presentation.key, *sample);
        let inputs = match self.form {
            Form::Image(shape) => {
                let images =
                    samples.iter().map(|sample| presentation.of_image(from.image(*sample), shape, key(sample)));
                let Presentation { encoding, steps, .. } = presentation;
                if encoding.is_over_time() {
                    let coded = images.zip(samples).map(|(image, i)| encoding.over_time(&image, shape, steps, key(i)));
                    by_time(&coded.collect::<Vec<_>>(), steps)
                } else {
                    let mut inputs = Vec::with_capacity(samples.len() * shape.count());
                    let tables = self.normalisation.tables();
                    images.for_each(|image| tables.extend(&mut inputs, &image));
                    inputs
                }
            }
            Form::Cloud { .. } => samples.iter().flat_map(|i| presentation.of_cloud(from.cloud(*i), key(i))).collect(),
            Form::Recording(shape) => {
                let steps = presentation.steps;
                let recordings = samples.iter().map(|sample| binned(from.recording(*sample), shape, steps));
                by_time(&recordings.collect::<Vec<_>>(), steps)
            }
        };
        Batch { inputs, labels }
    }

    /// The pixels of a sample as a picture, `[channels * height * width]`, 0 to 255; of a recording how many on and off events each pixel had in all,
    /// 255 for the most that there were; empty where samples are clouds.
    pub fn picture(&self, part: Part, sample: usize) -> Cow<'_, [u8]> {
        match self.form {
            Form::Recording(shape) => {
                let events = binned(self.part(part).recording(sample), shape, 1);
                let most = events.iter().copied().fold(1.0, f32::max);
                events.iter().map(|count| (count / most * 255.0).round() as u8).collect::<Vec<_>>().into()
            }
            Form::Image(_) | Form::Cloud { .. } => self.part(part).image(sample).into(),
        }
    }

    /// The same samples in other parts: `held_out` are those numbered so among the training part followed by the held-out one.
    pub fn split_anew(&self, held_out: &[usize]) -> Self {
        let part = |wanted: bool| {
            let mut part = Samples { stored: self.train.stored.like(), labels: vec![], each: self.train.each };
            let first = (0..self.train.len()).map(|i| (&self.train, i));
            let all = first.chain((0..self.held_out.len()).map(|i| (&self.held_out, i)));
            for (number, (samples, i)) in all.enumerate() {
                if held_out.contains(&number) == wanted {
                    part.take(samples, i);
                }
            }
            part
        };
        let (train, held_out) = (part(false), part(true));
        let identity = identity_of(self.form, &self.classes, [&train, &held_out]);
        Self { train, held_out, identity, ..self.clone() }
    }
}

/// Samples `[T, numbers]` each, as a batch `[T, B, numbers]`.
fn by_time(samples: &[Vec<f32>], steps: usize) -> Vec<f32> {
    let count = samples.first().map_or(0, |sample| sample.len().checked_div(steps).unwrap_or(0));
    let of_step = |step: usize| samples.iter().flat_map(move |sample| &sample[step * count..][..count]);
    (0..steps).flat_map(of_step).copied().collect()
}

fn unreadable(_: SafeTensorError) -> DataError {
    DataError::Unreadable("its header does not describe what follows it".into())
}

fn identity_of(form: Form, classes: &[String], parts: [&Samples; 2]) -> Identity {
    let mut hashed = Hashed::new(form, classes);
    for part in parts {
        match &part.stored {
            Stored::Bytes(bytes) => hashed.bytes(bytes),
            Stored::Coordinates(coordinates) => hashed.floats(coordinates),
            Stored::Events(recordings) => (0..recordings.len()).for_each(|i| hashed.bytes(recordings.of(i))),
        }
        hashed.bytes(&part.labels);
    }
    hashed.identity()
}

/// The samples of one part, and what they are.
fn samples(file: &SafeTensors<'_>, part: &str, classes: usize, sensor: &str) -> Result<(Samples, Form), DataError> {
    let [clouds_name, events_name, labels_name] = ["clouds", "events", "labels"].map(|what| format!("{part}_{what}"));
    let wrong = |name: &str, problem: String| DataError::Tensor { name: name.into(), problem };
    let (stored_name, stored, form, count) = if file.tensor(&clouds_name).is_ok() {
        let clouds = tensor(file, &clouds_name, Dtype::U16)?;
        let &[count, points, AXES] = clouds.shape() else {
            return Err(wrong(&clouds_name, format!("has the shape {:?}, not [samples, points, 3]", clouds.shape())));
        };
        let numbers = clouds.data().as_chunks::<2>().0.iter().map(|bytes| f32::from(u16::from_le_bytes(*bytes)));
        let coordinates = numbers.map(|number| number / f32::from(u16::MAX) * 2.0 - 1.0).collect();
        (clouds_name, Stored::Coordinates(coordinates), Form::Cloud { points }, count)
    } else if file.tensor(&events_name).is_ok() {
        let shape = shape_of_sensor(sensor)?;
        let events = tensor(file, &events_name, Dtype::U8)?.data().to_vec();
        let starts = tensor(file, &format!("{part}_starts"), Dtype::U32)?;
        let starts = starts.data().as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let recordings = Recordings::new(events, starts, shape).map_err(|problem| wrong(&events_name, problem))?;
        let count = recordings.len();
        (events_name, Stored::Events(recordings), Form::Recording(shape), count)
    } else {
        let images_name = format!("{part}_images");
        let images = tensor(file, &images_name, Dtype::U8)?;
        let (count, shape) = match *images.shape() {
            [count, height, width] => (count, ImageShape::grey(height, width)),
            [count, channels @ 3, height, width] => (count, ImageShape { channels, height, width }),
            _ => {
                let wanted = "[samples, height, width] or [samples, 3, height, width]";
                return Err(wrong(&images_name, format!("has the shape {:?}, not {wanted}", images.shape())));
            }
        };
        (images_name, Stored::Bytes(images.data().into()), Form::Image(shape), count)
    };
    let labels = tensor(file, &labels_name, Dtype::U8)?;
    if count == 0 || form.count() == 0 {
        return Err(wrong(&stored_name, "is empty".into()));
    }
    if labels.shape() != [count] {
        return Err(wrong(&labels_name, format!("has the shape {:?}, not [{count}]", labels.shape())));
    }
    if let Some(label) = labels.data().iter().find(|label| usize::from(**label) >= classes) {
        return Err(wrong(&labels_name, format!("holds the class {label}, but there are {classes}")));
    }
    Ok((Samples { stored, labels: labels.data().into(), each: form.count() }, form))
}

/// What the recordings of a sensor show at a time step.
fn shape_of_sensor(sensor: &str) -> Result<ImageShape, DataError> {
    let sides = serde_json::from_str(sensor)
        .ok()
        .filter(|sides: &[usize; 2]| sides.iter().all(|side| (1..=MOST_SIDE).contains(side)));
    let foreign = || DataError::Foreign(format!("its recordings need a sensor of 1 to {MOST_SIDE} rows and columns"));
    sides.map(|[height, width]| ImageShape { channels: STATES, height, width }).ok_or_else(foreign)
}

fn tensor<'a>(file: &SafeTensors<'a>, name: &str, wanted: Dtype) -> Result<TensorView<'a>, DataError> {
    let wrong = |problem: &str| DataError::Tensor { name: name.into(), problem: problem.into() };
    let view = file.tensor(name).map_err(|_| wrong("is missing"))?;
    if view.dtype() != wanted {
        return Err(wrong(&format!("is not of {}-bit numbers", wanted.bitsize())));
    }
    Ok(view)
}

#[cfg(test)]
#[path = "dataset_tests.rs"]
pub(crate) mod tests;
