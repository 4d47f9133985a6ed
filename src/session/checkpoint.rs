//! Runs to bytes and back: one safetensors file with every lane's weights, running statistics and optimiser state, and
//! its config and step in the metadata, with what methods keep beside a network and its trained twin. A file of one lane
//! without optimiser state is what ships as pre-trained weights.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use super::header::LaneHeader;
use super::memory::{Room, check_room_of};
use super::network::new_network;
use super::optimiser::Optimiser;
use super::{Lanes, Session, SessionConfig, SessionError, Twins};
use crate::data::{DataName, DataSet, Identity};
use crate::layer::Parameter;
use crate::model::Network;

const FORMAT: &str = "spikeground-weights";
/// What is written; older ones are read.
const VERSION: u32 = 2;

/// What stands in front of the names of a half-trained twin's tensors.
const UNDER_WAY: &str = "twin";

/// A file that is no checkpoint of ours, or of another run.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are not a safetensors file.
    #[error("this is not a safetensors file, or not the whole of one: {0}")]
    Unreadable(String),
    /// A safetensors file of something else.
    #[error("this safetensors file is not a checkpoint of Spikeground, or it is damaged: {0}")]
    Foreign(String),
    /// A file of a format that is still to come.
    #[error(
        "this file was made by a newer version of Spikeground: open it there, or reload the page to get that version"
    )]
    Newer,
    /// Settings that are still to come, or never were.
    #[error(
        "the run in this file has settings that this version of Spikeground does not know ({names}): it was made by a newer \
         version, or changed by hand, and without them it would be another run"
    )]
    UnknownSettings {
        /// Their names.
        names: String,
    },
    /// A setting's value is still to come, or never was.
    #[error(
        "the run in this file has the setting {name} at {value}, which this version of Spikeground does not know: it was made \
         by a newer version, or changed by hand"
    )]
    UnknownValue {
        /// The setting.
        name: String,
        /// Its value, as JSON.
        value: String,
    },
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
    /// Pixels cannot be normalised.
    #[error(
        "the file says that pixels have the mean {mean} and the deviation {std}: both must be from 0 to 1, and no deviation 0"
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
         another, with the fingerprint {}: {}", .wanted.short(), .loaded.short(), advice(*.name)
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

/// What to do about data that are not those of a run.
fn advice(name: DataName) -> &'static str {
    match name.shipped() {
        None => "give the data that the run was trained on",
        Some(_) => "a version of Spikeground that ships the data that the run was trained on can go on with it",
    }
}

impl Lanes {
    /// All lanes: weights, running statistics, optimiser state, config and step; their twins, and the one that is being
    /// trained for them.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn checkpoint(&self) -> Result<Vec<u8>, SessionError> {
        let (mut headers, mut tensors, mut twins) = (vec![], vec![], vec![]);
        for (lane, session) in self.sessions().iter().enumerate() {
            headers.push(session.put(&format!("lane{lane}"), &mut tensors));
            let key = session.twin_key();
            let twin = session.twin().cloned().or_else(|| self.twins.find(&key));
            if let Some(network) = twin.filter(|_| !twins.contains(&key)) {
                tensors.extend(named(Network::clone(&network).parameters_mut(), &format!("lane{lane}.twin")));
                twins.push(key);
            }
        }
        let waited_for = |twin: &&Session| {
            self.sessions().iter().any(|session| session.needs_twin() && session.twin_key() == twin.key())
        };
        let under_way = self.twins.under_way().filter(waited_for).map(|twin| twin.put(UNDER_WAY, &mut tensors));
        write(headers, under_way, tensors).await
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
        Self::restore_within(bytes, data, |_, _| Room::here(), device)
    }

    /// As [`restore`](Self::restore), where there is `room` for runs of these configs on this data set.
    ///
    /// # Errors
    ///
    /// When the file is not a checkpoint, its data set is not there, or its lanes take more memory than there is.
    pub fn restore_within(
        bytes: &[u8],
        data: impl Fn(DataName, Option<Identity>) -> Option<Arc<DataSet>>,
        room: impl Fn(&[SessionConfig], &DataSet) -> Room,
        device: &Device,
    ) -> Result<Self, SessionError> {
        let file = File::read(bytes)?;
        let (mut sessions, mut twins): (Vec<Session>, _) = (vec![], Twins::default());
        file.headers.iter().chain(&file.under_way).try_for_each(|header| header.check_size(&file.tensors))?;
        // Those whose data are not there are refused below.
        let found = |header: &LaneHeader| Some((header.config.clone(), data(header.config.data, header.identity)?));
        let (configs, sets): (Vec<SessionConfig>, Vec<_>) = file.headers.iter().filter_map(found).unzip();
        let samples: Vec<_> = sets.iter().map(|data| (data.form, data.classes.len())).collect();
        if let Some(first) = sets.first() {
            check_room_of(&configs, &samples, room(&configs, first))?;
        }
        for (lane, header) in file.headers.iter().enumerate() {
            let mut session = file.session(&format!("lane{lane}"), header, &data, device)?;
            file.fill_twin(&mut session, lane, &mut twins)?;
            sessions.push(session);
        }
        if let Some(header) = &file.under_way {
            let twin = file.session(UNDER_WAY, header, &data, device)?;
            let (step, total) = (twin.step(), twin.total_steps());
            if step > total {
                let problem = format!("its half-trained ANN twin has taken {step} training steps of {total}");
                return Err(CheckpointError::Foreign(problem).into());
            }
            twins.go_on_with(twin);
        }
        Ok(Self::of(sessions).with_twins(twins))
    }
}

impl Session {
    /// Adds what the run is in tensors, and gives what else it is.
    fn put(&self, prefix: &str, tensors: &mut Vec<(String, Tensor<1>)>) -> LaneHeader {
        let (states, time) = self.optimiser.tensors();
        tensors.extend(named(self.network.without_autodiff().parameters_mut(), prefix));
        tensors.extend(named(self.aids.clone().parameters_mut(), &format!("{prefix}.aids")));
        tensors.extend(states.into_iter().map(|(name, tensor)| (format!("{prefix}.optimiser.{name}"), tensor)));
        self.header(time)
    }
}

fn named(parameters: Vec<&mut Parameter>, prefix: &str) -> Vec<(String, Tensor<1>)> {
    parameters.iter().map(|p| (format!("{prefix}.{}", p.name), p.without_autodiff().flat())).collect()
}

async fn write(
    headers: Vec<LaneHeader>,
    under_way: Option<LaneHeader>,
    tensors: Vec<(String, Tensor<1>)>,
) -> Result<Vec<u8>, SessionError> {
    let (names, tensors): (Vec<String>, Vec<Tensor<1>>) = tensors.into_iter().unzip();
    let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
    let mut stored = vec![];
    for (name, data) in names.into_iter().zip(transaction.execute_async().await?) {
        let values: Vec<f32> = data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))?;
        stored.push((name, Stored::Floats(values)));
    }
    Ok(write_file(headers, under_way, stored)?)
}

/// Numbers on their way into a file.
pub(super) enum Stored {
    /// F32.
    Floats(Vec<f32>),
    /// U8, eight signs each.
    Bits(Vec<u8>),
}

/// Lanes in a file; `under_way` is the twin that is being trained for them. The same lanes give the same bytes.
pub(super) fn write_file(
    headers: Vec<LaneHeader>,
    under_way: Option<LaneHeader>,
    stored: Vec<(String, Stored)>,
) -> Result<Vec<u8>, CheckpointError> {
    let unwritable = |error: &dyn std::fmt::Display| CheckpointError::Unreadable(error.to_string());
    let as_bytes = |(name, stored): (String, Stored)| match stored {
        Stored::Floats(values) => {
            let mut bytes = vec![0; 4 * values.len()];
            bytes.as_chunks_mut().0.iter_mut().zip(values).for_each(|(slot, value)| *slot = value.to_le_bytes());
            (name, Dtype::F32, bytes)
        }
        Stored::Bits(bytes) => (name, Dtype::U8, bytes),
    };
    let stored: Vec<(String, Dtype, Vec<u8>)> = stored.into_iter().map(as_bytes).collect();
    let mut views = vec![];
    for (name, dtype, bytes) in &stored {
        let count = if *dtype == Dtype::F32 { bytes.len() / 4 } else { bytes.len() };
        views.push((name, TensorView::new(*dtype, vec![count], bytes).map_err(|error| unwritable(&error))?));
    }
    let mut metadata = HashMap::from([
        ("format".to_string(), FORMAT.to_string()),
        ("version".to_string(), VERSION.to_string()),
        ("lanes".to_string(), serde_json::to_string(&headers).map_err(|error| unwritable(&error))?),
    ]);
    if let Some(twin) = under_way {
        metadata.insert(UNDER_WAY.into(), serde_json::to_string(&twin).map_err(|error| unwritable(&error))?);
    }
    let mut file = safetensors::serialize(views, Some(metadata)).map_err(|error| unwritable(&error))?;
    order_header(&mut file);
    Ok(file)
}

/// Brings what a safetensors file says of itself into the order of its names: the library writes its metadata in an order that
/// changes from time to time.
fn order_header(file: &mut [u8]) {
    let Some((length, rest)) = file.split_first_chunk_mut::<8>() else { return };
    let header = &mut rest[..u64::from_le_bytes(*length) as usize];
    let Ok(mut entries) = serde_json::from_slice::<BTreeMap<String, Value>>(header) else { return };
    for entry in entries.values_mut() {
        entry.sort_all_objects();
    }
    // As long as it was, but for the blanks at its end.
    if let Ok(ordered) = serde_json::to_vec(&entries)
        && let Some(blanks) = header.len().checked_sub(ordered.len())
    {
        header[..ordered.len()].copy_from_slice(&ordered);
        header[ordered.len()..][..blanks].fill(b' ');
    }
}

/// A checkpoint that has been opened.
pub(super) struct File<'a> {
    pub tensors: SafeTensors<'a>,
    pub headers: Vec<LaneHeader>,
    /// The twin that was being trained.
    under_way: Option<LaneHeader>,
}

impl<'a> File<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let unreadable = |_| CheckpointError::Unreadable("its header does not describe what follows it".into());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let entries = metadata.metadata().clone().unwrap_or_default();
        let entry = |key: &str| entries.get(key).map(String::as_str).unwrap_or_default();
        let foreign = |problem: &str| CheckpointError::Foreign(problem.into());
        if entry("format") != FORMAT {
            return Err(foreign("its metadata say something else"));
        }
        match entry("version").parse::<u32>() {
            Ok(1..=VERSION) => {}
            Ok(version) if version > VERSION => return Err(CheckpointError::Newer),
            _ => return Err(foreign("it does not say of which version it is")),
        }
        let damaged = |_| foreign("the description of its runs is damaged");
        let lanes: Vec<Value> = serde_json::from_str(entry("lanes")).map_err(damaged)?;
        let headers = lanes.into_iter().map(LaneHeader::read).collect::<Result<_, _>>()?;
        let under_way = match entries.get(UNDER_WAY) {
            Some(twin) => Some(LaneHeader::read(serde_json::from_str(twin).map_err(damaged)?)?),
            None => None,
        };
        Ok(Self { tensors: SafeTensors::deserialize(bytes).map_err(unreadable)?, headers, under_way })
    }

    /// The run that is described by a header, its tensors' names behind a prefix.
    fn session(
        &self,
        prefix: &str,
        header: &LaneHeader,
        data: &impl Fn(DataName, Option<Identity>) -> Option<Arc<DataSet>>,
        device: &Device,
    ) -> Result<Session, SessionError> {
        let name = header.config.data;
        let data = data(name, header.identity).ok_or(CheckpointError::NoData { wanted: name })?;
        let loaded = data.identity();
        if let Some(wanted) = header.identity.filter(|wanted| *wanted != loaded) {
            return Err(CheckpointError::OtherData { name, wanted, loaded }.into());
        }
        let mut session = Session::new(header.config.clone(), data, device)?;
        self.fill(session.network.parameters_mut(), prefix, &session.device)?;
        self.fill(session.aids.parameters_mut(), &format!("{prefix}.aids"), &session.device)?;
        let mut parameters = session.network.parameters_mut();
        parameters.extend(session.aids.parameters_mut());
        let counts: Vec<usize> = parameters.iter().filter(|p| p.trained).map(|p| p.count()).collect();
        let mut optimiser = Optimiser::new(&header.config);
        // A run at step 0, and weights that ship, remember nothing.
        let moments = format!("{prefix}.optimiser.");
        if self.tensors.names().iter().any(|name| name.starts_with(&moments)) {
            optimiser.restore(&counts, header.optimiser_time, |name, count| {
                self.tensor(&format!("{moments}{name}"), count, device)
            })?;
        }
        session.optimiser = optimiser;
        session.stopped = header.stopped.clone();
        session.come_to(header.step);
        session.diary = header.diary.clone();
        Ok(session)
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
        if let (true, Some(twin)) = (session.needs_twin(), twins.find(&wanted)) {
            session.set_twin(twin);
        }
        Ok(())
    }
}
