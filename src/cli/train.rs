//! Trains over several seeds, evaluates after every epoch and writes weights. The config is the page's, as JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use burn::prelude::Device;
use spikeground::session::{Lanes, Session, SessionConfig};

use crate::read_data;

#[derive(clap::Args)]
pub struct Train {
    /// The data set as an unpacked .safetensors file (`cargo xtask train` finds it by name).
    #[arg(long)]
    file: PathBuf,
    /// A config as the page has it; keys that are left out take their defaults. Example: '{"spike":"ternary","epochs":3}'
    #[arg(long, default_value = "{}")]
    config: String,
    /// Seeds 1 to N.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// Write the weights of the last seed here.
    #[arg(long)]
    weights: Option<PathBuf>,
}

pub async fn run(train: &Train) -> Result<(), String> {
    let data = Arc::new(read_data(&train.file)?);
    let config = SessionConfig { data: data.name, ..read_config(&train.config)? };
    let mut accuracies = vec![];
    for seed in 1..=train.seeds {
        let config = SessionConfig { seed, ..config.clone() };
        let session = Session::new(config, data.clone(), &Device::flex()).map_err(|error| error.to_string())?;
        let mut lanes = Lanes::of(vec![session]);
        prepare(&mut lanes).await?;
        let session = &mut lanes.sessions_mut()[0];
        accuracies.push(epochs(session).await?);
        if let Some(path) = train.weights.as_ref().filter(|_| seed == train.seeds) {
            let weights = session.weights().await.map_err(|error| error.to_string())?;
            std::fs::write(path, weights).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    let count = accuracies.len() as f64;
    let mean = accuracies.iter().sum::<f64>() / count;
    let spread = (accuracies.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0)).sqrt();
    println!(
        "{}: held-out accuracy {:.2} %, standard deviation {:.2}, {} seeds ({} / {} samples)",
        data.name,
        mean * 100.0,
        spread * 100.0,
        train.seeds,
        data.train.len(),
        data.held_out.len()
    );
    Ok(())
}

/// Trains the ANN twins that the lanes need.
pub async fn prepare(lanes: &mut Lanes) -> Result<(), String> {
    while lanes.prepare(usize::MAX).await.map_err(|error| error.to_string())?.is_some() {}
    Ok(())
}

/// The config of `--config`, in which a key that no config has is an error.
fn read_config(text: &str) -> Result<SessionConfig, String> {
    changed(&SessionConfig::default(), text)
}

/// A config with what `--config` changes in it; a key that no config has is an error.
pub fn changed(config: &SessionConfig, text: &str) -> Result<SessionConfig, String> {
    let wrong = |error: serde_json::Error| format!("--config is not a config: {error}");
    let given: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).map_err(wrong)?;
    let mut whole = serde_json::to_value(config).map_err(wrong)?;
    if let Some(key) = given.keys().find(|key| whole.get(key).is_none() && *key != "changes") {
        let known: Vec<&str> = whole.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        return Err(format!("--config has the key \"{key}\", but the keys are {}", known.join(", ")));
    }
    for (key, value) in given {
        whole[key] = value;
    }
    serde_json::from_value(whole).map_err(wrong)
}

/// All planned epochs; the held-out accuracy after the last.
async fn epochs(session: &mut Session) -> Result<f64, String> {
    let (config, started) = (session.config().clone(), Instant::now());
    let mut accuracy = 0.0;
    while session.step() < session.planned() {
        let progress = session.train(session.epoch_end() - session.step()).await.map_err(|error| error.to_string())?;
        if let Some(reason) = progress.stopped {
            return Err(format!("seed {}: {reason}", config.seed));
        }
        let loss = progress.losses.iter().sum::<f32>() / progress.losses.len() as f32;
        let evaluation = session.evaluate(0, session.data().held_out.len()).await.map_err(|error| error.to_string())?;
        accuracy = f64::from(evaluation.accuracy);
        println!(
            "seed {} epoch {:>2}: training loss {loss:.4}, held-out accuracy {:.2} %, {:.0} s",
            config.seed,
            progress.epoch,
            accuracy * 100.0,
            started.elapsed().as_secs_f32()
        );
    }
    Ok(accuracy)
}
