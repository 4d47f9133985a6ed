//! `cargo xtask bench`: measures in headless Chromium, beside TensorFlow.js on the same work in the same run.

use anyhow::Result;

use crate::shell::{program, root, run, say};
use crate::{build, setup};

#[derive(clap::Args)]
pub struct Options {
    /// Passed on to benches/run.mjs, e.g. `-- --rounds 3 --only mlp`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn bench(options: &Options) -> Result<()> {
    setup::wasm()?;
    let browser = setup::browser()?;
    say("Compiling the CPU build with its benchmark exports");
    build::wasm_pack("target/bench-pkg/cpu", &["bench"])?;
    setup::npm("benches")?;
    say("Measuring (leave the machine alone meanwhile)");
    let mut command = program("node");
    command.arg("run.mjs").args(&options.rest).env("CHROMIUM", &browser.chromium);
    run(command.current_dir(root().join("benches")))
}
