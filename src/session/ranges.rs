//! What each setting may be by itself, as a table: [`SessionConfig::validate`] goes by it, and the page, its controls and
//! its links take their bounds from it (`pkg/settings.mjs`), so that no bound stands twice.

use super::{ConfigError, NetworkKind, SessionConfig};

/// The values of a setting.
enum Values {
    /// Numbers as the run computes with them.
    Floats(Vec<f32>),
    /// Counts.
    Counts(Vec<usize>),
}

/// What a setting's numbers may be, both ends included.
pub struct Range {
    /// The setting, as it is written in a config.
    pub name: &'static str,
    /// The least it may be.
    pub low: f64,
    /// The most.
    pub high: f64,
    /// Whether it counts.
    pub whole: bool,
    /// What is counted, for a sentence that ends with it; empty where nothing is.
    unit: &'static str,
    /// The values in a config; of widths there are several.
    values: fn(&SessionConfig) -> Values,
}

/// A setting of counts.
const fn counts(
    name: &'static str,
    (low, high): (u32, u32),
    unit: &'static str,
    values: fn(&SessionConfig) -> Values,
) -> Range {
    Range { name, low: low as f64, high: high as f64, whole: true, unit, values }
}

/// A setting that is any number.
const fn floats(name: &'static str, (low, high): (f64, f64), values: fn(&SessionConfig) -> Values) -> Range {
    Range { name, low, high, whole: false, unit: "", values }
}

/// One value.
macro_rules! one {
    ($kind:ident, $($field:ident).+) => {
        |config| Values::$kind(vec![config.$($field).+])
    };
}

/// Every setting that is a number, or several.
pub const RANGES: [Range; 33] = [
    counts("widths", (1, 1024), "units or channels a layer", |config| Values::Counts(config.widths.clone())),
    counts("head", (1, 1024), "units a layer", |config| Values::Counts(config.pointnet.head.clone())),
    counts("points", (16, 4096), "points of each cloud", one!(Counts, pointnet.points)),
    counts("blocks", (1, 4), "blocks a stage", one!(Counts, blocks)),
    counts("steps", (1, 32), "time steps", one!(Counts, steps)),
    counts("epochs", (1, 1000), "epochs", one!(Counts, epochs)),
    counts("twinEpochs", (1, 1000), "epochs", one!(Counts, twin_epochs)),
    counts("batch", (1, 512), "samples a step", one!(Counts, batch)),
    counts("samples", (0, 1_000_000), "samples, 0 for all", one!(Counts, samples)),
    counts("seed", (0, u32::MAX), "", |config| Values::Counts(vec![config.seed as usize])),
    counts("evaluationSteps", (0, 32), "time steps, 0 for those of training", one!(Counts, paradigm.evaluation_steps)),
    counts("shift", (0, 16), "pixels", one!(Counts, augment.shift)),
    counts("contrastMemory", (0, 4096), "samples", one!(Counts, contrast.contrast_memory)),
    floats("decay", (0.0, 1.0), one!(Floats, decay)),
    floats("threshold", (0.05, 10.0), one!(Floats, threshold)),
    floats("amplitude", (0.05, 10.0), one!(Floats, amplitude)),
    floats("surrogateParameter", (0.05, 100.0), one!(Floats, surrogate_parameter)),
    floats("surrogateEnd", (0.05, 25.0), one!(Floats, im_loss.surrogate_end)),
    floats("rate", (0.000_01, 10.0), one!(Floats, rate)),
    floats("momentum", (0.0, 0.999), one!(Floats, momentum)),
    floats("gain", (0.05, 4.0), one!(Floats, gain)),
    floats("shortcutWeight", (0.01, 10.0), one!(Floats, shortcut.shortcut_weight)),
    floats("contrast", (0.0, 100.0), one!(Floats, contrast.contrast)),
    floats("contrastTemperature", (0.01, 10.0), one!(Floats, contrast.contrast_temperature)),
    floats("align", (0.0, 100.0), one!(Floats, enof.align)),
    floats("alignTemperature", (0.1, 100.0), one!(Floats, enof.align_temperature)),
    floats("imLoss", (0.0, 100.0), one!(Floats, im_loss.im_loss)),
    floats("membraneNoise", (0.0, 10.0), one!(Floats, paradigm.membrane_noise)),
    floats("dropout", (0.0, 0.9), one!(Floats, pointnet.dropout)),
    floats("turn", (0.0, 180.0), one!(Floats, augment.turn)),
    floats("scale", (0.0, 1.0), one!(Floats, augment.scale)),
    floats("jitter", (0.0, 0.2), one!(Floats, augment.jitter)),
    floats("pointDropout", (0.0, 0.9), one!(Floats, augment.point_dropout)),
];

/// How many layers or stages [`SessionConfig::widths`] may name.
pub fn depth(network: NetworkKind) -> (usize, usize) {
    match network {
        NetworkKind::Resnet => (1, 4),
        // Under the maximum there is one layer without neurons, and one with them in front of it.
        NetworkKind::Pointnet => (2, 8),
        NetworkKind::Mlp | NetworkKind::Conv => (1, 16),
    }
}

/// How many layers a PointNet may have behind its maximum.
pub const HEAD_DEPTH: (usize, usize) = (1, 4);

impl Range {
    /// Refuses the first number of this setting that is out of its range.
    pub(super) fn check(&self, config: &SessionConfig) -> Result<(), ConfigError> {
        let refused = match (self.values)(config) {
            // As the run has it: a bound that is written as 0.9 is the f32 next to it.
            Values::Floats(values) => values
                .iter()
                .find(|value| !(self.low as f32..=self.high as f32).contains(value))
                .map(ToString::to_string),
            Values::Counts(values) => {
                values.iter().find(|value| !(self.low..=self.high).contains(&(**value as f64))).map(ToString::to_string)
            }
        };
        refused.map_or(Ok(()), |value| Err(self.refuse(value)))
    }

    fn refuse(&self, value: String) -> ConfigError {
        let Self { name, low, high, unit, .. } = self;
        let accepted = format!("it must be from {low} to {high} {unit}").trim_end().to_owned();
        ConfigError { name, value, accepted }
    }
}

/// Refuses lists of widths that are too short or too long.
pub(super) fn check_depths(config: &SessionConfig) -> Result<(), ConfigError> {
    let lists = [
        ("widths", config.widths.len(), depth(config.network), "layers or stages"),
        ("head", config.pointnet.head.len(), HEAD_DEPTH, "layers"),
    ];
    for (name, layers, (least, most), what) in lists {
        if !(least..=most).contains(&layers) {
            let accepted = format!("it must be from {least} to {most} {what}");
            return Err(ConfigError { name, value: layers.to_string(), accepted });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The config with one setting changed, as a link or a file would have it.
    fn with(name: &str, value: serde_json::Value) -> SessionConfig {
        let mut config = serde_json::to_value(SessionConfig::default()).expect("JSON");
        config[name] = value;
        serde_json::from_value(config).expect("a config")
    }

    #[test]
    fn every_number_of_a_config_has_its_range() {
        let config = serde_json::to_value(SessionConfig::default()).expect("JSON");
        let numbers = config.as_object().expect("an object").iter().filter(|(_, value)| {
            value.is_number() || value.as_array().is_some_and(|all| all.iter().all(serde_json::Value::is_number))
        });
        let named: BTreeSet<&str> = RANGES.iter().map(|range| range.name).collect();
        assert_eq!(named, numbers.map(|(name, _)| name.as_str()).collect());
        assert_eq!(named.len(), RANGES.len(), "none stands twice");
    }

    #[test]
    fn both_ends_of_a_range_are_taken_and_what_is_beyond_is_refused_by_name() {
        for range in &RANGES {
            let takes = |value: f64| {
                let list = matches!(range.name, "widths" | "head");
                let number: serde_json::Value =
                    if range.whole { (value as u64).into() } else { serde_json::json!(value as f32) };
                let config = with(range.name, if list { vec![number].into() } else { number });
                range.check(&config).map_err(|error| error.name)
            };
            assert_eq!((takes(range.low), takes(range.high)), (Ok(()), Ok(())), "{}", range.name);
            if range.high < f64::from(u32::MAX) {
                assert_eq!(takes(range.high * 1.01 + 1.0), Err(range.name));
            }
        }
    }
}
