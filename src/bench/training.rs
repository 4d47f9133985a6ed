//! Training steps of the networks that the peers run too.

use burn::prelude::*;
use burn::tensor::TensorData;
use serde::{Deserialize, Serialize};

use super::{noise, number};
use crate::data::{BatchPlan, DataSet, Part, Presentation};
use crate::layer::{MapShape, Mode, Parameter};
use crate::method::cross_entropy;
use crate::model::{AXES, Network, PointnetConfig};
use crate::neuron::SpikeKind;
use crate::session::{NetworkKind, Optimiser, SessionConfig, SessionError, new_network};

const CLASSES: usize = 10;
/// Points that are taken of each cloud.
const POINTS: usize = 512;
/// Batches that steps train on in turn, so that no step meets what it has just learnt.
const BATCHES: usize = 25;
/// Adam's rate.
const RATE: f32 = 0.001;

/// Which network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum WorkKind {
    /// 784-256-10, batch 64.
    Mlp,
    /// 784-256-256-10, batch 64: spikes reach a product as they are.
    DeepMlp,
    /// 28x28, 3x3x16, pooled, 3x3x32, pooled, 10; batch 32.
    Convnet,
    /// Clouds of 512 points, 32-64-128 shared by the points, the largest over points, 64, 10; batch 16.
    Pointnet,
}

impl WorkKind {
    /// Samples in a batch.
    pub fn batch(self) -> usize {
        match self {
            Self::Mlp | Self::DeepMlp => 64,
            Self::Convnet => 32,
            Self::Pointnet => 16,
        }
    }

    /// A digit, or a cloud.
    fn input(self) -> MapShape {
        match self {
            Self::Mlp | Self::DeepMlp | Self::Convnet => MapShape::map(1, 28, 28),
            Self::Pointnet => MapShape::points(POINTS, AXES),
        }
    }

    /// Binary spikes, decay 0.25, threshold 0.5, reset attached; of digits `TanhWindow(3)` and T = 4, of clouds
    /// `TanhWindow(5)` and T = 1.
    pub(super) fn config(self) -> SessionConfig {
        let common = SessionConfig { batch: self.batch(), rate: RATE, ..Default::default() };
        match self {
            Self::Mlp => SessionConfig { network: NetworkKind::Mlp, widths: vec![256], ..common },
            Self::DeepMlp => SessionConfig { network: NetworkKind::Mlp, widths: vec![256, 256], ..common },
            Self::Convnet => SessionConfig { network: NetworkKind::Conv, widths: vec![16, 32], ..common },
            Self::Pointnet => SessionConfig {
                network: NetworkKind::Pointnet,
                widths: vec![32, 64, 128],
                pointnet: PointnetConfig { points: POINTS, head: vec![64], ..Default::default() },
                surrogate_parameter: 5.0,
                steps: 1,
                ..common
            },
        }
    }
}

/// A network without batch norm, the batches that its steps train on in turn, and Adam.
pub struct TrainingWork {
    network: Network,
    optimiser: Optimiser,
    device: Device,
    batch: usize,
    inputs: Vec<f32>,
    labels: Vec<f32>,
    step: usize,
}

impl TrainingWork {
    /// Fresh weights, on a device with autodiff. The batches are those of a run with `data`, digits or clouds as the
    /// kind wants them, or noise in 0..1 where there is none.
    ///
    /// # Errors
    ///
    /// When the network cannot be built.
    pub fn new(
        kind: WorkKind,
        spike: SpikeKind,
        data: Option<&DataSet>,
        device: &Device,
    ) -> Result<Self, SessionError> {
        let config = SessionConfig { batch_norm: false, spike, ..kind.config() };
        let network = new_network(&config, kind.input(), CLASSES, device)?;
        let count = BATCHES * kind.batch();
        let (inputs, classes): (Vec<f32>, Vec<usize>) = match data {
            Some(data) => {
                let mut plan = BatchPlan::new(config.seed, data.train.len(), kind.batch())?;
                let samples: Vec<usize> = (0..BATCHES).flat_map(|step| plan.indices(step).to_vec()).collect();
                let batch = data.batch(Part::Train, &samples, Presentation::plain(POINTS));
                (batch.inputs, batch.labels.iter().map(|label| *label as usize).collect())
            }
            None => (noise(count * kind.input().count(), 0.0, 1.0, 3), (0..count).map(|i| i % CLASSES).collect()),
        };
        let mut labels = vec![0.0; count * CLASSES];
        labels.chunks_mut(CLASSES).zip(classes).for_each(|(row, class)| row[class] = 1.0);
        let (optimiser, batch) = (Optimiser::new(&config), kind.batch());
        Ok(Self { network, optimiser, device: device.clone(), batch, inputs, labels, step: 0 })
    }

    /// Images, `[batches * batch, 784]`, or clouds, `[batches * batch, 512 * 3]`.
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// Targets, one row each with a one at the class, `[batches * batch, 10]`.
    pub fn labels(&self) -> &[f32] {
        &self.labels
    }

    /// Trained numbers, such as `layer1.weight`.
    pub fn parameters(&mut self) -> impl Iterator<Item = &Parameter> {
        self.network.parameters_mut().into_iter().map(|parameter| &*parameter).filter(|parameter| parameter.trained)
    }

    /// One training step on the next batch, uploaded within it, its loss read back.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn step(&mut self) -> Result<f32, SessionError> {
        let inputs = self.of_batch(&self.inputs, self.network.input().count());
        let targets = self.of_batch(&self.labels, CLASSES);
        self.step += 1;
        let pass = self.network.forward(inputs, Mode::Train);
        let loss = cross_entropy(pass.logits, targets);
        let gradients = loss.backward();
        self.optimiser.step(self.network.parameters_mut(), gradients, RATE);
        number(loss.without_autodiff()).await
    }

    fn of_batch(&self, values: &[f32], columns: usize) -> Tensor<2> {
        let first = self.step % BATCHES * self.batch * columns;
        let values = values[first..first + self.batch * columns].to_vec();
        Tensor::from_data(TensorData::new(values, [self.batch, columns]), &self.device)
    }
}
