//! Puts beside shipped weights what tells how unlike their training a picture is.

use std::path::PathBuf;

use burn::prelude::Device;
use spikeground::data::Samples;
use spikeground::probe::Trace;
use spikeground::session::{Classifier, Likeness, weights_with};

use crate::read_data;

/// Pictures of the training part that the classes' means are made of.
const PICTURES: usize = 2_000;

#[derive(clap::Args)]
pub struct Options {
    /// The data set as an unpacked .safetensors file.
    #[arg(long)]
    file: PathBuf,
    /// The weights that were trained on it; the file is written anew.
    #[arg(long)]
    weights: PathBuf,
}

/// The threshold comes from the first half of the held-out part; the second is left to those who measure.
pub async fn run(options: &Options) -> Result<(), String> {
    let (data, path) = (read_data(&options.file)?, &options.weights);
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).map_err(|error| error.to_string())?;
    let mut training = vec![];
    // A stride over all, so that every class comes in whatever order they stand.
    for i in 0..data.train.len().min(PICTURES) {
        let sample = (i * 7919) % data.train.len();
        training.push((trace(&classifier, &data.train, sample).await?, data.train.label(sample)));
    }
    let mut held_out = vec![];
    for sample in 0..data.held_out.len() / 2 {
        held_out.push(trace(&classifier, &data.held_out, sample).await?);
    }
    let likeness =
        Likeness::of(&training, &held_out, data.classes.len()).ok_or("the data hold no picture of some class")?;
    println!("{}: {} features, threshold {:.3}", data.name, likeness.deviations.len(), likeness.threshold);
    let written = weights_with(&likeness, &bytes).map_err(|error| error.to_string())?;
    std::fs::write(path, written).map_err(|error| format!("{}: {error}", path.display()))
}

async fn trace(classifier: &Classifier, part: &Samples, sample: usize) -> Result<Trace, String> {
    let greys: Vec<f32> = part.image(sample).iter().map(|grey| f32::from(*grey) / 255.0).collect();
    classifier.classify(&greys).await.map_err(|error| error.to_string())
}
