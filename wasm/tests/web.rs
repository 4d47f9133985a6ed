//! What needs a browser: the fused neuron and whole runs on Flex in wasm and on WebGPU, in a dedicated worker, where the
//! page runs them.
//! `wasm-pack test --headless --chrome --release wasm --features webgpu`; tiny networks, because the GPU there is usually
//! software. They stand here and not beside the core's, for whose own tests wasm-pack would link everything once more.
#![cfg(target_arch = "wasm32")]

mod web_data;
#[cfg(feature = "webgpu")]
mod web_gpu;

use burn::optim::{AdamConfig, Optimizer};
use burn::prelude::*;
use burn::tensor::TensorData;
use spikeground::data::DataName;
use spikeground::layer::WeightKind;
use spikeground::method::contrast::ContrastConfig;
use spikeground::method::enof::{EnofConfig, LastActivation};
use spikeground::method::im_loss::ImLossConfig;
use spikeground::method::paradigm::{LossKind, ParadigmConfig};
use spikeground::method::reverb::ReverbConfig;
use spikeground::method::shortcut::{ShortcutConfig, ShortcutKind};
use spikeground::model::PointnetConfig;
#[cfg(feature = "webgpu")]
use spikeground::neuron::ResetGradient;
use spikeground::neuron::{self, Lif, SpikeKind, SurrogateKind};
use spikeground::probe::SeenInput;
use spikeground::session::{Lanes, NetworkKind, Session, SessionConfig};
use wasm_bindgen_test::*;
use web_data::{neurons, shapes, stripes};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

type LifFn = fn(Tensor<2>, Tensor<1>, usize, &Lif) -> Tensor<2>;

const STEPS: usize = 4;
const NEURONS: usize = 300;

/// A layer's own numbers: the height of its spikes, and with its own decay.
const OWN: [&[f32]; 2] = [&[1.5], &[1.5, 0.6]];

/// Spikes, and the gradients of `sum(spikes * weight)` with respect to currents and the layer's own numbers.
struct Run {
    spikes: Vec<f32>,
    currents: Vec<f32>,
    own: Vec<f32>,
}

async fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data_async().await.expect("an answer").try_to_vec().expect("f32")
}

async fn run(lif_fn: LifFn, own: &[f32], lif: &Lif, currents: &[f32], given: usize, device: &Device) -> Run {
    let weight = noise(STEPS * currents.len() / given, 78.233);
    run_weighted(lif_fn, own, lif, currents, given, weight, device).await
}

async fn run_weighted(
    lif_fn: LifFn,
    own: &[f32],
    lif: &Lif,
    currents: &[f32],
    given: usize,
    weight: Vec<f32>,
    device: &Device,
) -> Run {
    let device = device.clone().autodiff();
    let neurons = currents.len() / given;
    let current = Tensor::<2>::from_data(TensorData::new(currents.to_vec(), [given, neurons]), &device).require_grad();
    let own = Tensor::<1>::from_floats(own, &device).require_grad();
    let weight = TensorData::new(weight, [STEPS, neurons]);
    let spikes = lif_fn(current.clone(), own.clone(), STEPS, lif);
    let gradients = (spikes.clone() * Tensor::<2>::from_data(weight, &device)).sum().backward();
    Run {
        spikes: floats(spikes).await,
        currents: floats(current.grad(&gradients).expect("a gradient")).await,
        own: floats(own.grad(&gradients).expect("a gradient")).await,
    }
}

fn noise(count: usize, key: f32) -> Vec<f32> {
    (0..count).map(|i| ((i as f32 + 1.0) * key).sin() * 4375.854).map(|x| (x - x.floor()) * 3.2 - 1.6).collect()
}

fn assert_close(name: &str, a: &[f32], b: &[f32], tolerance: f32) {
    assert_eq!(a.len(), b.len(), "{name}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let same = (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= tolerance * b.abs().max(1.0);
        assert!(same, "{name}: number {i} is {a}, not {b}");
    }
}

async fn fused_agrees_with_tensor_operations(device: &Device) {
    for lif in neurons() {
        for (given, own) in [STEPS, 1].into_iter().flat_map(|given| OWN.map(|own| (given, own))) {
            let currents = noise(given * NEURONS, 12.9898);
            let fused = run(neuron::lif, own, &lif, &currents, given, device).await;
            let plain = run(neuron::reference::lif, own, &lif, &currents, given, device).await;
            assert!(fused.spikes.iter().any(|s| *s != 0.0) && fused.currents.iter().any(|g| *g != 0.0));
            assert_close(&format!("{lif:?} spikes"), &fused.spikes, &plain.spikes, 1e-6);
            assert_close(&format!("{lif:?} gradients"), &fused.currents, &plain.currents, 1e-5);
            assert_close(&format!("{lif:?} own numbers"), &fused.own, &plain.own, 1e-4);
        }
    }
}

#[wasm_bindgen_test]
async fn fused_agrees_with_tensor_operations_on_flex() {
    fused_agrees_with_tensor_operations(&Device::flex()).await;
}

/// A run as the page makes it: training, a checkpoint, training again, held-out samples, one image. Its losses.
async fn whole_run(spike: SpikeKind, device: &Device) -> Vec<f32> {
    let (data, network, widths) = (DataName::Digits, NetworkKind::Mlp, vec![16]);
    let train_amplitude = spike == SpikeKind::Ternary;
    let config = SessionConfig {
        data,
        network,
        widths,
        spike,
        train_amplitude,
        steps: 2,
        batch: 8,
        rate: 0.02,
        ..Default::default()
    };
    let mut lanes = Lanes::of(vec![Session::new(config, stripes(), device).expect("a session")]);
    let mut losses = lanes.train(3).await.expect("training").remove(0).losses;
    let bytes = lanes.checkpoint().await.expect("a checkpoint");
    let mut again = Lanes::restore(&bytes, |_, _| Some(stripes()), device).expect("lanes");
    let (on, again_on) = (lanes.train(2).await.expect("training"), again.train(2).await.expect("training"));
    assert_close("losses after a checkpoint", &again_on[0].losses, &on[0].losses, 1e-4);
    losses.extend(&on[0].losses);
    let session = &mut lanes.sessions_mut()[0];
    let evaluation = session.evaluate(0, 16).await.expect("an evaluation");
    assert_eq!((evaluation.done, evaluation.confusion.iter().sum::<u32>()), (16, 16));
    assert!(evaluation.layers[0].statistics.rate() > 0.0);
    let trace = session.probe(5).await.expect("a trace");
    assert_eq!((trace.steps, trace.layers[0].spikes.len(), trace.label), (2, 2 * 16, Some(5)));
    losses
}

/// The seven methods, each on a tiny network.
fn methods() -> [(&'static str, SessionConfig); 8] {
    let small = || SessionConfig {
        data: DataName::Digits,
        network: NetworkKind::Mlp,
        widths: vec![8, 6],
        steps: 2,
        batch: 8,
        rate: 0.02,
        twin_epochs: 1,
        ..Default::default()
    };
    let reverb = ReverbConfig { weights: WeightKind::Binary, train_factor: true, ..Default::default() };
    let contrast = ContrastConfig { contrast: 0.2, contrast_memory: 12, ..Default::default() };
    let enof = EnofConfig { align: 1.0, last_activation: LastActivation::Relu, ..Default::default() };
    let shortcut = ShortcutConfig { shortcut: ShortcutKind::Evolving, ..Default::default() };
    let loss = LossKind::PerStep;
    let paradigm = ParadigmConfig { membrane_noise: 0.5, evaluation_noise: true, evaluation_steps: 4, loss };
    let im_loss = ImLossConfig { im_loss: 0.5, evolve_surrogate: true, ..Default::default() };
    let resnet = SessionConfig { network: NetworkKind::Resnet, widths: vec![2], ..small() };
    let esg = SessionConfig { surrogate: SurrogateKind::Esg, surrogate_parameter: 1.0, ..small() };
    [
        ("ReverB-SNN", SessionConfig { spike: SpikeKind::Real, reverb, ..small() }),
        ("contrastive", SessionConfig { contrast, ..small() }),
        ("EnOF-SNN", SessionConfig { enof, ..small() }),
        ("shortcut", SessionConfig { shortcut, ..small() }),
        ("ternary", SessionConfig { spike: SpikeKind::Ternary, train_amplitude: true, ..resnet }),
        ("paradigm", SessionConfig { paradigm, ..small() }),
        ("IM-Loss", SessionConfig { im_loss, ..esg }),
        ("trained decay", SessionConfig { train_decay: true, ..small() }),
    ]
}

/// Some training steps of a method, its twin trained first, and a look at the held-out part. The losses.
async fn method_run(config: &SessionConfig, device: &Device) -> Vec<f32> {
    let mut lanes = Lanes::new(vec![config.clone()], &stripes(), device).expect("lanes");
    while lanes.prepare(2).await.expect("a twin").is_some() {}
    let progress = lanes.train(3).await.expect("training").remove(0);
    assert_eq!(progress.gradients.len(), lanes.sessions()[0].network().layers().len());
    let evaluation = lanes.sessions_mut()[0].evaluate(0, 16).await.expect("an evaluation");
    assert_eq!(evaluation.confusion.iter().sum::<u32>(), 16);
    progress.losses
}

#[wasm_bindgen_test]
async fn every_method_trains_on_flex() {
    for (name, config) in methods() {
        let losses = method_run(&config, &Device::flex()).await;
        assert!(losses.iter().all(|loss| loss.is_finite()), "{name}: {losses:?}");
        assert_eq!(losses, method_run(&config, &Device::flex()).await, "{name}");
    }
}

/// A PointNet with both transforms: training, held-out clouds at more time steps, one cloud of other points. Its losses.
async fn cloud_run(device: &Device) -> Vec<f32> {
    let loss = LossKind::PerStep;
    let config = SessionConfig {
        data: DataName::Furniture,
        network: NetworkKind::Pointnet,
        widths: vec![4, 6, 8],
        pointnet: PointnetConfig {
            points: 16,
            head: vec![8],
            dropout: 0.3,
            input_transform: true,
            feature_transform: true,
        },
        paradigm: ParadigmConfig { membrane_noise: 0.5, evaluation_noise: true, evaluation_steps: 2, loss },
        steps: 1,
        batch: 4,
        rate: 0.01,
        ..Default::default()
    };
    let mut session = Session::new(config, shapes(), device).expect("a session");
    let losses = session.train(3).await.expect("training").losses;
    let evaluation = session.evaluate(0, 6).await.expect("an evaluation");
    assert_eq!(evaluation.confusion.iter().sum::<u32>(), 6);
    let cloud: Vec<f32> = noise(3 * 20, 3.1).iter().map(|x| x / 2.0).collect();
    let trace = session.classifier().classify_cloud(&cloud).await.expect("a trace");
    let SeenInput::Cloud(seen) = &trace.seen else { panic!("a cloud was seen") };
    assert_eq!((trace.steps, seen.rates.len(), seen.winners.len()), (2, 2 * 20, 2 * 8));
    losses
}

#[wasm_bindgen_test]
async fn a_pointnet_goes_its_way_on_flex() {
    let losses = cloud_run(&Device::flex()).await;
    assert!(losses.iter().all(|loss| loss.is_finite()));
    assert_eq!(losses, cloud_run(&Device::flex()).await, "the same config gives the same run");
}

/// Gradients of the currents, of a loss on spikes and potentials.
async fn traced(lif: &Lif, currents: &[f32], given: usize, device: &Device) -> Vec<f32> {
    let device = device.clone().autodiff();
    let neurons = currents.len() / given;
    let tensor = |values: Vec<f32>, rows| Tensor::<2>::from_data(TensorData::new(values, [rows, neurons]), &device);
    let current = tensor(currents.to_vec(), given).require_grad();
    let amplitude = Tensor::<1>::from_floats([1.5], &device);
    let (spikes, potentials) = neuron::lif_traced(current.clone(), amplitude, STEPS, lif);
    let loss = (spikes * tensor(noise(STEPS * neurons, 78.233), STEPS)).sum()
        + (potentials * tensor(noise(STEPS * neurons, 39.425), STEPS)).sum();
    floats(current.grad(&loss.backward()).expect("a gradient")).await
}

#[wasm_bindgen_test]
async fn a_run_goes_its_way_on_flex() {
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        let losses = whole_run(spike, &Device::flex()).await;
        assert_eq!(losses, whole_run(spike, &Device::flex()).await, "the same config gives the same run");
        assert!(losses.iter().all(|loss| loss.is_finite()));
    }
}
