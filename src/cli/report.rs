//! The report of the experiments: docs/reproduction.md for people, JSON for the page's Papers view.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use spikeground::experiment::{
    Asks, Bound, Experiment, LAST_CHOSEN_ON, Measured, Outcome, Paper, Published, Unit, Verdict, interval, published,
    tried,
};
use spikeground::probe::EnergyModel;
use spikeground::session::{LayerMeasures, Measures, NetworkKind, SessionConfig};

/// An experiment with what its arms gave, seed after seed.
pub struct Run {
    pub experiment: Arc<Experiment>,
    pub first_seed: u32,
    pub seeds: Vec<Vec<Measured>>,
}

/// What the page shows of one paper.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    paper: Paper,
    budget: String,
    seeds: usize,
    first_seed: u32,
    /// Whether settings were chosen on any of the seeds.
    chosen_on: bool,
    /// The accuracy of a network that guesses.
    chance: f64,
    arms: Vec<ShownArm>,
    outcomes: Vec<Outcome>,
    published: Vec<Published>,
}

/// Means over seeds of one arm.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownArm {
    name: &'static str,
    /// Why it ends no better than chance, where it does.
    why: Option<&'static str>,
    config: SessionConfig,
    accuracy: f64,
    /// Half of the 95 % interval of the accuracy.
    half: Option<f64>,
    rate: f64,
    entropy: f64,
    synaptic_operations: f64,
    nanojoules_45nm: f64,
    nanojoules_ternary_paper: f64,
    step_ms: f64,
    /// Of each layer, bits per neuron and time step.
    entropies: Vec<f64>,
    /// Of each layer, the height of its spikes.
    amplitudes: Vec<f64>,
    /// Of each layer, in the first epoch.
    gradients: Vec<f64>,
    /// Of each layer, similarity to the twin; empty without one.
    cka: Vec<f64>,
    /// Accuracy at 1, 2 and 4 time steps, where it was asked for.
    accuracy_at: Vec<f64>,
    /// Kilobytes of spikes and potentials that a training step keeps for the way back.
    activation_kilobytes: Vec<f64>,
}

impl Shown {
    /// "seeds 101 to 120", and what they are worth.
    fn seed_words(&self) -> String {
        let (first, last) = (self.first_seed, self.first_seed + self.seeds.saturating_sub(1) as u32);
        let seeds = if first == last { format!("Seed {first}") } else { format!("Seeds {first} to {last}") };
        if self.chosen_on {
            return format!("{seeds}: settings were chosen on seeds 1 to {LAST_CHOSEN_ON}, which are among them");
        }
        format!("{seeds}, on none of which settings were chosen")
    }
}

impl ShownArm {
    /// Whether it ends near chance, and its interval reaches down to it: that of two seeds reaches down from anywhere.
    fn guesses(&self, chance: f64) -> bool {
        self.accuracy <= 1.5 * chance && self.accuracy - self.half.unwrap_or(0.0) <= chance
    }
}

pub fn write(all: &[Run], report: &Path, json: &Path) -> Result<(), String> {
    let shown: Vec<Shown> = all.iter().map(show).collect();
    let put =
        |path: &Path, text: String| std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    put(json, serde_json::to_string(&shown).map_err(|error| error.to_string())?)?;
    put(report, markdown(&shown))?;
    println!("{} and {} are written", report.display(), json.display());
    Ok(())
}

fn show(Run { experiment, first_seed, seeds }: &Run) -> Shown {
    // Number by number, the means over seeds of an arm's list.
    let means = |i: usize, of: fn(&Measures) -> Vec<f64>| {
        let lists: Vec<Vec<f64>> = seeds.iter().map(|arms| of(&arms[i].measures)).collect();
        let count = lists.first().map_or(0, Vec::len);
        (0..count).map(|place| lists.iter().map(|list| list[place]).sum::<f64>() / lists.len() as f64).collect()
    };
    let arms = experiment.arms.iter().enumerate().map(|(i, arm)| {
        let mean = |of: fn(&Measured) -> f64| interval(&seeds.iter().map(|arms| of(&arms[i])).collect::<Vec<_>>());
        let accuracy = mean(|arm| arm.measures.accuracy);
        let over_layers = |arm: &Measured, of: fn(&LayerMeasures) -> f64| {
            arm.measures.layers.iter().map(of).sum::<f64>() / arm.measures.layers.len().max(1) as f64
        };
        let layers = |of: fn(&LayerMeasures) -> f64| {
            seeds.iter().map(|arms| over_layers(&arms[i], of)).sum::<f64>() / seeds.len() as f64
        };
        ShownArm {
            name: arm.name,
            why: arm.why,
            config: arm.config.clone(),
            accuracy: accuracy.mean,
            half: accuracy.half.is_finite().then_some(accuracy.half),
            rate: layers(|layer| layer.rate),
            entropy: layers(|layer| layer.entropy),
            synaptic_operations: mean(|arm| arm.measures.counts.synaptic_operations).mean,
            nanojoules_45nm: mean(|arm| arm.measures.counts.picojoules(&EnergyModel::NM_45) / 1e3).mean,
            nanojoules_ternary_paper: mean(|arm| arm.measures.counts.picojoules(&EnergyModel::TERNARY_PAPER) / 1e3)
                .mean,
            step_ms: mean(|arm| arm.step_ms).mean,
            entropies: means(i, |measures| measures.layers.iter().map(|layer| layer.entropy).collect()),
            amplitudes: means(i, |measures| measures.layers.iter().map(|layer| layer.amplitude).collect()),
            gradients: means(i, |measures| measures.first_epoch_gradients.clone()),
            cka: means(i, |measures| measures.twin.as_ref().map_or(vec![], |twin| twin.cka.clone())),
            activation_kilobytes: means(i, |measures| vec![measures.activation_bytes as f64 / 1000.0]),
            accuracy_at: means(i, |measures| measures.accuracy_at.iter().map(|(_, accuracy)| *accuracy).collect()),
        }
    });
    Shown {
        paper: experiment.paper,
        budget: budget(experiment),
        seeds: seeds.len(),
        first_seed: *first_seed,
        chosen_on: *first_seed <= LAST_CHOSEN_ON,
        chance: experiment.chance(),
        arms: arms.collect(),
        outcomes: experiment.judge(seeds),
        published: published(experiment.paper),
    }
}

/// What all arms share, every setting among it that is not the usual one.
fn budget(experiment: &Experiment) -> String {
    let config = &experiment.arms[0].config;
    let widths = config.widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
    let mut parts = vec![config.data.to_string()];
    if config.samples > 0 {
        parts.push(format!("{} training samples, which each seed chooses", config.samples));
    }
    parts.push(match config.network {
        NetworkKind::Mlp => format!("MLP {widths}"),
        NetworkKind::Conv => format!("convnet {widths}"),
        NetworkKind::Resnet => format!("residual network {widths}, blocks a stage: {}", config.blocks),
        NetworkKind::Pointnet => format!("PointNet {widths}, {} points", config.pointnet.points),
    });
    if !config.batch_norm {
        parts.push("no batch norm".into());
    }
    parts.push(format!("trained at T = {} unless an arm says otherwise", config.steps));
    let (epochs, batch, rate) = (config.epochs, config.batch, config.rate);
    parts.push(format!("{epochs} epochs of batches of {batch}, Adam at {rate} along a cosine"));
    parts.push(format!("decay {}, threshold {}", config.decay, config.threshold));
    parts.push(format!(
        "surrogate {:?} with {} unless an arm says otherwise",
        config.surrogate, config.surrogate_parameter
    ));
    if config.gain != 1.0 {
        parts.push(format!("initial weights at a gain of {}", config.gain));
    }
    if experiment.with_twin {
        let epochs = config.twin_epochs;
        parts.push(format!(
            "the ANN twin is trained first, on all of the training part, for {epochs} epochs, from other weights"
        ));
    }
    parts.join("; ")
}

fn title(paper: Paper) -> &'static str {
    match paper {
        Paper::Reverb => "ReverB-SNN (ICML 2025)",
        Paper::Contrast => "Similarity-Sensitive Contrastive Learning (AAAI 2024)",
        Paper::Enof => "EnOF-SNN (NeurIPS 2024)",
        Paper::Shortcut => "Take A Shortcut Back (NeurIPS 2024)",
        Paper::Ternary => "Ternary Spike (AAAI 2024)",
        Paper::Paradigm => "Spiking PointNet's training paradigm (NeurIPS 2023), on images",
        Paper::ImLoss => "IM-Loss (NeurIPS 2022)",
    }
}

/// What a line came to, as a reader has to tell it apart: that nothing was lost is no gain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Holds,
    NoLoss,
    TooClose,
    Fails,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Holds, Self::NoLoss, Self::TooClose, Self::Fails];

    fn of(outcome: &Outcome) -> Self {
        match (outcome.verdict, outcome.asks) {
            (Verdict::Holds, Asks::Effect) => Self::Holds,
            (Verdict::Holds, Asks::NoLoss) => Self::NoLoss,
            (Verdict::TooClose, _) => Self::TooClose,
            (Verdict::Fails, _) => Self::Fails,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Holds => "✓ holds",
            Self::NoLoss => "= no loss",
            Self::TooClose => "≈ too close to call",
            Self::Fails => "✗ does not hold here",
        }
    }
}

/// The verdict, and what would settle one that is open.
fn verdict(outcome: &Outcome) -> String {
    let kind = Kind::of(outcome);
    match (kind, outcome.seeds_needed) {
        (Kind::TooClose, Some(seeds)) => {
            format!("{}: run more seeds, by this interval's width about {}", kind.words(), rough(seeds))
        }
        (Kind::TooClose, None) => format!("{}: more seeds than anybody waits for", kind.words()),
        _ => kind.words().into(),
    }
}

/// A number that is a guess, with no more than two digits that count.
fn rough(seeds: usize) -> usize {
    let unit = 10_usize.pow(seeds.max(1).ilog10().saturating_sub(1));
    seeds.div_ceil(unit) * unit
}

fn markdown(all: &[Shown]) -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str(
        "| paper | seeds | acceptance lines met | verdicts from the intervals |\n| --- | --- | --- | --- |\n",
    );
    for shown in all {
        let met = shown.outcomes.iter().filter(|outcome| outcome.accepted).count();
        let verdicts =
            Kind::ALL.map(|kind| (shown.outcomes.iter().filter(|outcome| Kind::of(outcome) == kind).count(), kind));
        let verdicts: Vec<String> = verdicts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {}", kind.words()))
            .collect();
        let (title, seeds) = (title(shown.paper), shown.seeds);
        let _ = writeln!(text, "| {title} | {seeds} | {met} of {} | {} |", shown.outcomes.len(), verdicts.join(", "));
    }
    for shown in all {
        one(&mut text, shown);
    }
    text
}

fn one(text: &mut String, shown: &Shown) {
    let _ = writeln!(text, "\n## {}\n\n{}. {}.\n", title(shown.paper), shown.budget, shown.seed_words());
    text.push_str("| arm | held-out accuracy | entropy, bits | firing rate | synaptic operations | nJ (45 nm) | nJ (Ternary paper's model) | ms a step |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for arm in &shown.arms {
        let half = arm.half.map_or(String::new(), |half| format!(" ± {:.2}", 100.0 * half));
        let _ = writeln!(
            text,
            "| {} | {:.2} %{half} | {:.3} | {:.1} % | {:.0} | {:.0} | {:.0} | {:.1} |",
            arm.name,
            100.0 * arm.accuracy,
            arm.entropy,
            100.0 * arm.rate,
            arm.synaptic_operations,
            arm.nanojoules_45nm,
            arm.nanojoules_ternary_paper,
            arm.step_ms
        );
    }
    for arm in shown.arms.iter().filter(|arm| arm.guesses(shown.chance)) {
        let why = arm.why.map_or(String::new(), |why| format!(" {why}"));
        let _ = writeln!(text, "\n\"{}\" ends no better than guessing ({:.0} %).{why}", arm.name, 100.0 * shown.chance);
    }
    text.push_str(
        "\n| line | bound | mean and 95 % interval | acceptance line | verdict |\n| --- | --- | --- | --- | --- |\n",
    );
    for outcome in &shown.outcomes {
        let bound = match outcome.bound {
            Bound::AtLeast(least) => format!("at least {}", number(least, outcome.unit)),
            Bound::AtMost(most) => format!("at most {}", number(most, outcome.unit)),
        };
        let half = outcome.half.map_or(String::new(), |half| format!(" ± {}", number(half, outcome.unit)));
        let accepted = if outcome.accepted { "met" } else { "not met" };
        let verdict = verdict(outcome);
        let _ = writeln!(
            text,
            "| {} | {bound} | {}{half} | {accepted} | {verdict} |",
            outcome.text,
            number(outcome.mean, outcome.unit)
        );
    }
    own_quantities(text, shown);
    let _ = writeln!(text, "\nAlso tried, in runs that were not kept: {}", tried(shown.paper));
    text.push_str("\nThe paper's own figures:\n\n");
    for Published { setting, figure } in &shown.published {
        let _ = writeln!(text, "- {setting}: {figure}");
    }
}

/// What a claim is about besides accuracy, arm by arm, input side first.
fn own_quantities(text: &mut String, shown: &Shown) {
    let listed = |values: &[f64], show: fn(f64) -> String| {
        values.iter().map(|value| show(*value)).collect::<Vec<_>>().join(", ")
    };
    let mut put = |title: &str, of: fn(&ShownArm) -> &[f64], show: fn(f64) -> String| {
        let _ = writeln!(text, "\n{title}:\n");
        for arm in shown.arms.iter().filter(|arm| !of(arm).is_empty()) {
            let _ = writeln!(text, "- {}: {}", arm.name, listed(of(arm), show));
        }
    };
    match shown.paper {
        Paper::Reverb => put("Entropy of each layer, bits", |arm| &arm.entropies, |bits| format!("{bits:.3}")),
        Paper::Ternary => {
            put("Entropy of each layer, bits", |arm| &arm.entropies, |bits| format!("{bits:.3}"));
            put("Amplitude of each layer", |arm| &arm.amplitudes, |height| format!("{height:.2}"));
        }
        Paper::Contrast | Paper::Enof => {
            put("Similarity of each layer to the ANN twin (CKA)", |arm| &arm.cka, |share| format!("{share:.3}"))
        }
        Paper::Paradigm => {
            put(
                "Accuracy at T = 1, 2 and 4 at inference",
                |arm| &arm.accuracy_at,
                |share| format!("{:.2} %", 100.0 * share),
            );
            let title = "Kilobytes of spikes and potentials that a training step keeps for the way back";
            put(title, |arm| &arm.activation_kilobytes, |kilobytes| format!("{kilobytes:.0}"));
        }
        Paper::Shortcut | Paper::ImLoss => {
            let title = "Gradient of each layer's weights in the first epoch, root mean square";
            put(title, |arm| &arm.gradients, |rms| format!("{rms:.1e}"));
        }
    }
}

fn number(value: f64, unit: Unit) -> String {
    match unit {
        _ if value.is_nan() => "nothing to measure".into(),
        Unit::Points => format!("{value:.2} points"),
        Unit::Bits => format!("{value:.3} bits"),
        Unit::Share if value != 0.0 && value.abs() < 1e-3 => format!("{value:.1e}"),
        Unit::Share => format!("{value:.3}"),
        Unit::Times if value.abs() >= 1000.0 => format!("{value:.0} times"),
        Unit::Times => format!("{value:.1} times"),
    }
}

const INTRODUCTION: &str = "# The papers' claims, put to the test

Written by `cargo xtask reproduce`, but for the authors' notes of what was also tried, whose runs were not kept. Every arm of an experiment
has the same data, batches, initial weights and number of steps in each seed, so differences are paired; where arms are guided by an ANN twin, that twin has
seen more data than they have, as is said there. Accuracy is that of the last epoch on the held-out part. An interval is the 95 % interval of the mean over
seeds by Student's t; **a verdict follows from it alone**: a line holds (✓) where all of the interval keeps its bound, does not hold here (✗) where none
of it does or no seed gave anything to measure, and is too close to call (≈) where the bound lies inside; how many seeds would settle
it is a rough guess from the interval's width. A line that asks only that nothing is lost beyond its bound (\"not worse than\") is no
gain where it holds and is marked so (=). The acceptance lines
are those that the project's summary of the papers set beforehand (most look at the mean, some at four seeds of five), and a line for
IM-Loss's schedule. Settings were chosen after trials on seeds 1 to 5; which seeds its verdicts rest on, and what the trials showed,
stands with each paper.

These are small networks on small data, minutes a run; the papers' are hundreds of times larger. A claim that does not hold here may
hold there. Entropy and firing rate are means over spiking layers. Energy is an estimate of arithmetic alone, by two models. Milliseconds a
step are taken while as many experiments run as there are cores. A training step keeps spikes and potentials of every time step for
the way back, so at T = 1 it keeps a quarter of what it keeps at T = 4.

";
