//! What the benchmark page drives (feature `bench`, never in the page that people load): work with its inputs made
//! beforehand, so that a clock around one call times that work alone.

mod pointnet;

use burn::prelude::*;
use burn::tensor::{Gradients, TensorData};
use js_sys::Float32Array;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::BackendName;
use super::lab::{read, sentence, start};
use crate::kernel;
use crate::neuron::{self, Lif};

fn noise(count: usize, low: f32, high: f32, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(low..high)).collect()
}

async fn first(tensor: Tensor<1>) -> Result<f32, JsValue> {
    tensor.into_scalar_async::<f32>().await.map_err(sentence)
}

/// One layer of neurons alone: forward, and backward from a given gradient.
#[wasm_bindgen]
pub struct LifBench {
    current: Tensor<2>,
    gradient: Tensor<2>,
    amplitude: Tensor<1>,
    steps: usize,
}

#[wasm_bindgen]
impl LifBench {
    /// Currents `[steps, neurons]` in -1..2, about half of which fire, and a gradient of their spikes in -1..1.
    pub async fn create(backend: Ts<BackendName>, steps: usize, neurons: usize) -> Result<LifBench, JsValue> {
        let device = start(read(&backend)?).await?.autodiff();
        let tensor = |low, high, seed| {
            let values = noise(steps * neurons, low, high, seed);
            Tensor::<2>::from_data(TensorData::new(values, [steps, neurons]), &device)
        };
        Ok(Self {
            current: tensor(-1.0, 2.0, 1).require_grad(),
            gradient: tensor(-1.0, 1.0, 2),
            amplitude: Tensor::from_floats([1.0], &device),
            steps,
        })
    }

    /// Spikes, and from their given gradient that of the currents. Answers the sum of the gradients of the first 256
    /// neurons at the first step.
    pub async fn run(&self, fused: bool) -> Result<f32, JsValue> {
        let (current, amplitude) = (self.current.clone(), self.amplitude.clone());
        let lif = Lif::default();
        let spikes = if fused {
            neuron::lif(current, amplitude, self.steps, &lif)
        } else {
            neuron::reference::lif(current, amplitude, self.steps, &lif)
        };
        let gradients = kernel::given(spikes, self.gradient.clone()).backward();
        let gradient = self.current.grad(&gradients).ok_or_else(|| sentence("the currents have no gradient"))?;
        first(gradient.slice([0..1, 0..256]).sum()).await
    }
}

/// Training steps of the MLP that the peers run too: 784-256-10, T = 4, batch 64, binary spikes, `TanhWindow(3)`, decay
/// 0.25, threshold 0.5, reset attached, no batch norm, the constant input's product and the readout once, Adam at 0.001.
#[wasm_bindgen]
pub struct MlpBench {
    network: crate::model::Network,
    optimiser: crate::session::Optimiser,
    images: Tensor<2>,
    targets: Tensor<2>,
    pixels: Vec<f32>,
    labels: Vec<f32>,
}

const BATCH: usize = 64;
const PIXELS: usize = 784;
const CLASSES: usize = 10;

#[wasm_bindgen]
impl MlpBench {
    /// Fresh weights and one batch of noise, which every step trains on.
    pub async fn create(backend: Ts<BackendName>) -> Result<MlpBench, JsValue> {
        let device = start(read(&backend)?).await?.autodiff();
        let config = crate::session::SessionConfig {
            network: crate::session::NetworkKind::Mlp,
            widths: vec![256],
            batch_norm: false,
            rate: 0.001,
            ..Default::default()
        };
        let input = crate::layer::MapShape::map(1, 28, 28);
        let network = crate::session::new_network(&config, input, CLASSES, &device).map_err(sentence)?;
        let pixels = noise(BATCH * PIXELS, 0.0, 1.0, 3);
        let mut labels = vec![0.0; BATCH * CLASSES];
        labels.chunks_mut(CLASSES).enumerate().for_each(|(i, row)| row[i % CLASSES] = 1.0);
        let tensor = |values: &[f32], columns| {
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), [BATCH, columns]), &device)
        };
        Ok(Self {
            images: tensor(&pixels, PIXELS),
            targets: tensor(&labels, CLASSES),
            optimiser: crate::session::Optimiser::new(&config),
            network,
            pixels,
            labels,
        })
    }

    /// Images `[64, 784]`.
    pub fn pixels(&self) -> Float32Array {
        Float32Array::from(self.pixels.as_slice())
    }

    /// Targets, one row each with a one at the class, `[64, 10]`.
    pub fn labels(&self) -> Float32Array {
        Float32Array::from(self.labels.as_slice())
    }

    /// Initial numbers by name, flat: `layer1.weight` `[784, 256]`, `layer1.bias`, `readout.weight` `[256, 10]`,
    /// `readout.bias`.
    pub async fn parameter(&mut self, name: String) -> Result<Float32Array, JsValue> {
        let mut parameters = self.network.parameters_mut().into_iter();
        let found = parameters.find(|parameter| parameter.name == name);
        let found = found.ok_or_else(|| sentence(format!("there is no parameter {name}")))?;
        let data = found.flat().into_data_async().await.map_err(sentence)?;
        let values: Vec<f32> = data.try_to_vec().map_err(|error| sentence(format!("{error:?}")))?;
        Ok(Float32Array::from(values.as_slice()))
    }

    /// One training step, its loss read back.
    pub async fn step(&mut self) -> Result<f32, JsValue> {
        let pass = self.network.forward(self.images.clone(), crate::layer::Mode::Train);
        let loss = crate::method::cross_entropy(pass.logits, self.targets.clone());
        let gradients: Gradients = loss.backward();
        self.optimiser.step(self.network.parameters_mut(), gradients, 0.001);
        first(loss.without_autodiff()).await
    }
}
