//! Runs to bytes and back: one safetensors file with every lane's weights, running statistics and optimiser state, and
//! its config and step in the metadata, with what methods keep beside a network and its trained twin. A file of one lane without optimiser state is what ships as pre-trained weights.

use std::collections::HashMap;
use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::memory::{Room, check_room};
use super::network::new_network;
use super::optimiser::Optimiser;
use super::{Diary, Lanes, NetworkKind, Session, SessionConfig, SessionError, Twins};
use crate::data::{DataName, DataSet, Form, Identity, Normalisation};
use crate::layer::Parameter;
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
    /// The file is smaller than the weights that it speaks of.
    #[error("the file holds {given} bytes of numbers, and the network that it speaks of has {least} bytes of weights")]
    TooSmall {
        /// Bytes that it holds.
        given: u64,
        /// Bytes that its weights take.
        least: u64,
    },
    /// Greys cannot be normalised.
    #[error(
        "the file says that greys have the mean {mean} and the deviation {std}: both must be from 0 to 1, and no deviation 0"
    )]
    Normalisation {
        /// The mean.
        mean: f32,
        /// The deviation.
        std: f32,
    },
    /// A weight is not a number.
    #[error(
        "the file's tensor {name} holds something that is no number, or a variance below 0: the network cannot answer"
    )]
    NoNumber {
        /// The tensor's name.
        name: String,
    },
    /// The checkpoint belongs to a data set that is not there.
    #[error("the checkpoint is of the data set {wanted}, which has not been loaded")]
    NoData {
        /// The data set it belongs to.
        wanted: DataName,
    },
    /// The checkpoint belongs to another data set than the one that bears its name.
    #[error(
        "the checkpoint is of the data set {name} with the fingerprint {}, but that which has been loaded as {name} is \
         another, with the fingerprint {}: give the data that the run was trained on", .wanted.short(), .loaded.short()
    )]
    OtherData {
        /// What both are called.
        name: DataName,
        /// The data set it belongs to.
        wanted: Identity,
        /// The one that is there.
        loaded: Identity,
    },
}

/// The longest side of an image, and classes at most, that a file may speak of.
const MOST_SIDE: usize = 1024;
const MOST_CLASSES: usize = 4096;

/// What a lane is besides its tensors.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LaneHeader {
    pub config: SessionConfig,
    step: usize,
    /// Steps that the optimiser's moments have seen.
    optimiser_time: usize,
    /// Of an image; 0 where samples are clouds.
    pub height: usize,
    /// Of an image; 0 where samples are clouds.
    pub width: usize,
    pub classes: usize,
    pub normalisation: Normalisation,
    /// The data set, by its content; not there in files of before it was noted.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Whether the weights are those of the folded network.
    #[serde(default)]
    pub folded: bool,
    /// What the run has noted of its first and last epoch.
    #[serde(default)]
    diary: Diary,
    /// Why the run stays where it is, if it does.
    #[serde(default)]
    stopped: Option<String>,
}

impl LaneHeader {
    /// Whether there can be samples of this size, and as many classes.
    fn is_possible(&self) -> bool {
        let cloud = self.config.network == NetworkKind::Pointnet;
        let sides = if cloud { 0..=0 } else { 1..=MOST_SIDE };
        sides.contains(&self.height) && sides.contains(&self.width) && (1..=MOST_CLASSES).contains(&self.classes)
    }
}

impl Session {
    pub(super) fn header(&self, optimiser_time: usize) -> LaneHeader {
        let (height, width) = match self.data.form {
            Form::Image { height, width } => (height, width),
            Form::Cloud { .. } => (0, 0),
        };
        LaneHeader {
            config: self.config.clone(),
            step: self.step,
            optimiser_time,
            height,
            width,
            classes: self.data.classes.len(),
            normalisation: self.data.normalisation,
            identity: Some(self.data.identity()),
            folded: false,
            diary: self.diary.clone(),
            stopped: self.stopped.clone(),
        }
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
            tensors.extend(named(session.network.without_autodiff().parameters_mut(), &format!("lane{lane}")));
            tensors.extend(named(session.aids.clone().parameters_mut(), &format!("lane{lane}.aids")));
            let twin = session.twin_key();
            let is_first =
                !self.sessions()[..lane].iter().any(|other| other.twin().is_some() && other.twin_key() == twin);
            if let (true, Some(network)) = (is_first, session.twin()) {
                tensors.extend(named(Network::clone(network).parameters_mut(), &format!("lane{lane}.twin")));
            }
            tensors.extend(states.into_iter().map(|(name, tensor)| (format!("lane{lane}.optimiser.{name}"), tensor)));
        }
        write(headers, tensors).await
    }

    /// The lanes of a checkpoint, ready to go on. `data` finds a data set by its name, and by its identity where the file
    /// has one.
    ///
    /// # Errors
    ///
    /// When the file is not a checkpoint, or its data set is not there.
    pub fn restore(
        bytes: &[u8],
        data: impl Fn(DataName, Option<Identity>) -> Option<Arc<DataSet>>,
        device: &Device,
    ) -> Result<Self, SessionError> {
        let file = File::read(bytes)?;
        let (mut sessions, mut twins): (Vec<Session>, _) = (vec![], Twins::default());
        file.headers.iter().try_for_each(|header| header.check_size(&file.tensors))?;
        let configs: Vec<SessionConfig> = file.headers.iter().map(|header| header.config.clone()).collect();
        if let Some(data) = configs.first().and_then(&data) {
            check_room(&configs, data.form, data.classes.len(), Room::here())?;
        }
        for (lane, header) in file.headers.iter().enumerate() {
            let name = header.config.data;
            let data = data(name, header.identity).ok_or(CheckpointError::NoData { wanted: name })?;
            let loaded = data.identity();
            if let Some(wanted) = header.identity.filter(|wanted| *wanted != loaded) {
                return Err(CheckpointError::OtherData { name, wanted, loaded }.into());
            }
            let mut session = Session::new(header.config.clone(), data, device)?;
            file.fill(session.network.parameters_mut(), &format!("lane{lane}"), &session.device)?;
            file.fill(session.aids.parameters_mut(), &format!("lane{lane}.aids"), &session.device)?;
            if session.needs_twin() {
                file.fill_twin(&mut session, lane, &mut twins)?;
            }
            let mut parameters = session.network.parameters_mut();
            parameters.extend(session.aids.parameters_mut());
            let counts: Vec<usize> = parameters.iter().filter(|p| p.trained).map(|p| p.count()).collect();
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
            session.diary = header.diary.clone();
            sessions.push(session);
        }
        Ok(Self::of(sessions).with_twins(twins))
    }
}

fn named(parameters: Vec<&mut Parameter>, prefix: &str) -> Vec<(String, Tensor<1>)> {
    parameters.iter().map(|p| (format!("{prefix}.{}", p.name), p.without_autodiff().flat())).collect()
}

async fn write(headers: Vec<LaneHeader>, tensors: Vec<(String, Tensor<1>)>) -> Result<Vec<u8>, SessionError> {
    let (names, tensors): (Vec<String>, Vec<Tensor<1>>) = tensors.into_iter().unzip();
    let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
    let mut stored = vec![];
    for (name, data) in names.into_iter().zip(transaction.execute_async().await?) {
        let values: Vec<f32> = data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))?;
        stored.push((name, Stored::Floats(values)));
    }
    Ok(write_file(headers, stored)?)
}

/// Numbers on their way into a file.
pub(super) enum Stored {
    /// F32.
    Floats(Vec<f32>),
    /// U8, eight signs each.
    Bits(Vec<u8>),
}

pub(super) fn write_file(headers: Vec<LaneHeader>, stored: Vec<(String, Stored)>) -> Result<Vec<u8>, CheckpointError> {
    let unwritable = |error: &dyn std::fmt::Display| CheckpointError::Unreadable(error.to_string());
    let as_bytes = |(name, stored): (String, Stored)| match stored {
        Stored::Floats(values) => {
            (name, Dtype::F32, values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())
        }
        Stored::Bits(bytes) => (name, Dtype::U8, bytes),
    };
    let stored: Vec<(String, Dtype, Vec<u8>)> = stored.into_iter().map(as_bytes).collect();
    let mut views = vec![];
    for (name, dtype, bytes) in &stored {
        let count = if *dtype == Dtype::F32 { bytes.len() / 4 } else { bytes.len() };
        views.push((name, TensorView::new(*dtype, vec![count], bytes).map_err(|error| unwritable(&error))?));
    }
    let metadata = HashMap::from([
        ("format".to_string(), FORMAT.to_string()),
        ("version".to_string(), VERSION.to_string()),
        ("lanes".to_string(), serde_json::to_string(&headers).map_err(|error| unwritable(&error))?),
    ]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| unwritable(&error))
}

/// A checkpoint that has been opened.
pub(super) struct File<'a> {
    pub tensors: SafeTensors<'a>,
    pub headers: Vec<LaneHeader>,
}

impl<'a> File<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let unreadable = |error: safetensors::SafeTensorError| CheckpointError::Unreadable(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let entries = metadata.metadata().clone().unwrap_or_default();
        let entry = |key: &str| entries.get(key).map(String::as_str).unwrap_or_default();
        if (entry("format"), entry("version")) != (FORMAT, VERSION) {
            return Err(CheckpointError::Foreign("its metadata say something else".into()));
        }
        let headers: Vec<LaneHeader> =
            serde_json::from_str(entry("lanes")).map_err(|error| CheckpointError::Foreign(error.to_string()))?;
        if let Some(LaneHeader { height, width, classes, .. }) = headers.iter().find(|header| !header.is_possible()) {
            let sizes = format!("a network of {height} x {width} that tells {classes} classes apart");
            return Err(CheckpointError::Foreign(sizes));
        }
        Ok(Self { tensors: SafeTensors::deserialize(bytes).map_err(unreadable)?, headers })
    }

    /// A flat tensor of `count` numbers.
    pub fn tensor(&self, name: &str, count: usize, device: &Device) -> Result<Tensor<1>, CheckpointError> {
        let missing = || CheckpointError::Tensor { name: name.to_string() };
        let view = self.tensors.tensor(name).map_err(|_| missing())?;
        if view.dtype() != Dtype::F32 || view.shape() != [count] {
            return Err(missing());
        }
        let values: Vec<f32> =
            view.data().as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Ok(Tensor::from_data(TensorData::new(values, [count]), device))
    }

    /// So many bytes as they are.
    pub fn bytes(&self, name: &str, count: usize) -> Result<&[u8], CheckpointError> {
        let missing = || CheckpointError::Tensor { name: name.to_string() };
        let view = self.tensors.tensor(name).map_err(|_| missing())?;
        if view.dtype() == Dtype::U8 && view.shape() == [count] { Ok(view.data()) } else { Err(missing()) }
    }

    pub fn fill(&self, parameters: Vec<&mut Parameter>, prefix: &str, device: &Device) -> Result<(), CheckpointError> {
        for parameter in parameters {
            let name = format!("{prefix}.{}", parameter.name);
            parameter.set(self.tensor(&name, parameter.count(), device)?);
        }
        Ok(())
    }

    /// The twin beside a lane: the one that an earlier lane brought, or its own; none where it was not trained yet.
    fn fill_twin(&self, session: &mut Session, lane: usize, twins: &mut Twins) -> Result<(), SessionError> {
        let wanted = session.twin_key();
        let prefix = format!("lane{lane}.twin");
        if twins.find(&wanted).is_none() && self.tensors.names().iter().any(|name| name.starts_with(&prefix)) {
            let (input, classes, device) =
                (session.network.input(), session.network.classes(), session.device.clone().inner());
            let mut network = new_network(&wanted.config, input, classes, &device)?;
            self.fill(network.parameters_mut(), &prefix, &device)?;
            twins.keep(wanted.clone(), Arc::new(network));
        }
        if let Some(twin) = twins.find(&wanted) {
            session.set_twin(twin);
        }
        Ok(())
    }
}
