//! A network that answers, with everything it needs to see an image or a cloud as it saw those it was trained on.

use std::sync::Arc;

use burn::tensor::Transaction;

use super::error::{LEAST_POINTS, MOST_POINTS};
use super::input::{InputReader, input_from};
use super::likeness::Likeness;
use super::memory::{Room, most_points};
use super::{SessionConfig, SessionError};
use crate::data::{Form, Identity, ImageShape, Normalisation, events_over_time};
use crate::layer::{Drive, Mode, Silenced, SpikingLayer, winning_points};
use crate::model::{Input, Network};
use crate::probe::{CloudTrace, InputOverTime, LayerTrace, SeenInput, Trace};

/// Images in a pass for one image: some GPU backends reject the kernels of a batch of one.
const COPIES: usize = 2;

/// A trained network and how it sees, on a device without autodiff.
#[derive(Clone)]
pub struct Classifier {
    config: SessionConfig,
    network: Network,
    reader: InputReader,
    /// What it may take for an answer.
    room: Room,
    data: Option<Identity>,
    likeness: Option<Arc<Likeness>>,
}

impl Classifier {
    pub(super) fn new(
        config: SessionConfig,
        network: Network,
        form: Form,
        normalisation: Normalisation,
        data: Option<Identity>,
    ) -> Self {
        let network = network.with_steps(config.evaluation_steps());
        Self { config, network, reader: InputReader { form, normalisation }, room: Room::here(), data, likeness: None }
    }

    /// The same, which takes no more memory for an answer than there is in a room.
    pub fn within(self, room: Room) -> Self {
        Self { room, ..self }
    }

    /// The same, which tells how unlike its training a picture is.
    pub fn with_likeness(self, likeness: Option<Likeness>) -> Self {
        Self { likeness: likeness.map(Arc::new), ..self }
    }

    /// The data set it was trained on, by its content; `None` where its file does not say.
    pub fn data(&self) -> Option<Identity> {
        self.data
    }

    /// The config it was trained with.
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// What the samples are that it was trained on.
    pub fn form(&self) -> Form {
        self.reader.form
    }

    /// How pixels become what it sees.
    pub fn normalisation(&self) -> &Normalisation {
        &self.reader.normalisation
    }

    /// How it sees what it is asked about.
    pub(super) fn reader(&self) -> &InputReader {
        &self.reader
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// An image on its way through the network, every spike of it. `pixels` are `[channels * height * width]`, 0 to 1; ink is 1
    /// on a ground of 0.
    ///
    /// # Errors
    ///
    /// When the image is not of the network's size, or the device gives no answer.
    pub async fn classify(&self, pixels: &[f32]) -> Result<Trace, SessionError> {
        match self.reader.form {
            Form::Image(_) => self.trace(pixels, 0).await,
            other => Err(SessionError::WrongForm { given: "an image", wanted: plural(other) }),
        }
    }

    /// A recording on its way through the network: the bytes of its file, cut into the time steps of the network. One that was trained on what a
    /// simulated event camera saw takes it, too.
    ///
    /// # Errors
    ///
    /// When the bytes are no recording of the sensor that the network was trained with, it takes no recordings, or the device gives no answer.
    pub async fn classify_recording(&self, bytes: &[u8]) -> Result<Trace, SessionError> {
        let steps = self.config.presentation(self.network.steps()).steps;
        match self.reader.sensor(&self.config) {
            Some(shape) => self.trace(&events_over_time(bytes, shape.height, shape.width, steps)?, 0).await,
            None => Err(SessionError::WrongForm { given: "a recording", wanted: plural(self.reader.form) }),
        }
    }

    /// A cloud on its way through the network. `points` are `[P * 3]`, z up, in the unit ball, as many as one likes from
    /// 16 to 8192: the points share their weights.
    ///
    /// # Errors
    ///
    /// When there are too few or too many, the network takes images, or the device gives no answer.
    pub async fn classify_cloud(&self, points: &[f32]) -> Result<Trace, SessionError> {
        if !self.network.input().is_cloud() {
            return Err(SessionError::WrongForm { given: "a point cloud", wanted: plural(self.reader.form) });
        }
        let given = self.check_points(points)?;
        trace(&self.network.with_points(given), &self.config, Shown::cloud(points), points, 0).await
    }

    /// What a neuron says to the classes, `[classes]`: how much higher each one's logit is, of the mean over time, than if the
    /// neuron sent nothing. `seen` is an image as for [`classify`](Self::classify) or a cloud as for
    /// [`classify_cloud`](Self::classify_cloud).
    ///
    /// `sample` is the number that noise is drawn by, where the run is evaluated with some.
    ///
    /// # Errors
    ///
    /// When there is no such neuron, the input is not of the network's size, or the device gives no answer.
    pub async fn says(&self, seen: &[f32], sample: usize, silenced: Silenced) -> Result<Vec<f32>, SessionError> {
        let (network, shown) = match self.network.input().is_cloud() {
            true => (self.network.with_points(self.check_points(seen)?), Shown::cloud(seen)),
            false => (self.network.clone(), self.show(seen, sample)?),
        };
        let Silenced { layer, neuron } = silenced;
        if network.layers().get(layer).is_none_or(|layer| neuron >= layer.shape.count()) {
            return Err(SessionError::NoSuchNeuron { layer, neuron });
        }
        let noise = self.config.paradigm.evaluation_noise(self.config.seed, sample);
        let logits = |silenced| {
            let pass = network.forward(shown.input(&network), Drive { noise, silenced, ..Mode::Evaluate.into() });
            pass.logits.slice([0..1, 0..network.classes()])
        };
        let read = (logits(None) - logits(Some(silenced))).into_data_async().await?;
        read.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))
    }

    /// How many points a cloud has that it can take.
    fn check_points(&self, points: &[f32]) -> Result<usize, SessionError> {
        let given = points.len() / 3;
        if !(LEAST_POINTS..=MOST_POINTS).contains(&given) || !points.len().is_multiple_of(3) {
            return Err(SessionError::WrongCloud { given });
        }
        let fitting = most_points(&self.config, self.network.classes(), self.room, MOST_POINTS);
        if given > fitting { Err(SessionError::LargeCloud { given, fitting }) } else { Ok(given) }
    }

    /// As [`classify`](Self::classify), for the image or cloud that is held-out sample number `sample`.
    pub(super) async fn trace(&self, seen: &[f32], sample: usize) -> Result<Trace, SessionError> {
        let mut trace = trace(&self.network, &self.config, self.show(seen, sample)?, seen, sample).await?;
        trace.unlike = self.likeness.as_ref().and_then(|likeness| likeness.unlike(&trace));
        Ok(trace)
    }

    /// What flows into the network of a sample as [`InputReader::flowing`] takes it.
    fn show(&self, seen: &[f32], sample: usize) -> Result<Shown, SessionError> {
        let (form, encoding) = (self.reader.form, self.config.encoding);
        let numbers = self.reader.flowing(seen, &self.config, sample, self.network.steps())?;
        let over_time = form.flowing(encoding).filter(|_| form.is_over_time(encoding));
        let is_image = !self.reader.are_events(seen, &self.config, self.network.steps());
        Ok(Shown { numbers, over_time, image: form.image().filter(|_| is_image) })
    }
}

/// What samples of a form are called.
fn plural(form: Form) -> &'static str {
    match form {
        Form::Image(_) => "images",
        Form::Cloud { .. } => "point clouds",
        Form::Recording(_) => "recordings of events",
    }
}

/// What flows into a network of one sample.
struct Shown {
    /// `[numbers]`, or `[T, numbers]` where each time step is another.
    numbers: Vec<f32>,
    /// The shape of such a time step.
    over_time: Option<ImageShape>,
    /// That of the image that it is of, if it is of one.
    image: Option<ImageShape>,
}

impl Shown {
    fn cloud(points: &[f32]) -> Self {
        Self { numbers: points.to_vec(), over_time: None, image: None }
    }

    /// Copies of it.
    fn input(&self, network: &Network) -> Input {
        let count = network.input().count();
        let copies = self.numbers.chunks(count).flat_map(|numbers| numbers.repeat(COPIES)).collect();
        input_from(copies, count, COPIES, &network.device())
    }
}

/// What a network makes of `seen`, which it is shown so.
async fn trace(
    network: &Network,
    config: &SessionConfig,
    shown: Shown,
    seen: &[f32],
    sample: usize,
) -> Result<Trace, SessionError> {
    let steps = network.steps();
    let noise = config.paradigm.evaluation_noise(config.seed, sample);
    let mut pass = network.forward(shown.input(network), Drive { noise, ..Mode::Probe.into() });

    let winners = match network.pooled_layer() {
        Some(i) => {
            let (sent, shape) = (pass.layers[i].sent.clone(), network.layers()[i].shape);
            let winners = winning_points(sent.reshape([steps * COPIES, shape.count()]), shape);
            Some(winners.into_data_async().await?)
        }
        None => None,
    };
    let mut transaction =
        Transaction::default().register(pass.step_logits.take().unwrap_or_else(|| pass.logits.clone()));
    // The currents under a maximum over points are many, and their winners say what is to be seen of them.
    let read_whole = |layer: &SpikingLayer| !layer.sends_currents();
    for (_, layer) in network.layers().iter().zip(pass.layers).filter(|(layer, _)| read_whole(layer)) {
        for tensor in std::iter::once(layer.sent).chain(layer.potentials) {
            transaction = transaction.register(tensor);
        }
    }
    for decay in network.layers().iter().filter_map(SpikingLayer::decay) {
        transaction = transaction.register(decay);
    }
    let mut read = transaction.execute_async().await?.into_iter();
    let mut next = || -> Result<Vec<f32>, SessionError> {
        let data = read.next().ok_or_else(|| SessionError::Device("a tensor did not come back".into()))?;
        data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")))
    };
    let logits = first_copy(&next()?, steps);
    let mut layers = vec![];
    for layer in network.layers() {
        let (spikes, potentials) = match read_whole(layer) {
            true => (first_copy(&next()?, steps), first_copy(&next()?, steps)),
            false => (vec![], vec![]),
        };
        let decay = layer.lif().map_or(0.0, |lif| lif.decay);
        layers.push(LayerTrace { name: layer.name.clone(), shape: layer.shape.axes(), spikes, potentials, decay });
    }
    for (shown, layer) in layers.iter_mut().zip(network.layers()) {
        if layer.decay().is_some() {
            shown.decay = next()?.first().copied().unwrap_or(shown.decay);
        }
    }
    let seen = match winners {
        Some(winners) => {
            let winners: Vec<u32> = winners.iter::<u32>().collect();
            SeenInput::Cloud(CloudTrace::new(seen.to_vec(), &layers, first_copy(&winners, steps), steps))
        }
        None => {
            let over_time = shown.over_time.map(|shape| InputOverTime { events: shown.numbers, shape });
            match (shown.image, over_time) {
                (None, Some(events)) => SeenInput::Recording(events),
                (image, over_time) => {
                    let shape = image.unwrap_or(ImageShape::grey(0, 0));
                    SeenInput::Image { pixels: seen.to_vec(), shape, over_time }
                }
            }
        }
    };
    Ok(Trace::new(seen, network.classes(), &logits, layers))
}

/// `[T, COPIES, n]` to the first copy, `[T, n]`.
fn first_copy<T: Copy>(values: &[T], steps: usize) -> Vec<T> {
    let per_step = values.len() / steps;
    values.chunks(per_step).flat_map(|step| &step[..per_step / COPIES]).copied().collect()
}
