//! Training steps of Spiking PointNet, whole and in parts.

use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::TensorData;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::bench::{noise, number};
use crate::data::{DataName, DataSet, Part, Presentation};
use crate::kernel;
use crate::layer::{Drive, MapShape, Mode, Pooling};
use crate::method::paradigm::{LossKind, ParadigmConfig};
use crate::model::PointnetConfig;
use crate::neuron;
use crate::session::{NetworkKind, Session, SessionConfig};
use crate::web::BackendName;
use crate::web::lab::{read, sentence, start};

const BATCH: usize = 16;
const POINTS: usize = 512;

/// A part of a training step.
#[derive(Clone, Copy, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum PointnetPart {
    /// All of it.
    Step,
    /// Choosing, turning, scaling and jittering the points of a batch.
    Batch,
    /// The network forward, as in evaluation.
    Forward,
    /// The matrix products of all layers, forward and backward.
    Products,
    /// Batch norm of all layers, forward and backward.
    Norms,
    /// All neurons, forward and backward.
    Neurons,
    /// The largest over points, forward and backward.
    Maximum,
}

/// A layer's own inputs, made beforehand.
struct LayerInputs {
    /// `[T * B, inputs]`, or `[B, inputs]` for the first layer.
    input: Tensor<2>,
    /// What flows out of its product, `[rows, channels, places]`.
    current: Tensor<3>,
    /// Its gradient.
    gradient: Tensor<3>,
}

/// The page's small PointNet: 32-64-128, head 64, batch 16, 512 points, binary spikes.
#[wasm_bindgen]
pub struct PointnetBench {
    session: Session,
    inputs: Vec<LayerInputs>,
    device: Device,
    step: u64,
}

#[wasm_bindgen]
impl PointnetBench {
    /// Fresh weights. `data` is the unpacked furniture10.
    pub async fn create(backend: Ts<BackendName>, data: &[u8], steps: usize) -> Result<PointnetBench, JsValue> {
        let device = start(read(&backend)?).await?;
        let data = Arc::new(DataSet::from_safetensors(data).map_err(sentence)?);
        let config = SessionConfig {
            data: DataName::Furniture,
            network: NetworkKind::Pointnet,
            widths: vec![32, 64, 128],
            pointnet: PointnetConfig { points: POINTS, head: vec![64], ..Default::default() },
            paradigm: ParadigmConfig { membrane_noise: 0.5, loss: LossKind::PerStep, ..Default::default() },
            surrogate_parameter: 5.0,
            batch: BATCH,
            steps,
            ..Default::default()
        };
        let session = Session::new(config, data, &device).map_err(sentence)?;
        let device = device.autodiff();
        let mut inputs = vec![];
        let mut flowing = session.network().input();
        for (i, layer) in session.network().layers().iter().enumerate() {
            let rows = if i == 0 { BATCH } else { steps * BATCH };
            inputs.push(LayerInputs::new(rows, flowing, layer.shape, &device));
            flowing = layer.outgoing();
        }
        Ok(Self { session, inputs, device, step: 0 })
    }

    /// One part of a step. The whole step answers its loss, the others a number that waits for all of their work.
    pub async fn run(&mut self, part: Ts<PointnetPart>) -> Result<f32, JsValue> {
        self.step += 1;
        match read(&part)? {
            PointnetPart::Step => {
                let progress = self.session.train(1).await.map_err(sentence)?;
                Ok(progress.losses[0])
            }
            PointnetPart::Batch => Ok(self.batch().iter().sum()),
            PointnetPart::Forward => {
                let network = self.session.network().without_autodiff();
                let images = TensorData::new(self.batch(), [BATCH, POINTS * 3]);
                let images = Tensor::<2>::from_data(images, &network.device());
                number(network.forward(images, Drive::from(Mode::Evaluate)).logits.sum()).await.map_err(sentence)
            }
            PointnetPart::Products => {
                let mut sum = None;
                for (layer, inputs) in self.session.network().layers().iter().zip(&self.inputs) {
                    let input = inputs.input.clone();
                    let gradients = kernel::given(layer.synapse().forward(input), inputs.gradient.clone()).backward();
                    let weight = layer.synapse().weight().latent().flat();
                    add(&mut sum, weight.grad(&gradients).map(Tensor::sum));
                }
                answer(sum).await
            }
            PointnetPart::Norms => {
                let mut sum = None;
                for inputs in &self.inputs {
                    let channels = inputs.current.dims()[1];
                    let gamma = Tensor::<1>::ones([channels], &self.device).require_grad();
                    let beta = Tensor::<1>::zeros([channels], &self.device).require_grad();
                    let (y, _) = kernel::batch_norm(inputs.current.clone(), gamma.clone(), beta);
                    let gradients = kernel::given(y, inputs.gradient.clone()).backward();
                    add(&mut sum, gamma.grad(&gradients).map(Tensor::sum));
                }
                answer(sum).await
            }
            PointnetPart::Neurons => {
                let steps = self.session.network().steps();
                let amplitude = Tensor::<1>::from_floats([1.0], &self.device);
                let mut sum = None;
                for (layer, inputs) in self.session.network().layers().iter().zip(&self.inputs) {
                    let Some(lif) = layer.lif() else { continue };
                    let given = inputs.input.dims()[0] / BATCH;
                    let count = inputs.current.shape().num_elements() / given;
                    let current = inputs.current.clone().reshape([given, count]);
                    let spikes = neuron::lif(current, amplitude.clone(), steps, lif);
                    let gradient = inputs.gradient.clone().reshape([given, count]);
                    let gradient = if given < steps { gradient.repeat_dim(0, steps) } else { gradient };
                    let gradients = kernel::given(spikes, gradient).backward();
                    let of = inputs.current.grad(&gradients).map(|of| of.slice([0..1, 0..1, 0..1]).sum());
                    add(&mut sum, of);
                }
                answer(sum).await
            }
            PointnetPart::Maximum => {
                let mut sum = None;
                for (layer, inputs) in self.session.network().layers().iter().zip(&self.inputs) {
                    if layer.pooling != Pooling::Max {
                        continue;
                    }
                    let rows = inputs.input.dims()[0];
                    let pooled = layer.pool(inputs.current.clone().reshape([rows, layer.shape.count()]));
                    let gradients = pooled.sum().backward();
                    let of = inputs.current.grad(&gradients).map(|of| of.slice([0..1, 0..1, 0..1]).sum());
                    add(&mut sum, of);
                }
                answer(sum).await
            }
        }
    }

    fn batch(&self) -> Vec<f32> {
        let samples: Vec<usize> = (0..BATCH).collect();
        let augment = Some(&self.session.config().augment);
        let varied = Presentation { augment, key: self.step, ..Presentation::plain(POINTS) };
        self.session.data().batch(Part::Train, &samples, varied).inputs
    }
}

impl LayerInputs {
    fn new(rows: usize, flowing: MapShape, shape: MapShape, device: &Device) -> Self {
        let values = |count, low, seed| noise(count, low, 2.0, seed);
        let tensor = |low, seed| {
            let sizes = [rows * shape.area(), shape.channels, 1];
            Tensor::<3>::from_data(TensorData::new(values(sizes.iter().product(), low, seed), sizes), device)
        };
        let input = TensorData::new(values(rows * flowing.count(), -1.0, 1), [rows, flowing.count()]);
        Self {
            input: Tensor::from_data(input, device).require_grad(),
            current: tensor(-1.0, 2).require_grad(),
            gradient: tensor(-2.0, 3),
        }
    }
}

fn add(sum: &mut Option<Tensor<1>>, more: Option<Tensor<1>>) {
    *sum = match (sum.take(), more) {
        (Some(sum), Some(more)) => Some(sum + more),
        (sum, more) => sum.or(more),
    };
}

async fn answer(sum: Option<Tensor<1>>) -> Result<f32, JsValue> {
    number(sum.ok_or_else(|| sentence("nothing has a gradient"))?).await.map_err(sentence)
}
