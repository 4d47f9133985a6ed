//! `cargo xtask bench`: measures in headless Chromium, beside TensorFlow.js, jax-js and ONNX Runtime Web on the same work in
//! the same run; natively too, beside SpikingJelly, with `-- --native`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell::{program, root, run, say};
use crate::wasm::code_by_crate;
use crate::{build, setup};

#[derive(clap::Args)]
pub struct Options {
    /// Build with WebGPU too, and time ours there (a long build the first time).
    #[arg(long)]
    gpu: bool,
    /// Passed on to benches/run.mjs, e.g. `-- --rounds 3 --only mlp`.
    #[arg(last = true)]
    rest: Vec<String>,
}

const NATIVE: [&str; 7] = ["build", "--profile", "native", "--features", "cli", "--bin", "spikeground"];

pub fn bench(options: &Options) -> Result<()> {
    setup::wasm()?;
    let browser = setup::browser()?;
    say("Compiling the CPU build with its benchmark exports");
    build::core("target/bench-pkg/cpu", &["bench"])?;
    weigh(&root().join("target/bench-pkg"))?;
    build::strip(&root().join("target/bench-pkg/cpu/spikeground_bg.wasm"))?;
    if options.gpu {
        say("Compiling the WebGPU build with its benchmark exports");
        build::core("target/bench-pkg/webgpu", &["bench", "webgpu"])?;
        build::strip(&root().join("target/bench-pkg/webgpu/spikeground_bg.wasm"))?;
    }
    if options.rest.iter().any(|flag| flag == "--native") {
        say("Compiling the core natively");
        run(program("cargo").args(NATIVE))?;
    }
    if measures_page(&options.rest) {
        build::CPU.make()?;
        build::readers()?;
        build::page()?;
    }
    setup::npm("benches")?;
    say("Measuring (leave the machine alone meanwhile)");
    let mut command = program("node");
    command.arg("run.mjs").args(&options.rest).env("CHROMIUM", &browser.chromium);
    run(command.current_dir(root().join("benches")))
}

/// Writes down whose code the CPU build in a folder is, for the report.
fn weigh(folder: &Path) -> Result<()> {
    let wasm = folder.join("cpu/spikeground_bg.wasm");
    let weights = code_by_crate(&fs::read(&wasm).with_context(|| wasm.display().to_string())?)?;
    let path = folder.join("weights.json");
    fs::write(&path, serde_json::to_string(&weights)?).with_context(|| path.display().to_string())
}

/// Whether the page itself is among what benches/run.mjs is told to measure.
fn measures_page(rest: &[String]) -> bool {
    let chosen = rest.iter().any(|word| word.starts_with("--only"));
    !chosen || rest.iter().any(|word| ["page", "--only=page", "stage", "--only=stage"].contains(&word.as_str()))
}
