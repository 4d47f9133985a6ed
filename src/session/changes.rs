//! Changes that a running network takes: what holds from step to step. A run stays a pure function of its config, in which its
//! changes stand, so that a link or a file replays it to the same numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ConfigError, SessionConfig};

/// Changes that a run can have.
pub const MOST_CHANGES: usize = 200;

/// Steps that a run can take, and that can come before a change: a thousand epochs of two million.
pub const MOST_STEPS: usize = 1 << 31;

/// The setting under which changes stand in a config.
pub(super) const NAME: &str = "changes";

/// Settings that a running network takes: neither its weights nor its neurons' dynamics nor its samples depend on them.
pub const LIVE: [&str; 31] = [
    "rate",
    "momentum",
    "schedule",
    "epochs",
    "batch",
    "surrogate",
    "surrogateParameter",
    "resetGradient",
    "shift",
    "mirror",
    "turn",
    "scale",
    "jitter",
    "pointDropout",
    "dropout",
    "shortcut",
    "shortcutWeight",
    "contrast",
    "contrastWeights",
    "contrastTemperature",
    "align",
    "alignThrough",
    "alignTemperature",
    "imLoss",
    "imForm",
    "evolveSurrogate",
    "surrogateEnd",
    "membraneNoise",
    "evaluationNoise",
    "evaluationSteps",
    "loss",
];

/// Those that keep something beside the network unless they are at their default, which is off: a running network takes other
/// strengths of them and no switch.
pub const SWITCHES: [&str; 3] = ["shortcut", "contrast", "align"];

/// Settings that hold from a step on, until another change sets them again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Training steps before it.
    pub step: usize,
    /// What it sets, as it is written in a config.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Partial<SessionConfig>"))]
    pub settings: Map<String, Value>,
}

/// What holds from a step on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub from: usize,
    /// Without changes.
    pub config: SessionConfig,
}

impl SessionConfig {
    /// What holds from step to step, the first from step 0 on; of changes at one step the last is what holds.
    ///
    /// # Errors
    ///
    /// When changes are too many or out of order, or one sets what it cannot: what makes another network or does not exist, or a
    /// value that [`validate`](Self::validate) refuses.
    pub(super) fn stages(&self) -> Result<Vec<Stage>, ConfigError> {
        if self.changes.len() > MOST_CHANGES {
            let accepted = format!("a run can have {MOST_CHANGES} at most");
            return Err(ConfigError { name: NAME, value: format!("{} changes", self.changes.len()), accepted });
        }
        let mut stages = vec![Stage { from: 0, config: Self { changes: vec![], ..self.clone() } }];
        for change in &self.changes {
            let before = stages.last().expect("the first one");
            if change.step > MOST_STEPS {
                let value = format!("at step {}", change.step);
                return Err(ConfigError { name: NAME, value, accepted: format!("it must be from 0 to {MOST_STEPS}") });
            }
            if change.step < before.from {
                let value = format!("at step {} behind one at step {}", change.step, before.from);
                return Err(ConfigError {
                    name: NAME,
                    value,
                    accepted: "each must come at or after the one before".into(),
                });
            }
            let stage = Stage { from: change.step, config: before.config.changed(change)? };
            if stage.from == before.from && stages.len() > 1 {
                stages.pop();
            }
            stages.push(stage);
        }
        Ok(stages)
    }

    /// What holds once a run has taken so many steps, without changes.
    ///
    /// # Errors
    ///
    /// When its changes are none that a run can have.
    pub(super) fn at(&self, step: usize) -> Result<Self, ConfigError> {
        let stage = self.stages()?.into_iter().rfind(|stage| stage.from <= step);
        Ok(stage.expect("one from step 0 on").config)
    }

    /// The settings after a change.
    fn changed(&self, change: &Change) -> Result<Self, ConfigError> {
        let refuse = |name: &str, accepted: &str| ConfigError {
            name: NAME,
            value: format!("{name} at step {}", change.step),
            accepted: accepted.into(),
        };
        let mut whole = serde_json::to_value(self).unwrap_or_default();
        for (name, value) in &change.settings {
            let Some(slot) = whole.get_mut(name) else { return Err(refuse(&short(name), "there is no such setting")) };
            *slot = value.clone();
        }
        let wanted: Self = serde_json::from_value(whole).map_err(|_| {
            let alone = |name: &String, value: &Value| Value::Object(Map::from_iter([(name.clone(), value.clone())]));
            let is_wrong =
                |(name, value): &(&String, &Value)| serde_json::from_value::<Self>(alone(name, value)).is_err();
            let culprit = change.settings.iter().find(is_wrong);
            let what = culprit.map(|(name, value)| format!("{name} to {}", short(&value.to_string())));
            refuse(&what.unwrap_or_default(), "that is no value of this setting")
        })?;
        if self.with_live_of(&wanted) != wanted {
            let names: Vec<&str> = change.settings.keys().map(String::as_str).collect();
            return Err(refuse(&names.join(", "), "that makes another network, which starts from step 0"));
        }
        wanted.validate_alone()?;
        Ok(wanted)
    }

    /// These settings with all that a running network takes from others.
    pub fn with_live_of(&self, other: &Self) -> Self {
        let json = |config: &Self| serde_json::to_value(config).unwrap_or_default();
        let (mut own, other, default) = (json(self), json(other), json(&Self::default()));
        let is_off = |config: &Value, name: &str| config[name] == default[name];
        for name in LIVE {
            if !SWITCHES.contains(&name) || is_off(&own, name) == is_off(&other, name) {
                own[name] = other[name].clone();
            }
        }
        serde_json::from_value(own).unwrap_or_else(|_| self.clone())
    }
}

/// Somebody else's text, as much of it as a sentence bears.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST { text.to_string() } else { text.chars().take(MOST).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::method::contrast::ContrastConfig;
    use crate::method::im_loss::ImLossConfig;
    use crate::session::Schedule;

    fn at(step: usize, settings: Value) -> Change {
        Change { step, settings: settings.as_object().expect("an object").clone() }
    }

    fn with(changes: Vec<Change>) -> SessionConfig {
        SessionConfig { changes, ..Default::default() }
    }

    #[test]
    fn each_stage_has_what_changed_up_to_it_and_of_one_step_the_last_counts() {
        let config = with(vec![
            at(0, json!({ "batch": 64 })),
            at(10, json!({ "rate": 0.1 })),
            at(10, json!({ "rate": 0.2, "schedule": "constant" })),
            at(30, json!({ "imLoss": 2.0 })),
        ]);
        let stages = config.stages().expect("stages");
        let found: Vec<_> = stages
            .iter()
            .map(|Stage { from, config }| (*from, config.batch, config.rate, config.im_loss.im_loss))
            .collect();
        assert_eq!(found, [(0, 32, 0.003, 0.0), (0, 64, 0.003, 0.0), (10, 64, 0.2, 0.0), (30, 64, 0.2, 2.0)]);
        assert_eq!(stages[2].config.schedule, Schedule::Constant);
        assert!(stages.iter().all(|stage| stage.config.changes.is_empty()));
    }

    #[test]
    fn what_a_running_network_cannot_take_is_refused_by_name() {
        let refused = |change: Change| with(vec![change]).validate().expect_err("refused").to_string();
        for (settings, said) in [
            (json!({ "widths": [8] }), "widths at step 5: that makes another network"),
            (json!({ "spike": "ternary" }), "spike at step 5: that makes another network"),
            (json!({ "contrast": 1.0 }), "contrast at step 5: that makes another network"),
            (json!({ "changes": [] }), "changes at step 5: there is no such setting"),
            (json!({ "loudness": 3 }), "loudness at step 5: there is no such setting"),
            (json!({ "rate": "fast" }), "rate to \"fast\" at step 5: that is no value"),
            (json!({ "rate": 11.0 }), "rate is 11"),
            (json!({ "batch": 1 }), "batch norm compares"),
        ] {
            let text = refused(at(5, settings));
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn every_live_setting_is_one() {
        let config = serde_json::to_value(SessionConfig::default()).expect("JSON");
        assert!(LIVE.iter().all(|name| config.get(name).is_some()));
        assert!(SWITCHES.iter().all(|name| LIVE.contains(name)));
    }

    #[test]
    fn changes_out_of_order_or_without_end_are_refused() {
        let rate = || json!({ "rate": 0.1 });
        let error = with(vec![at(7, rate()), at(6, rate())]).validate().expect_err("refused");
        assert!(error.to_string().contains("at step 6 behind one at step 7"), "{error}");
        let error = with(vec![at(7, rate()); MOST_CHANGES + 1]).validate().expect_err("refused");
        assert!(error.to_string().contains("200 at most"), "{error}");
    }

    #[test]
    fn a_config_with_changes_is_written_and_read_and_without_them_says_nothing_of_them() {
        let config = with(vec![at(3, json!({ "rate": 0.5, "surrogate": "rect" }))]);
        let text = serde_json::to_string(&config).expect("JSON");
        assert_eq!(serde_json::from_str::<SessionConfig>(&text).expect("a config"), config);
        assert!(!serde_json::to_string(&SessionConfig::default()).expect("JSON").contains(NAME));
    }

    #[test]
    fn methods_that_keep_something_beside_the_network_take_other_strengths_but_no_switch() {
        let guided =
            SessionConfig { contrast: ContrastConfig { contrast: 1.0, ..Default::default() }, ..Default::default() };
        let stronger = SessionConfig {
            contrast: ContrastConfig { contrast: 2.0, ..Default::default() },
            im_loss: ImLossConfig { im_loss: 1.0, ..Default::default() },
            ..Default::default()
        };
        assert_eq!(guided.with_live_of(&stronger), stronger);
        assert_eq!(guided.with_live_of(&SessionConfig::default()), guided);
    }
}
