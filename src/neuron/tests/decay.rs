//! A layer's own decay, and its gradient through time.

use burn::prelude::*;
use burn::tensor::TensorData;

use super::{Lif, assert_close, column, every_neuron, floats, noise, oracle, run_of, tangent_sum};
use crate::neuron::{self, reference};

/// The height of a spike, and the decay.
const OWN: [f32; 2] = [1.5, 0.6];
const STEPS: usize = 5;

/// Currents `[given, n]` of neurons none of whose potentials is close to an edge.
fn clear_currents(given: usize, n: usize, lif: &Lif) -> Vec<f32> {
    let (drawn, columns) = (noise(given * 4 * n, 11), 4 * n);
    let clear = |i: &usize| {
        let trace = oracle::forward(&column(&drawn, *i, columns, given, STEPS), 1.5, lif);
        oracle::is_clear(&trace.potentials, lif)
    };
    let chosen: Vec<usize> = (0..columns).filter(clear).take(n).collect();
    assert_eq!(chosen.len(), n, "{lif:?}");
    (0..given).flat_map(|t| chosen.iter().map(move |i| t * columns + i)).map(|at| drawn[at]).collect()
}

#[test]
fn a_decay_of_the_layers_own_stands_for_the_neurons() {
    for lif in every_neuron() {
        let other = Lif { decay: OWN[1], ..lif };
        for given in [STEPS, 1] {
            let (currents, weight) = (noise(given * 40, 1), noise(STEPS * 40, 2));
            let own = run_of(&OWN, neuron::lif, &lif, &currents, given, &weight, STEPS);
            let same = run_of(&OWN[..1], neuron::lif, &other, &currents, given, &weight, STEPS);
            assert_eq!(own.spikes, same.spikes, "{lif:?}");
            assert_close(&format!("{lif:?} gradients"), &own.currents, &same.currents, 1e-5);
            assert_eq!((own.amplitude, same.decay), (same.amplitude, None), "{lif:?}");
        }
    }
}

#[test]
fn the_decays_gradient_is_that_of_the_recursion_of_tensor_operations_and_of_finite_differences() {
    let (n, step) = (20, 1e-6);
    for lif in every_neuron() {
        let lif = Lif { decay: OWN[1], ..lif };
        for given in [STEPS, 1] {
            let (currents, weight) = (clear_currents(given, n, &lif), noise(STEPS * n, 12));
            let fused = run_of(&OWN, neuron::lif, &lif, &currents, given, &weight, STEPS).decay.expect("a gradient");
            let plain = run_of(&OWN, reference::lif, &lif, &currents, given, &weight, STEPS).decay.expect("a gradient");
            let (mut expected, mut difference) = (0.0, 0.0);
            for i in 0..n {
                let (currents, weight) = (column(&currents, i, n, given, STEPS), column(&weight, i, n, STEPS, STEPS));
                let at = oracle::forward(&currents, 1.0, &lif);
                let (of_currents, _) = oracle::backward(&weight, &at.potentials, 1.5, &lif);
                expected += oracle::of_decay(&of_currents, &at.potentials, &lif);
                let moved = |by: f64| tangent_sum(&currents, &weight, &at, f64::from(lif.decay) + by, &lif);
                difference += 1.5 * (moved(step) - moved(-step)) / (2.0 * step);
            }
            let near = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance * b.abs().max(1.0);
            assert!(near(difference, expected, 1e-4), "{lif:?}: {difference} by differences, {expected}");
            assert!(near(fused.into(), expected, 1e-4), "{lif:?}: {fused}, not {expected}");
            assert!(near(plain.into(), expected, 1e-4), "{lif:?}: {plain} in tensor operations, not {expected}");
        }
    }
}

#[test]
fn a_loss_on_the_potentials_reaches_the_decay_too() {
    let n = 20;
    for lif in every_neuron() {
        let lif = Lif { decay: OWN[1], ..lif };
        for given in [STEPS, 1] {
            let (currents, weight) = (clear_currents(given, n, &lif), noise(STEPS * n, 13));
            let device = Device::flex().autodiff();
            let tensor =
                |values: &[f32], rows| Tensor::<2>::from_data(TensorData::new(values.to_vec(), [rows, n]), &device);
            let parameters = Tensor::<1>::from_floats(OWN, &device).require_grad();
            let (_, potentials) = neuron::lif_traced(tensor(&currents, given), parameters.clone(), STEPS, &lif);
            let gradients = (potentials * tensor(&weight, STEPS)).sum().backward();
            let got = floats(parameters.grad(&gradients).expect("a gradient"));
            let of_neuron = |i: usize| {
                let trace = oracle::forward(&column(&currents, i, n, given, STEPS), 1.5, &lif);
                let weight = column(&weight, i, n, STEPS, STEPS);
                let of_currents = oracle::backward_of_potentials(&weight, &trace.potentials, &lif);
                oracle::of_decay(&of_currents, &trace.potentials, &lif) as f32
            };
            let expected: f32 = (0..n).map(of_neuron).sum();
            assert_close(&format!("{lif:?}, currents of {given}"), &got, &[0.0, expected], 1e-4);
        }
    }
}
