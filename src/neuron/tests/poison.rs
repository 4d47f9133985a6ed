//! Numbers that are not finite go the same way through a neuron as through the recursion.

use super::{assert_close, every_neuron, run};
use crate::neuron::{self, ResetGradient, SpikeKind, oracle, reference};

#[test]
fn poison_is_handled_as_in_the_recursion() {
    let poison = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -0.0, 0.0, 0.5, -0.5, 1.0, -1.0, 3e38, -3e38];
    for lif in every_neuron() {
        for (i, first) in poison.iter().enumerate() {
            let currents = [*first, 0.12, poison[(i + 5) % poison.len()]];
            let weight = [1.0, -2.0, 50.0];
            let run = super::run(neuron::lif, &lif, &currents, 3, &weight, 3);
            let plain = super::run(reference::lif, &lif, &currents, 3, &weight, 3);
            assert_close(&format!("{lif:?} {currents:?} in tensor operations"), &plain.spikes, &run.spikes, 1e-5);
            let trace = oracle::forward(&currents.map(f64::from), 1.5, &lif);
            let expected: Vec<f32> = trace.spikes.iter().map(|s| *s as f32).collect();
            assert_close(&format!("{lif:?} {currents:?}"), &run.spikes, &expected, 1e-5);
            let (expected, _) = oracle::backward(&weight.map(f64::from), &trace.potentials, 1.5, &lif);
            let expected: Vec<f32> = expected.iter().map(|g| *g as f32).collect();
            assert_close(&format!("{lif:?} {currents:?} gradients"), &run.currents, &expected, 1e-5);
        }
    }
}

/// Gradients that are not finite: what is carried back through a reset that takes nothing of it is passed on as it is.
#[test]
fn a_poisoned_gradient_passes_a_detached_reset_as_in_the_recursion() {
    for lif in every_neuron().into_iter().filter(|lif| lif.reset_gradient == ResetGradient::Detached) {
        for poison in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            // Below the threshold, in the window and beyond it, with the poison in front of each.
            for currents in
                [[0.45, 0.3, 0.9, 0.05], [-0.45, -0.3, -0.9, 0.0], [0.9, 0.45, 0.45, 1.4], [0.0, 3.0, 0.6, 0.6]]
            {
                for at in 1..4 {
                    let mut weight = [1.0, -2.0, 0.5, 3.0];
                    weight[at] = poison;
                    let given = run(neuron::lif, &lif, &currents, 4, &weight, 4).currents;
                    let trace = oracle::forward(&currents.map(f64::from), 1.5, &lif);
                    // Where there is no slope nothing goes back, whatever the gradient is.
                    let seen: Vec<f64> = weight
                        .iter()
                        .zip(&trace.potentials)
                        .map(|(weight, u)| {
                            let flows = if lif.spike == SpikeKind::Real {
                                f64::from(lif.threshold) <= *u
                            } else {
                                oracle::slope(*u, &lif) != 0.0
                            };
                            if flows { f64::from(*weight) } else { 0.0 }
                        })
                        .collect();
                    let (expected, _) = oracle::backward(&seen, &trace.potentials, 1.5, &lif);
                    let expected: Vec<f32> = expected.iter().map(|g| *g as f32).collect();
                    if oracle::is_clear(&trace.potentials, &lif) {
                        assert_close(&format!("{lif:?} {currents:?} {weight:?}"), &given, &expected, 1e-5);
                    }
                }
            }
        }
    }
}
