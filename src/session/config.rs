//! [`SessionConfig`], the one description of a run: the page's controls edit it, the link carries it, a checkpoint
//! embeds it, the command line takes it and tests build it.

use serde::{Deserialize, Serialize};

use crate::data::DataName;
use crate::neuron::{Lif, Reset, ResetGradient, SpikeKind, Surrogate, SurrogateKind};

/// The shape of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum NetworkKind {
    /// Linear, batch norm, LIF for every width, then a linear readout.
    Mlp,
    /// 3x3 convolution, batch norm, LIF, 2x2 average pooling for every width (channels), then a linear readout.
    Conv,
}

/// How weights follow their gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum OptimiserKind {
    /// Adam with beta 0.9 and 0.999, epsilon 1e-8.
    Adam,
    /// Stochastic gradient descent with momentum.
    Sgd,
}

/// How the learning rate moves over the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Schedule {
    /// The same rate at every step.
    Constant,
    /// Half a cosine from the rate to zero over the planned epochs, zero after them.
    Cosine,
}

/// Everything that decides a run. The same config gives the same batches and the same initial weights in every lane and
/// on every backend, and on one backend the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SessionConfig {
    /// The data set.
    pub data: DataName,
    /// The shape of the network.
    pub network: NetworkKind,
    /// Hidden units (MLP) or channels (convnet) of each spiking layer: 1 to 6 layers of 1 to 1024; a convnet as many as
    /// its images can be halved.
    pub widths: Vec<usize>,
    /// Whether each spiking layer's current is batch-normalised, jointly over time and batch (methods, section 9).
    pub batch_norm: bool,
    /// What a neuron sends.
    pub spike: SpikeKind,
    /// Height of a spike, over 0 to 10.
    pub amplitude: f32,
    /// Whether each layer trains its own amplitude, starting from [`amplitude`](Self::amplitude).
    pub train_amplitude: bool,
    /// Time steps T, 1 to 16.
    pub steps: usize,
    /// What stays of the membrane potential from one time step to the next, 0 to 1.
    pub decay: f32,
    /// The membrane potential that fires, over 0 to 10.
    pub threshold: f32,
    /// What firing does to the membrane potential.
    pub reset: Reset,
    /// Whether gradients flow through the reset.
    pub reset_gradient: ResetGradient,
    /// The smooth derivative that stands in for the step's.
    pub surrogate: SurrogateKind,
    /// The surrogate's one number (see [`SurrogateKind`]), over 0 to 25.
    pub surrogate_parameter: f32,
    /// How weights follow their gradients.
    pub optimiser: OptimiserKind,
    /// Learning rate, over 0 to 10.
    pub rate: f32,
    /// Momentum of [`OptimiserKind::Sgd`], 0 to below 1.
    pub momentum: f32,
    /// How the learning rate moves over the run.
    pub schedule: Schedule,
    /// Planned epochs, 1 to 1000: the length of the schedule.
    pub epochs: usize,
    /// Samples a training step, 1 to 512 (2 at least with batch norm) and no more than there are.
    pub batch: usize,
    /// Decides the initial weights and the order of the samples.
    pub seed: u32,
}

impl Default for SessionConfig {
    /// The page's first run: a small convnet of binary spikes on MNIST digits.
    fn default() -> Self {
        Self {
            data: DataName::Mnist,
            network: NetworkKind::Conv,
            widths: vec![16, 32, 64],
            batch_norm: true,
            spike: SpikeKind::Binary,
            amplitude: 1.0,
            train_amplitude: false,
            steps: 4,
            decay: 0.25,
            threshold: 0.5,
            reset: Reset::Hard,
            reset_gradient: ResetGradient::Attached,
            surrogate: SurrogateKind::TanhWindow,
            surrogate_parameter: 3.0,
            optimiser: OptimiserKind::Adam,
            rate: 0.003,
            momentum: 0.9,
            schedule: Schedule::Cosine,
            epochs: 5,
            batch: 32,
            seed: 1,
        }
    }
}

/// A setting that no run can have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} is {value}: {accepted}")]
pub struct ConfigError {
    /// The setting, as it is written in a config.
    pub name: &'static str,
    /// What it was.
    pub value: String,
    /// What it may be.
    pub accepted: String,
}

impl SessionConfig {
    /// The neuron that every hidden layer shares.
    pub fn lif(&self) -> Lif {
        Lif {
            spike: self.spike,
            decay: self.decay,
            threshold: self.threshold,
            reset: self.reset,
            reset_gradient: self.reset_gradient,
            surrogate: Surrogate { kind: self.surrogate, parameter: self.surrogate_parameter },
        }
    }

    /// Checks every setting that can be checked without the data.
    ///
    /// # Errors
    ///
    /// The first setting outside its range, with the range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let depth = self.widths.len();
        within("widths", depth, 1, 6, "layers")?;
        for &width in &self.widths {
            within("widths", width, 1, 1024, "units or channels a layer")?;
        }
        within("steps", self.steps, 1, 16, "time steps")?;
        within("epochs", self.epochs, 1, 1000, "epochs")?;
        within("batch", self.batch, 1, 512, "samples a step")?;
        let unit = |v: f32| (0.0..=1.0).contains(&v);
        let over_zero_to = |top: f32| move |v: f32| v > 0.0 && v <= top;
        holds("decay", self.decay, unit, "it must be from 0 to 1")?;
        holds("threshold", self.threshold, over_zero_to(10.0), "it must be over 0 and at most 10")?;
        holds("amplitude", self.amplitude, over_zero_to(10.0), "it must be over 0 and at most 10")?;
        holds("surrogateParameter", self.surrogate_parameter, over_zero_to(25.0), "it must be over 0 and at most 25")?;
        holds("rate", self.rate, over_zero_to(10.0), "it must be over 0 and at most 10")?;
        holds("momentum", self.momentum, |v| (0.0..1.0).contains(&v), "it must be from 0 to below 1")?;
        if self.batch_norm && self.batch < 2 {
            let accepted = "batch norm compares the samples of a batch, so it needs 2 of them at least".into();
            return Err(ConfigError { name: "batch", value: self.batch.to_string(), accepted });
        }
        if self.surrogate == SurrogateKind::SteTernary && self.spike != SpikeKind::Ternary {
            return Err(ConfigError {
                name: "surrogate",
                value: "steTernary".into(),
                accepted:
                    "its window reaches from the negative threshold to the positive one, so it needs ternary spikes"
                        .into(),
            });
        }
        Ok(())
    }
}

fn within(name: &'static str, value: usize, low: usize, high: usize, unit: &str) -> Result<(), ConfigError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(ConfigError { name, value: value.to_string(), accepted: format!("it must be from {low} to {high} {unit}") })
}

fn holds(name: &'static str, value: f32, rule: impl Fn(f32) -> bool, accepted: &str) -> Result<(), ConfigError> {
    if rule(value) {
        return Ok(());
    }
    Err(ConfigError { name, value: value.to_string(), accepted: accepted.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_a_run() {
        assert_eq!(SessionConfig::default().validate(), Ok(()));
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        let config = SessionConfig { steps: 17, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().to_string(), "steps is 17: it must be from 1 to 16 time steps");
        let config = SessionConfig { rate: f32::NAN, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().to_string(), "rate is NaN: it must be over 0 and at most 10");
    }

    #[test]
    fn batch_norm_needs_two_samples() {
        let config = SessionConfig { batch: 1, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().name, "batch");
        assert_eq!(SessionConfig { batch_norm: false, ..config }.validate(), Ok(()));
    }

    #[test]
    fn the_two_sided_window_needs_ternary_spikes() {
        let config = SessionConfig { surrogate: SurrogateKind::SteTernary, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().name, "surrogate");
    }

    #[test]
    fn json_keys_are_those_of_the_page_and_missing_ones_take_the_default() {
        let config: SessionConfig = serde_json::from_str(r#"{"spike":"ternary","trainAmplitude":true}"#).unwrap();
        assert_eq!(config, SessionConfig { spike: SpikeKind::Ternary, train_amplitude: true, ..Default::default() });
    }
}
