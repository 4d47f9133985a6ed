//! Inference of a trained network, one image at a time.

use std::sync::Arc;

use burn::prelude::*;

use super::WorkKind;
use crate::data::{DataSet, Part, Presentation};
use crate::layer::Parameter;
use crate::model::{EventNetwork, Network};
use crate::session::{Session, SessionError};

/// Training steps before the weights are taken: enough for the rates of a trained network.
const STEPS: usize = 500;
/// Held-out images to answer.
const IMAGES: usize = 256;

/// A network with batch norm, trained on digits and folded.
pub struct InferenceWork {
    events: EventNetwork,
    folded: Network,
    images: Vec<f32>,
    labels: Vec<i32>,
}

impl InferenceWork {
    /// Trains on the CPU, for some seconds.
    ///
    /// # Errors
    ///
    /// When training fails.
    pub async fn new(kind: WorkKind, data: DataSet) -> Result<Self, SessionError> {
        let data = Arc::new(data);
        let mut session = Session::new(kind.config(), data.clone(), &Device::flex())?;
        session.train(STEPS).await?;
        let network = session.network().without_autodiff();
        let events = EventNetwork::new(&network, Some(&data.normalisation.ground())).await?;
        let samples: Vec<usize> = (0..IMAGES).map(|i| i * data.held_out.len() / IMAGES).collect();
        let batch = data.batch(Part::HeldOut, &samples, Presentation::plain(0));
        Ok(Self { events, folded: network.folded(), images: batch.inputs, labels: batch.labels })
    }

    /// Held-out digits, `[256, 784]`, normalised.
    pub fn images(&self) -> &[f32] {
        &self.images
    }

    /// The folded network's numbers, such as `layer1.weight` and `layer1.bias`, for others to infer with.
    pub fn parameters(&mut self) -> impl Iterator<Item = &Parameter> {
        self.folded.parameters_mut().into_iter().map(|parameter| &*parameter)
    }

    /// Logits of one image after the other, `[images, classes]`.
    pub fn infer(&mut self, images: &[f32]) -> Vec<f32> {
        let size = self.events.inputs();
        images.chunks_exact(size).flat_map(|image| self.events.answer(image)).collect()
    }

    /// The share of the images that are answered right.
    pub fn accuracy(&mut self) -> f32 {
        let (images, size) = (std::mem::take(&mut self.images), self.events.inputs());
        let largest = |logits: Vec<f32>| (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b]));
        let answers = images.chunks_exact(size).map(|image| largest(self.events.answer(image)));
        let right = answers.zip(&self.labels).filter(|(answer, label)| *answer == Some(**label as usize)).count();
        self.images = images;
        right as f32 / IMAGES as f32
    }

    /// The share of neurons that fire at a time step, by layer, mean over the images.
    pub fn rates(&mut self) -> Vec<f32> {
        let (images, size) = (std::mem::take(&mut self.images), self.events.inputs());
        let mut sums: Vec<f32> = vec![];
        for image in images.chunks_exact(size) {
            self.events.answer(image);
            let rates = self.events.rates();
            sums.resize(rates.len(), 0.0);
            sums.iter_mut().zip(rates).for_each(|(sum, rate)| *sum += rate / IMAGES as f32);
        }
        self.images = images;
        sums
    }
}
