//! What the benchmark page drives (feature `bench`, never in the page that people load): [`crate::bench`]'s work.

mod pointnet;

use std::cell::RefCell;

use burn::prelude::Device;
use js_sys::Float32Array;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::BackendName;
use super::lab::{read, sentence, start};
use crate::bench::{InferenceWork, LifWork, SynapseKind, SynapseWork, TrainingWork, WorkKind};
use crate::data::DataSet;
use crate::layer::Parameter;
use crate::neuron::SpikeKind;

thread_local! {
    /// The device of this worker: WebGPU starts once.
    static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// The worker's device, with autodiff. All work of a worker runs on one backend.
async fn device(backend: Ts<BackendName>) -> Result<Device, JsValue> {
    if let Some(started) = DEVICE.with_borrow(Clone::clone) {
        return Ok(started);
    }
    let started = start(read(&backend)?).await?.autodiff();
    DEVICE.set(Some(started.clone()));
    Ok(started)
}

/// One layer of neurons alone.
#[wasm_bindgen]
pub struct LifBench(LifWork);

#[wasm_bindgen]
impl LifBench {
    /// The layer, for so many time steps and neurons.
    pub async fn create(backend: Ts<BackendName>, steps: usize, neurons: usize) -> Result<LifBench, JsValue> {
        let device = device(backend).await?;
        Ok(Self(LifWork::new(steps, neurons, &device)))
    }

    /// Its currents, `[steps, neurons]`, for the peers.
    pub fn current(steps: usize, neurons: usize) -> Float32Array {
        Float32Array::from(LifWork::current(steps, neurons).as_slice())
    }

    /// The gradient of its spikes, `[steps, neurons]`, for the peers.
    pub fn gradient(steps: usize, neurons: usize) -> Float32Array {
        Float32Array::from(LifWork::gradient(steps, neurons).as_slice())
    }

    /// Forward and backward; in one fused call or in tensor operations.
    pub async fn run(&self, fused: bool) -> Result<f32, JsValue> {
        self.0.run(fused).await.map_err(sentence)
    }
}

/// Training steps of a network that the peers run too.
#[wasm_bindgen]
pub struct TrainingBench(TrainingWork);

#[wasm_bindgen]
impl TrainingBench {
    /// Fresh weights and 25 batches: of `data`, the unpacked MNIST digits or furniture10, or of noise.
    pub async fn create(
        backend: Ts<BackendName>,
        kind: Ts<WorkKind>,
        spike: Ts<SpikeKind>,
        data: Option<Box<[u8]>>,
    ) -> Result<TrainingBench, JsValue> {
        let device = device(backend).await?;
        let data = data.map(|data| DataSet::from_safetensors(&data)).transpose().map_err(sentence)?;
        TrainingWork::new(read(&kind)?, read(&spike)?, data.as_ref(), &device).map(Self).map_err(sentence)
    }

    /// Images, `[25 * batch, 784]`, or clouds, `[25 * batch, 512 * 3]`.
    pub fn inputs(&self) -> Float32Array {
        Float32Array::from(self.0.inputs())
    }

    /// Targets, one row each with a one at the class, `[25 * batch, 10]`.
    pub fn labels(&self) -> Float32Array {
        Float32Array::from(self.0.labels())
    }

    /// Names of the trained numbers.
    pub fn names(&mut self) -> Vec<String> {
        self.0.parameters().map(|parameter| parameter.name.clone()).collect()
    }

    /// Initial numbers by name, flat.
    pub async fn parameter(&mut self, name: String) -> Result<Float32Array, JsValue> {
        numbers(self.0.parameters().find(|parameter| parameter.name == name)).await
    }

    /// One training step, its loss read back.
    pub async fn step(&mut self) -> Result<f32, JsValue> {
        self.0.step().await.map_err(sentence)
    }
}

/// A product or a convolution alone.
#[wasm_bindgen]
pub struct SynapseBench(SynapseWork);

#[wasm_bindgen]
impl SynapseBench {
    /// With inputs of which a share is not zero.
    pub async fn create(backend: Ts<BackendName>, kind: Ts<SynapseKind>, share: f32) -> Result<SynapseBench, JsValue> {
        let device = device(backend).await?;
        Ok(Self(SynapseWork::new(read(&kind)?, share, &device)))
    }

    /// Forward and backward, by our operation or by the library's.
    pub async fn run(&self, own: bool) -> Result<f32, JsValue> {
        self.0.run(own).await.map_err(sentence)
    }
}

/// Inference of a trained network, event-driven.
#[wasm_bindgen]
pub struct InferenceBench(InferenceWork);

#[wasm_bindgen]
impl InferenceBench {
    /// Trains on `data`, the unpacked MNIST digits, and folds.
    pub async fn create(kind: Ts<WorkKind>, data: &[u8]) -> Result<InferenceBench, JsValue> {
        let data = DataSet::from_safetensors(data).map_err(sentence)?;
        InferenceWork::new(read(&kind)?, data).await.map(Self).map_err(sentence)
    }

    /// Names of the folded network's numbers.
    pub fn names(&mut self) -> Vec<String> {
        self.0.parameters().map(|parameter| parameter.name.clone()).collect()
    }

    /// The folded network's numbers by name, flat.
    pub async fn parameter(&mut self, name: String) -> Result<Float32Array, JsValue> {
        numbers(self.0.parameters().find(|parameter| parameter.name == name)).await
    }

    /// Held-out digits, `[256, 784]`, normalised.
    pub fn images(&self) -> Float32Array {
        Float32Array::from(self.0.images())
    }

    /// The logits of some images, one after the other.
    pub fn infer(&mut self, images: &[f32]) -> Vec<f32> {
        self.0.infer(images)
    }

    /// The share of the held-out digits that are answered right.
    pub fn accuracy(&mut self) -> f32 {
        self.0.accuracy()
    }

    /// The share of neurons that fire at a time step, by layer.
    pub fn rates(&mut self) -> Vec<f32> {
        self.0.rates()
    }
}

async fn numbers(parameter: Option<&Parameter>) -> Result<Float32Array, JsValue> {
    let parameter = parameter.ok_or_else(|| sentence("there is no such parameter"))?;
    let data = parameter.flat().into_data_async().await.map_err(sentence)?;
    let values: Vec<f32> = data.try_to_vec().map_err(|error| sentence(format!("{error:?}")))?;
    Ok(Float32Array::from(values.as_slice()))
}
