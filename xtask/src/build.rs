//! The two wasm builds and the page.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::{self, WASM_TARGET};
use crate::shell::{program, root, run, say};
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
pub const CPU: Build = Build { folder: "pkg/cpu", features: &[], what: "the CPU build", most_mebibytes: 0.65 };
/// Both backends: what the page fetches where there is a GPU.
pub const WEBGPU: Build =
    Build { folder: "pkg/webgpu", features: &["webgpu"], what: "the WebGPU build", most_mebibytes: 2.0 };

impl Build {
    /// What cargo is told for it.
    pub fn flags(&self) -> Vec<String> {
        flags(self.features)
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

/// Builds a crate as a wasm package for a page.
fn package(krate: &str, name: &str, folder: &str) -> Command {
    let mut command = program("wasm-pack");
    command.args(["build", krate, "--release", "--target", "web", "--no-pack", "--out-name", name, "--out-dir"]);
    command.arg(root().join(folder));
    command
}

/// Compiles the readers.
pub fn readers() -> Result<()> {
    say(&format!("Compiling the readers of meshes and clouds into {READERS}"));
    run(&mut package("readers/wasm", "readers", READERS))?;
    strip(&root().join(READERS).join("readers_bg.wasm"))
}

/// Takes the names of functions out of a wasm file.
pub fn strip(path: &Path) -> Result<()> {
    let bare = without_names(&fs::read(path)?).with_context(|| path.display().to_string())?;
    fs::write(path, bare).with_context(|| path.display().to_string())
}

/// What cargo is told for the core with some features, the same wherever that is compiled, so that it is compiled once.
fn flags(features: &[&str]) -> Vec<String> {
    // Everything is optimised together at the end. This crate's level decides whether loops are vectorised; with the GPU
    // backend in, that would make the download too large, and nobody waits for its loops on the CPU: the page computes there
    // with the other build.
    let levels: &[&str] = if features.contains(&"webgpu") {
        &["gemm-common.opt-level='s'", "gemm-f32.opt-level='s'"]
    } else {
        &["spikeground-wasm.opt-level=3"]
    };
    let levels = levels.iter().flat_map(|level| ["--config".into(), format!("profile.release.package.{level}")]);
    let features = [features.join(",")].into_iter().filter(|all| !all.is_empty());
    levels.chain(features.flat_map(|all| ["--features".into(), all])).collect()
}

/// Builds the core as a wasm package for a page.
pub fn core(folder: &str, features: &[&str]) -> Result<()> {
    run(package("wasm", "spikeground", folder).arg("--").args(flags(features)))
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
        let both = ["build", "--release", "--target", WASM_TARGET, "--package", "spikeground-wasm", "--lib", "--tests"];
        run(program("cargo").args(both).args(WEBGPU.flags()))?;
    }
    WEBGPU.make()?;
    say("Checking how large the downloads are");
    CPU.check_size()?;
    WEBGPU.check_size()?;
    page()
}
