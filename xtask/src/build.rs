//! The two wasm builds and the page.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::{self, BINDGEN, WASM_TARGET};
use crate::shell::{output, program, root, run, say};
use crate::wasm::without_names;

/// The readers of meshes and clouds, which the page fetches when somebody brings a file.
pub const READERS: &str = "pkg/readers";

/// A wasm build of the crate: a folder, the features it adds, and how large the page's download may become.
pub struct Build {
    folder: &'static str,
    features: &'static [&'static str],
    what: &'static str,
    /// Of the `.wasm`, brotli at quality 11.
    most_mebibytes: f64,
}

/// Burn's CPU backend alone: what the page starts on.
pub const CPU: Build = Build { folder: "pkg/cpu", features: &[], what: "the CPU build", most_mebibytes: 0.66 };
/// Both backends: what the page fetches where there is a GPU.
pub const WEBGPU: Build =
    Build { folder: "pkg/webgpu", features: &["webgpu"], what: "the WebGPU build", most_mebibytes: 2.0 };

impl Build {
    /// Has cargo compile the core with its features, or the core's tests in a browser.
    pub fn cargo(&self, subcommand: &str) -> Command {
        cargo(subcommand, self.features)
    }

    /// Compiles it (minutes the first time).
    pub fn make(&self) -> Result<()> {
        say(&format!("Compiling {} into {} (minutes the first time)", self.what, self.folder));
        core(self.folder, self.features)?;
        strip(&root().join(self.folder).join("spikeground_bg.wasm"))
    }

    /// Fails where the download has become too large.
    pub fn check_size(&self) -> Result<()> {
        let path = root().join(self.folder).join("spikeground_bg.wasm");
        let wasm = fs::read(&path).with_context(|| format!("{} has not been built", path.display()))?;
        let mut packed = vec![];
        {
            let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 24);
            writer.write_all(&wasm)?;
        }
        let mebibytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
        let (raw, small) = (mebibytes(wasm.len()), mebibytes(packed.len()));
        println!("{}: {raw:.2} MiB, {small:.2} MiB as brotli, of {:.2} allowed", self.folder, self.most_mebibytes);
        if small > self.most_mebibytes {
            bail!("{} has grown beyond {} MiB (brotli)", self.folder, self.most_mebibytes);
        }
        Ok(())
    }
}

/// Makes of what cargo has compiled for a crate what a page loads: the module, JavaScript and types.
fn package(krate: &str, name: &str, folder: &str) -> Result<()> {
    let compiled = target()?.join(WASM_TARGET).join("release").join(krate.replace('-', "_")).with_extension("wasm");
    let mut command = program(BINDGEN);
    command.arg(compiled).args(["--target", "web", "--out-name", name, "--out-dir"]).arg(root().join(folder));
    run(&mut command)
}

/// Where cargo compiles to.
fn target() -> Result<PathBuf> {
    let metadata = output(program("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))
        .context("cargo does not tell where it compiles to")?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    Ok(metadata["target_directory"].as_str().context("cargo does not tell where it compiles to")?.into())
}

/// Compiles the readers.
pub fn readers() -> Result<()> {
    say(&format!("Compiling the readers of meshes and clouds into {READERS}"));
    let krate = "spikeground-readers-wasm";
    run(program("cargo").args(["build", "--release", "--lib", "--target", WASM_TARGET, "--package", krate]))?;
    package(krate, "readers", READERS)?;
    strip(&root().join(READERS).join("readers_bg.wasm"))
}

/// Takes the names of functions out of a wasm file.
pub fn strip(path: &Path) -> Result<()> {
    let bare = without_names(&fs::read(path)?).with_context(|| path.display().to_string())?;
    fs::write(path, bare).with_context(|| path.display().to_string())
}

/// The crate that is the core as a module.
const CORE: &str = "spikeground-wasm";

fn cargo(subcommand: &str, features: &[&str]) -> Command {
    let mut command = program("cargo");
    command.args([subcommand, "--release", "--target", WASM_TARGET, "--package", CORE]);
    // Everything is optimised together at the end. This crate's level decides whether loops are vectorised; with the GPU
    // backend in, that would make the download too large, and nobody waits for its loops on the CPU: the page computes there
    // with the other build.
    let levels: &[&str] = if features.contains(&"webgpu") {
        &["burn-flex.opt-level='s'", "gemm-common.opt-level='s'", "gemm-f32.opt-level='s'"]
    } else {
        &["spikeground-wasm.opt-level=3"]
    };
    for level in levels {
        command.args(["--config", &format!("profile.release.package.{level}")]);
    }
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    command
}

/// Builds the core as a wasm package for a page.
pub fn core(folder: &str, features: &[&str]) -> Result<()> {
    run(cargo("build", features).arg("--lib"))?;
    package(CORE, "spikeground", folder)
}

/// Writes what the page is built with: defaults, ranges and data sets as the CPU build tells them, and a small run to show until
/// the page's own network stands.
fn from_wasm() -> Result<()> {
    run(program("node").arg("wasm/settings.mjs"))?;
    run(program("node").arg("wasm/stored-run.mjs"))
}

/// Type-checks and bundles the page into www/dist.
pub fn page() -> Result<()> {
    setup::npm("www")?;
    from_wasm()?;
    say("Building the page");
    run(program("npm").args(["run", "--silent", "build"]).current_dir(root().join("www")))
}

/// Bundles the page once more, now that there is more for it to fetch. What was there before stays, for pages that are open.
pub fn page_again() -> Result<()> {
    run(program("npx")
        .args(["vite", "build", "--emptyOutDir=false", "--logLevel", "warn"])
        .current_dir(root().join("www")))
}

#[derive(clap::Args)]
pub struct Options {
    /// Compile and install what the tests in browsers need, too.
    #[arg(long)]
    tests: bool,
    /// Compile the CPU build alone, with the names of its functions, for a page that is served by `npm run dev`.
    #[arg(long, conflicts_with = "tests")]
    core: bool,
}

pub fn build(options: &Options) -> Result<()> {
    if options.core {
        setup::wasm()?;
        core(CPU.folder, CPU.features)?;
        return from_wasm();
    }
    if options.tests {
        setup::browser()?;
        setup::other_engines();
    }
    all(options.tests)
}

/// Everything that is served, and where wanted the core's tests in a browser.
pub fn all(with_tests: bool) -> Result<()> {
    setup::wasm()?;
    CPU.make()?;
    readers()?;
    if with_tests {
        say("Compiling the WebGPU build and the core's tests in a browser (minutes the first time)");
        // Linking either takes a core for minutes: one each.
        run(WEBGPU.cargo("build").args(["--lib", "--tests"]))?;
    }
    WEBGPU.make()?;
    say("Checking how large the downloads are");
    CPU.check_size()?;
    WEBGPU.check_size()?;
    page()
}
