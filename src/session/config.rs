//! [`SessionConfig`], the one description of a run: the page's controls edit it, the link carries it, a checkpoint
//! embeds it, the command line takes it and tests build it.

use serde::{Deserialize, Serialize};

use super::Change;
use crate::data::{AugmentConfig, DataName, Encoding, Form};
use crate::method::Methods;
use crate::method::contrast::ContrastConfig;
use crate::method::enof::{EnofConfig, LastActivation};
use crate::method::im_loss::ImLossConfig;
use crate::method::paradigm::ParadigmConfig;
use crate::method::reverb::ReverbConfig;
use crate::method::shortcut::ShortcutConfig;
use crate::model::PointnetConfig;
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
    /// Layers that every point of a cloud goes through, the largest over points, a head, then a linear readout.
    Pointnet,
}

impl std::fmt::Display for NetworkKind {
    /// As in configs and links.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mlp => "mlp",
            Self::Conv => "conv",
            Self::Resnet => "resnet",
            Self::Pointnet => "pointnet",
        })
    }
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
/// on every backend, and on one backend the same run. What each number may be stands in [`ranges`](super::ranges).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SessionConfig {
    /// The data set.
    pub data: DataName,
    /// How a still picture becomes what flows in at each time step.
    pub encoding: Encoding,
    /// The shape of the network.
    pub network: NetworkKind,
    /// Hidden units (MLP) or channels (convnet) of each spiking layer, or channels of each stage (residual); a
    /// convnet has no more layers than its images can be halved. Channels of each layer in front of a PointNet's maximum over
    /// points.
    pub widths: Vec<usize>,
    /// Blocks in each stage of a residual network.
    pub blocks: usize,
    /// What its units are.
    pub units: UnitKind,
    /// The spread of the initial weights of layers: 1 gives unit currents for unit inputs.
    pub gain: f32,
    /// Whether each spiking layer's current is batch-normalised, jointly over time and batch (methods, section 9).
    pub batch_norm: bool,
    /// What a neuron sends.
    pub spike: SpikeKind,
    /// Height of a spike.
    pub amplitude: f32,
    /// Whether each layer trains its own amplitude, starting from [`amplitude`](Self::amplitude).
    pub train_amplitude: bool,
    /// Time steps T.
    pub steps: usize,
    /// What stays of the membrane potential from one time step to the next.
    pub decay: f32,
    /// Whether each layer trains its own decay, starting from [`decay`](Self::decay): PLIF (Fang et al., ICCV 2021), where the
    /// input shrinks as the decay grows; here it does not.
    pub train_decay: bool,
    /// The membrane potential that fires.
    pub threshold: f32,
    /// What firing does to the membrane potential.
    pub reset: Reset,
    /// Whether gradients flow through the reset.
    pub reset_gradient: ResetGradient,
    /// The smooth derivative that stands in for the step's.
    pub surrogate: SurrogateKind,
    /// The surrogate's one number (see [`SurrogateKind`]).
    pub surrogate_parameter: f32,
    /// How weights follow their gradients.
    pub optimiser: OptimiserKind,
    /// Learning rate.
    pub rate: f32,
    /// Momentum of [`OptimiserKind::Sgd`].
    pub momentum: f32,
    /// How the learning rate moves over the run.
    pub schedule: Schedule,
    /// Planned epochs: the length of the schedule.
    pub epochs: usize,
    /// Samples a training step (2 at least with batch norm) and no more than there are.
    pub batch: usize,
    /// Training samples, the first so many of each run's own shuffle, 0 (all) or as many as a batch at least.
    pub samples: usize,
    /// Decides the initial weights and the order of the samples.
    pub seed: u32,
    /// Epochs of the ANN twin, where a method needs one.
    pub twin_epochs: usize,
    /// The parts of a PointNet.
    #[serde(flatten)]
    pub pointnet: PointnetConfig,
    /// How training samples are varied.
    #[serde(flatten)]
    pub augment: AugmentConfig,
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
    /// What the run sets otherwise from later steps on, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

impl Default for SessionConfig {
    /// The page's first run: a small convnet of binary spikes on MNIST digits.
    fn default() -> Self {
        Self {
            data: DataName::Mnist,
            encoding: Encoding::Direct,
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
            train_decay: false,
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
            pointnet: PointnetConfig::default(),
            augment: AugmentConfig::default(),
            reverb: ReverbConfig::default(),
            contrast: ContrastConfig::default(),
            enof: EnofConfig::default(),
            shortcut: ShortcutConfig::default(),
            paradigm: ParadigmConfig::default(),
            im_loss: ImLossConfig::default(),
            changes: vec![],
        }
    }
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

    /// The run of the ANN twin that guides this one: the same network of rectified units on the same data, of this form, all of it, with
    /// a seed of its own, because from the same weights the two agree before they learn anything (methods, section 4.7).
    ///
    /// What neurons, spikes and methods are set to is left at its default, because a rectified unit knows none of it, so that
    /// lanes of other neurons share a twin; the gain too: it decides how many neurons fire at first, and rectified units, which
    /// follow their weights in proportion, explode or fade with it.
    pub fn twin(&self, form: Form) -> Self {
        // Every field by name, and none left to `..`: whoever adds one has to say here what the twin makes of it.
        let default = Self::default();
        Self {
            data: self.data,
            encoding: self.encoding,
            network: self.network,
            widths: self.widths.clone(),
            blocks: self.blocks,
            units: UnitKind::Relu,
            gain: default.gain,
            batch_norm: self.batch_norm,
            spike: default.spike,
            amplitude: default.amplitude,
            train_amplitude: default.train_amplitude,
            // Over which the mean of what flows in is taken.
            steps: if self.is_over_time(form) { self.steps } else { 1 },
            decay: default.decay,
            train_decay: default.train_decay,
            threshold: default.threshold,
            reset: default.reset,
            reset_gradient: default.reset_gradient,
            surrogate: default.surrogate,
            surrogate_parameter: default.surrogate_parameter,
            optimiser: self.optimiser,
            rate: self.rate,
            momentum: self.momentum,
            schedule: self.schedule,
            epochs: self.twin_epochs,
            batch: self.batch,
            samples: 0,
            seed: self.seed.wrapping_add(TWIN_SEED),
            twin_epochs: default.twin_epochs,
            pointnet: self.pointnet.clone(),
            augment: self.augment,
            reverb: default.reverb,
            contrast: default.contrast,
            enof: default.enof,
            shortcut: default.shortcut,
            paradigm: default.paradigm,
            im_loss: default.im_loss,
            changes: default.changes,
        }
    }

    /// Layers of neurons.
    pub(super) fn layers(&self) -> usize {
        match self.network {
            NetworkKind::Mlp | NetworkKind::Conv => self.widths.len(),
            // Transforms are as deep as what they stand in.
            NetworkKind::Pointnet => (self.widths.len() + self.pointnet.head.len()) * (1 + self.pointnet.transforms()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;

    const IMAGES: Form = Form::Image(ImageShape::grey(28, 28));

    #[test]
    fn the_twin_is_the_same_network_of_rectified_units_with_a_seed_of_its_own() {
        let enof = EnofConfig { align: 1.0, ..Default::default() };
        let config = SessionConfig { spike: SpikeKind::Ternary, steps: 2, samples: 300, enof, ..Default::default() };
        let twin = config.twin(IMAGES);
        assert_eq!((twin.units, twin.steps, twin.samples, twin.epochs), (UnitKind::Relu, 1, 0, 10));
        assert_eq!((&twin.widths, twin.network, twin.enof), (&config.widths, config.network, EnofConfig::default()));
        assert_ne!(twin.seed, config.seed);
        assert_eq!(twin.validate(), Ok(()));
        assert_eq!(
            SessionConfig { gain: 0.4, ..config.clone() }.twin(IMAGES),
            twin,
            "rectified units start at unit gain"
        );
        let coded = SessionConfig { encoding: Encoding::Rate, ..config.clone() }.twin(IMAGES);
        assert_eq!((coded.encoding, coded.steps), (Encoding::Rate, 2), "the mean of the network's own spikes");
        assert_eq!(config.twin(Form::recording(34, 34)).steps, 2, "and of its events");
        let other = SessionConfig { spike: SpikeKind::Real, train_amplitude: true, ..config };
        assert_eq!(other.twin(IMAGES), twin, "lanes of other spikes share it");
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
