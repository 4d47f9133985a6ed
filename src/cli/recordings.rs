//! How a network answers recordings of an event camera that it has never seen, whether it learnt from others or from a simulated one.

use std::path::PathBuf;

use burn::prelude::Device;
use spikeground::data::Form;
use spikeground::session::Classifier;

use crate::read_data;

#[derive(clap::Args)]
pub struct Options {
    /// A data set of recordings, as `cargo xtask nmnist` writes it.
    #[arg(long)]
    file: PathBuf,
    /// The weights, as `cargo xtask train` writes them.
    #[arg(long)]
    weights: PathBuf,
}

pub async fn run(options: &Options) -> Result<(), String> {
    let data = read_data(&options.file)?;
    if !matches!(data.form, Form::Recording(_)) {
        return Err(format!("{} has no recordings", options.file.display()));
    }
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", options.weights.display());
    let weights = std::fs::read(&options.weights).map_err(|error| named(&error))?;
    let classifier = Classifier::from_weights(&weights, &Device::flex()).map_err(|error| named(&error))?;
    if classifier.network().classes() != data.classes.len() {
        let classes = classifier.network().classes();
        return Err(named(&format!(
            "it tells {classes} classes apart, and the recordings have {}",
            data.classes.len()
        )));
    }
    let mut right = 0;
    for sample in 0..data.held_out.len() {
        let trace =
            classifier.classify_recording(data.held_out.recording(sample)).await.map_err(|error| named(&error))?;
        right += usize::from(!trace.broken && trace.answer == data.held_out.label(sample));
    }
    let (all, share) = (data.held_out.len(), 100.0 * right as f64 / data.held_out.len() as f64);
    println!("{right} of {all} held-out recordings answered correctly ({share:.1} %)");
    Ok(())
}
