//! `cargo xtask data`: www/data from the packages it comes from. Nothing is taken from anywhere else. What makes the sets is
//! compiled for this command alone, because it draws emoji and reads pictures.

#[cfg(feature = "data")]
mod make;

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::root;

/// Sets that are too large to ship.
pub const FULL: [&str; 3] = ["mnist-full", "fashion-full", "cifar10-full"];

/// What can be made. All but those of [`FULL`] and CIFAR-10, whose images carry no licence, ship with the page.
const SHIPPED: [&str; 5] = ["mnist", "fashion", "digits", "emoji", "furniture"];

#[derive(clap::Args)]
pub struct Options {
    /// Which: those that the page takes, or a whole one, which goes into target/data to train on natively. All that ship with the page
    /// if left out.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(
        [&SHIPPED[..], &["cifar10"], &FULL[..]].concat()
    ))]
    sets: Vec<String>,
}

/// Starts this program again with what makes data sets compiled in.
#[cfg(not(feature = "data"))]
pub fn data(options: &Options) -> Result<()> {
    use crate::shell::{program, run};

    run(program("cargo")
        .args(["run", "--quiet", "--package", "xtask", "--features", "data", "--", "data"])
        .args(&options.sets))
}

/// Makes the data sets.
#[cfg(feature = "data")]
pub fn data(options: &Options) -> Result<()> {
    let shipped = SHIPPED.map(String::from);
    let sets = if options.sets.is_empty() { &shipped[..] } else { &options.sets[..] };
    sets.iter().try_for_each(|set| make::make(set))
}

/// The file of a set that is too large to ship, made if it is not there.
pub fn full(name: &str) -> Result<PathBuf> {
    let path = root().join(format!("target/data/{name}.safetensors"));
    if !path.exists() {
        data(&Options { sets: vec![name.into()] })?;
    }
    Ok(path)
}
