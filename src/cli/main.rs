//! The command line: trains natively on Burn's CPU backend, cross-validates, and puts the papers' claims to the test.

mod allocations;
mod bench;
mod folds;
mod jobs;
mod likeness;
mod recordings;
mod report;
mod reproduce;
mod train;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use spikeground::data::DataSet;

#[derive(Parser)]
#[command(name = "spikeground", about = "Spiking neural networks on Burn's CPU backend")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Time training steps and a layer of neurons, and write their inputs for others to do the same.
    Bench(bench::Bench),
    /// Train, evaluate on the held-out part after every epoch, and print the mean over seeds.
    Train(train::Train),
    /// Put beside weights what tells how unlike their training a picture is.
    Likeness(likeness::Options),
    /// Have weights answer the held-out recordings of a data set.
    Recordings(recordings::Options),
    /// Cross-validate Spiking PointNet on point clouds and write the report.
    Folds(folds::Folds),
    /// Run the papers' experiments over seeds and write the report.
    Reproduce(reproduce::Reproduce),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Bench(options) => pollster::block_on(bench::run(&options)),
        Command::Train(train) => pollster::block_on(train::run(&train)),
        Command::Likeness(options) => pollster::block_on(likeness::run(&options)),
        Command::Recordings(options) => pollster::block_on(recordings::run(&options)),
        Command::Folds(options) => folds::run(&options),
        Command::Reproduce(options) => reproduce::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read_data(path: &Path) -> Result<DataSet, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    DataSet::from_safetensors(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}
