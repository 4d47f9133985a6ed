//! What WebGPU is held against: Flex, and how much it is asked for.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

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
    let fused = run(neuron::lif, OWN[0], &lif, &currents, STEPS, &device).await;
    let plain = run(neuron::reference::lif, OWN[0], &lif, &currents, STEPS, &device).await;
    assert_close("spikes", &fused.spikes, &plain.spikes, 1e-6);
    assert_close("gradients", &fused.currents, &plain.currents, 1e-5);
}

#[wasm_bindgen_test]
async fn every_fused_neuron_agrees_between_flex_and_webgpu() {
    let device = device().await;
    for lif in neurons() {
        for (given, own) in [STEPS, 1].into_iter().flat_map(|given| OWN.map(|own| (given, own))) {
            let currents = noise(given * NEURONS, 12.9898);
            let gpu = run(neuron::lif, own, &lif, &currents, given, &device).await;
            let cpu = run(neuron::lif, own, &lif, &currents, given, &Device::flex()).await;
            assert_close(&format!("{lif:?} spikes"), &gpu.spikes, &cpu.spikes, 1e-6);
            assert_close(&format!("{lif:?} gradients"), &gpu.currents, &cpu.currents, 1e-5);
            assert_close(&format!("{lif:?} own numbers"), &gpu.own, &cpu.own, 1e-4);
        }
    }
}

#[wasm_bindgen_test]
async fn a_pointnet_goes_the_same_way_on_webgpu() {
    let (gpu, cpu) = (cloud_run(&device().await).await, cloud_run(&Device::flex()).await);
    assert_close("the first loss", &gpu[..1], &cpu[..1], 1e-3);
    assert!(gpu.iter().all(|loss| loss.is_finite()));
}

#[wasm_bindgen_test]
async fn gradients_of_potentials_agree_between_flex_and_webgpu() {
    let device = device().await;
    for lif in neurons() {
        for given in [STEPS, 1] {
            let currents = noise(given * NEURONS, 12.9898);
            let (gpu, cpu) =
                (traced(&lif, &currents, given, &device).await, traced(&lif, &currents, given, &Device::flex()).await);
            assert_close(&format!("{lif:?}, currents of {given}"), &gpu, &cpu, 1e-5);
        }
    }
}

#[wasm_bindgen_test]
async fn every_method_trains_on_webgpu_as_on_flex() {
    let device = device().await;
    for (name, config) in methods() {
        let (gpu, cpu) = (method_run(&config, &device).await, method_run(&config, &Device::flex()).await);
        assert!(gpu.iter().all(|loss| loss.is_finite()), "{name}: {gpu:?}");
        // A twin is trained first where there is one, so that later losses may differ by a spike.
        assert_close(name, &gpu[..1], &cpu[..1], 1e-3);
        assert_close(name, &gpu, &cpu, 0.2);
    }
}

/// Compute dispatches of this worker so far; the first call begins to count.
fn dispatches() -> f64 {
    let count = Function::new_no_args(
        "if (self.dispatches === undefined) {
            self.dispatches = 0;
            const passes = GPUComputePassEncoder.prototype;
            for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']) {
                const dispatch = passes[name];
                passes[name] = function (...sizes) {
                    self.dispatches += 1;
                    return dispatch.apply(this, sizes);
                };
            }
        }
        return self.dispatches;",
    );
    count.call0(&JsValue::NULL).expect("a count").as_f64().expect("a number")
}

/// Dispatches of one pass forward and backward through a layer of neurons, or through nothing in its place.
async fn dispatches_of_pass(layer: Option<(LifFn, &Lif)>, steps: usize, device: &Device) -> f64 {
    let device = device.clone().autodiff();
    let tensor = |key| Tensor::<2>::from_data(TensorData::new(noise(steps * NEURONS, key), [steps, NEURONS]), &device);
    let amplitude = Tensor::<1>::from_floats([1.5], &device);
    let mut counted = 0.0;
    // The first pass compiles and tunes kernels, the second only runs them.
    for _ in 0..2 {
        let (current, weight) = (tensor(12.9898).require_grad(), tensor(78.233));
        let before = dispatches();
        let sent = match layer {
            Some((lif_fn, lif)) => lif_fn(current.clone(), amplitude.clone(), steps, lif),
            None => current.clone(),
        };
        let gradients = (sent * weight).sum().backward();
        floats(current.grad(&gradients).expect("a gradient")).await;
        counted = dispatches() - before;
    }
    counted
}

#[wasm_bindgen_test]
async fn a_layer_of_neurons_costs_two_dispatches_a_training_step() {
    assert!(Reflect::has(&js_sys::global(), &"GPUComputePassEncoder".into()).unwrap_or(false));
    let device = device().await;
    for steps in [1, 4, 16] {
        let without = dispatches_of_pass(None, steps, &device).await;
        assert!(without > 0.0, "the counter counts");
        for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
            let with = dispatches_of_pass(Some((neuron::lif, &Lif { spike, ..Lif::default() })), steps, &device).await;
            assert_eq!(with - without, 2.0, "{spike:?}, {steps} time steps");
        }
    }
}

/// Dispatches of a training step of a convnet of two layers with batch norm, as a run makes it.
async fn dispatches_of_step(steps: usize, device: &Device) -> f64 {
    let (data, network, widths) = (DataName::Digits, NetworkKind::Conv, vec![2, 3]);
    let config = SessionConfig { data, network, widths, steps, batch: 4, ..Default::default() };
    let mut session = Session::new(config, stripes(), device).expect("a session");
    // The first step compiles kernels and makes the optimiser's moments.
    session.train(1).await.expect("training");
    let before = dispatches();
    session.train(1).await.expect("training");
    dispatches() - before
}

/// Dispatches of one step of Burn's own Adam on one parameter.
async fn dispatches_of_library_adam(device: &Device) -> f64 {
    let adam = AdamConfig::new().build();
    let tensor = |key| Tensor::<1>::from_data(TensorData::new(noise(64, key), [64]), device);
    let (value, state) = adam.step(0.001, tensor(12.9898), tensor(78.233), None);
    let (value, gradient) = (floats(value).await, tensor(39.346));
    let value = Tensor::<1>::from_data(TensorData::new(value, [64]), device);
    let before = dispatches();
    let (value, _) = adam.step(0.001, value, gradient, state);
    floats(value).await;
    dispatches() - before
}

/// What a step would cost with neurons and optimiser in tensor operations, against what it costs.
#[wasm_bindgen_test]
async fn a_training_step_costs_at_most_half_of_the_unfused_whatever_the_time_steps() {
    /// Weights, and scale and shift of the norm, of two layers; weights and bias of the readout.
    const PARAMETERS: f64 = 8.0;
    const LAYERS: f64 = 2.0;
    let device = device().await;
    let [four, eight] = [dispatches_of_step(4, &device).await, dispatches_of_step(8, &device).await];
    assert_eq!(four, eight, "a step's dispatches at T = 4 and at T = 8");
    let lif = Lif::default();
    let without = dispatches_of_pass(None, 4, &device).await;
    let layer = dispatches_of_pass(Some((neuron::reference::lif, &lif)), 4, &device).await - without;
    let adam = dispatches_of_library_adam(&device).await;
    let unfused = four + LAYERS * (layer - 2.0) + PARAMETERS * (adam - 1.0);
    console_log!("a convnet's step at T = 4: {four} dispatches, unfused {unfused} (a layer {layer}, Adam {adam})");
    assert!(2.0 * four <= unfused, "{four} dispatches, unfused {unfused}");
}

#[wasm_bindgen_test]
async fn a_run_goes_its_way_on_webgpu_as_on_flex() {
    let device = device().await;
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        let (gpu, cpu) = (whole_run(spike, &device).await, whole_run(spike, &Device::flex()).await);
        // A spike at the threshold may fall either way, so only the first steps are compared closely.
        assert_close("the first loss", &gpu[..1], &cpu[..1], 1e-4);
        assert_close("all losses", &gpu, &cpu, 0.1);
    }
}

#[wasm_bindgen_test]
async fn poison_is_handled_alike_on_flex_and_webgpu() {
    let device = device().await;
    let poison = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0, 0.5, -0.5, 1.0, -1.0, 1e30, -1e30, 0.1];
    let currents: Vec<f32> = (0..STEPS * poison.len()).map(|i| poison[(i * 5 + i / 12) % poison.len()]).collect();
    for lif in neurons() {
        let gpu = run(neuron::lif, OWN[0], &lif, &currents, STEPS, &device).await;
        let cpu = run(neuron::lif, OWN[0], &lif, &currents, STEPS, &Device::flex()).await;
        assert_close(&format!("{lif:?} spikes"), &gpu.spikes, &cpu.spikes, 1e-6);
        assert_close(&format!("{lif:?} gradients"), &gpu.currents, &cpu.currents, 1e-5);
    }
}

#[wasm_bindgen_test]
async fn a_poisoned_gradient_passes_a_detached_reset_alike_on_flex_and_webgpu() {
    let device = device().await;
    let currents = noise(STEPS * NEURONS, 12.9898);
    let poison = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    let mut weight = noise(STEPS * NEURONS, 78.233);
    weight.iter_mut().step_by(7).enumerate().for_each(|(i, weight)| *weight = poison[i % poison.len()]);
    for lif in neurons().into_iter().filter(|lif| lif.reset_gradient == ResetGradient::Detached) {
        let gpu = run_weighted(neuron::lif, OWN[0], &lif, &currents, STEPS, weight.clone(), &device).await;
        let cpu = run_weighted(neuron::lif, OWN[0], &lif, &currents, STEPS, weight.clone(), &Device::flex()).await;
        assert!(cpu.currents.iter().any(|gradient| gradient.is_infinite()), "infinities are carried");
        assert_close(&format!("{lif:?} gradients"), &gpu.currents, &cpu.currents, 1e-5);
    }
}
