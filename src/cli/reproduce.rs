//! Runs the experiments of the papers, one seed of one paper at a time, as many at once as there are cores. What a seed gave
//! is written at once, so that an interrupted run goes on where it was; then the report is written from all that is there.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use burn::prelude::Device;
use serde::{Deserialize, Serialize};
use spikeground::data::{DataName, DataSet, Identity};
use spikeground::experiment::{Arm, Budget, Experiment, FIRST_UNSEEN, Measured, Paper, experiment};
use spikeground::session::{Lanes, Session, SessionConfig};

use crate::{jobs, read_data, report, train};

#[derive(clap::Args)]
pub struct Reproduce {
    /// The papers, by their words (reverb, contrast, enof, shortcut, ternary, paradigm, imLoss); all of them if left out.
    #[arg(long, value_parser = paper)]
    method: Vec<Paper>,
    /// How many seeds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=MOST_SEEDS))]
    seeds: u32,
    /// The first of them; settings were chosen on seeds 1 to 5, so that a verdict should rest on others.
    #[arg(long, default_value_t = FIRST_UNSEEN, value_parser = clap::value_parser!(u32).range(1..=i64::from(u32::MAX) - MOST_SEEDS))]
    from_seed: u32,
    /// The folder of unpacked data sets, one .safetensors file each (`cargo xtask reproduce` makes it).
    #[arg(long)]
    folder: PathBuf,
    /// Another data set than each experiment's own.
    #[arg(long)]
    data: Option<DataName>,
    /// Where each seed's results are kept.
    #[arg(long)]
    results: PathBuf,
    /// The report to write.
    #[arg(long)]
    report: PathBuf,
    /// The same for the page, as JSON.
    #[arg(long)]
    json: PathBuf,
    /// Experiments at once; one a core if left out.
    #[arg(long)]
    jobs: Option<usize>,
}

const MOST_SEEDS: i64 = 10_000;

fn paper(word: &str) -> Result<Paper, String> {
    let words: Vec<&str> = Paper::ALL.into_iter().map(Paper::word).collect();
    let found = Paper::ALL.into_iter().find(|paper| paper.word() == word);
    found.ok_or_else(|| format!("there is no method \"{word}\": it must be one of {}", words.join(", ")))
}

/// One seed of one experiment.
struct Job {
    experiment: Arc<Experiment>,
    seed: u32,
}

impl Job {
    /// The data set of all arms.
    fn data(&self) -> &DataName {
        &self.experiment.arms[0].config.data
    }
}

/// To be raised whenever the code that trains or measures changes what an experiment gives: results kept before are then
/// run again.
const RESULTS: u32 = 2;

/// What a seed gave, with the runs that gave it.
#[derive(Serialize, Deserialize)]
struct Kept {
    results: u32,
    configs: Vec<SessionConfig>,
    /// The data that the arms were trained on; not there in what was kept before it was noted.
    #[serde(default)]
    data: Option<Identity>,
    arms: Vec<Measured>,
}

pub fn run(options: &Reproduce) -> Result<(), String> {
    let papers = if options.method.is_empty() { Paper::ALL.to_vec() } else { options.method.clone() };
    fs::create_dir_all(&options.results).map_err(|error| format!("{}: {error}", options.results.display()))?;
    let chosen = |paper: Paper| Arc::new(on_data(experiment(paper, Budget::Native), options.data));
    let identities = identities(options, papers.iter().copied().map(chosen));
    let kept = |job: &Job| kept(&options.results, job, identities.get(job.data()));
    let mut jobs = vec![];
    for seed in (options.from_seed..).take(options.seeds as usize) {
        for paper in &papers {
            let job = Job { experiment: chosen(*paper), seed };
            if kept(&job).is_none() {
                jobs.push(job);
            }
        }
    }
    println!("{} of {} seeds are still to run", jobs.len(), papers.len() * options.seeds as usize);
    jobs::all(&jobs, options.jobs, |job| do_job(options, job))?;
    let all: Vec<report::Run> = Paper::ALL
        .into_iter()
        .map(chosen)
        .map(|experiment| {
            let of_seed = |seed| kept(&Job { experiment: experiment.clone(), seed });
            let seeds = (options.from_seed..).map_while(of_seed).collect();
            report::Run { experiment, first_seed: options.from_seed, seeds }
        })
        .filter(|run| !run.seeds.is_empty())
        .collect();
    report::write(&all, &options.report, &options.json)
}

fn on_data(mut experiment: Experiment, data: Option<DataName>) -> Experiment {
    if let Some(data) = data {
        experiment.arms.iter_mut().for_each(|arm| arm.config.data = data);
    }
    experiment
}

fn do_job(options: &Reproduce, job: &Job) -> Result<(), String> {
    let (started, paper) = (Instant::now(), job.experiment.paper.word());
    let data = Arc::new(read_data(&file_of(options, job.data()))?);
    let arms = pollster::block_on(run_seed(job, &data))?;
    let accuracies: Vec<String> = job
        .experiment
        .arms
        .iter()
        .zip(&arms)
        .map(|(arm, measured)| format!("{} {:.2} %", arm.name, 100.0 * measured.measures.accuracy))
        .collect();
    println!("{paper}, seed {}: {} ({:.0} s)", job.seed, accuracies.join(", "), started.elapsed().as_secs_f32());
    let kept = Kept { results: RESULTS, configs: configs(job), data: Some(data.identity()), arms };
    jobs::keep(&place(&options.results, job), &kept)
}

/// The file of a data set.
fn file_of(options: &Reproduce, data: &DataName) -> PathBuf {
    options.folder.join(format!("{data}.safetensors"))
}

/// Which data the experiments are run on; what cannot be read says so once it is needed.
fn identities(options: &Reproduce, experiments: impl Iterator<Item = Arc<Experiment>>) -> HashMap<DataName, Identity> {
    let names: HashSet<DataName> = experiments.map(|experiment| experiment.arms[0].config.data).collect();
    names.into_iter().filter_map(|name| Some((name, read_data(&file_of(options, &name)).ok()?.identity()))).collect()
}

fn configs(job: &Job) -> Vec<SessionConfig> {
    job.experiment.arms.iter().map(|Arm { config, .. }| SessionConfig { seed: job.seed, ..config.clone() }).collect()
}

fn place(results: &Path, job: &Job) -> PathBuf {
    results.join(format!(
        "{}-{}-seed-{}.json",
        job.experiment.paper.word(),
        job.experiment.arms[0].config.data,
        job.seed
    ))
}

/// What a seed gave before, if the experiment and its data are still the same.
fn kept(results: &Path, job: &Job, data: Option<&Identity>) -> Option<Vec<Measured>> {
    let kept: Kept = jobs::kept(&place(results, job))?;
    let is_same_data = kept.data.as_ref().zip(data).is_none_or(|(kept, data)| kept == data);
    (kept.results == RESULTS && kept.configs == configs(job) && is_same_data).then_some(kept.arms)
}

/// Every arm from untrained weights to its last epoch.
async fn run_seed(job: &Job, data: &Arc<DataSet>) -> Result<Vec<Measured>, String> {
    let words = |error: &dyn std::fmt::Display| format!("{}, seed {}: {error}", job.experiment.paper.word(), job.seed);
    let mut lanes = Lanes::new(configs(job), data, &Device::flex()).map_err(|error| words(&error))?;
    train::prepare(&mut lanes).await?;
    let twin = lanes.sessions().iter().find_map(|session| session.twin().cloned()).filter(|_| job.experiment.with_twin);
    let mut measured = vec![];
    for session in lanes.sessions_mut() {
        let step_ms = train_arm(session).await.map_err(|error| words(&error))?;
        let measures =
            session.measure(twin.as_deref(), job.experiment.with_steps).await.map_err(|error| words(&error))?;
        measured.push(Measured { measures, step_ms });
    }
    Ok(measured)
}

/// Calls in an epoch, at the end of each of which gradients are looked at.
const CALLS: usize = 8;

/// Milliseconds a training step.
async fn train_arm(session: &mut Session) -> Result<f64, String> {
    let started = Instant::now();
    while session.step() < session.planned() {
        let left = session.epoch_end() - session.step();
        let steps = session.steps_per_epoch().div_ceil(CALLS).min(left);
        let progress = session.train(steps).await.map_err(|error| error.to_string())?;
        if progress.stopped.is_some() {
            break;
        }
    }
    Ok(1000.0 * started.elapsed().as_secs_f64() / session.step().max(1) as f64)
}
