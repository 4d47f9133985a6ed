//! The membrane as an argument: a stream that goes on where it stopped.

use burn::prelude::*;
use burn::tensor::TensorData;

use super::{Lif, assert_close, every_neuron, floats, noise};
use crate::neuron;

const STEPS: usize = 8;
const NEURONS: usize = 50;

/// Spikes and last membranes of a run in these parts, each of so many time steps, with the gradients of the currents and of the
/// layer's own numbers from both.
fn in_parts(parts: &[usize], own: &[f32], given: usize, lif: &Lif) -> [Vec<f32>; 4] {
    let device = Device::flex().autodiff();
    let tensor = |values: Vec<f32>, rows| Tensor::<2>::from_data(TensorData::new(values, [rows, NEURONS]), &device);
    let currents = tensor(noise(given * NEURONS, 21), given).require_grad();
    let parameters = Tensor::<1>::from_floats(own, &device).require_grad();
    let (mut spikes, mut membrane, mut first) = (vec![], None, 0);
    for steps in parts {
        let current = if given == 1 { currents.clone() } else { currents.clone().narrow(0, first, *steps) };
        let (sent, left) = neuron::lif_from(current, parameters.clone(), membrane, *steps, lif);
        spikes.push(sent);
        (membrane, first) = (Some(left), first + steps);
    }
    let (spikes, membrane) = (Tensor::cat(spikes, 0), membrane.expect("a membrane"));
    let loss = (spikes.clone() * tensor(noise(STEPS * NEURONS, 22), STEPS)).sum()
        + (membrane.clone() * tensor(noise(NEURONS, 23), 1)).sum();
    let gradients = loss.backward();
    let of = floats(currents.grad(&gradients).expect("a gradient"));
    let of_parameters = floats(parameters.grad(&gradients).expect("a gradient"));
    [floats(spikes), floats(membrane), of, of_parameters]
}

#[test]
fn eight_steps_are_three_and_then_five_with_the_membrane_carried() {
    for lif in every_neuron() {
        for (own, given) in [(&[1.5][..], STEPS), (&[1.5], 1), (&[1.5, 0.6], STEPS), (&[1.5, 0.6], 1)] {
            let whole = in_parts(&[STEPS], own, given, &lif);
            for parts in [&[3, 5][..], &[1, 6, 1]] {
                let [spikes, membrane, of_currents, of_parameters] = in_parts(parts, own, given, &lif);
                let name = format!("{lif:?} in {parts:?}, own {own:?}, currents of {given}");
                assert_eq!((&spikes, &membrane), (&whole[0], &whole[1]), "{name}");
                assert_close(&format!("{name}: currents"), &of_currents, &whole[2], 1e-4);
                assert_close(&format!("{name}: parameters"), &of_parameters, &whole[3], 1e-4);
            }
        }
    }
}

#[test]
fn a_membrane_of_nothing_is_that_of_a_plain_call() {
    let device = Device::flex();
    let current = Tensor::<2>::from_data(TensorData::new(noise(STEPS * NEURONS, 24), [STEPS, NEURONS]), &device);
    let own = Tensor::<1>::from_floats([1.5], &device);
    for lif in every_neuron() {
        let expected = floats(neuron::lif(current.clone(), own.clone(), STEPS, &lif));
        for membrane in [None, Some(Tensor::zeros([1, NEURONS], &device))] {
            let (spikes, _) = neuron::lif_from(current.clone(), own.clone(), membrane, STEPS, &lif);
            assert_eq!(floats(spikes), expected, "{lif:?}");
        }
    }
}
