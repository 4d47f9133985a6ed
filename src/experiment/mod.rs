//! The papers' claims as experiments: the same run with and without a method over several seeds, what to measure, and the
//! claim's own lines to judge it by. The command line runs them at one budget, the page at a smaller one; both judge here.
//!
//! Arms of an experiment share data, batches, initial weights and budget in every seed, so that differences are paired.

mod claim;
mod interval;
mod list;
mod published;

use serde::{Deserialize, Serialize};

pub use claim::{Acceptance, Asks, Bound, Claim, Outcome, Seed, Unit, Verdict};
pub use interval::{Interval, interval};
pub use list::experiment;
pub use published::{Published, published, tried};

use crate::session::{Measures, SessionConfig};

/// A paper whose claim is put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Paper {
    /// ReverB-SNN, ICML 2025.
    Reverb,
    /// Similarity-sensitive contrastive learning, AAAI 2024.
    Contrast,
    /// EnOF-SNN, NeurIPS 2024.
    Enof,
    /// Take A Shortcut Back, NeurIPS 2024.
    Shortcut,
    /// Ternary Spike, AAAI 2024.
    Ternary,
    /// Spiking PointNet's training paradigm, NeurIPS 2023.
    Paradigm,
    /// IM-Loss, NeurIPS 2022.
    ImLoss,
}

impl Paper {
    /// All of them, newest first.
    pub const ALL: [Self; 7] =
        [Self::Reverb, Self::Contrast, Self::Enof, Self::Shortcut, Self::Ternary, Self::Paradigm, Self::ImLoss];

    /// The word on the command line and in links.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reverb => "reverb",
            Self::Contrast => "contrast",
            Self::Enof => "enof",
            Self::Shortcut => "shortcut",
            Self::Ternary => "ternary",
            Self::Paradigm => "paradigm",
            Self::ImLoss => "imLoss",
        }
    }
}

/// The last of the seeds, from 1 on, that settings were chosen on in trials: what holds on them was seen before it was asked.
pub const LAST_CHOSEN_ON: u32 = 5;

/// The first of the seeds that no setting was chosen on, which verdicts rest on unless others are asked for.
pub const FIRST_UNSEEN: u32 = 101;

/// How much an experiment may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Budget {
    /// The command line's: minutes a seed.
    Native,
    /// The page's: a minute or so for five seeds.
    Page,
}

/// One setting among those compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// What it is called.
    pub name: &'static str,
    /// Its run, but for the seed.
    pub config: SessionConfig,
    /// Why it ends no better than chance, where it does.
    pub why: Option<&'static str>,
}

/// A claim put to the test.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Whose claim it is.
    pub paper: Paper,
    /// The settings compared, the control first.
    pub arms: Vec<Arm>,
    /// Whether all arms are compared with the ANN twin.
    pub with_twin: bool,
    /// Whether accuracy at other time steps than those of training is asked for.
    pub with_steps: bool,
    /// What it is judged by.
    pub claims: Vec<Claim>,
}

/// What one arm gave for one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// The trained run in numbers.
    #[serde(flatten)]
    pub measures: Measures,
    /// Milliseconds a training step.
    pub step_ms: f64,
}

impl Measured {
    /// What folding moves; no number where nothing could be compared.
    pub(super) fn folding(&self) -> f64 {
        self.measures.fold_error.unwrap_or(f64::NAN)
    }
}

impl Experiment {
    /// The accuracy of a network that guesses.
    pub fn chance(&self) -> f64 {
        let shipped = self.arms.first().and_then(|arm| arm.config.data.shipped());
        shipped.map_or(0.0, |data| 1.0 / data.classes.len() as f64)
    }

    /// Judges every claim from what each seed's arms gave, in the order of the arms. A seed in which an arm stopped because its
    /// loss was no number any more counts for nothing; without any other there is no outcome.
    pub fn judge(&self, seeds: &[Vec<Measured>]) -> Vec<Outcome> {
        let names: Vec<&'static str> = self.arms.iter().map(|arm| arm.name).collect();
        let seeds: Vec<Seed> = seeds
            .iter()
            .filter(|arms| arms.iter().all(|arm| !arm.measures.stopped))
            .map(|arms| Seed { names: &names, arms })
            .collect();
        if seeds.is_empty() {
            return vec![];
        }
        self.claims.iter().map(|claim| claim.judge(&seeds)).collect()
    }
}
