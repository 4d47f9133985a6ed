//! `cargo xtask folds`: Spiking PointNet cross-validated natively on furniture10, and the report of it.

use anyhow::Result;

use crate::shell::{native, root, run};
use crate::train::data_file;

#[derive(clap::Args)]
pub struct Options {
    /// Folds. What was run before is kept in target/folds and not run again.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=20))]
    folds: u32,
    /// One way to train alone, by its word: perturbed, still, four, twin, ternary or real. May be given several times.
    #[arg(long)]
    arm: Vec<String>,
    /// Settings changed in every arm, as JSON, e.g. '{"epochs":100}'. The report then goes to target/folds.
    #[arg(long)]
    config: Option<String>,
    /// Runs at once; one a core if left out.
    #[arg(long)]
    jobs: Option<usize>,
}

pub fn folds(options: &Options) -> Result<()> {
    let mut command = native("folds");
    command.arg("--file").arg(data_file("furniture")?).args(["--folds", &options.folds.to_string()]);
    command.arg("--results").arg(root().join("target/folds"));
    for arm in &options.arm {
        command.args(["--arm", arm]);
    }
    if let Some(config) = &options.config {
        command.args(["--config", config]);
    }
    // With other settings the report is another one, and no part of the repository.
    let is_whole = options.arm.is_empty() && options.config.is_none();
    let report = if is_whole { "docs/furniture.md" } else { "target/folds/report.md" };
    command.arg("--report").arg(root().join(report));
    if let Some(jobs) = options.jobs {
        command.args(["--jobs", &jobs.to_string()]);
    }
    run(&mut command)
}
