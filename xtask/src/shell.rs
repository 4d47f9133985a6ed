//! Running other programs, so that a person sees what is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the repository").to_path_buf()
}

/// A heading for what comes next.
pub fn say(what: &str) {
    println!("\n== {what}");
}

/// A program to be run in the repository, with the tools of [`crate::setup`] before those of the machine.
pub fn program(name: &str) -> Command {
    let tools = root().join("target/tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(tools).chain(std::env::split_paths(&path));
    let mut command = Command::new(name);
    if let Ok(path) = std::env::join_paths(paths) {
        command.env("PATH", path);
    }
    command.current_dir(root());
    command
}

/// The native command line of the core, compiled to be fast.
pub fn native(subcommand: &str) -> Command {
    let mut command = program("cargo");
    command.args(["run", "--quiet", "--profile", "native", "--features", "cli", "--bin", "spikeground", "--"]);
    command.arg(subcommand);
    command
}

/// Runs a program, its output in sight, and fails where it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let words = words(command);
    println!("$ {words}");
    let status = command.status().with_context(|| format!("{words} could not be started"))?;
    if !status.success() {
        bail!("{words} failed ({status})");
    }
    Ok(())
}

/// What a program prints, if it can be run at all.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn words(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(command.get_program().to_string_lossy().into_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
