//! `cargo xtask train`: the native command line on a data set by name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;

use crate::data;
use crate::shell::{native, root, run};

#[derive(clap::Args)]
pub struct Options {
    /// A set as the page has it, such as mnist, or all of mnist-full, fashion-full or cifar10-full, made once.
    #[arg(long, default_value = "mnist")]
    data: String,
    /// A file of a data set in place of one of those, as `cargo xtask nmnist` writes it.
    #[arg(long, conflicts_with = "data")]
    file: Option<PathBuf>,
    /// The config as JSON, e.g. '{"spike":"ternary","epochs":3}'; what is left out takes its default.
    #[arg(long, default_value = "{}")]
    config: String,
    /// Train seeds 1 to N and print their mean.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// Write the weights of the last seed here.
    #[arg(long)]
    weights: Option<PathBuf>,
}

pub fn train(options: &Options) -> Result<()> {
    let file = match &options.file {
        Some(file) => std::path::absolute(file)?,
        None => data_file(&options.data)?,
    };
    let mut command = native("train");
    command.arg("--file").arg(file).args(["--config", &options.config, "--seeds", &options.seeds.to_string()]);
    if let Some(weights) = &options.weights {
        command.arg("--weights").arg(std::path::absolute(weights)?);
    }
    run(&mut command)
}

/// The unpacked file of a data set.
pub fn data_file(name: &str) -> Result<PathBuf> {
    if data::FULL.contains(&name) {
        return data::full(name);
    }
    let unpacked = root().join(format!("target/data/{name}.safetensors"));
    let packed = root().join(format!("www/data/{name}.safetensors.gz"));
    if !packed.exists() {
        bail!("there is no data set {name} here: `cargo xtask data --help` lists those that can be made");
    }
    if modified(&unpacked) < modified(&packed) {
        fs::create_dir_all(root().join("target/data"))?;
        let mut from = GzDecoder::new(File::open(&packed)?);
        io::copy(&mut from, &mut File::create(&unpacked)?)
            .with_context(|| format!("{} cannot be unpacked", packed.display()))?;
    }
    Ok(unpacked)
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}
