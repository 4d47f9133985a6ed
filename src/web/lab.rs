//! What the page's worker calls.

use std::collections::HashMap;
use std::sync::Arc;

use burn::prelude::*;
use js_sys::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::types::{
    DataInfo, EvaluationReport, ExperimentInfo, NetworkInfo, PhotoReport, PreparationReport, Probe, SeenImage,
    TrainReport,
};
use crate::data::{self, DataName, DataSet, Identity, ImageError, ImageShape, InkKind, Part, Picture};
use crate::experiment::{self, Budget, Measured, Outcome, Paper};
use crate::layer::Silenced;
use crate::session::{Classifier, Lanes, Measures, Room, Session, SessionConfig, check_data, check_room};

/// Where tensors live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum BackendName {
    /// Burn's CPU backend.
    Flex,
    /// The GPU, in a build that has it.
    Webgpu,
}

/// Data sets, the runs that are open and a pre-trained network, on one device.
#[wasm_bindgen]
pub struct Lab {
    device: Device,
    data: HashMap<DataName, Arc<DataSet>>,
    lanes: Lanes,
    pretrained: Option<Classifier>,
    /// Bytes of the largest tensor that the device takes, where it says so.
    largest: Option<f64>,
}

/// The device of a backend, which can be started once.
pub(super) async fn start(backend: BackendName) -> Result<Device, JsValue> {
    console_error_panic_hook::set_once();
    match backend {
        BackendName::Flex => Ok(Device::flex()),
        BackendName::Webgpu => webgpu().await,
    }
}

/// An error as JavaScript sees it: the sentence.
pub(super) fn sentence(error: impl std::fmt::Display) -> JsValue {
    Error::new(&error.to_string()).into()
}

#[wasm_bindgen]
impl Lab {
    /// A lab on a device. `largest` are the bytes of the largest buffer that it binds, of a GPU.
    pub async fn start(backend: Ts<BackendName>, largest: Option<f64>) -> Result<Lab, JsValue> {
        Ok(Lab {
            device: start(read(&backend)?).await?,
            data: HashMap::new(),
            lanes: Lanes::default(),
            pretrained: None,
            largest,
        })
    }

    /// Takes in an unpacked data set, where there is room for it beside its file and what is there already.
    #[wasm_bindgen(js_name = addData)]
    pub fn add_data(&mut self, bytes: &[u8]) -> Result<Ts<DataInfo>, JsValue> {
        let taken = DataSet::bytes_in(bytes).map_err(sentence)?;
        check_data(taken, self.room_left().beside(bytes.len() as u64)).map_err(sentence)?;
        let data = DataSet::from_safetensors(bytes).map_err(sentence)?;
        let info = DataInfo::from(&data);
        self.data.insert(data.name, Arc::new(data));
        write(&info)
    }

    /// Opens runs from step 0, one lane each, in place of those that were open. All on one data set.
    pub async fn open(&mut self, configs: Vec<Ts<SessionConfig>>) -> Result<Vec<Ts<NetworkInfo>>, JsValue> {
        let configs: Vec<SessionConfig> = configs.iter().map(read).collect::<Result<_, _>>()?;
        let Some(first) = configs.first() else { return Err(sentence("a run needs at least one config")) };
        let data = self.data(first.data)?.clone();
        configs.iter().try_for_each(SessionConfig::validate).map_err(sentence)?;
        check_room(&configs, data.form, data.classes.len(), self.room_for(&configs, &data)).map_err(sentence)?;
        // The runs before make room first.
        let twins = std::mem::take(&mut self.lanes).into_twins();
        self.lanes = Lanes::default().with_twins(twins);
        let lanes = Lanes::new(configs, &data, &self.device).map_err(sentence)?;
        self.lanes = lanes.with_twins(std::mem::take(&mut self.lanes).into_twins());
        // The shapes of the runs before will not come again.
        self.device.memory_cleanup();
        self.infos()
    }

    /// Training steps in every lane.
    pub async fn train(&mut self, steps: usize) -> Result<Vec<Ts<TrainReport>>, JsValue> {
        let progress = self.lanes.train(steps).await.map_err(sentence)?;
        let reports = progress.into_iter().zip(self.lanes.sessions());
        reports.map(|(progress, session)| write(&TrainReport::new(progress, session.network()))).collect()
    }

    /// Training steps of the next ANN twin that a lane needs; undefined when every lane has what it needs.
    pub async fn prepare(&mut self, steps: usize) -> Result<Option<Ts<PreparationReport>>, JsValue> {
        let preparation = self.lanes.prepare(steps).await.map_err(sentence)?;
        preparation.map(|preparation| write(&PreparationReport::from(preparation))).transpose()
    }

    /// A trained lane in numbers, for an experiment: compared with its ANN twin, and evaluated at other time steps in place of
    /// being folded, if asked.
    pub async fn measure(&mut self, lane: usize, with_twin: bool, with_steps: bool) -> Result<Ts<Measures>, JsValue> {
        let twin = if with_twin { self.lanes.twin_of(lane) } else { None };
        let left = self.room_left();
        write(&self.lane_mut(lane)?.measure_within(twin.as_deref(), with_steps, left).await.map_err(sentence)?)
    }

    /// A lane's weights as a safetensors file, as they are or folded for inference.
    pub async fn weights(&mut self, lane: usize, folded: bool) -> Result<Vec<u8>, JsValue> {
        let session = self.lane_mut(lane)?;
        let bytes = if folded { session.folded_weights().await } else { session.weights().await };
        bytes.map_err(sentence)
    }

    /// Training steps in one lane alone. Whoever times lanes gives each the same number.
    #[wasm_bindgen(js_name = trainLane)]
    pub async fn train_lane(&mut self, lane: usize, steps: usize) -> Result<Ts<TrainReport>, JsValue> {
        let session = self.lane_mut(lane)?;
        let progress = session.train(steps).await.map_err(sentence)?;
        write(&TrainReport::new(progress, session.network()))
    }

    /// Classifies the next held-out samples of a pass, which begins with `from` 0 and anew where none stands at `from`.
    pub async fn evaluate(&mut self, lane: usize, from: usize, count: usize) -> Result<Ts<EvaluationReport>, JsValue> {
        let evaluation = self.lane_mut(lane)?.evaluate(from, count).await.map_err(sentence)?;
        write(&evaluation.into())
    }

    /// A held-out sample on its way through a lane's network.
    pub async fn probe(&mut self, lane: usize, sample: usize) -> Result<Ts<Probe>, JsValue> {
        write(&self.lane_mut(lane)?.probe(sample).await.map_err(sentence)?.into())
    }

    /// An image on its way through a lane's network, or through the pre-trained one where `lane` is undefined. `pixels`
    /// are 0 (ground) to 1 (ink), as [`Lab::see`] gives them.
    pub async fn classify(&mut self, lane: Option<usize>, pixels: &[f32]) -> Result<Ts<Probe>, JsValue> {
        let trace = match lane {
            Some(lane) => self.lane_mut(lane)?.classifier().classify(pixels).await,
            None => self.pretrained()?.classify(pixels).await,
        };
        write(&trace.map_err(sentence)?.into())
    }

    /// A cloud on its way through a lane's network, or through the pre-trained one where `lane` is undefined. `points` are
    /// `[P * 3]`, z up, in the unit ball, P from 16 to 8192.
    #[wasm_bindgen(js_name = classifyCloud)]
    pub async fn classify_cloud(&mut self, lane: Option<usize>, points: &[f32]) -> Result<Ts<Probe>, JsValue> {
        let left = self.room_left();
        let trace = match lane {
            Some(lane) => self.lane_mut(lane)?.classifier().within(left).classify_cloud(points).await,
            None => self.pretrained()?.clone().within(left).classify_cloud(points).await,
        };
        write(&trace.map_err(sentence)?.into())
    }

    /// A recording on its way through a lane's network, or through the pre-trained one where `lane` is undefined. `bytes` are those of a file of
    /// N-MNIST.
    #[wasm_bindgen(js_name = classifyRecording)]
    pub async fn classify_recording(&mut self, lane: Option<usize>, bytes: &[u8]) -> Result<Ts<Probe>, JsValue> {
        let trace = match lane {
            Some(lane) => self.lane_mut(lane)?.classifier().classify_recording(bytes).await,
            None => self.pretrained()?.classify_recording(bytes).await,
        };
        write(&trace.map_err(sentence)?.into())
    }

    /// What a neuron says to the classes for an image, a cloud or a recording: how much each one's logit loses where it sends nothing. `seen` as a
    /// [`Probe`] has it, of a recording its events at each time step, of the held-out sample of this number.
    pub async fn says(
        &mut self,
        lane: Option<usize>,
        seen: &[f32],
        sample: usize,
        layer: usize,
        neuron: usize,
    ) -> Result<Vec<f32>, JsValue> {
        let (silenced, left) = (Silenced { layer, neuron }, self.room_left());
        let said = match lane {
            Some(lane) => self.lane_mut(lane)?.classifier().within(left).says(seen, sample, silenced).await,
            None => self.pretrained()?.clone().within(left).says(seen, sample, silenced).await,
        };
        said.map_err(sentence)
    }

    /// An image as a network of this data set will see it; one of a person's own has to be here.
    pub fn see(&self, data: Ts<DataName>, rgba: &[u8], width: usize, height: usize) -> Result<Ts<SeenImage>, JsValue> {
        let name = read(&data)?;
        let seen = match name {
            DataName::Own => match self.data(name)?.form.image() {
                Some(shape) => data::see_as(rgba, width, height, Picture::of_own(shape), shape),
                None => Err(ImageError::NoImages),
            },
            _ => data::see(rgba, width, height, name),
        };
        write(&seen.map_err(sentence)?.into())
    }

    /// An image of a person's own as a sample of so many pixels a side, in grey or in colour.
    #[wasm_bindgen(js_name = seeOwn)]
    pub fn see_own(
        &self,
        rgba: &[u8],
        width: usize,
        height: usize,
        side: usize,
        colour: bool,
    ) -> Result<Ts<SeenImage>, JsValue> {
        let shape = if colour { ImageShape::colour(side, side) } else { ImageShape::grey(side, side) };
        write(&data::see_as(rgba, width, height, Picture::of_own(shape), shape).map_err(sentence)?.into())
    }

    /// Gives a lane, from its present step on, what another config has it do: its own with other changes from here on.
    pub fn adjust(&mut self, lane: usize, config: Ts<SessionConfig>) -> Result<Ts<NetworkInfo>, JsValue> {
        let config: SessionConfig = read(&config)?;
        let data = self.lane_mut(lane)?.shared_data().clone();
        let room = self.room_for(std::slice::from_ref(&config), &data);
        let session = self.lane_mut(lane)?;
        session.adjust_within(config, room).map_err(sentence)?;
        write(&info_of(session))
    }

    /// A photograph of digits: each found, cut out and made as networks of this data set will see it. `ink` is what a person says
    /// of it.
    #[wasm_bindgen(js_name = readPhoto)]
    pub fn read_photo(
        &self,
        data: Ts<DataName>,
        rgba: &[u8],
        width: usize,
        height: usize,
        ink: Ts<InkKind>,
    ) -> Result<Ts<PhotoReport>, JsValue> {
        write(&data::read_photo(rgba, width, height, read(&data)?, read(&ink)?).map_err(sentence)?.into())
    }

    /// All lanes as bytes.
    pub async fn checkpoint(&mut self) -> Result<Vec<u8>, JsValue> {
        self.lanes.checkpoint().await.map_err(sentence)
    }

    /// Opens the lanes of a checkpoint in place of those that were open.
    pub async fn restore(&mut self, bytes: &[u8]) -> Result<Vec<Ts<NetworkInfo>>, JsValue> {
        let open: Vec<Arc<DataSet>> = self.lanes.sessions().iter().map(Session::shared_data).cloned().collect();
        // The runs before make room first.
        let twins = std::mem::take(&mut self.lanes).into_twins();
        self.lanes = Lanes::default().with_twins(twins);
        let data = |name, identity| self.data_of(&open, name, identity).cloned();
        let lanes = Lanes::restore_within(bytes, data, |configs, data| self.room_for(configs, data), &self.device);
        let lanes = lanes.map_err(sentence)?;
        self.lanes = lanes.with_twins(std::mem::take(&mut self.lanes).into_twins());
        self.infos()
    }

    /// Takes in weights to classify with.
    #[wasm_bindgen(js_name = loadPretrained)]
    pub async fn load_pretrained(&mut self, bytes: &[u8]) -> Result<Ts<NetworkInfo>, JsValue> {
        let classifier = Classifier::from_weights_within(bytes, self.room_left(), &self.device).map_err(sentence)?;
        let identity = classifier.data().map(|data| data.to_string());
        let info = NetworkInfo { identity, ..NetworkInfo::new(classifier.config(), classifier.network()) };
        self.pretrained = Some(classifier);
        write(&info)
    }

    /// Pixels of held-out samples of a data set, `count * channels * height * width`; of recordings how many on and off events each had.
    #[wasm_bindgen(js_name = heldOutImages)]
    pub fn held_out_images(&self, data: Ts<DataName>, from: usize, count: usize) -> Result<Vec<u8>, JsValue> {
        let data = self.data(read(&data)?)?;
        let samples = from..data.held_out.len().min(from + count);
        Ok(samples.flat_map(|sample| data.picture(Part::HeldOut, sample).into_owned()).collect())
    }

    /// Stored points of held-out clouds of a data set, `count * points * 3`, z up, in the unit ball.
    #[wasm_bindgen(js_name = heldOutClouds)]
    pub fn held_out_clouds(&self, data: Ts<DataName>, from: usize, count: usize) -> Result<Vec<f32>, JsValue> {
        let held_out = &self.data(read(&data)?)?.held_out;
        Ok((from..held_out.len().min(from + count)).flat_map(|i| held_out.cloud(i).as_flattened()).copied().collect())
    }

    /// A held-out recording of a data set, as its file had it; empty where there is none.
    #[wasm_bindgen(js_name = heldOutRecording)]
    pub fn held_out_recording(&self, data: Ts<DataName>, sample: usize) -> Result<Vec<u8>, JsValue> {
        let held_out = &self.data(read(&data)?)?.held_out;
        Ok(if sample < held_out.len() { held_out.recording(sample).to_vec() } else { vec![] })
    }

    /// Classes of held-out samples of a data set.
    #[wasm_bindgen(js_name = heldOutLabels)]
    pub fn held_out_labels(&self, data: Ts<DataName>, from: usize, count: usize) -> Result<Vec<u8>, JsValue> {
        let held_out = &self.data(read(&data)?)?.held_out;
        Ok((from..held_out.len().min(from + count)).map(|i| held_out.label(i) as u8).collect())
    }
}

/// The experiment of a paper.
#[wasm_bindgen(js_name = experimentOf)]
pub fn experiment_of(paper: Ts<Paper>, budget: Ts<Budget>) -> Result<Ts<ExperimentInfo>, JsValue> {
    write(&experiment::experiment(read(&paper)?, read(&budget)?).into())
}

/// The verdicts on a paper's experiment. `measured` holds, seed after seed, what each arm gave, in the order of the arms.
#[wasm_bindgen]
pub fn judge(paper: Ts<Paper>, budget: Ts<Budget>, measured: Vec<Ts<Measured>>) -> Result<Vec<Ts<Outcome>>, JsValue> {
    let experiment = experiment::experiment(read(&paper)?, read(&budget)?);
    let measured: Vec<Measured> = measured.iter().map(read).collect::<Result<_, _>>()?;
    let seeds: Vec<Vec<Measured>> = measured.chunks_exact(experiment.arms.len()).map(<[Measured]>::to_vec).collect();
    if seeds.is_empty() {
        return Err(sentence("a verdict needs what every arm gave for one seed at least"));
    }
    experiment.judge(&seeds).iter().map(write).collect()
}

impl Lab {
    fn lane_mut(&mut self, lane: usize) -> Result<&mut Session, JsValue> {
        let lanes = self.lanes.sessions().len();
        let missing = || sentence(format!("lane {lane} was asked for, but {lanes} are open, numbered from 0"));
        self.lanes.sessions_mut().get_mut(lane).ok_or_else(missing)
    }

    /// What there is for runs on a data set, beside all data sets and the twins that are kept for others.
    fn room_for(&self, configs: &[SessionConfig], data: &DataSet) -> Room {
        self.room_beside(Some(data), self.lanes.memory_of_twins_beside(configs, data))
    }

    /// What there is for answers, beside all data sets and what is open.
    fn room_left(&self) -> Room {
        self.room_beside(self.lanes.sessions().first().map(Session::data), self.lanes.memory_at_rest())
    }

    /// What there is beside all data sets, this one too where another has taken its name, and so many bytes.
    fn room_beside(&self, data: Option<&DataSet>, bytes: u64) -> Room {
        let is_loaded = |data: &&DataSet| self.data.values().any(|loaded| loaded.identity() == data.identity());
        let loaded: u64 = self.data.values().map(|data| data.bytes()).sum();
        let other = data.filter(|data| !is_loaded(data)).map_or(0, DataSet::bytes);
        let room = Room::here().beside(loaded + other).beside(bytes);
        match self.largest {
            Some(largest) => room.in_pieces_of(largest as u64),
            None => room,
        }
    }

    fn pretrained(&self) -> Result<&Classifier, JsValue> {
        self.pretrained.as_ref().ok_or_else(|| sentence("no pre-trained network has been loaded"))
    }

    fn data(&self, name: DataName) -> Result<&Arc<DataSet>, JsValue> {
        self.data.get(&name).ok_or_else(|| sentence(format!("the data set {name} has not been loaded")))
    }

    /// The data set of this identity among those that lanes hold, or the one that was loaded under the name: another may have
    /// taken its name since the lanes were opened.
    fn data_of<'a>(
        &'a self,
        open: &'a [Arc<DataSet>],
        name: DataName,
        identity: Option<Identity>,
    ) -> Option<&'a Arc<DataSet>> {
        open.iter().find(|data| Some(data.identity()) == identity).or_else(|| self.data.get(&name))
    }

    fn infos(&self) -> Result<Vec<Ts<NetworkInfo>>, JsValue> {
        self.lanes.sessions().iter().map(|session| write(&info_of(session))).collect()
    }
}

/// What the page is told of a lane.
fn info_of(session: &Session) -> NetworkInfo {
    NetworkInfo {
        steps_per_epoch: session.steps_per_epoch(),
        epoch_end: session.epoch_end(),
        planned: session.planned(),
        step: session.step(),
        epoch: session.epoch(),
        rate: session.rate(),
        needs_twin: session.needs_twin(),
        step_work: session.work() as f64,
        identity: Some(session.data().identity().to_string()),
        ..NetworkInfo::new(session.config(), session.network())
    }
}

/// What JavaScript gave.
pub(super) fn read<T: Tsify<JsType: Clone> + DeserializeOwned>(value: &Ts<T>) -> Result<T, JsValue> {
    value.to_rust().map_err(sentence)
}

/// What JavaScript gets.
fn write<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>, JsValue> {
    value.into_ts().map_err(sentence)
}

#[cfg(feature = "webgpu")]
async fn webgpu() -> Result<Device, JsValue> {
    Device::wgpu_options().init_async().await.map_err(|error| sentence(format!("WebGPU could not be started: {error}")))
}

#[cfg(not(feature = "webgpu"))]
async fn webgpu() -> Result<Device, JsValue> {
    Err(sentence("this build has the CPU backend alone; the WebGPU one is pkg/webgpu"))
}
