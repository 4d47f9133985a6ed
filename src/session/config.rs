//! [`SessionConfig`], the one description of a run: the page's controls edit it, the link carries it, a checkpoint
//! embeds it, the command line takes it and tests build it.

use serde::{Deserialize, Serialize};

use crate::data::DataName;
use crate::layer::WeightKind;
use crate::method::Methods;
use crate::method::contrast::ContrastConfig;
use crate::method::enof::{EnofConfig, LastActivation};
use crate::method::im_loss::ImLossConfig;
use crate::method::paradigm::ParadigmConfig;
use crate::method::reverb::ReverbConfig;
use crate::method::shortcut::{ShortcutConfig, ShortcutKind};
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
    /// A 3x3 stem with 2x2 average pooling, then for every width (channels) a stage of residual blocks of two 3x3
    /// convolutions, halved between stages; the mean over space, then a linear readout.
    Resnet,
}

/// What the units of a network are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum UnitKind {
    /// Leaky integrate-and-fire neurons over T time steps.
    #[default]
    Spiking,
    /// Rectified linear units, once: the spiking network's ANN twin.
    Relu,
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
    /// Hidden units (MLP) or channels (convnet) of each spiking layer, or channels of each stage (residual): 1 to 16 layers
    /// of 1 to 1024; a convnet as many as its images can be halved, a residual network 1 to 4.
    pub widths: Vec<usize>,
    /// Blocks in each stage of a residual network, 1 to 4.
    pub blocks: usize,
    /// What its units are.
    pub units: UnitKind,
    /// The spread of the initial weights of layers, over 0 to 4: 1 gives unit currents for unit inputs.
    pub gain: f32,
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
    /// Training samples, the first so many of each run's own shuffle, 0 (all) or as many as a batch at least.
    pub samples: usize,
    /// Decides the initial weights and the order of the samples.
    pub seed: u32,
    /// Epochs of the ANN twin, where a method needs one, 1 to 1000.
    pub twin_epochs: usize,
    /// The weights (ReverB-SNN).
    #[serde(flatten)]
    pub reverb: ReverbConfig,
    /// The contrastive loss.
    #[serde(flatten)]
    pub contrast: ContrastConfig,
    /// The output feature (EnOF-SNN).
    #[serde(flatten)]
    pub enof: EnofConfig,
    /// Shortcut back-propagation.
    #[serde(flatten)]
    pub shortcut: ShortcutConfig,
    /// Spiking PointNet's paradigm.
    #[serde(flatten)]
    pub paradigm: ParadigmConfig,
    /// IM-Loss and evolutionary surrogates.
    #[serde(flatten)]
    pub im_loss: ImLossConfig,
}

impl Default for SessionConfig {
    /// The page's first run: a small convnet of binary spikes on MNIST digits.
    fn default() -> Self {
        Self {
            data: DataName::Mnist,
            network: NetworkKind::Conv,
            widths: vec![16, 32, 64],
            blocks: 1,
            units: UnitKind::Spiking,
            gain: 1.0,
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
            samples: 0,
            seed: 1,
            twin_epochs: 10,
            reverb: ReverbConfig::default(),
            contrast: ContrastConfig::default(),
            enof: EnofConfig::default(),
            shortcut: ShortcutConfig::default(),
            paradigm: ParadigmConfig::default(),
            im_loss: ImLossConfig::default(),
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

    /// The methods that are switched on.
    pub fn methods(&self) -> Methods {
        let (shortcut, im_loss, contrast) = (self.shortcut, self.im_loss, self.contrast);
        Methods { shortcut, im_loss, contrast, enof: self.enof, paradigm: self.paradigm }
    }

    /// Time steps that a run is evaluated at.
    pub fn evaluation_steps(&self) -> usize {
        match (self.units, self.paradigm.evaluation_steps) {
            // A rectified unit has no time.
            (UnitKind::Relu, _) => 1,
            (UnitKind::Spiking, 0) => self.steps,
            (UnitKind::Spiking, steps) => steps,
        }
    }

    /// The run of the ANN twin that guides this one: the same network of rectified units on the same data, all of it, with
    /// a seed of its own, because from the same weights the two agree before they learn anything (methods, section 4.7).
    pub fn twin(&self) -> Self {
        Self {
            data: self.data,
            network: self.network,
            widths: self.widths.clone(),
            blocks: self.blocks,
            batch_norm: self.batch_norm,
            optimiser: self.optimiser,
            rate: self.rate,
            momentum: self.momentum,
            schedule: self.schedule,
            batch: self.batch,
            epochs: self.twin_epochs,
            seed: self.seed.wrapping_add(TWIN_SEED),
            units: UnitKind::Relu,
            steps: 1,
            ..Self::default()
        }
    }

    /// Checks every setting that can be checked without the data.
    ///
    /// # Errors
    ///
    /// The first setting outside its range, with the range, or that another rules out, with the reason.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let most = if self.network == NetworkKind::Resnet { 4 } else { 16 };
        within("widths", self.widths.len(), 1, most, "layers or stages")?;
        for &width in &self.widths {
            within("widths", width, 1, 1024, "units or channels a layer")?;
        }
        within("blocks", self.blocks, 1, 4, "blocks a stage")?;
        within("steps", self.steps, 1, 16, "time steps")?;
        within("epochs", self.epochs, 1, 1000, "epochs")?;
        within("twinEpochs", self.twin_epochs, 1, 1000, "epochs")?;
        within("batch", self.batch, 1, 512, "samples a step")?;
        within("evaluationSteps", self.paradigm.evaluation_steps, 0, 16, "time steps, 0 for those of training")?;
        within("contrastMemory", self.contrast.contrast_memory, 0, 4096, "samples")?;
        holds("decay", self.decay, (0.0..=1.0).contains(&self.decay), "it must be from 0 to 1")?;
        for (name, value, top) in [
            ("threshold", self.threshold, 10.0),
            ("amplitude", self.amplitude, 10.0),
            ("surrogateParameter", self.surrogate_parameter, 25.0),
            ("surrogateEnd", self.im_loss.surrogate_end, 25.0),
            ("rate", self.rate, 10.0),
            ("gain", self.gain, 4.0),
            ("shortcutWeight", self.shortcut.shortcut_weight, 10.0),
        ] {
            holds(name, value, value > 0.0 && value <= top, &format!("it must be over 0 and at most {top}"))?;
        }
        for (name, value, low, high) in [
            ("contrast", self.contrast.contrast, 0.0, 100.0),
            ("contrastTemperature", self.contrast.contrast_temperature, 0.01, 10.0),
            ("align", self.enof.align, 0.0, 100.0),
            ("alignTemperature", self.enof.align_temperature, 0.1, 100.0),
            ("imLoss", self.im_loss.im_loss, 0.0, 100.0),
            ("membraneNoise", self.paradigm.membrane_noise, 0.0, 10.0),
        ] {
            holds(name, value, (low..=high).contains(&value), &format!("it must be from {low} to {high}"))?;
        }
        holds("momentum", self.momentum, (0.0..1.0).contains(&self.momentum), "it must be from 0 to below 1")?;
        self.check_together()
    }

    /// What settings rule out together although each is in its range.
    fn check_together(&self) -> Result<(), ConfigError> {
        let refuse = |name: &'static str, value: &str, accepted: &str| {
            Err(ConfigError { name, value: value.into(), accepted: accepted.into() })
        };
        if self.batch_norm && self.batch < 2 {
            let accepted = "batch norm compares the samples of a batch, so it needs 2 of them at least";
            return refuse("batch", &self.batch.to_string(), accepted);
        }
        if self.samples > 0 && self.samples < self.batch {
            let accepted = "it must be 0, for all, or as many as a batch at least";
            return refuse("samples", &self.samples.to_string(), accepted);
        }
        if self.surrogate == SurrogateKind::SteTernary && self.spike != SpikeKind::Ternary {
            let accepted =
                "its window reaches from the negative threshold to the positive one, so it needs ternary spikes";
            return refuse("surrogate", "steTernary", accepted);
        }
        if self.im_loss.evolve_surrogate && self.surrogate != SurrogateKind::Esg {
            let accepted = "only the tanh everywhere (esg) has a slope that may grow over the run";
            return refuse("evolveSurrogate", "true", accepted);
        }
        if self.reverb.weights == WeightKind::Binary && self.spike == SpikeKind::Ternary {
            let accepted = "ReverB-SNN's binary weights are for real-valued spikes, or binary ones to compare with";
            return refuse("weights", "binary", accepted);
        }
        if self.shortcut.shortcut != ShortcutKind::Off && self.layers() < 2 {
            let accepted = "a branch starts from a layer that is not the last, so the network needs 2 layers at least";
            return refuse("shortcut", "on", accepted);
        }
        if self.units == UnitKind::Relu {
            return self.check_twin();
        }
        Ok(())
    }

    /// A network of rectified units has neither spikes nor a twin.
    fn check_twin(&self) -> Result<(), ConfigError> {
        let refuse = |name: &'static str, value: &str, accepted: &str| {
            Err(ConfigError { name, value: value.into(), accepted: accepted.into() })
        };
        if self.contrast.contrast > 0.0 {
            return refuse(
                "contrast",
                &self.contrast.contrast.to_string(),
                "a network of rectified units is an ANN itself and has no twin to be guided by",
            );
        }
        if self.enof.align > 0.0 {
            return refuse(
                "align",
                &self.enof.align.to_string(),
                "a network of rectified units is an ANN itself and has no twin to be guided by",
            );
        }
        if self.im_loss.im_loss > 0.0 {
            return refuse("imLoss", &self.im_loss.im_loss.to_string(), "a rectified unit has no membrane potential");
        }
        if self.paradigm.membrane_noise > 0.0 {
            return refuse(
                "membraneNoise",
                &self.paradigm.membrane_noise.to_string(),
                "a rectified unit has no membrane potential",
            );
        }
        Ok(())
    }

    /// Layers of neurons.
    fn layers(&self) -> usize {
        match self.network {
            NetworkKind::Mlp | NetworkKind::Conv => self.widths.len(),
            NetworkKind::Resnet => 1 + 2 * self.blocks * self.widths.len(),
        }
    }

    /// Whether the last layer sends rectified currents.
    pub(super) fn rectifies_last(&self) -> bool {
        self.units == UnitKind::Spiking && self.enof.last_activation == LastActivation::Relu
    }
}

/// How far the twin's seed is from its network's.
const TWIN_SEED: u32 = 1_000_003;

fn within(name: &'static str, value: usize, low: usize, high: usize, unit: &str) -> Result<(), ConfigError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(ConfigError { name, value: value.to_string(), accepted: format!("it must be from {low} to {high} {unit}") })
}

fn holds(name: &'static str, value: f32, held: bool, accepted: &str) -> Result<(), ConfigError> {
    if held {
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
    fn settings_that_exclude_each_other_are_refused_with_the_reason() {
        let refused = |config: SessionConfig| config.validate().unwrap_err().to_string();
        let reverb = ReverbConfig { weights: WeightKind::Binary, ..Default::default() };
        let ternary = SessionConfig { spike: SpikeKind::Ternary, reverb, ..Default::default() };
        assert_eq!(
            refused(ternary.clone()),
            "weights is binary: ReverB-SNN's binary weights are for real-valued spikes, or binary ones to compare with"
        );
        assert_eq!(SessionConfig { spike: SpikeKind::Real, ..ternary }.validate(), Ok(()));
        let contrast = ContrastConfig { contrast: 1.0, ..Default::default() };
        let twinless = SessionConfig { units: UnitKind::Relu, contrast, ..Default::default() };
        assert!(refused(twinless).ends_with("is an ANN itself and has no twin to be guided by"));
        let shortcut = ShortcutConfig { shortcut: ShortcutKind::Evolving, ..Default::default() };
        let shallow = SessionConfig { network: NetworkKind::Mlp, widths: vec![9], shortcut, ..Default::default() };
        assert!(refused(shallow).starts_with("shortcut is on: a branch starts from a layer that is not the last"));
        let im_loss = ImLossConfig { evolve_surrogate: true, ..Default::default() };
        assert!(refused(SessionConfig { im_loss, ..Default::default() }).starts_with("evolveSurrogate is true"));
    }

    #[test]
    fn the_twin_is_the_same_network_of_rectified_units_with_a_seed_of_its_own() {
        let enof = EnofConfig { align: 1.0, ..Default::default() };
        let config = SessionConfig { spike: SpikeKind::Ternary, steps: 2, samples: 300, enof, ..Default::default() };
        let twin = config.twin();
        assert_eq!((twin.units, twin.steps, twin.samples, twin.epochs), (UnitKind::Relu, 1, 0, 10));
        assert_eq!((&twin.widths, twin.network, twin.enof), (&config.widths, config.network, EnofConfig::default()));
        assert_ne!(twin.seed, config.seed);
        assert_eq!(twin.validate(), Ok(()));
        let other = SessionConfig { spike: SpikeKind::Real, train_amplitude: true, ..config };
        assert_eq!(other.twin(), twin, "lanes of other spikes share it");
    }

    #[test]
    fn json_keys_are_those_of_the_page_and_missing_ones_take_the_default() {
        let config: SessionConfig =
            serde_json::from_str(r#"{"spike":"ternary","trainAmplitude":true,"imLoss":2,"samples":300}"#).unwrap();
        let im_loss = ImLossConfig { im_loss: 2.0, ..Default::default() };
        let (spike, train_amplitude) = (SpikeKind::Ternary, true);
        assert_eq!(config, SessionConfig { spike, train_amplitude, im_loss, samples: 300, ..Default::default() });
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<SessionConfig>(&text).unwrap(), config);
    }
}
