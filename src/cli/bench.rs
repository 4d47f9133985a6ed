//! The benchmark's work natively, on one thread, with its inputs written for those who do the same elsewhere.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::prelude::Device;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};
use spikeground::bench::{LifWork, SynapseKind, SynapseWork, TrainingWork, WorkKind};
use spikeground::data::DataSet;
use spikeground::neuron::SpikeKind;

use crate::read_data;

const NEURONS: usize = 65_536;
const TIME_STEPS: [usize; 4] = [4, 8, 16, 32];
/// Shares of a synapse's inputs that are not zero.
const SHARES: [f32; 5] = [0.1, 0.2, 0.3, 0.5, 1.0];
/// Steps outside the clock, whose losses are printed, and under it.
const WARM: usize = 5;
const TIMED: usize = 20;

#[derive(clap::Args)]
pub struct Bench {
    /// The MNIST digits as an unpacked .safetensors file (`cargo xtask bench -- --native` finds it).
    #[arg(long)]
    file: PathBuf,
    /// Where the inputs are written: mlp.safetensors, convnet.safetensors, lif.safetensors.
    #[arg(long)]
    inputs: PathBuf,
    /// Rounds of each work.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// One work alone.
    #[arg(long, value_enum)]
    only: Option<Work>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Work {
    Mlp,
    Convnet,
    Lif,
    Synapse,
}

/// Prints one JSON object: for each network the first losses and milliseconds a step of each round, for the layer alone the
/// same by time steps.
pub async fn run(bench: &Bench) -> Result<(), String> {
    let data = read_data(&bench.file)?;
    std::fs::create_dir_all(&bench.inputs).map_err(|error| format!("{}: {error}", bench.inputs.display()))?;
    let mut given = json!({ "title": "Spikeground natively, one thread" });
    for (work, name) in [(Work::Mlp, "mlp"), (Work::Convnet, "convnet"), (Work::Lif, "lif"), (Work::Synapse, "synapse")]
    {
        if bench.only.is_some_and(|only| only != work) {
            continue;
        }
        given[name] = match work {
            Work::Mlp => training(bench, WorkKind::Mlp, name, &data).await?,
            Work::Convnet => training(bench, WorkKind::Convnet, name, &data).await?,
            Work::Lif => lif(bench).await?,
            Work::Synapse => synapses().await?,
        };
    }
    println!("{given}");
    Ok(())
}

async fn training(bench: &Bench, kind: WorkKind, name: &str, data: &DataSet) -> Result<Value, String> {
    let device = Device::flex().autodiff();
    let new = || TrainingWork::new(kind, SpikeKind::Binary, Some(data), &device).map_err(|error| error.to_string());
    let mut tensors = HashMap::new();
    let mut work = new()?;
    for parameter in work.parameters() {
        let values: Vec<f32> = parameter.flat().into_data().try_to_vec().map_err(|error| format!("{error:?}"))?;
        tensors.insert(parameter.name.clone(), (parameter.shape.clone(), values));
    }
    let columns = |values: &[f32], columns| (vec![values.len() / columns, columns], values.to_vec());
    tensors.insert("pixels".into(), columns(work.inputs(), 784));
    tensors.insert("labels".into(), columns(work.labels(), 10));
    write(&bench.inputs.join(format!("{name}.safetensors")), &tensors)?;

    let (mut losses, mut times) = (vec![], vec![]);
    for _ in 0..bench.rounds {
        let mut work = new()?;
        losses.clear();
        for _ in 0..WARM {
            losses.push(work.step().await.map_err(|error| error.to_string())?);
        }
        let start = Instant::now();
        for _ in 0..TIMED {
            work.step().await.map_err(|error| error.to_string())?;
        }
        times.push(milliseconds(start));
    }
    Ok(json!({ "losses": losses, "ms": times }))
}

async fn lif(bench: &Bench) -> Result<Value, String> {
    let device = Device::flex().autodiff();
    let mut tensors = HashMap::new();
    let mut answers = serde_json::Map::new();
    for steps in TIME_STEPS {
        tensors.insert(format!("current_{steps}"), (vec![steps, NEURONS], LifWork::current(steps, NEURONS)));
        tensors.insert(format!("gradient_{steps}"), (vec![steps, NEURONS], LifWork::gradient(steps, NEURONS)));
        let work = LifWork::new(steps, NEURONS, &device);
        let run = || async { work.run(true).await.map_err(|error| error.to_string()) };
        let mut answer = run().await?;
        let mut times = vec![];
        for _ in 0..bench.rounds {
            for _ in 0..WARM {
                answer = run().await?;
            }
            let start = Instant::now();
            for _ in 0..TIMED {
                run().await?;
            }
            times.push(milliseconds(start));
        }
        answers.insert(steps.to_string(), json!({ "answer": answer, "ms": times }));
    }
    write(&bench.inputs.join("lif.safetensors"), &tensors)?;
    Ok(Value::Object(answers))
}

/// For each product and convolution, and each share of inputs that are not zero: milliseconds of ours and of the library's.
async fn synapses() -> Result<Value, String> {
    let device = Device::flex().autodiff();
    let mut answers = json!({});
    for kind in [SynapseKind::Mlp, SynapseKind::Points, SynapseKind::Convolution] {
        let mut rows = vec![];
        for share in SHARES {
            let work = SynapseWork::new(kind, share, &device);
            let mut times = vec![];
            for own in [true, false] {
                let run = || async { work.run(own).await.map_err(|error| error.to_string()) };
                for _ in 0..WARM {
                    run().await?;
                }
                let start = Instant::now();
                for _ in 0..TIMED {
                    run().await?;
                }
                times.push(milliseconds(start));
            }
            rows.push(json!({ "share": share, "ours": times[0], "library": times[1] }));
        }
        answers[format!("{kind:?}").to_lowercase()] = json!(rows);
    }
    Ok(answers)
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0 / TIMED as f64
}

fn write(path: &Path, tensors: &HashMap<String, (Vec<usize>, Vec<f32>)>) -> Result<(), String> {
    let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(safetensors::Dtype::F32, shape.to_vec(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|error| error.to_string())?;
    safetensors::serialize_to_file(views, None, path).map_err(|error| format!("{}: {error}", path.display()))
}
