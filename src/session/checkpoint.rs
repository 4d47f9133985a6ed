//! Runs to bytes and back: one safetensors file with every lane's weights, running statistics and optimiser state, and
//! its config and step in the metadata. A file of one lane without optimiser state is what ships as pre-trained weights.

use std::collections::HashMap;
use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::optimiser::Optimiser;
use super::run::new_network;
use super::{Classifier, Lanes, Session, SessionConfig, SessionError};
use crate::data::{DataSet, Normalisation};
use crate::layer::MapShape;
use crate::model::Network;

const FORMAT: &str = "spikeground-weights";
const VERSION: &str = "1";

/// A file that is no checkpoint of ours, or of another run.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are not a safetensors file.
    #[error("this is not a safetensors file: {0}")]
    Unreadable(String),
    /// A safetensors file of something else.
    #[error("this safetensors file is not a checkpoint of Spikeground, version {VERSION}: {0}")]
    Foreign(String),
    /// A tensor is not there or has another shape than the config says.
    #[error("the checkpoint's tensor {name} is missing or has another size than its config says")]
    Tensor {
        /// The tensor's name.
        name: String,
    },
    /// The checkpoint belongs to a data set that is not there.
    #[error("the checkpoint is of the data set {wanted}, which has not been loaded")]
    OtherData {
        /// The data set it belongs to.
        wanted: String,
    },
}

/// What a lane is besides its tensors.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LaneHeader {
    config: SessionConfig,
    step: usize,
    /// Steps that the optimiser's moments have seen.
    optimiser_time: usize,
    height: usize,
    width: usize,
    classes: usize,
    normalisation: Normalisation,
    /// Why the run stays where it is, if it does.
    #[serde(default)]
    stopped: Option<String>,
}

impl Session {
    fn header(&self, optimiser_time: usize) -> LaneHeader {
        LaneHeader {
            config: self.config.clone(),
            step: self.step,
            optimiser_time,
            height: self.data.height,
            width: self.data.width,
            classes: self.data.classes.len(),
            normalisation: self.data.normalisation,
            stopped: self.stopped.clone(),
        }
    }

    /// The weights alone, as they ship with the page.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn weights(&self) -> Result<Vec<u8>, SessionError> {
        let header = self.header(0);
        write(vec![header], named(&self.network, "lane0")).await
    }
}

impl Lanes {
    /// All lanes: weights, running statistics, optimiser state, config and step.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn checkpoint(&self) -> Result<Vec<u8>, SessionError> {
        let (mut headers, mut tensors) = (vec![], vec![]);
        for (lane, session) in self.sessions().iter().enumerate() {
            let (states, time) = session.optimiser.tensors();
            headers.push(session.header(time));
            tensors.extend(named(&session.network, &format!("lane{lane}")));
            tensors.extend(states.into_iter().map(|(name, tensor)| (format!("lane{lane}.optimiser.{name}"), tensor)));
        }
        write(headers, tensors).await
    }

    /// The lanes of a checkpoint, ready to go on. `data` finds a data set by its config.
    ///
    /// # Errors
    ///
    /// When the file is not a checkpoint, or its data set is not there.
    pub fn restore(
        bytes: &[u8],
        data: impl Fn(&SessionConfig) -> Option<Arc<DataSet>>,
        device: &Device,
    ) -> Result<Self, SessionError> {
        let file = File::read(bytes)?;
        let mut sessions = vec![];
        for (lane, header) in file.headers.iter().enumerate() {
            let wanted = || CheckpointError::OtherData { wanted: header.config.data.to_string() };
            let data = data(&header.config).ok_or_else(wanted)?;
            let mut session = Session::new(header.config.clone(), data, device)?;
            file.fill(&mut session.network, lane, &session.device)?;
            let counts: Vec<usize> =
                session.network.parameters_mut().iter().filter(|p| p.trained).map(|p| p.count()).collect();
            let mut optimiser = Optimiser::new(&header.config);
            // A run at step 0, and weights that ship, remember nothing.
            if file.tensors.names().iter().any(|name| name.starts_with(&format!("lane{lane}.optimiser."))) {
                optimiser.restore(&counts, header.optimiser_time, |name, count| {
                    file.tensor(&format!("lane{lane}.optimiser.{name}"), count, device)
                })?;
            }
            session.optimiser = optimiser;
            session.stopped = header.stopped.clone();
            session.step = header.step;
            sessions.push(session);
        }
        Ok(Self::of(sessions))
    }
}

impl Classifier {
    /// The first lane of a checkpoint, to classify with. Needs no data set.
    ///
    /// # Errors
    ///
    /// When the file is not a checkpoint.
    pub fn from_weights(bytes: &[u8], device: &Device) -> Result<Self, SessionError> {
        let file = File::read(bytes)?;
        let Some(header) = file.headers.first() else {
            return Err(CheckpointError::Foreign("it has no lanes".into()).into());
        };
        header.config.validate()?;
        let input = MapShape { channels: 1, height: header.height, width: header.width };
        let mut network = new_network(&header.config, input, header.classes, device)?;
        file.fill(&mut network, 0, device)?;
        Ok(Self::new(header.config.clone(), network, header.normalisation))
    }
}

fn named(network: &Network, lane: &str) -> Vec<(String, Tensor<1>)> {
    let mut network = network.without_autodiff();
    network.parameters_mut().iter().map(|p| (format!("{lane}.{}", p.name), p.flat())).collect()
}

async fn write(headers: Vec<LaneHeader>, tensors: Vec<(String, Tensor<1>)>) -> Result<Vec<u8>, SessionError> {
    let (names, tensors): (Vec<String>, Vec<Tensor<1>>) = tensors.into_iter().unzip();
    let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
    let read = transaction.execute_async().await?;
    let mut bytes = vec![];
    for data in read {
        let values: Vec<f32> = data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))?;
        bytes.push(values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>());
    }
    let unwritable = |error: &dyn std::fmt::Display| CheckpointError::Unreadable(error.to_string());
    let mut views = vec![];
    for (name, bytes) in names.iter().zip(&bytes) {
        let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes).map_err(|error| unwritable(&error))?;
        views.push((name, view));
    }
    let metadata = HashMap::from([
        ("format".to_string(), FORMAT.to_string()),
        ("version".to_string(), VERSION.to_string()),
        ("lanes".to_string(), serde_json::to_string(&headers).map_err(|error| unwritable(&error))?),
    ]);
    Ok(safetensors::serialize(views, Some(metadata)).map_err(|error| unwritable(&error))?)
}

/// A checkpoint that has been opened.
struct File<'a> {
    tensors: SafeTensors<'a>,
    headers: Vec<LaneHeader>,
}

impl<'a> File<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let unreadable = |error: safetensors::SafeTensorError| CheckpointError::Unreadable(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let entries = metadata.metadata().clone().unwrap_or_default();
        let entry = |key: &str| entries.get(key).map(String::as_str).unwrap_or_default();
        if (entry("format"), entry("version")) != (FORMAT, VERSION) {
            return Err(CheckpointError::Foreign("its metadata say something else".into()));
        }
        let headers =
            serde_json::from_str(entry("lanes")).map_err(|error| CheckpointError::Foreign(error.to_string()))?;
        Ok(Self { tensors: SafeTensors::deserialize(bytes).map_err(unreadable)?, headers })
    }

    /// A flat tensor of `count` numbers.
    fn tensor(&self, name: &str, count: usize, device: &Device) -> Result<Tensor<1>, CheckpointError> {
        let missing = || CheckpointError::Tensor { name: name.to_string() };
        let view = self.tensors.tensor(name).map_err(|_| missing())?;
        if view.dtype() != Dtype::F32 || view.shape() != [count] {
            return Err(missing());
        }
        let values: Vec<f32> =
            view.data().as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Ok(Tensor::from_data(TensorData::new(values, [count]), device))
    }

    fn fill(&self, network: &mut Network, lane: usize, device: &Device) -> Result<(), CheckpointError> {
        for parameter in network.parameters_mut() {
            let name = format!("lane{lane}.{}", parameter.name);
            parameter.set(self.tensor(&name, parameter.count(), device)?);
        }
        Ok(())
    }
}
