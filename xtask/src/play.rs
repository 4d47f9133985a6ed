//! `cargo xtask play`: from a fresh clone to a page in the browser.

use anyhow::{Context, Result, bail};

use crate::shell::{program, root, say};
use crate::{build, setup};

#[derive(clap::Args)]
pub struct Options {
    /// The port to serve on.
    #[arg(long, default_value_t = 4173)]
    port: u16,
    /// Serve the CPU build alone (saves the long build of the WebGPU one).
    #[arg(long)]
    cpu_only: bool,
}

/// The page is served as soon as the CPU build is there. The WebGPU build follows while the page runs already, and then a page
/// that knows it; the server reads the folder at each request, so a reload finds it.
pub fn play(options: &Options) -> Result<()> {
    setup::wasm()?;
    build::CPU.make()?;
    build::readers()?;
    build::page()?;
    say(&format!("Open http://localhost:{}/ (Ctrl+C ends the server)", options.port));
    let mut server = program("npx");
    server.args(["vite", "preview", "--strictPort", "--port", &options.port.to_string()]);
    let mut server = server.current_dir(root().join("www")).spawn().context("the server could not be started")?;
    if !options.cpu_only {
        if let Err(error) = build::WEBGPU.make().and_then(|()| build::page_again()) {
            eprintln!("The page goes on without WebGPU: {error:#}");
        } else {
            say(&format!("WebGPU is ready too: reload http://localhost:{}/", options.port));
        }
    }
    let status = server.wait()?;
    if !status.success() {
        bail!("the server ended ({status}); if the port is taken, choose another with --port");
    }
    Ok(())
}
