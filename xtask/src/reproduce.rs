//! `cargo xtask reproduce`: the papers' experiments, natively, and the report of them.

use anyhow::Result;

use crate::shell::{native, root, run};
use crate::train::data_file;

#[derive(clap::Args)]
pub struct Options {
    /// One paper alone, by its word: reverb, contrast, enof, shortcut, ternary, paradigm or imLoss. May be given several times.
    #[arg(long)]
    method: Vec<String>,
    /// How many seeds. What was run before is kept in target/reproduce and not run again.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// The first of them; settings were chosen on seeds 1 to 5, so that a verdict should rest on others. 101 if left out.
    #[arg(long)]
    from_seed: Option<u32>,
    /// Another data set than each experiment's own: mnist, fashion or digits.
    #[arg(long)]
    data: Option<String>,
}

pub fn reproduce(options: &Options) -> Result<()> {
    for name in ["mnist", "fashion", "digits"] {
        data_file(name)?;
    }
    let root = root();
    let mut command = native("reproduce");
    command.args(["--seeds", &options.seeds.to_string()]);
    if let Some(seed) = options.from_seed {
        command.args(["--from-seed", &seed.to_string()]);
    }
    for method in &options.method {
        command.args(["--method", method]);
    }
    if let Some(data) = &options.data {
        command.args(["--data", data]);
    }
    command.arg("--folder").arg(root.join("target/data"));
    command.arg("--results").arg(root.join("target/reproduce"));
    // On other data the report is another one, and no part of the repository.
    let (report, json) = match options.data {
        None => (root.join("docs/reproduction.md"), root.join("www/data/reproduction.json")),
        Some(_) => (root.join("target/reproduce/report.md"), root.join("target/reproduce/report.json")),
    };
    command.arg("--report").arg(report).arg("--json").arg(json);
    run(&mut command)
}
