//! What would fit instead: the largest batch, else the most time steps, points or evaluation steps, else narrower layers. A run's
//! changes take no more than it.

use serde_json::Value;

use super::{Room, Runs, Verdict};
use crate::session::{NetworkKind, SessionConfig};

/// A change after which runs fit.
pub(super) struct Fitting {
    /// The setting to change.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What would fit.
    pub words: String,
}

/// The largest number from `least` to `most` that holds, where all below one that holds do; `least` if none does.
pub(super) fn largest(least: usize, most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// A whole number among the settings.
struct Whole {
    name: &'static str,
    /// What it is when it fits, around the number.
    words: [&'static str; 2],
    least: usize,
    /// Answers are rounded down to multiples of it.
    round: usize,
    get: fn(&SessionConfig) -> usize,
    set: fn(&mut SessionConfig, usize),
}

/// Settings that a run's changes may set, as they name them.
const BATCH: &str = "batch";
const EVALUATION_STEPS: &str = "evaluationSteps";

/// The most that a setting comes to: what it is first, and what a run's changes make of it.
fn most_of(config: &SessionConfig, first: usize, name: &str) -> usize {
    let set = config.changes.iter().filter_map(|change| change.settings.get(name)?.as_u64());
    set.filter_map(|number| usize::try_from(number).ok()).fold(first, usize::max)
}

/// Lets no change set a setting to more than a number.
fn lower(config: &mut SessionConfig, name: &str, most: usize) {
    for set in config.changes.iter_mut().filter_map(|change| change.settings.get_mut(name)) {
        if set.as_u64().is_some_and(|number| number > most as u64) {
            *set = Value::from(most);
        }
    }
}

pub(super) fn what_fits(runs: &Runs, room: Room) -> Fitting {
    let fits = |change: Change| {
        let mut configs = runs.configs.to_vec();
        configs.iter_mut().for_each(change);
        Runs { configs: &configs, ..*runs }.verdict(room) == Verdict::Fits
    };
    let normed = runs.configs.iter().any(|config| config.batch_norm);
    let wholes = [
        Whole {
            name: BATCH,
            words: ["a batch of", ""],
            least: if normed { 2 } else { 1 },
            round: 8,
            get: |config| most_of(config, config.batch, BATCH),
            set: |config, batch| {
                config.batch = batch.min(config.batch);
                lower(config, BATCH, batch);
            },
        },
        Whole {
            name: "steps",
            words: ["", " time steps"],
            least: 1,
            round: 1,
            get: |config| config.steps,
            set: |config, steps| config.steps = steps.min(config.steps),
        },
        Whole {
            name: EVALUATION_STEPS,
            words: ["", " time steps after training"],
            least: 1,
            round: 1,
            get: |config| most_of(config, config.paradigm.evaluation_steps, EVALUATION_STEPS),
            set: |config, steps| {
                config.paradigm.evaluation_steps = steps.min(config.paradigm.evaluation_steps);
                lower(config, EVALUATION_STEPS, steps);
            },
        },
        Whole {
            name: "points",
            words: ["clouds of", " points"],
            least: 16,
            round: 16,
            get: |config| if config.network == NetworkKind::Pointnet { config.pointnet.points } else { 0 },
            set: |config, points| config.pointnet.points = points.min(config.pointnet.points),
        },
    ];
    for whole in &wholes {
        let value = runs.configs.iter().map(whole.get).max().unwrap_or(0);
        let holds = |number: usize| fits(&|config: &mut SessionConfig| (whole.set)(config, number));
        if value <= whole.least || !holds(whole.least) {
            continue;
        }
        let most = largest(whole.least, value - 1, holds);
        let rounded = if most > 2 * whole.round { most / whole.round * whole.round } else { most };
        let [before, behind] = whole.words;
        let is_changed = runs.configs.iter().any(|config| most_of(config, 0, whole.name) > rounded);
        let changes = if is_changed { ", in the run's changes too," } else { "" };
        let words = format!("{before} {rounded}{behind}{changes} would fit").trim_start().to_string();
        return Fitting { name: whole.name, value: value.to_string(), words };
    }
    narrower(runs, fits)
}

/// What is done to each config.
type Change<'a> = &'a dyn Fn(&mut SessionConfig);

/// Layers of a share of their widths.
fn narrower(runs: &Runs, fits: impl Fn(Change) -> bool) -> Fitting {
    const PARTS: usize = 16;
    let list = |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let narrow = |config: &mut SessionConfig, part: usize| {
        let of = |width: &mut usize| *width = (*width * part / PARTS).max(1);
        config.widths.iter_mut().chain(&mut config.pointnet.head).for_each(of);
    };
    let value = runs.configs.first().map(|config| list(&config.widths)).unwrap_or_default();
    let holds = |part: usize| part > 0 && fits(&|config: &mut SessionConfig| narrow(config, part));
    let part = largest(0, PARTS - 1, holds);
    let words = match runs.configs.first() {
        Some(config) if part > 0 => {
            let mut config = config.clone();
            narrow(&mut config, part);
            format!("widths of {} would fit", list(&config.widths))
        }
        _ => "fewer and narrower layers and a smaller batch together may fit".to_string(),
    };
    Fitting { name: "widths", value, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_that_holds_is_found() {
        for most in 0..9 {
            assert_eq!(largest(0, 8, |number| number <= most), most);
        }
        assert_eq!(largest(2, 8, |_| false), 2);
    }
}
