//! `cargo xtask nmnist`: recordings of N-MNIST, or of the same format in folders named for classes, as a data set to train on natively.

use std::path::{PathBuf, absolute};

use anyhow::Result;

#[cfg(feature = "data")]
use crate::shell::{native, run, say};
#[cfg(not(feature = "data"))]
use crate::shell::{program, run};

#[derive(clap::Args)]
pub struct Options {
    /// A zip archive in N-MNIST's layout: Train/0/00002.bin, Test/0/00004.bin and so on.
    archive: PathBuf,
    /// Where the data set goes; `cargo xtask train --file` takes it.
    #[arg(long, default_value = "target/data/nmnist.safetensors")]
    out: PathBuf,
    /// Weights, as `cargo xtask train` writes them, that are to answer those held out. What learnt MNIST from a simulated event camera takes them, too.
    #[arg(long)]
    weights: Option<PathBuf>,
}

/// Starts this program again with the readers compiled in.
#[cfg(not(feature = "data"))]
pub fn nmnist(options: &Options) -> Result<()> {
    let mut command = program("cargo");
    command.args(["run", "--quiet", "--package", "xtask", "--features", "data", "--", "nmnist"]);
    command.arg(absolute(&options.archive)?).arg("--out").arg(absolute(&options.out)?);
    if let Some(weights) = &options.weights {
        command.arg("--weights").arg(absolute(weights)?);
    }
    run(&mut command)
}

/// Writes the data set and tells what was left out.
#[cfg(feature = "data")]
pub fn nmnist(options: &Options) -> Result<()> {
    use std::fs;

    use anyhow::{Context, bail};
    use spikeground_readers::{Archive, DataSetFile, Form, Part, Skipped, plan};

    let bytes = fs::read(&options.archive).with_context(|| options.archive.display().to_string())?;
    let mut archive = Archive::new(bytes)?;
    let entries = archive.entries().to_vec();
    let files: Vec<(String, u64)> = entries.iter().map(|entry| (entry.path.clone(), entry.size)).collect();
    let plan = plan(&files)?;
    if plan.form != Form::Recording {
        bail!("{} holds no recordings, or fewer of them than other files", options.archive.display());
    }
    let mut file = DataSetFile::new(plan.form, "own", &plan.classes);
    let mut skipped: Vec<Skipped> = archive.left_out();
    skipped.extend(plan.skipped);
    for item in plan.items {
        let entry = &entries[item.index];
        let taken = archive
            .extract(entry.index)
            .map_err(|error| error.to_string())
            .and_then(|bytes| file.add_recording(item.part, item.label, &bytes).map_err(|error| error.to_string()));
        if let Err(reason) = taken {
            skipped.push(Skipped { path: entry.path.clone(), reason });
        }
    }
    for Skipped { path, reason } in &skipped {
        println!("left out: {path}: {reason}");
    }
    let [train, held_out] = [Part::Train, Part::HeldOut].map(|part| file.count(part));
    if let Some(folder) = options.out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&options.out, file.finish(&[])?)?;
    say(&format!("{}: {train} recordings to train on, {held_out} held out", options.out.display()));
    match &options.weights {
        Some(weights) => run(native("recordings")
            .arg("--file")
            .arg(absolute(&options.out)?)
            .arg("--weights")
            .arg(absolute(weights)?)),
        None => Ok(()),
    }
}
