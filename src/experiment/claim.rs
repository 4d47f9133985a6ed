//! One line that a claim is judged by: a number per seed, a bound, and the verdict that follows from its interval.

use serde::{Deserialize, Deserializer, Serialize};

use super::Measured;
use super::interval::{Interval, interval, values_needed};

/// The arms of one seed.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'a> {
    pub(super) names: &'a [&'static str],
    pub(super) arms: &'a [Measured],
}

impl Seed<'_> {
    /// An arm by its name; a name that no arm has is a slip in the list of experiments, which its test finds.
    pub fn arm(&self, name: &str) -> &Measured {
        let place = self.names.iter().position(|other| *other == name);
        &self.arms[place.expect("an arm of the experiment")]
    }

    /// Points of accuracy that one arm is ahead of another.
    pub fn ahead(&self, arm: &str, of: &str) -> f64 {
        100.0 * (self.arm(arm).measures.accuracy - self.arm(of).measures.accuracy)
    }
}

/// What a line's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Points of accuracy.
    Points,
    /// Bits per neuron and time step.
    Bits,
    /// A number between 0 and 1.
    Share,
    /// How many times.
    Times,
}

/// What a line's number has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
}

impl Bound {
    /// How far inside it a number is; below zero outside.
    fn room(self, value: f64) -> f64 {
        match self {
            Self::AtLeast(least) => value - least,
            Self::AtMost(most) => most - value,
        }
    }
}

/// What a line asks for: the two look alike in a table, and only one of them is a success of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Asks {
    /// An effect, as the paper claims it.
    Effect,
    /// That nothing is lost beyond the bound ("not worse than"): no gain, if it holds.
    NoLoss,
}

/// When a line counts as accepted whatever its interval says, as the methods' own lines are put.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Acceptance {
    /// The mean keeps the bound.
    Mean,
    /// The mean keeps the bound, and its interval is clear of zero.
    MeanAndClear,
    /// This share of the seeds keeps the bound.
    Seeds(f64),
}

/// What follows from the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// All of it keeps the bound.
    Holds,
    /// None of it does, or no seed gave a number.
    Fails,
    /// It contains the bound.
    TooClose,
}

/// One line that a claim is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What the number is, as the beginning of a sentence that the bound ends.
    pub text: &'static str,
    /// The number of one seed; none (NaN) where there was nothing to measure.
    pub quantity: fn(&Seed) -> f64,
    /// What it is in.
    pub unit: Unit,
    /// What it has to keep.
    pub bound: Bound,
    /// What that asks for.
    pub asks: Asks,
    /// When the line counts as accepted.
    pub acceptance: Acceptance,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What the number is.
    pub text: String,
    /// What it is in.
    pub unit: Unit,
    /// What it has to keep.
    pub bound: Bound,
    /// What that asks for.
    pub asks: Asks,
    /// The number of each seed that gave one.
    pub values: Vec<f64>,
    /// Their mean; no number, in JSON `null`, where no seed gave any.
    #[serde(deserialize_with = "number_or_null")]
    pub mean: f64,
    /// Half of its 95 % interval; missing for a single seed.
    pub half: Option<f64>,
    /// What follows from the interval.
    pub verdict: Verdict,
    /// Where it is too close to call: the seeds at which an interval of this spread would be clear of the bound, a rough
    /// guess because both mean and spread will move; missing where no number of seeds would do.
    pub seeds_needed: Option<usize>,
    /// Whether the methods' own acceptance line is met.
    pub accepted: bool,
}

/// A number that JSON may have no number for.
fn number_or_null<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

impl Claim {
    pub(super) fn judge(&self, seeds: &[Seed]) -> Outcome {
        let values: Vec<f64> = seeds.iter().map(|seed| (self.quantity)(seed)).filter(|value| !value.is_nan()).collect();
        let Interval { mean, half } = interval(&values);
        let room = self.bound.room(mean);
        let verdict = match (room - half >= 0.0, room + half < 0.0) {
            // What was not measured does not hold.
            _ if values.is_empty() => Verdict::Fails,
            (true, _) => Verdict::Holds,
            (_, true) => Verdict::Fails,
            _ => Verdict::TooClose,
        };
        let keep = values.iter().filter(|value| self.bound.room(**value) >= 0.0).count() as f64;
        let accepted = match self.acceptance {
            Acceptance::Mean => room >= 0.0,
            Acceptance::MeanAndClear => room >= 0.0 && half < mean.abs(),
            Acceptance::Seeds(share) => keep >= share * seeds.len() as f64,
        };
        let seeds_needed = if verdict == Verdict::TooClose { values_needed(&values, room) } else { None };
        let half = half.is_finite().then_some(half);
        let Self { unit, bound, asks, .. } = *self;
        Outcome { text: self.text.into(), unit, bound, asks, values, mean, half, verdict, seeds_needed, accepted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Budget, Paper, experiment};
    use crate::neuron::SpikeKind;
    use crate::probe::Counts;
    use crate::session::{LayerMeasures, Measures, TwinMeasures};

    fn measured(accuracy: f64) -> Measured {
        let counts = Counts {
            macs: 1.0,
            ordinary_macs: 1.0,
            synaptic_operations: 1.0,
            multiplied: 0.0,
            spikes: 1.0,
            scalings: 0.0,
            kind: SpikeKind::Binary,
        };
        let layer = |name: &str| LayerMeasures { name: name.into(), entropy: 0.9, rate: 0.3, amplitude: 1.0 };
        let twin = TwinMeasures { cka: vec![0.5; 2], retrieval: vec![0.1; 2], agreement: 0.5, divergence: 0.1 };
        let measures = Measures {
            stopped: false,
            accuracy,
            accuracy_at: vec![(1, accuracy), (2, accuracy), (4, accuracy)],
            training_loss: 0.1,
            layers: vec![layer("layer1"), layer("layer2")],
            first_epoch_gradients: vec![0.1; 2],
            counts,
            activation_bytes: 8,
            fold_error: Some(0.0),
            twin: Some(twin),
        };
        Measured { measures, step_ms: 1.0 }
    }

    const NAMES: [&str; 2] = ["before", "after"];

    fn judged(accuracies: &[f64], bound: Bound, acceptance: Acceptance) -> Outcome {
        let claim = Claim {
            text: "ahead",
            quantity: |seed| seed.ahead("after", "before"),
            unit: Unit::Points,
            bound,
            asks: Asks::Effect,
            acceptance,
        };
        let arms: Vec<Vec<Measured>> = accuracies.iter().map(|a| vec![measured(0.5), measured(*a)]).collect();
        let seeds: Vec<Seed> = arms.iter().map(|arms| Seed { names: &NAMES, arms }).collect();
        claim.judge(&seeds)
    }

    #[test]
    fn the_verdict_follows_from_the_interval_and_acceptance_from_the_line() {
        let least = Bound::AtLeast(1.0);
        let clear = judged(&[0.52, 0.521, 0.519, 0.52, 0.52], least, Acceptance::Mean);
        assert_eq!((clear.verdict, clear.accepted), (Verdict::Holds, true));
        assert!((clear.mean - 2.0).abs() < 1e-9);
        let below = judged(&[0.502, 0.501, 0.499], least, Acceptance::Mean);
        assert_eq!((below.verdict, below.accepted), (Verdict::Fails, false));
        let spread = judged(&[0.52, 0.49, 0.53, 0.51, 0.52], least, Acceptance::Seeds(0.8));
        assert_eq!((spread.verdict, spread.accepted), (Verdict::TooClose, true));
        assert!(!judged(&[0.52, 0.49, 0.53, 0.50, 0.52], least, Acceptance::Seeds(0.8)).accepted);
        assert!(!judged(&[0.55, 0.49], Bound::AtLeast(0.0), Acceptance::MeanAndClear).accepted);
        assert_eq!(judged(&[0.5, 0.5], Bound::AtMost(0.0), Acceptance::Mean).verdict, Verdict::Holds);
        assert_eq!((clear.seeds_needed, below.seeds_needed), (None, None));
        let needed = spread.seeds_needed.expect("a mean clear of the bound");
        let twice = [0.52, 0.49, 0.53, 0.51, 0.52].repeat(needed.div_ceil(5));
        assert_eq!((needed > 5, judged(&twice, least, Acceptance::Mean).verdict), (true, Verdict::Holds));
        let single = judged(&[0.6], least, Acceptance::Mean);
        assert_eq!((single.verdict, single.half), (Verdict::TooClose, None));
    }

    #[test]
    fn a_line_that_no_seed_gave_a_number_for_does_not_hold() {
        let claim = Claim {
            text: "logits that folding moves",
            quantity: |seed| seed.arm("after").folding(),
            unit: Unit::Share,
            bound: Bound::AtMost(1e-4),
            asks: Asks::NoLoss,
            acceptance: Acceptance::Mean,
        };
        let judged = |errors: &[Option<f64>], acceptance| {
            let of = |fold_error| {
                let Measured { measures, step_ms } = measured(0.5);
                vec![measured(0.5), Measured { measures: Measures { fold_error, ..measures }, step_ms }]
            };
            let arms: Vec<Vec<Measured>> = errors.iter().copied().map(of).collect();
            let seeds: Vec<Seed> = arms.iter().map(|arms| Seed { names: &NAMES, arms }).collect();
            Claim { acceptance, ..claim }.judge(&seeds)
        };
        for acceptance in [Acceptance::Mean, Acceptance::MeanAndClear, Acceptance::Seeds(0.8)] {
            let nothing = judged(&[None, None], acceptance);
            assert_eq!((nothing.verdict, nothing.accepted, nothing.half), (Verdict::Fails, false, None));
            let text = serde_json::to_string(&nothing).expect("JSON");
            assert!(text.contains(r#""values":[],"mean":null"#), "{text}");
            assert!(serde_json::from_str::<Outcome>(&text).expect("an outcome").mean.is_nan());
        }
        let some = judged(&[Some(1e-6), None, Some(1e-6)], Acceptance::Mean);
        assert_eq!((some.values.len(), some.verdict, some.accepted), (2, Verdict::Holds, true));
        assert!(!judged(&[Some(1e-6), None, Some(1e-6)], Acceptance::Seeds(0.8)).accepted);
    }

    #[test]
    fn what_is_evaluated_at_other_time_steps_is_judged_by_no_folding() {
        for experiment in
            Paper::ALL.map(|paper| experiment(paper, Budget::Page)).iter().filter(|found| found.with_steps)
        {
            let unfolded = |_| {
                let Measured { measures, step_ms } = measured(0.9);
                Measured { measures: Measures { fold_error: None, ..measures }, step_ms }
            };
            let arms: Vec<Measured> = experiment.arms.iter().map(unfolded).collect();
            let outcomes = experiment.judge(&[arms.clone(), arms]);
            assert!(outcomes.iter().all(|outcome| outcome.mean.is_finite()), "{:?}", experiment.paper);
        }
    }

    #[test]
    fn every_experiment_names_its_own_arms_and_its_runs_are_valid() {
        for paper in Paper::ALL {
            for budget in [Budget::Native, Budget::Page] {
                let experiment = experiment(paper, budget);
                for arm in &experiment.arms {
                    assert_eq!(arm.config.validate(), Ok(()), "{paper:?}, {}", arm.name);
                    let first = &experiment.arms[0].config;
                    let shared = |config: &crate::session::SessionConfig| {
                        (config.data, config.batch, config.samples, config.epochs)
                    };
                    assert_eq!(shared(&arm.config), shared(first), "{paper:?}, {}", arm.name);
                }
                let arms: Vec<Measured> = experiment.arms.iter().map(|_| measured(0.9)).collect();
                let outcomes = experiment.judge(&[arms.clone(), arms]);
                assert!(!outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.mean.is_finite()), "{paper:?}");
            }
        }
    }
}
