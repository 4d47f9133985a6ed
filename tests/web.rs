//! What needs a browser: the fused neuron on Flex in wasm and on WebGPU, in a dedicated worker, where the page runs it.
//! `wasm-pack test --headless --chrome --release --features webgpu --test web`; tiny networks, because the GPU there is
//! usually software.
#![cfg(target_arch = "wasm32")]

use burn::prelude::*;
use burn::tensor::TensorData;
use spikeground::neuron::{self, Lif, Reset, ResetGradient, SpikeKind, Surrogate, SurrogateKind};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

type LifFn = fn(Tensor<2>, Tensor<1>, usize, &Lif) -> Tensor<2>;

const STEPS: usize = 4;
const NEURONS: usize = 300;

/// Spikes, and the gradients of `sum(spikes * weight)` with respect to currents and amplitude.
struct Run {
    spikes: Vec<f32>,
    currents: Vec<f32>,
    amplitude: Vec<f32>,
}

async fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data_async().await.expect("an answer").try_to_vec().expect("f32")
}

async fn run(lif_fn: LifFn, lif: &Lif, currents: &[f32], given: usize, device: &Device) -> Run {
    let device = device.clone().autodiff();
    let neurons = currents.len() / given;
    let current = Tensor::<2>::from_data(TensorData::new(currents.to_vec(), [given, neurons]), &device).require_grad();
    let amplitude = Tensor::<1>::from_floats([1.5], &device).require_grad();
    let weight = TensorData::new(noise(STEPS * neurons, 78.233), [STEPS, neurons]);
    let spikes = lif_fn(current.clone(), amplitude.clone(), STEPS, lif);
    let gradients = (spikes.clone() * Tensor::<2>::from_data(weight, &device)).sum().backward();
    Run {
        spikes: floats(spikes).await,
        currents: floats(current.grad(&gradients).expect("a gradient")).await,
        amplitude: floats(amplitude.grad(&gradients).expect("a gradient")).await,
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

/// Every spike kind with every surrogate, each reset and reset gradient met with each spike kind.
fn neurons() -> Vec<Lif> {
    let surrogates = [
        (SurrogateKind::SteWindow, 1.0),
        (SurrogateKind::SteTernary, 1.0),
        (SurrogateKind::TanhWindow, 3.0),
        (SurrogateKind::Esg, 4.0),
        (SurrogateKind::Rect, 0.8),
        (SurrogateKind::Tri, 1.2),
    ];
    let resets = [
        (Reset::Hard, ResetGradient::Attached),
        (Reset::Soft, ResetGradient::Attached),
        (Reset::Hard, ResetGradient::Detached),
        (Reset::Soft, ResetGradient::Detached),
    ];
    let mut all = vec![];
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        for (i, (kind, parameter)) in surrogates.into_iter().enumerate() {
            if kind == SurrogateKind::SteTernary && spike != SpikeKind::Ternary {
                continue;
            }
            let (reset, reset_gradient) = resets[i % resets.len()];
            let surrogate = Surrogate { kind, parameter };
            all.push(Lif { spike, reset, reset_gradient, surrogate, ..Lif::default() });
        }
    }
    all
}

async fn fused_agrees_with_tensor_operations(device: &Device) {
    for lif in neurons() {
        for given in [STEPS, 1] {
            let currents = noise(given * NEURONS, 12.9898);
            let fused = run(neuron::lif, &lif, &currents, given, device).await;
            let plain = run(neuron::reference::lif, &lif, &currents, given, device).await;
            assert!(fused.spikes.iter().any(|s| *s != 0.0) && fused.currents.iter().any(|g| *g != 0.0));
            assert_close(&format!("{lif:?} spikes"), &fused.spikes, &plain.spikes, 1e-6);
            assert_close(&format!("{lif:?} gradients"), &fused.currents, &plain.currents, 1e-5);
            assert_close(&format!("{lif:?} amplitude"), &fused.amplitude, &plain.amplitude, 1e-4);
        }
    }
}

#[wasm_bindgen_test]
async fn fused_agrees_with_tensor_operations_on_flex() {
    fused_agrees_with_tensor_operations(&Device::flex()).await;
}

#[cfg(feature = "webgpu")]
mod webgpu {
    use super::*;

    /// One device for all tests: the same selector cannot be started twice.
    async fn device() -> Device {
        use std::cell::RefCell;
        thread_local!(static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) });
        if let Some(device) = DEVICE.with_borrow(Clone::clone) {
            return device;
        }
        let device = Device::wgpu_options().init_async().await.expect("WebGPU");
        DEVICE.with_borrow_mut(|slot| slot.replace(device.clone()));
        device
    }

    #[wasm_bindgen_test]
    async fn fused_agrees_with_tensor_operations_on_webgpu() {
        let lif = Lif::default();
        let device = device().await;
        let currents = noise(STEPS * NEURONS, 12.9898);
        let fused = run(neuron::lif, &lif, &currents, STEPS, &device).await;
        let plain = run(neuron::reference::lif, &lif, &currents, STEPS, &device).await;
        assert_close("spikes", &fused.spikes, &plain.spikes, 1e-6);
        assert_close("gradients", &fused.currents, &plain.currents, 1e-5);
    }

    #[wasm_bindgen_test]
    async fn every_fused_neuron_agrees_between_flex_and_webgpu() {
        let device = device().await;
        for lif in neurons() {
            for given in [STEPS, 1] {
                let currents = noise(given * NEURONS, 12.9898);
                let gpu = run(neuron::lif, &lif, &currents, given, &device).await;
                let cpu = run(neuron::lif, &lif, &currents, given, &Device::flex()).await;
                assert_close(&format!("{lif:?} spikes"), &gpu.spikes, &cpu.spikes, 1e-6);
                assert_close(&format!("{lif:?} gradients"), &gpu.currents, &cpu.currents, 1e-5);
                assert_close(&format!("{lif:?} amplitude"), &gpu.amplitude, &cpu.amplitude, 1e-4);
            }
        }
    }

    #[wasm_bindgen_test]
    async fn poison_is_handled_alike_on_flex_and_webgpu() {
        let device = device().await;
        let poison = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0, 0.5, -0.5, 1.0, -1.0, 1e30, -1e30, 0.1];
        let currents: Vec<f32> = (0..STEPS * poison.len()).map(|i| poison[(i * 5 + i / 12) % poison.len()]).collect();
        for lif in neurons() {
            let gpu = run(neuron::lif, &lif, &currents, STEPS, &device).await;
            let cpu = run(neuron::lif, &lif, &currents, STEPS, &Device::flex()).await;
            assert_close(&format!("{lif:?} spikes"), &gpu.spikes, &cpu.spikes, 1e-6);
            assert_close(&format!("{lif:?} gradients"), &gpu.currents, &cpu.currents, 1e-5);
        }
    }
}
