mod decay;
mod poison;
mod state;

use burn::prelude::*;
use burn::tensor::TensorData;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::oracle;
use super::{Lif, Reset, ResetGradient, SpikeKind, Surrogate, SurrogateKind};

const GOLDEN: [f32; 8] = [0.4, 0.3, 0.45, -0.7, 0.2, 0.55, -0.3, -0.45];

fn neuron(spike: SpikeKind, decay: f32, threshold: f32) -> Lif {
    Lif { spike, decay, threshold, ..Lif::default() }
}

/// Every neuron that a config can describe, at two thresholds.
fn every_neuron() -> Vec<Lif> {
    let mut all = vec![];
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        for (kind, parameter) in SURROGATES {
            if kind == SurrogateKind::SteTernary && spike != SpikeKind::Ternary {
                continue;
            }
            for reset in [Reset::Hard, Reset::Soft] {
                for reset_gradient in [ResetGradient::Attached, ResetGradient::Detached] {
                    for (decay, threshold) in [(0.25, 0.5), (0.5, 1.0)] {
                        let surrogate = Surrogate { kind, parameter };
                        all.push(Lif { spike, decay, threshold, reset, reset_gradient, surrogate });
                    }
                }
            }
        }
    }
    all
}

const SURROGATES: [(SurrogateKind, f32); 10] = [
    (SurrogateKind::SteWindow, 1.0),
    (SurrogateKind::SteTernary, 1.0),
    (SurrogateKind::TanhWindow, 3.0),
    (SurrogateKind::TanhWindow, 5.0),
    (SurrogateKind::TanhWindow, 7.0),
    (SurrogateKind::Esg, 4.0),
    (SurrogateKind::Rect, 0.8),
    (SurrogateKind::Tri, 1.2),
    (SurrogateKind::Arctan, 2.0),
    (SurrogateKind::FastSigmoid, 25.0),
];

/// Numbers in -1.6..1.6, the same for the same seed.
fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(-1.6..1.6)).collect()
}

fn potentials(currents: &[f32], lif: &Lif) -> (Vec<f32>, Vec<f32>) {
    let device = Device::flex();
    let current = Tensor::<2>::from_data(TensorData::new(currents.to_vec(), [currents.len(), 1]), &device);
    let amplitude = Tensor::<1>::from_floats([1.0], &device);
    let (spikes, potentials) = super::lif_with_potentials(current, amplitude, currents.len(), lif);
    (floats(spikes), floats(potentials))
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("f32")
}

struct Run {
    spikes: Vec<f32>,
    currents: Vec<f32>,
    amplitude: f32,
    /// Of a layer with a decay of its own.
    decay: Option<f32>,
}

type LifFn = fn(Tensor<2>, Tensor<1>, usize, &Lif) -> Tensor<2>;

/// Spikes of height 1.5, and the gradients of `sum(spikes * weight)`; `currents` is `[given, n]` with `given` 1 or `steps`.
fn run(lif_fn: LifFn, lif: &Lif, currents: &[f32], given: usize, weight: &[f32], steps: usize) -> Run {
    run_of(&[1.5], lif_fn, lif, currents, given, weight, steps)
}

/// As [`run`], of a layer with these numbers of its own.
fn run_of(own: &[f32], lif_fn: LifFn, lif: &Lif, currents: &[f32], given: usize, weight: &[f32], steps: usize) -> Run {
    let device = Device::flex().autodiff();
    let n = currents.len() / given;
    let current = Tensor::<2>::from_data(TensorData::new(currents.to_vec(), [given, n]), &device).require_grad();
    let parameters = Tensor::<1>::from_floats(own, &device).require_grad();
    let weight = Tensor::<2>::from_data(TensorData::new(weight.to_vec(), [steps, n]), &device);
    let spikes = lif_fn(current.clone(), parameters.clone(), steps, lif);
    let gradients = (spikes.clone() * weight).sum().backward();
    let of_parameters = floats(parameters.grad(&gradients).expect("a gradient"));
    Run {
        spikes: floats(spikes),
        currents: floats(current.grad(&gradients).expect("a gradient")),
        amplitude: of_parameters[0],
        decay: of_parameters.get(1).copied(),
    }
}

/// One neuron's currents at every step, out of `[given, n]`.
fn column(currents: &[f32], i: usize, n: usize, given: usize, steps: usize) -> Vec<f64> {
    (0..steps).map(|t| f64::from(currents[(t % given) * n + i])).collect()
}

fn assert_close(name: &str, a: &[f32], b: &[f32], tolerance: f32) {
    assert_eq!(a.len(), b.len(), "{name}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let same = (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * b.abs().max(1.0) || a == b;
        assert!(same, "{name}: number {i} is {a}, not {b}");
    }
}

#[test]
fn golden_traces_come_out() {
    let cases = [
        (
            neuron(SpikeKind::Binary, 0.25, 0.5),
            [0.4, 0.4, 0.55, -0.7, 0.025, 0.55625, -0.3, -0.525],
            [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        ),
        (
            neuron(SpikeKind::Ternary, 0.25, 0.5),
            [0.4, 0.4, 0.55, -0.7, 0.2, 0.6, -0.3, -0.525],
            [0.0, 0.0, 1.0, -1.0, 0.0, 1.0, 0.0, -1.0],
        ),
        (
            neuron(SpikeKind::Real, 0.25, 0.5),
            [0.4, 0.4, 0.55, -0.7, 0.025, 0.55625, -0.3, -0.525],
            [0.0, 0.0, 0.55, 0.0, 0.0, 0.55625, 0.0, 0.0],
        ),
        (neuron(SpikeKind::Binary, 0.5, 1.0), [0.4, 0.5, 0.7, -0.35, 0.025, 0.5625, -0.01875, -0.459375], [0.0; 8]),
    ];
    for (lif, expected_potentials, expected_spikes) in cases {
        let (spikes, potentials) = potentials(&GOLDEN, &lif);
        assert_close("potentials", &potentials, &expected_potentials, 1e-6);
        assert_close("spikes", &spikes, &expected_spikes, 1e-6);
    }
}

#[test]
fn a_binary_neuron_needs_more_than_the_threshold_and_the_others_the_threshold_itself() {
    let fired = |spike| potentials(&[0.5, -0.5], &neuron(spike, 0.0, 0.5)).0;
    assert_eq!(fired(SpikeKind::Binary), [0.0, 0.0]);
    assert_eq!(fired(SpikeKind::Ternary), [1.0, -1.0]);
    assert_eq!(fired(SpikeKind::Real), [0.5, 0.0]);
}

#[test]
fn a_soft_reset_takes_the_threshold_away_and_keeps_the_rest() {
    let lif = Lif { reset: Reset::Soft, ..neuron(SpikeKind::Ternary, 0.5, 0.5) };
    let (spikes, potentials) = potentials(&[0.8, 0.0, -0.9, 0.0], &lif);
    assert_close("potentials", &potentials, &[0.8, 0.15, -0.825, -0.1625], 1e-6);
    assert_eq!(spikes, [1.0, 0.0, -1.0, 0.0]);
}

#[test]
fn golden_gradients_through_time_come_out() {
    let surrogate = Surrogate { kind: SurrogateKind::SteWindow, parameter: 1.0 };
    let attached = Lif { surrogate, ..Lif::default() };
    let detached = Lif { reset_gradient: ResetGradient::Detached, ..attached };
    for (lif, expected) in [(attached, [1.3675, 2.45, 3.0, 0.0]), (detached, [1.6875, 2.75, 3.0, 0.0])] {
        let weight: Vec<f32> = [1.0, 2.0, 3.0, 4.0].iter().map(|w| w / 1.5).collect();
        let run = run(super::lif, &lif, &GOLDEN[..4], 4, &weight, 4);
        assert_close("gradients", &run.currents, &expected, 1e-5);
    }
}

#[test]
fn golden_slopes_come_out() {
    let slope =
        |kind, parameter, u| oracle::slope(u, &Lif { surrogate: Surrogate { kind, parameter }, ..Lif::default() });
    let cases = [
        (
            SurrogateKind::TanhWindow,
            3.0,
            [(0.0, 0.29946), (0.1, 0.50548), (0.25, 0.98865), (0.5, 1.65719), (1.0, 0.29946)],
        ),
        (
            SurrogateKind::TanhWindow,
            5.0,
            [(0.0, 0.06738), (0.1, 0.17902), (0.4, 1.99279), (0.5, 2.53392), (0.75, 0.71055)],
        ),
        (SurrogateKind::Esg, 10.0, [(0.0, 0.00091), (0.25, 0.13296), (0.5, 5.0), (0.75, 0.13296), (1.0, 0.00091)]),
        (SurrogateKind::Arctan, 2.0, [(0.0, 0.28840), (0.25, 0.61849), (0.5, 1.0), (0.75, 0.61849), (1.5, 0.09200)]),
        (SurrogateKind::FastSigmoid, 25.0, [(0.0, 0.00549), (0.25, 0.01902), (0.5, 1.0), (0.54, 0.25), (1.0, 0.00549)]),
    ];
    for (kind, parameter, values) in cases {
        for (u, expected) in values {
            assert!((slope(kind, parameter, u) - expected).abs() < 1e-5, "{kind:?}({parameter}) at {u}");
        }
    }
}

#[test]
fn slopes_are_the_derivatives_of_the_smooth_twin() {
    let step = 1e-6;
    for lif in every_neuron().into_iter().filter(|lif| lif.spike != SpikeKind::Real) {
        // Apart from the lattice of edges and thresholds, so that no difference straddles one.
        for i in -250..250 {
            let u = f64::from(i) * 0.01 + 0.0047;
            let difference = (oracle::smooth(u + step, &lif) - oracle::smooth(u - step, &lif)) / (2.0 * step);
            let slope = oracle::slope(u, &lif);
            assert!((difference - slope).abs() < 1e-8, "{lif:?} at {u}: {difference} against {slope}");
        }
    }
}

#[test]
fn the_smooth_twin_of_tensor_operations_is_that_of_the_recursion() {
    let device = Device::flex();
    for lif in every_neuron().into_iter().filter(|lif| lif.spike != SpikeKind::Real) {
        let potentials: Vec<f32> = (-250..250_i16).map(|i| f32::from(i) * 0.01 + 0.0047).collect();
        let twin = floats(super::surrogate::smooth(Tensor::<1>::from_floats(potentials.as_slice(), &device), &lif));
        let expected: Vec<f32> = potentials.iter().map(|u| oracle::smooth(f64::from(*u), &lif) as f32).collect();
        assert_close(&format!("{lif:?}"), &twin, &expected, 1e-6);
    }
}

/// `sum(weight * spikes)` of a neuron each of whose spikes is replaced by its tangent: the spike of the potentials `at`, and
/// what the smooth twin has moved by since. At those potentials it is the neuron itself, and its derivative there is what
/// the surrogate gradient is meant to be; whether a potential fires does not change.
fn tangent_sum(currents: &[f64], weight: &[f64], at: &oracle::Trace, decay: f64, lif: &Lif) -> f64 {
    let v = f64::from(lif.threshold);
    let (mut kept, mut sum) = (0.0, 0.0);
    for (t, (current, weight)) in currents.iter().zip(weight).enumerate() {
        let u = decay * kept + current;
        let sent = at.spikes[t];
        let fired = if sent == 0.0 { 0.0 } else { sent.signum() };
        let moved = match lif.spike {
            SpikeKind::Real => 0.0,
            SpikeKind::Binary | SpikeKind::Ternary => oracle::smooth(u, lif) - oracle::smooth(at.potentials[t], lif),
        };
        sum += weight * if lif.spike == SpikeKind::Real { fired * u } else { fired + moved };
        let moved = if lif.reset_gradient == ResetGradient::Attached { moved } else { 0.0 };
        kept = match (lif.reset, lif.spike) {
            // The size of a ternary spike: where there is none it does not move.
            (Reset::Hard, SpikeKind::Ternary) => u * (1.0 - fired.abs() - fired * moved),
            (Reset::Hard, _) => u * (1.0 - fired - moved),
            (Reset::Soft, _) => u - v * (fired + moved),
        };
    }
    sum
}

#[test]
fn gradients_through_time_are_the_finite_differences_of_the_neuron() {
    let (steps, n, step) = (5, 40, 1e-6);
    for lif in every_neuron() {
        let (currents, weight) = (noise(steps * n, 8), noise(steps * n, 9));
        let run = run(super::lif, &lif, &currents, steps, &weight, steps);
        let mut clear = 0;
        for i in 0..n {
            let (currents, weight) = (column(&currents, i, n, steps, steps), column(&weight, i, n, steps, steps));
            let at = oracle::forward(&currents, 1.0, &lif);
            if !oracle::is_clear(&at.potentials, &lif) {
                continue;
            }
            clear += 1;
            for t in 0..steps {
                let moved = |by: f64| {
                    let mut currents = currents.clone();
                    currents[t] += by;
                    tangent_sum(&currents, &weight, &at, f64::from(lif.decay), &lif)
                };
                // The run's amplitude is 1.5.
                let difference = 1.5 * (moved(step) - moved(-step)) / (2.0 * step);
                let gradient = f64::from(run.currents[t * n + i]);
                let apart = (difference - gradient).abs();
                assert!(apart < 1e-4 * difference.abs().max(1.0), "{lif:?}, step {t}: {difference}, not {gradient}");
            }
        }
        assert!(clear > 30, "{clear} of {n} neurons are clear of every edge");
    }
}

#[test]
fn a_loss_on_the_potentials_adds_its_gradient_at_every_time_step() {
    let (steps, n) = (4, 40);
    for lif in every_neuron() {
        for given in [steps, 1] {
            let (currents, weight, pull) = (noise(given * n, 5), noise(steps * n, 6), noise(steps * n, 7));
            let device = Device::flex().autodiff();
            let tensor =
                |values: &[f32], rows| Tensor::<2>::from_data(TensorData::new(values.to_vec(), [rows, n]), &device);
            let current = tensor(&currents, given).require_grad();
            let amplitude = Tensor::<1>::from_floats([1.5], &device).require_grad();
            let (spikes, potentials) = super::lif_traced(current.clone(), amplitude.clone(), steps, &lif);
            let plain = run(super::lif, &lif, &currents, given, &weight, steps);
            assert_eq!(floats(spikes.clone()), plain.spikes);
            let loss = (spikes * tensor(&weight, steps)).sum() + (potentials * tensor(&pull, steps)).sum();
            let gradients = loss.backward();
            let got = floats(current.grad(&gradients).expect("a gradient"));
            let of_amplitude = floats(amplitude.grad(&gradients).expect("a gradient"))[0];
            assert!((of_amplitude - plain.amplitude).abs() < 1e-4, "{of_amplitude} {}", plain.amplitude);
            for i in 0..n {
                let trace = oracle::forward(&column(&currents, i, n, given, steps), 1.5, &lif);
                if !oracle::is_clear(&trace.potentials, &lif) {
                    continue;
                }
                // A potential's own gradient enters where that of its spike does: at weight 0 and amplitude 1 alone it
                // would be the current's. The recursion is linear in both, so one added to the other is checked.
                let of = |values: &[f32]| -> Vec<f64> { (0..steps).map(|t| f64::from(values[t * n + i])).collect() };
                let (of_spikes, _) = oracle::backward(&of(&weight), &trace.potentials, 1.5, &lif);
                let of_potentials = oracle::backward_of_potentials(&of(&pull), &trace.potentials, &lif);
                let expected: Vec<f64> = of_spikes.iter().zip(&of_potentials).map(|(a, b)| a + b).collect();
                let (got, expected): (Vec<f32>, Vec<f32>) = if given == 1 {
                    (vec![got[i]], vec![expected.iter().sum::<f64>() as f32])
                } else {
                    ((0..steps).map(|t| got[t * n + i]).collect(), expected.iter().map(|g| *g as f32).collect())
                };
                assert_close(&format!("{lif:?}, currents of {given}"), &got, &expected, 1e-5);
            }
        }
    }
}

#[test]
fn every_neuron_agrees_with_the_recursion_in_f64() {
    let (steps, n) = (5, 513);
    for lif in every_neuron() {
        for given in [steps, 1] {
            let (currents, weight) = (noise(given * n, 1), noise(steps * n, 2));
            let run = run(super::lif, &lif, &currents, given, &weight, steps);
            let (mut amplitude, mut clear) = (0.0, 0);
            for i in 0..n {
                let current = column(&currents, i, n, given, steps);
                let at = |t: usize| t * n + i;
                let gradient: Vec<f64> = (0..steps).map(|t| f64::from(weight[at(t)])).collect();
                let trace = oracle::forward(&current, 1.5, &lif);
                let (expected, of_amplitude) = oracle::backward(&gradient, &trace.potentials, 1.5, &lif);
                amplitude += of_amplitude;
                if !oracle::is_clear(&trace.potentials, &lif) {
                    continue;
                }
                clear += 1;
                let spikes: Vec<f32> = (0..steps).map(|t| run.spikes[at(t)]).collect();
                assert_close("spikes", &spikes, &trace.spikes.iter().map(|s| *s as f32).collect::<Vec<_>>(), 1e-5);
                let (got, expected): (Vec<f32>, Vec<f32>) = if given == 1 {
                    (vec![run.currents[i]], vec![expected.iter().sum::<f64>() as f32])
                } else {
                    ((0..steps).map(|t| run.currents[at(t)]).collect(), expected.iter().map(|g| *g as f32).collect())
                };
                assert_close(&format!("{lif:?}, currents of {given}"), &got, &expected, 1e-5);
            }
            assert!(clear > n * 9 / 10, "{clear} of {n} neurons are clear of every edge");
            assert!((f64::from(run.amplitude) - amplitude).abs() < 1e-3, "{} {amplitude}", run.amplitude);
        }
    }
}

#[test]
fn every_neuron_agrees_with_plain_tensor_operations() {
    let (steps, n) = (4, 300);
    for lif in every_neuron() {
        for given in [steps, 1] {
            let (currents, weight) = (noise(given * n, 3), noise(steps * n, 4));
            let fused = run(super::lif, &lif, &currents, given, &weight, steps);
            let plain = run(super::reference::lif, &lif, &currents, given, &weight, steps);
            assert!(fused.spikes.iter().any(|s| *s != 0.0) && fused.currents.iter().any(|g| *g != 0.0));
            for i in 0..n {
                let trace = oracle::forward(&column(&currents, i, n, given, steps), 1.5, &lif);
                if oracle::is_clear(&trace.potentials, &lif) {
                    let of = |values: &[f32]| values.iter().skip(i).step_by(n).copied().collect::<Vec<_>>();
                    assert_close(&format!("{lif:?} spikes"), &of(&fused.spikes), &of(&plain.spikes), 1e-6);
                    assert_close(&format!("{lif:?} gradients"), &of(&fused.currents), &of(&plain.currents), 1e-5);
                }
            }
            assert!((fused.amplitude - plain.amplitude).abs() < 1e-3);
        }
    }
}

/// What docs/neurons.md says of libraries that scale the input: by a half, as SpikingJelly does at tau = 2.
#[test]
fn a_scaled_input_is_another_threshold_and_another_surrogate() {
    let (steps, n) = (5, 200);
    let (currents, weight) = (noise(steps * n, 31), noise(steps * n, 32));
    let halved: Vec<f32> = currents.iter().map(|current| 0.5 * current).collect();
    for (kind, parameter) in [(SurrogateKind::Arctan, 2.0), (SurrogateKind::Esg, 2.0)] {
        for (reset, reset_gradient) in [(Reset::Hard, ResetGradient::Attached), (Reset::Soft, ResetGradient::Detached)]
        {
            let surrogate = |parameter| Surrogate { kind, parameter };
            let theirs = Lif {
                decay: 0.5,
                threshold: 0.25,
                reset,
                reset_gradient,
                surrogate: surrogate(parameter),
                ..Lif::default()
            };
            let ours = Lif { threshold: 2.0 * theirs.threshold, surrogate: surrogate(0.5 * parameter), ..theirs };
            let theirs = run(super::lif, &theirs, &halved, steps, &weight, steps);
            let ours = run(super::lif, &ours, &currents, steps, &weight, steps);
            assert_eq!(ours.spikes, theirs.spikes, "{kind:?} {reset:?}");
            let of_unscaled: Vec<f32> = theirs.currents.iter().map(|gradient| 0.5 * gradient).collect();
            assert_close(&format!("{kind:?} {reset:?}"), &ours.currents, &of_unscaled, 1e-6);
        }
    }
}
