//! From the core's types to those that cross.

use js_sys::{Float32Array, Uint8Array, Uint32Array};

use super::types::{
    ArmInfo, CloudProbe, DataForm, DataInfo, Energy, EvaluationReport, ExperimentInfo, GradientReport, InputProbe,
    LayerInfo, LayerStatistics, NetworkInfo, PhotoDigit, PhotoReport, PreparationReport, Probe, ProbeLayer, SeenImage,
    TrainReport,
};
use crate::data::{DataSet, Digit, Form, ImageShape, Photo, Seen};
use crate::experiment::{Arm, Experiment, FIRST_UNSEEN, published};
use crate::layer::SpikingLayer;
use crate::model::Network;
use crate::probe::{CloudTrace, EnergyModel, InputOverTime, LayerTrace, SeenInput, Trace};
use crate::session::{Evaluation, LayerActivity, LayerGradient, Preparation, Progress, SessionConfig};

/// Why a network does not answer.
const NOT_NUMBERS: &str = "what its readout gave is not a number, as after weights that grew without bounds";

/// Where there is none.
const NO_IMAGE: ImageShape = ImageShape { channels: 0, height: 0, width: 0 };

/// A form as it crosses: which, the shape of an image, the points of a cloud.
pub(super) fn parts_of(form: Form) -> (DataForm, ImageShape, usize) {
    match form {
        Form::Image(shape) => (DataForm::Image, shape, 0),
        Form::Cloud { points } => (DataForm::Cloud, NO_IMAGE, points),
        Form::Recording(shape) => (DataForm::Recording, shape, 0),
    }
}

fn floats(values: &[f32]) -> Float32Array {
    Float32Array::from(values)
}

impl From<&DataSet> for DataInfo {
    fn from(data: &DataSet) -> Self {
        let (form, shape, points) = parts_of(data.form);
        Self {
            name: data.name,
            identity: data.identity().to_string(),
            classes: data.classes.clone(),
            form,
            points,
            channels: shape.channels,
            height: shape.height,
            width: shape.width,
            train: data.train.len(),
            held_out: data.held_out.len(),
        }
    }
}

impl NetworkInfo {
    /// What is known of a network that does not train.
    pub(super) fn new(config: &SessionConfig, network: &Network) -> Self {
        let layer = |layer: &SpikingLayer| LayerInfo {
            name: layer.name.clone(),
            shape: layer.shape.axes(),
            spiking: layer.spikes(),
            skip: layer.skip().is_some(),
        };
        Self {
            config: config.clone(),
            identity: None,
            parameters: network.trained_count(),
            steps_per_epoch: 0,
            epoch_end: 0,
            planned: 0,
            step: 0,
            epoch: 0.0,
            rate: 0.0,
            layers: network.layers().iter().map(layer).collect(),
            needs_twin: false,
            step_work: 0.0,
        }
    }
}

impl TrainReport {
    pub(super) fn new(progress: Progress, network: &Network) -> Self {
        let layers = network.layers().iter().zip(progress.gradients);
        let gradients =
            layers.map(|(layer, LayerGradient { rms, ratio })| GradientReport { name: layer.name.clone(), rms, ratio });
        Self {
            step: progress.step,
            epoch: progress.epoch,
            rate: progress.rate,
            epoch_end: progress.epoch_end,
            planned: progress.planned,
            losses: floats(&progress.losses),
            accuracies: floats(&progress.accuracies),
            gradients: gradients.collect(),
            stopped: progress.stopped,
        }
    }
}

impl From<Evaluation> for EvaluationReport {
    fn from(evaluation: Evaluation) -> Self {
        let counts = evaluation.counts;
        let unsure = (evaluation.broken > 0).then(|| {
            let Evaluation { broken, done, .. } = evaluation;
            format!("The network gave no answer to {broken} of {done} samples, which count as wrong: {NOT_NUMBERS}.")
        });
        Self {
            unsure,
            from: evaluation.from,
            done: evaluation.done,
            total: evaluation.total,
            accuracy: evaluation.accuracy,
            loss: evaluation.loss,
            confusion: Uint32Array::from(evaluation.confusion.as_slice()),
            answers: Uint8Array::from(evaluation.answers.as_slice()),
            confidences: floats(&evaluation.confidences),
            layers: evaluation.layers.into_iter().map(LayerStatistics::from).collect(),
            energy: Energy {
                macs: counts.macs as f32,
                ordinary_macs: counts.ordinary_macs as f32,
                synaptic_operations: counts.synaptic_operations as f32,
                multiplied: counts.multiplied as f32,
                scalings: counts.scalings as f32,
                spikes: counts.spikes as f32,
                nanojoules_45nm: (counts.picojoules(&EnergyModel::NM_45) / 1000.0) as f32,
                nanojoules_ternary_paper: (counts.picojoules(&EnergyModel::TERNARY_PAPER) / 1000.0) as f32,
                ordinary_nanojoules_45nm: (counts.ordinary().picojoules(&EnergyModel::NM_45) / 1000.0) as f32,
                ordinary_nanojoules_ternary_paper: (counts.ordinary().picojoules(&EnergyModel::TERNARY_PAPER) / 1000.0)
                    as f32,
            },
        }
    }
}

impl From<LayerActivity> for LayerStatistics {
    fn from(layer: LayerActivity) -> Self {
        Self {
            name: layer.name,
            neurons: layer.neurons,
            rate: layer.statistics.rate() as f32,
            negative_rate: layer.statistics.negative_rate() as f32,
            entropy: layer.statistics.entropy() as f32,
            synaptic_operations: layer.synaptic_operations as f32,
        }
    }
}

impl From<Trace> for Probe {
    fn from(trace: Trace) -> Self {
        let (pixels, shape, input, cloud) = match trace.seen {
            SeenInput::Image { pixels, shape, over_time } => (pixels, shape, over_time.map(InputProbe::from), None),
            SeenInput::Cloud(cloud) => (vec![], NO_IMAGE, None, Some(cloud.into())),
            SeenInput::Recording(events) => (events.picture(), events.shape, Some(events.into()), None),
        };
        Self {
            pixels: floats(&pixels),
            channels: shape.channels,
            height: shape.height,
            width: shape.width,
            input,
            cloud,
            label: trace.label,
            steps: trace.steps,
            classes: trace.classes,
            evidence: floats(&trace.evidence),
            answer: trace.answer,
            confidence: trace.confidence,
            unsure: trace.broken.then(|| format!("No answer: {NOT_NUMBERS}.")),
            unlike: trace.unlike,
            layers: trace.layers.into_iter().map(ProbeLayer::from).collect(),
        }
    }
}

impl From<InputOverTime> for InputProbe {
    fn from(InputOverTime { events, shape }: InputOverTime) -> Self {
        let ImageShape { channels, height, width } = shape;
        Self { events: floats(&events), channels, height, width }
    }
}

impl From<CloudTrace> for CloudProbe {
    fn from(cloud: CloudTrace) -> Self {
        Self {
            points: floats(&cloud.points),
            rates: floats(&cloud.rates),
            winners: Uint32Array::from(cloud.winners.as_slice()),
        }
    }
}

impl From<LayerTrace> for ProbeLayer {
    fn from(layer: LayerTrace) -> Self {
        Self {
            name: layer.name,
            shape: layer.shape,
            spikes: floats(&layer.spikes),
            potentials: floats(&layer.potentials),
            decay: layer.decay,
        }
    }
}

impl From<Seen> for SeenImage {
    fn from(seen: Seen) -> Self {
        let ImageShape { channels, height, width } = seen.shape;
        Self { pixels: floats(&seen.pixels), channels, height, width, inverted: seen.inverted }
    }
}

impl From<Photo> for PhotoReport {
    fn from(photo: Photo) -> Self {
        let seen = |pixels: &[f32], side| SeenImage {
            pixels: floats(pixels),
            channels: 1,
            height: side,
            width: side,
            inverted: photo.dark_ink,
        };
        let digit = |digit: &Digit| PhotoDigit {
            bounds: digit.bounds,
            lean: digit.lean,
            seen: seen(&digit.pixels, digit.side),
        };
        Self {
            digits: photo.digits.iter().map(digit).collect(),
            width: photo.width,
            height: photo.height,
            flattened: Uint8Array::from(photo.flattened.as_slice()),
            ink: Uint8Array::from(photo.ink.as_slice()),
            dark_ink: photo.dark_ink,
            doubt: photo.doubt,
        }
    }
}

impl From<Preparation> for PreparationReport {
    fn from(preparation: Preparation) -> Self {
        Self { step: preparation.step, total: preparation.total, accuracy: preparation.accuracy }
    }
}

impl From<Experiment> for ExperimentInfo {
    fn from(experiment: Experiment) -> Self {
        let chance = experiment.chance();
        let arm = |arm: Arm| ArmInfo { name: arm.name.into(), why: arm.why.map(str::to_owned), config: arm.config };
        let arms = experiment.arms.into_iter().map(arm);
        Self {
            paper: experiment.paper,
            first_seed: FIRST_UNSEEN,
            chance,
            arms: arms.collect(),
            with_twin: experiment.with_twin,
            with_steps: experiment.with_steps,
            published: published(experiment.paper),
        }
    }
}
