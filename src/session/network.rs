//! From a config to its network.

use burn::prelude::*;

use super::{ConfigError, NetworkKind, SessionConfig, UnitKind};
use crate::data::{Form, ImageShape};
use crate::layer::{Activation, MapShape, Neurons, WeightKind, WeightRule};
use crate::model::{AXES, Architecture, ModelError, Network, Rules};

/// What a config's network takes of samples of a form.
pub(crate) fn input_of(config: &SessionConfig, form: Form) -> MapShape {
    match form.flowing(config.encoding) {
        Some(ImageShape { channels, height, width }) => MapShape::map(channels, height, width),
        None => MapShape::points(config.pointnet.points, AXES),
    }
}

/// A network as a config describes it.
pub(crate) fn new_network(
    config: &SessionConfig,
    input: MapShape,
    classes: usize,
    device: &Device,
) -> Result<Network, ModelError> {
    let architecture = match config.network {
        NetworkKind::Mlp => Architecture::Mlp(config.widths.clone()),
        NetworkKind::Conv => Architecture::Conv(config.widths.clone()),
        NetworkKind::Resnet => Architecture::ResNet { widths: config.widths.clone(), blocks: config.blocks },
        NetworkKind::Pointnet => {
            Architecture::PointNet { widths: config.widths.clone(), config: config.pointnet.clone() }
        }
    };
    let (activation, steps) = match config.units {
        UnitKind::Spiking => (Activation::Spiking(config.lif()), config.steps),
        UnitKind::Relu => (Activation::Rectified, 1),
    };
    let neurons = Neurons {
        activation,
        steps,
        amplitude: config.amplitude,
        train_amplitude: config.train_amplitude,
        train_decay: config.train_decay,
        batch_norm: config.batch_norm,
    };
    let inner = WeightRule {
        kind: config.reverb.weights,
        train_factor: config.reverb.train_factor,
        normed: config.batch_norm,
        gain: config.gain,
    };
    let ends = if config.reverb.binary_ends { inner.kind } else { WeightKind::Real };
    let rules = Rules { inner, ends };
    let mut network = Network::new(&architecture, input, classes, neurons, rules, config.seed, device)?;
    if config.rectifies_last() {
        network.rectify_last();
    }
    Ok(network)
}

/// What the network takes of the data; each network has its own form.
pub(super) fn input_for(config: &SessionConfig, form: Form) -> Result<MapShape, ConfigError> {
    let refuse = |accepted: &str| {
        Err(ConfigError { name: "network", value: config.network.to_string(), accepted: accepted.into() })
    };
    if matches!(form, Form::Recording(_)) && config.encoding.is_over_time() {
        let (name, value) = ("encoding", config.encoding.to_string());
        let accepted = "these are events already; a recording flows in directly".into();
        return Err(ConfigError { name, value, accepted });
    }
    match (form, config.network) {
        (Form::Image(_), NetworkKind::Pointnet) => refuse("a PointNet takes point clouds, and these data are images"),
        (Form::Cloud { .. }, NetworkKind::Mlp | NetworkKind::Conv | NetworkKind::Resnet) => {
            refuse("it takes images, and these data are point clouds, which only a PointNet takes")
        }
        (Form::Recording(_), NetworkKind::Pointnet) => {
            refuse("a PointNet takes point clouds, and these data are recordings of events")
        }
        (Form::Image(_) | Form::Cloud { .. } | Form::Recording(_), _) => Ok(input_of(config, form)),
    }
}
