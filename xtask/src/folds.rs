//! `cargo xtask folds`: Spiking PointNet cross-validated natively on furniture10, and the report of it.

use anyhow::Result;

use crate::shell::{native, root, run};
use crate::train::data_file;

#[derive(clap::Args)]
pub struct Options {
    /// Folds. What was run before is kept in target/folds and not run again.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=20))]
    folds: u32,
    /// Runs at once; one a core if left out.
    #[arg(long)]
    jobs: Option<usize>,
}

pub fn folds(options: &Options) -> Result<()> {
    let mut command = native("folds");
    command.arg("--file").arg(data_file("furniture")?).args(["--folds", &options.folds.to_string()]);
    command.arg("--results").arg(root().join("target/folds"));
    command.arg("--report").arg(root().join("docs/furniture.md"));
    if let Some(jobs) = options.jobs {
        command.args(["--jobs", &jobs.to_string()]);
    }
    run(&mut command)
}
