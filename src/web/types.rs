//! What crosses to JavaScript. The TypeScript side of each type is generated from here into `spikeground.d.ts`, so the
//! page and the core cannot drift apart. Bulk numbers are typed arrays, which the worker transfers without a copy.

use js_sys::{Float32Array, Uint8Array, Uint32Array};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::data::{DataName, PhotoDoubt};
use crate::experiment::{Paper, Published};
use crate::session::SessionConfig;

/// What the samples of a data set are.
#[derive(Clone, Copy, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum DataForm {
    /// Images, grey or in colour.
    Image,
    /// Point clouds.
    Cloud,
    /// Recordings of an event camera.
    Recording,
}

/// A data set that has been handed over.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DataInfo {
    pub name: DataName,
    /// What tells it from other sets, of its own name, too: a hash of its content, 32 hexadecimal digits.
    pub identity: String,
    /// One word a class, by label.
    pub classes: Vec<String>,
    pub form: DataForm,
    /// Points stored of each cloud, 0 for images.
    pub points: usize,
    /// Of an image: 1 for grey, 3 for red, green and blue; 2 for the on and off events of a recording; 0 for clouds.
    pub channels: usize,
    /// Of an image or a sensor, 0 for clouds.
    pub height: usize,
    /// Of an image or a sensor, 0 for clouds.
    pub width: usize,
    /// Samples to train on.
    pub train: usize,
    /// Samples held out.
    pub held_out: usize,
}

/// A network that is ready to run.
#[derive(Serialize, Deserialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInfo {
    #[tsify(type = "Required<Omit<SessionConfig, 'changes'>> & Pick<SessionConfig, 'changes'>")]
    pub config: SessionConfig,
    /// The `identity` of the data set that it is trained on; not there where a file of weights does not say.
    #[tsify(optional)]
    pub identity: Option<String>,
    /// Trained numbers in all.
    pub parameters: usize,
    /// Training steps an epoch (the last, smaller batch is dropped).
    pub steps_per_epoch: usize,
    /// The step at which the epoch under way ends.
    pub epoch_end: usize,
    /// The step at which the planned epochs end.
    pub planned: usize,
    /// Training steps taken so far.
    pub step: usize,
    /// Epochs done so far, with the fraction of the one under way.
    pub epoch: f32,
    /// The learning rate of the last step.
    pub rate: f32,
    /// The layers, input side first.
    pub layers: Vec<LayerInfo>,
    /// Whether it is guided by an ANN twin that has to be trained first.
    pub needs_twin: bool,
    /// Multiply-accumulates of a training step at most, 0 where it does not train.
    pub step_work: f64,
}

/// A layer.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct LayerInfo {
    pub name: String,
    /// `[units]`, `[channels, height, width]` or `[points, channels]`.
    pub shape: Vec<usize>,
    /// Whether it sends spikes, and not currents, rectified or as they are.
    pub spiking: bool,
    /// Whether it ends a residual block.
    pub skip: bool,
}

/// An ANN twin on its way.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PreparationReport {
    /// Training steps it has taken.
    pub step: usize,
    /// Training steps it will take.
    pub total: usize,
    /// Share of its last batch that was classified correctly.
    pub accuracy: f32,
}

/// An experiment as the page runs it.
#[derive(Serialize, Deserialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentInfo {
    pub paper: Paper,
    /// The first of the seeds to run, on none of which settings were chosen.
    pub first_seed: u32,
    /// The accuracy of a network that guesses.
    pub chance: f64,
    /// The control first.
    pub arms: Vec<ArmInfo>,
    /// Whether all arms are compared with the ANN twin.
    pub with_twin: bool,
    /// Whether accuracy at other time steps is asked for.
    pub with_steps: bool,
    pub published: Vec<Published>,
}

/// One setting among those compared.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ArmInfo {
    pub name: String,
    /// Why it ends no better than chance, where it does.
    #[tsify(optional)]
    pub why: Option<String>,
    #[tsify(type = "Required<Omit<SessionConfig, 'changes'>>")]
    pub config: SessionConfig,
}

/// How strong the gradient of one layer's weights is.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct GradientReport {
    pub name: String,
    /// Root mean square of the gradient.
    pub rms: f32,
    /// The gradient's norm in that of the weights.
    pub ratio: f32,
}

/// What some training steps of one lane gave.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct TrainReport {
    /// Training steps taken so far.
    pub step: usize,
    /// Epochs done so far, with the fraction of the one under way.
    pub epoch: f32,
    /// The learning rate of the last step.
    pub rate: f32,
    /// The step at which the epoch under way ends.
    pub epoch_end: usize,
    /// The step at which the planned epochs end.
    pub planned: usize,
    /// Cross-entropy of each step's batch, without the terms of methods.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub losses: Float32Array,
    /// Share of each step's batch that was classified correctly.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub accuracies: Float32Array,
    /// Of each layer, at the last step.
    pub gradients: Vec<GradientReport>,
    /// Present when the loss or a weight stopped being a number: where that began. The run stays at `step`, the last good weights
    /// kept.
    #[tsify(optional)]
    pub stopped: Option<String>,
}

/// A pass over the held-out part so far, with the weights it began with: every number but `answers` and `confidences`
/// covers all samples since number 0.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationReport {
    /// The first sample of this call.
    pub from: usize,
    /// Held-out samples done.
    pub done: usize,
    /// Held-out samples there are.
    pub total: usize,
    pub accuracy: f32,
    /// Mean cross-entropy, that of a guess where there is no answer.
    pub loss: f32,
    /// Present when samples got no answer, because a logit is not a number: how many, and that they count as wrong.
    #[tsify(optional)]
    pub unsure: Option<String>,
    /// `[classes * classes]`, row by true class, column by answer.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    pub confusion: Uint32Array,
    /// The answers to this call's samples; the number of classes where there is none.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8Array")]
    pub answers: Uint8Array,
    /// The probability of each of those answers.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub confidences: Float32Array,
    /// Counted on the first 256 samples at most, as is the energy.
    pub layers: Vec<LayerStatistics>,
    pub energy: Energy,
}

/// How one spiking layer fires (methods, section 9.4).
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct LayerStatistics {
    pub name: String,
    /// Neurons in the layer.
    pub neurons: usize,
    /// Share of neuron-steps that fired.
    pub rate: f32,
    /// Share that fired below zero (ternary).
    pub negative_rate: f32,
    /// Bits per neuron and step. Real-valued spikes: over a histogram of 256 bins.
    pub entropy: f32,
    /// Synaptic operations that the layer's spikes cause, per image.
    pub synaptic_operations: f32,
}

/// What one inference costs on neuromorphic hardware, estimated (methods, section 9.3).
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Energy {
    /// Multiply-accumulates of what takes no spikes: the first layer at every time step unless spikes flow in, and what follows
    /// rectified currents.
    pub macs: f32,
    /// Multiply-accumulates of an ordinary network of the same layers: rectified units, once through.
    pub ordinary_macs: f32,
    /// Operations that spikes cause, all layers.
    pub synaptic_operations: f32,
    /// Those among them that multiply: real-valued spikes through real-valued weights.
    pub multiplied: f32,
    /// Currents out of binary weights, each multiplied once.
    pub scalings: f32,
    /// Spikes sent, all layers (what a sign test costs in the second model).
    pub spikes: f32,
    /// 4.6 pJ a multiply-accumulate, 0.9 pJ an addition, 3.7 pJ a multiplication (45 nm), in nanojoules.
    pub nanojoules_45nm: f32,
    /// 12.5 pJ, 77 fJ and 3.7 pJ, the last for a sign test, too, of which a ternary spike takes two (the Ternary Spike paper's
    /// table), in nanojoules.
    pub nanojoules_ternary_paper: f32,
    /// What an ordinary network of the same layers would take by both models, in nanojoules.
    pub ordinary_nanojoules_45nm: f32,
    /// See [`Self::ordinary_nanojoules_45nm`].
    pub ordinary_nanojoules_ternary_paper: f32,
}

/// One image or cloud on its way through one network, every spike of it.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// What the network saw of an image, `[channels * height * width]`, 0 (ground) to 1 (ink), or colours; empty for a cloud. Of a recording, which
    /// alone has two channels, how many on and off events each pixel had in all, of the most that there were.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub pixels: Float32Array,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    /// What an image became, where it did not flow in as it is; the events of a recording.
    #[tsify(optional)]
    pub input: Option<InputProbe>,
    /// What the network saw of a cloud.
    #[tsify(optional)]
    pub cloud: Option<CloudProbe>,
    /// The true class, for a held-out sample.
    #[tsify(optional)]
    pub label: Option<usize>,
    /// Time steps T.
    pub steps: usize,
    pub classes: usize,
    /// `[steps * classes]`: the class probabilities after each time step, from the mean of the logits so far.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub evidence: Float32Array,
    /// The class with the most evidence after the last step.
    pub answer: usize,
    pub confidence: f32,
    /// Present when there is no answer, because a logit is not a number: why. `answer` and `confidence` mean nothing then.
    #[tsify(optional)]
    pub unsure: Option<String>,
    /// How unlike the network's training an image is, where the network knows: from 1 on it is unlike all but one of a hundred
    /// held-out images, and the answer is none to be sure of.
    #[tsify(optional)]
    pub unlike: Option<f32>,
    pub layers: Vec<ProbeLayer>,
}

/// Spikes or events that flowed in, others at each time step.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct InputProbe {
    /// `[steps * channels * height * width]`: how many of each; two channels are on and off events.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub events: Float32Array,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

/// A cloud on its way through a PointNet.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CloudProbe {
    /// `[points * 3]`, z up, in the unit ball.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub points: Float32Array,
    /// `[steps * points]`: the share of a point's own neurons that fired.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub rates: Float32Array,
    /// `[steps * channels]`: for each channel the point that had the largest value at that time step.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    pub winners: Uint32Array,
}

/// One spiking layer of a [`Probe`].
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ProbeLayer {
    pub name: String,
    /// `[units]`, `[channels, height, width]` or `[points, channels]`.
    pub shape: Vec<usize>,
    /// `[steps * neurons]`: what each neuron sent, the amplitude included; empty where a layer sends currents as they are.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub spikes: Float32Array,
    /// `[steps * neurons]`: the membrane potentials before the reset; empty where a layer sends currents as they are.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub potentials: Float32Array,
    /// What its membranes keep from one time step to the next; 0 where it has none.
    pub decay: f32,
}

/// An image as a network will see it.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SeenImage {
    /// `[channels * height * width]`, 0 (ground) to 1 (ink), or colours.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub pixels: Float32Array,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    /// Whether the image was dark on light and has been turned round.
    pub inverted: bool,
}

/// A photograph of digits, what was found on it, and how.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PhotoReport {
    /// As one reads: line by line, left to right.
    pub digits: Vec<PhotoDigit>,
    /// Columns of `flattened` and `ink`.
    pub width: usize,
    /// Rows of `flattened` and `ink`.
    pub height: usize,
    /// `[height * width]`: the ground divided out, 0 (the darkest ink) to 255 (ground).
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8Array")]
    pub flattened: Uint8Array,
    /// `[height * width]`: 0 where nothing is, 1 what was left out, 2 the digits.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8Array")]
    pub ink: Uint8Array,
    pub dark_ink: bool,
    /// Present when it is hardly a photograph of digits, whatever the network makes of its pieces.
    #[tsify(optional)]
    pub doubt: Option<PhotoDoubt>,
}

/// One digit of a photograph.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PhotoDigit {
    /// Left, top, right and bottom, in pixels of the photograph as it was given.
    pub bounds: [f32; 4],
    /// Degrees that it leaned to the right and was set upright by.
    pub lean: f32,
    pub seen: SeenImage,
}
