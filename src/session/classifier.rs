//! A network that answers, with everything it needs to see an image as it saw those it was trained on.

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};

use super::{SessionConfig, SessionError};
use crate::data::Normalisation;
use crate::layer::{Drive, Mode};
use crate::model::Network;
use crate::probe::{LayerTrace, Trace};

/// Images in a pass for one image: some GPU backends reject the kernels of a batch of one.
const COPIES: usize = 2;

/// A trained network and its normalisation, on a device without autodiff.
pub struct Classifier {
    config: SessionConfig,
    network: Network,
    normalisation: Normalisation,
}

impl Classifier {
    pub(super) fn new(config: SessionConfig, network: Network, normalisation: Normalisation) -> Self {
        let network = network.with_steps(config.evaluation_steps());
        Self { config, network, normalisation }
    }

    /// The config it was trained with.
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// An image on its way through the network, every spike of it. `greys` are `[height * width]`, 0 (ground) to 1 (ink).
    ///
    /// # Errors
    ///
    /// When the image is not of the network's size, or the device gives no answer.
    pub async fn classify(&self, greys: &[f32]) -> Result<Trace, SessionError> {
        self.trace(greys, 0).await
    }

    /// As [`classify`](Self::classify), for the image that is held-out sample number `sample`.
    pub(super) async fn trace(&self, greys: &[f32], sample: usize) -> Result<Trace, SessionError> {
        let input = self.network.input();
        if greys.len() != input.count() {
            return Err(SessionError::WrongImage { given: greys.len(), wanted: input.count() });
        }
        let image: Vec<f32> = greys.iter().map(|grey| self.normalisation.apply(*grey)).collect();
        let device = self.network.device();
        let images = Tensor::<2>::from_data(TensorData::new(image.repeat(COPIES), [COPIES, greys.len()]), &device);
        let noise = self.config.paradigm.evaluation_noise(self.config.seed, sample);
        let pass = self.network.forward(images, Drive { noise, ..Mode::Probe.into() });

        let mut transaction = Transaction::default().register(pass.step_logits.unwrap_or(pass.logits));
        for layer in pass.layers {
            for tensor in std::iter::once(layer.sent).chain(layer.potentials) {
                transaction = transaction.register(tensor);
            }
        }
        let mut read = transaction.execute_async().await?.into_iter();
        let mut next = || -> Result<Vec<f32>, SessionError> {
            let data = read.next().ok_or_else(|| SessionError::Device("a tensor did not come back".into()))?;
            data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))
        };
        let logits = first_copy(&next()?, self.network.steps());
        let mut layers = vec![];
        for layer in self.network.layers() {
            layers.push(LayerTrace {
                name: layer.name.clone(),
                shape: layer.shape.axes(),
                spikes: first_copy(&next()?, self.network.steps()),
                potentials: first_copy(&next()?, self.network.steps()),
            });
        }
        Ok(Trace::new(greys.to_vec(), [input.height, input.width], self.network.classes(), &logits, layers))
    }
}

/// `[T, COPIES, n]` to the first copy, `[T, n]`.
fn first_copy(values: &[f32], steps: usize) -> Vec<f32> {
    let per_step = values.len() / steps;
    values.chunks(per_step).flat_map(|step| &step[..per_step / COPIES]).copied().collect()
}
