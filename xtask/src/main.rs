//! Every repeated command of Spikeground. `cargo xtask play` and `cargo xtask test` set up whatever they need first, say
//! what they do, and are quick when nothing has changed.

mod bench;
mod build;
mod data;
mod folds;
mod nmnist;
mod play;
mod reproduce;
mod setup;
mod shell;
mod test;
mod train;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, build, serve, test and measure Spikeground")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and serve the page.
    Play(play::Options),
    /// Set up whatever is needed and run every check and test.
    Test(test::Options),
    /// Build the wasm (pkg/cpu, pkg/webgpu) and the page (www/dist).
    Build(build::Options),
    /// Rebuild www/data from the packages it comes from.
    Data(data::Options),
    /// Make a data set of recordings of N-MNIST, to train on natively.
    Nmnist(nmnist::Options),
    /// Train natively on the CPU and print the held-out accuracy.
    Train(train::Options),
    /// Cross-validate Spiking PointNet on furniture10 natively and write docs/furniture.md.
    Folds(folds::Options),
    /// Put the papers' claims to the test natively and write docs/reproduction.md.
    Reproduce(reproduce::Options),
    /// Measure in headless Chromium beside TensorFlow.js and write docs/performance.md.
    Bench(bench::Options),
}

fn main() -> Result<()> {
    shell::begun();
    match Cli::parse().command {
        Command::Play(options) => play::play(&options),
        Command::Test(options) => test::test(&options),
        Command::Build(options) => build::build(&options),
        Command::Data(options) => data::data(&options),
        Command::Nmnist(options) => nmnist::nmnist(&options),
        Command::Train(options) => train::train(&options),
        Command::Folds(options) => folds::folds(&options),
        Command::Reproduce(options) => reproduce::reproduce(&options),
        Command::Bench(options) => bench::bench(&options),
    }
}
