//! Running other programs, so that a person sees what is run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the repository").to_path_buf()
}

/// A heading for what comes next, with the minutes and seconds since this program began.
pub fn say(what: &str) {
    let seconds = begun().elapsed().as_secs();
    println!("\n== [{:02}:{:02}] {what}", seconds / 60, seconds % 60);
}

/// When this program began: it asks for that at once.
pub fn begun() -> Instant {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    *BEGUN.get_or_init(Instant::now)
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

/// A command of this program that goes on behind another; what it prints is shown when it has ended. Dropped, it is stopped.
pub struct Behind {
    child: Child,
    log: PathBuf,
    words: String,
}

impl Behind {
    /// Starts `cargo xtask` with these arguments, which may compile nothing that the one in front compiles, or they would wait
    /// for each other.
    pub fn start(arguments: &[&str], log: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).current_dir(root()).stdin(Stdio::null());
        let words = words(&command);
        println!("$ {words} (behind what follows, into {})", log.display());
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let file = File::create(log).with_context(|| log.display().to_string())?;
        let child = command.stdout(file.try_clone()?).stderr(file).spawn().with_context(|| words.clone())?;
        Ok(Self { child, log: log.into(), words })
    }

    /// Waits for its end, shows what it printed and fails where it failed.
    pub fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        say(&format!("{} printed, with times of its own", self.words));
        io::copy(&mut File::open(&self.log)?, &mut io::stdout())?;
        if !status.success() {
            bail!("{} failed ({status})", self.words);
        }
        Ok(())
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to stop.
        let _ = self.child.kill();
    }
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
