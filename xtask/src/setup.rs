//! What a new machine lacks: the wasm target, wasm-bindgen and wasm-pack at the versions that fit, npm packages, and for
//! tests a browser with its driver. Tools go into target/tools, so that nothing of the machine's own is replaced.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{output, program, root, run, say};

/// What Rust compiles to for a page.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
const WASM_PACK: &str = "0.15.1";
const TOOLS: &str = "target/tools";

/// What checking format and lints needs: a minimal Rust lacks it.
pub fn lints() -> Result<()> {
    for component in ["rustfmt", "clippy"] {
        let command = if component == "rustfmt" { "fmt" } else { component };
        if output(program("cargo").args([command, "--version"])).is_none() {
            run(program("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// What building the wasm needs.
pub fn wasm() -> Result<()> {
    wasm_target()?;
    let bindgen = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    tool("wasm-bindgen-cli", &bindgen, &locked_version("wasm-bindgen")?)?;
    tool("wasm-pack", &["wasm-pack"], WASM_PACK)
}

/// The target that Rust compiles to for a page.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(program("rustc").args(["--print", "sysroot"])).context("rustc could not be run")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).exists() {
        return Ok(());
    }
    say("Installing Rust's WebAssembly target");
    run(program("rustup").args(["target", "add", WASM_TARGET]))
        .context("the WebAssembly target is missing and rustup could not add it: install Rust with https://rustup.rs")
}

/// The version of a package in Cargo.lock: the wasm-bindgen tool must be of exactly that of the library.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = lock.split_once(&entry).with_context(|| format!("Cargo.lock has no {package}"))?;
    let (version, _) = rest.split_once('"').context("Cargo.lock cannot be read")?;
    Ok(version.into())
}

/// Installs the programs of a package, unless they are there.
fn tool(package: &str, programs: &[&str], version: &str) -> Result<()> {
    let is_there = |name: &&str| {
        let found = output(program(name).arg("--version"));
        found.is_some_and(|found| found.split_whitespace().any(|word| word == version))
    };
    if programs.iter().all(is_there) {
        return Ok(());
    }
    say(&format!("Installing {package} {version} into {TOOLS} (a few minutes, once)"));
    let install = || {
        let mut command = program("cargo");
        command.args(["install", package, "--version", version, "--root", TOOLS, "--force"]);
        command.args(programs.iter().flat_map(|name| ["--bin", name]));
        // They run for seconds and are compiled for minutes.
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        command
    };
    // A registry mirror may lag behind the lock file that the tool ships with.
    run(install().arg("--locked")).or_else(|error| {
        println!("{error}: trying again with the versions that the registry has");
        run(&mut install())
    })
}

/// The npm packages of a folder, installed anew where its lock file has changed.
pub fn npm(folder: &str) -> Result<()> {
    let version = output(program("node").arg("--version")).context(
        "Node.js is missing: the page is built with it. Install version 20.19 or later (https://nodejs.org, or your system's package)",
    )?;
    let mut numbers = version.trim_start_matches('v').split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    if (numbers.next(), numbers.next()) < (Some(20), Some(19)) {
        bail!("Node.js {version} is too old: the page is built with version 20.19 or later");
    }
    let folder = root().join(folder);
    let modified = |path: &str| fs::metadata(folder.join(path)).and_then(|data| data.modified()).ok();
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    say(&format!("Installing the npm packages of {}", folder.display()));
    run(program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
}

/// A browser and its driver.
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// chromedriver of the same version.
    pub driver: PathBuf,
}

/// The browser for the tests: `CHROMIUM` and `CHROMEDRIVER`, those on the PATH, or on Debian its packages.
pub fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    debian("Chromium and its driver", &["chromium", "chromium-driver"])?;
    find_browser().context(
        "The tests need Chromium and chromedriver of the same version. On Debian: sudo apt-get install chromium chromium-driver. \
         Elsewhere set CHROMIUM and CHROMEDRIVER to where they are",
    )
}

/// An engine beside Chromium's that the page is tested in: a project of the page's tests, and what they need to find it.
pub struct Engine {
    /// The name of the project.
    pub name: &'static str,
    /// The variables that say where it is.
    pub variables: Vec<(&'static str, PathBuf)>,
}

/// Firefox (`FIREFOX` or on the PATH) and WebKitGTK (`WEBKIT_DRIVER` and `XVFB` or on the PATH), on Debian from its packages. What
/// cannot be had is said and left out.
pub fn other_engines() -> Vec<Engine> {
    let wanted = [
        ("firefox", vec![("FIREFOX", "firefox-esr")]),
        ("webkit", vec![("WEBKIT_DRIVER", "WebKitWebDriver"), ("XVFB", "Xvfb")]),
    ];
    let find_all = |programs: &[(&'static str, &str)]| -> Option<Vec<(&'static str, PathBuf)>> {
        programs.iter().map(|(variable, name)| Some((*variable, find(variable, &[name])?))).collect()
    };
    if wanted.iter().any(|(_, programs)| find_all(programs).is_none())
        && let Err(error) = debian("Firefox and WebKitGTK", &["firefox-esr", "webkit2gtk-driver", "xvfb"])
    {
        say(&format!("{error:#}"));
    }
    let mut engines = vec![];
    for (name, programs) in wanted {
        match find_all(&programs) {
            Some(variables) => engines.push(Engine { name, variables }),
            None => say(&format!("The page is not tested in {name}, which is not on this machine")),
        }
    }
    engines
}

/// Installs packages where the system is Debian's and the user may.
fn debian(what: &str, packages: &[&str]) -> Result<()> {
    let is_root = output(program("id").arg("-u")).as_deref() == Some("0");
    if !is_root || output(program("apt-get").arg("--version")).is_none() {
        return Ok(());
    }
    say(&format!("Installing {what}"));
    run(program("apt-get").arg("update"))?;
    run(program("apt-get").args(["install", "-y", "--no-install-recommends"]).args(packages))
}

fn find_browser() -> Option<Browser> {
    let chromium = find("CHROMIUM", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?;
    Some(Browser { chromium, driver: find("CHROMEDRIVER", &["chromedriver"])? })
}

fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}
