//! A link is a run in every browser to the bit (`www/tests/same-run.spec.ts`); natively it is the same run but for how sums
//! are rounded.
#![cfg(not(target_arch = "wasm32"))]

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use burn::prelude::Device;
use flate2::read::GzDecoder;
use pollster::block_on;
use serde::Deserialize;
use spikeground::data::DataSet;
use spikeground::session::{Session, SessionConfig};

/// A run as the browsers have it.
#[derive(Deserialize)]
struct Run {
    link: String,
    config: SessionConfig,
    losses: Vec<f32>,
}

#[test]
fn a_run_is_natively_what_it_is_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runs = std::fs::read_to_string(folder.join("tests/same_run.json")).expect("the browsers' runs");
    let runs: Vec<Run> = serde_json::from_str(&runs).expect("runs");
    assert!(!runs.is_empty());
    for Run { link, config, losses } in runs {
        let file = File::open(folder.join(format!("www/data/{}.safetensors.gz", config.data))).expect("the data set");
        let mut bytes = vec![];
        GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
        let data = Arc::new(DataSet::from_safetensors(&bytes).expect("a data set"));
        let mut session = Session::new(config, data, &Device::flex()).expect("a run");
        let natively = block_on(session.train(losses.len())).expect("losses").losses;
        for (step, (natively, in_browser)) in natively.iter().zip(&losses).enumerate() {
            let apart = (natively - in_browser).abs();
            assert!(apart <= 1e-5 * in_browser.max(1.0), "{link}, step {step}: {natively} and {in_browser}");
        }
    }
}
