//! `cargo xtask test`: every check and test, cheapest first.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use crate::shell::{Behind, program, root, run, say};
use crate::{build, setup};

#[derive(clap::Args)]
pub struct Options {
    /// Run one part alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, clippy (native and wasm), rustdoc.
    Lint,
    /// The core, natively.
    Native,
    /// The core in headless Chromium, on Flex and on WebGPU.
    Wasm,
    /// The page: types, lint, and a person's way through it in headless Chromium, Firefox and WebKitGTK.
    Page,
}

/// The modules for a page, which are nothing anywhere else.
const NOT_NATIVE: [&str; 4] = ["--exclude", "spikeground-wasm", "--exclude", "spikeground-readers-wasm"];

pub fn test(options: &Options) -> Result<()> {
    match options.only {
        None => everything()?,
        Some(Part::Lint) => lint()?,
        Some(Part::Native) => native()?,
        Some(Part::Wasm) => {
            setup::wasm()?;
            wasm()?;
        }
        Some(Part::Page) => {
            build::all(false)?;
            page()?;
        }
    }
    say("All passed");
    Ok(())
}

/// Linking wasm keeps one core busy for minutes: that goes on behind what is checked natively.
fn everything() -> Result<()> {
    setup::wasm_target()?;
    let builds = Behind::start(&["build", "--tests"], &root().join("target/builds.log"))?;
    lint()?;
    native()?;
    builds.finish()?;
    wasm()?;
    page()
}

fn native() -> Result<()> {
    say("Testing the core natively");
    run(program("cargo").args(["test", "--workspace", "--features", "cli"]).args(NOT_NATIVE))
}

fn lint() -> Result<()> {
    setup::lints()?;
    setup::wasm_target()?;
    say("Checking format, lints and documentation");
    run(program("cargo").args(["fmt", "--all", "--check"]))?;
    let deny = ["--", "-D", "warnings"];
    run(program("cargo")
        .args(["clippy", "--workspace", "--all-targets", "--features", "cli"])
        .args(NOT_NATIVE)
        .args(deny))?;
    // With it goes the core that it exports.
    let wasm = ["clippy", "--package", "spikeground-wasm", "--lib", "--tests", "--target", "wasm32-unknown-unknown"];
    run(program("cargo").args(wasm).args(["--features", "bench,webgpu"]).args(deny))?;
    let readers = ["clippy", "--package", "spikeground-readers-wasm", "--target", "wasm32-unknown-unknown"];
    run(program("cargo").args(readers).args(deny))?;
    run(program("cargo")
        .args(["doc", "--no-deps", "--package", "spikeground", "--package", "spikeground-readers"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

fn wasm() -> Result<()> {
    let browser = setup::browser()?;
    say("Testing the core in headless Chromium, on Flex and on WebGPU (a long build the first time)");
    let mut command = program("wasm-pack");
    command.args(["test", "--headless", "--chrome", "--release", "--chromedriver"]).arg(&browser.driver);
    // What follows the folder goes to cargo.
    command.arg("wasm").args(build::WEBGPU.flags());
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities(&browser)?);
    run(command.env("WASM_BINDGEN_TEST_TIMEOUT", "900"))
}

/// What the driver is asked for: webdriver.json, with the browser that was found.
fn capabilities(browser: &setup::Browser) -> Result<PathBuf> {
    let mut asked: serde_json::Value = serde_json::from_str(&fs::read_to_string(root().join("webdriver.json"))?)?;
    asked["goog:chromeOptions"]["binary"] = browser.chromium.to_string_lossy().into();
    let path = root().join("target/webdriver.json");
    fs::write(&path, asked.to_string())?;
    Ok(path)
}

fn page() -> Result<()> {
    let browser = setup::browser()?;
    let www = root().join("www");
    run(program("npm").args(["run", "--silent", "lint"]).current_dir(&www))?;
    say("Testing what of the page needs no browser");
    run(program("npm").args(["run", "--silent", "unit"]).current_dir(&www))?;
    let engines = setup::other_engines();
    let names: Vec<&str> = engines.iter().map(|engine| engine.name).collect();
    say(&format!("Testing the page in headless Chromium and in {} more: {}", names.len(), names.join(", ")));
    fs::create_dir_all(root().join("target/page"))?;
    let projects = std::iter::once("tests").chain(names).flat_map(|name| ["--project", name]);
    let variables = engines.iter().flat_map(|engine| engine.variables.iter().map(|(name, path)| (*name, path)));
    let mut command = program("npx");
    command.args(["playwright", "test"]).args(projects).env("CHROMIUM", &browser.chromium).envs(variables);
    run(command.current_dir(&www))
}
