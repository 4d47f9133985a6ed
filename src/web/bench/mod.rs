//! What the benchmark page drives (feature `bench`, never in the page that people load): [`crate::bench`]'s work.

mod pointnet;

use js_sys::Float32Array;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::BackendName;
use super::lab::{read, sentence, start};
use crate::bench::{LifWork, TrainingWork, WorkKind};
use crate::data::DataSet;

/// One layer of neurons alone.
#[wasm_bindgen]
pub struct LifBench(LifWork);

#[wasm_bindgen]
impl LifBench {
    /// The layer, for so many time steps and neurons.
    pub async fn create(backend: Ts<BackendName>, steps: usize, neurons: usize) -> Result<LifBench, JsValue> {
        let device = start(read(&backend)?).await?.autodiff();
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
    /// Fresh weights and one batch: of `data`, the unpacked MNIST digits, or of noise.
    pub async fn create(
        backend: Ts<BackendName>,
        kind: Ts<WorkKind>,
        data: Option<Box<[u8]>>,
    ) -> Result<TrainingBench, JsValue> {
        let device = start(read(&backend)?).await?.autodiff();
        let data = data.map(|data| DataSet::from_safetensors(&data)).transpose().map_err(sentence)?;
        TrainingWork::new(read(&kind)?, data.as_ref(), &device).map(Self).map_err(sentence)
    }

    /// Images `[batch, 784]`.
    pub fn pixels(&self) -> Float32Array {
        Float32Array::from(self.0.pixels())
    }

    /// Targets, one row each with a one at the class, `[batch, 10]`.
    pub fn labels(&self) -> Float32Array {
        Float32Array::from(self.0.labels())
    }

    /// Names of the trained numbers.
    pub fn names(&mut self) -> Vec<String> {
        self.0.parameters().map(|parameter| parameter.name.clone()).collect()
    }

    /// Initial numbers by name, flat.
    pub async fn parameter(&mut self, name: String) -> Result<Float32Array, JsValue> {
        let found = self.0.parameters().find(|parameter| parameter.name == name).map(crate::layer::Parameter::flat);
        let found = found.ok_or_else(|| sentence(format!("there is no parameter {name}")))?;
        let data = found.into_data_async().await.map_err(sentence)?;
        let values: Vec<f32> = data.try_to_vec().map_err(|error| sentence(format!("{error:?}")))?;
        Ok(Float32Array::from(values.as_slice()))
    }

    /// One training step, its loss read back.
    pub async fn step(&mut self) -> Result<f32, JsValue> {
        self.0.step().await.map_err(sentence)
    }
}
