use burn::prelude::*;
use burn::tensor::TensorData;

use super::{Architecture, Network, Rules};
use crate::layer::{Activation, MapShape, Mode, Neurons, WeightKind, WeightRule};
use crate::neuron::{Lif, Reset, SpikeKind};

const INPUT: MapShape = MapShape::map(1, 8, 8);
const IMAGES: usize = 24;

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("f32")
}

fn images(device: &Device) -> Tensor<2> {
    let pixels: Vec<f32> = (0..IMAGES * 64).map(|i| ((i * 37 + i / 64 * 11) % 64) as f32 / 16.0 - 2.0).collect();
    Tensor::from_data(TensorData::new(pixels, [IMAGES, 64]), device)
}

/// Numbers as training leaves them: every norm and amplitude away from the identity, some norms turned round.
fn trained(network: &mut Network) {
    for (i, parameter) in network.parameters_mut().into_iter().enumerate() {
        let wave = |scale: f32, around: f32| -> Tensor<1> {
            let values: Vec<f32> =
                (0..parameter.count()).map(|j| around + scale * ((i * 7 + j) as f32).sin()).collect();
            Tensor::from_data(TensorData::new(values, [parameter.count()]), &parameter.flat().device())
        };
        let value = match parameter.name.rsplit('.').next() {
            Some("gamma") => wave(1.2, 0.6),
            Some("beta") | Some("bias") => wave(0.2, 0.1),
            Some("runningMean") => wave(0.3, 0.0),
            Some("runningVariance") => wave(0.4, 0.9),
            Some("amplitude") => wave(0.4, 1.1),
            Some("factor") => wave(0.05, 0.2),
            Some("decay") => wave(0.8, 0.5),
            _ => continue,
        };
        parameter.set(value);
    }
}

fn networks() -> Vec<(String, Network)> {
    let device = Device::flex();
    let architectures = [
        Architecture::Mlp(vec![24, 16, 12]),
        Architecture::Conv(vec![6, 8]),
        Architecture::ResNet { widths: vec![6, 8], blocks: 2 },
    ];
    let mut all = vec![];
    for architecture in architectures {
        for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
            for kind in [WeightKind::Real, WeightKind::Binary] {
                for ends in [WeightKind::Real, kind] {
                    for batch_norm in [true, false] {
                        for reset in [Reset::Hard, Reset::Soft] {
                            let lif = Lif { spike, reset, ..Lif::default() };
                            let activation = Activation::Spiking(lif);
                            let neurons = Neurons {
                                activation,
                                steps: 3,
                                amplitude: 1.0,
                                train_amplitude: true,
                                train_decay: true,
                                batch_norm,
                            };
                            let inner = WeightRule { kind, train_factor: true, normed: batch_norm, gain: 1.0 };
                            let rules = Rules { inner, ends };
                            let network = Network::new(&architecture, INPUT, 10, neurons, rules, 5, &device);
                            let mut network = network.expect("a network");
                            trained(&mut network);
                            let name = format!("{architecture:?} {spike:?} {kind:?} {ends:?} {batch_norm} {reset:?}");
                            let mut rectified = network.clone();
                            rectified.rectify_last();
                            all.push((format!("{name}, rectified output"), rectified));
                            all.push((name, network));
                        }
                    }
                }
            }
        }
    }
    all
}

#[test]
fn a_folded_network_sends_the_same_spikes_and_gives_the_same_logits() {
    let device = Device::flex();
    for (name, network) in networks() {
        let folded = network.folded();
        let (before, after) =
            (network.forward(images(&device), Mode::Probe), folded.forward(images(&device), Mode::Probe));
        let mut flips = 0;
        for (i, (before, after)) in before.layers.iter().zip(&after.layers).enumerate() {
            let layer = &network.layers()[i];
            let height = if layer.spikes() { floats(layer.amplitude().flat())[0] } else { 1.0 };
            let (sent, again) = (floats(before.sent.clone()), floats(after.sent.clone()));
            assert!(sent.iter().any(|spike| *spike != 0.0), "{name}: layer {i} is silent");
            let potentials = floats(before.potentials.clone().expect("a probe"));
            for ((sent, again), u) in sent.iter().zip(&again).zip(&potentials) {
                if (*sent != 0.0) != (*again != 0.0) {
                    flips += 1;
                    assert!((u.abs() - 0.5).abs() < 1e-4 * u.abs().max(1.0), "{name}: layer {i} flips at {u}");
                } else if flips == 0 {
                    assert!(
                        (sent - again * height).abs() <= 1e-4 * sent.abs().max(1.0),
                        "{name}: {sent} {again} {height}"
                    );
                }
            }
        }
        assert!(flips <= 2, "{name}: {flips} spikes differ");
        if flips == 0 {
            let (logits, again) = (floats(before.logits), floats(after.logits));
            let largest = logits.iter().fold(1.0_f32, |top, logit| top.max(logit.abs()));
            for (a, b) in logits.iter().zip(&again) {
                assert!((a - b).abs() <= 1e-4 * largest, "{name}: {a} {b}");
            }
        }
    }
}

#[test]
fn a_folded_network_has_spikes_of_one_and_no_norms() {
    for (name, network) in networks() {
        let mut folded = network.folded();
        let names: Vec<String> = folded.parameters_mut().iter().map(|p| p.name.clone()).collect();
        assert!(!names.iter().any(|name| name.contains("gamma") || name.contains("running")), "{name}: {names:?}");
        assert!(folded.parameters_mut().iter().all(|p| !p.trained || p.name.starts_with("readout")), "{name}");
        for layer in folded.layers() {
            assert_eq!(floats(layer.amplitude().flat()), [1.0], "{name}");
            if layer.synapse().weight().kind() == WeightKind::Binary {
                assert!(floats(layer.synapse().weight().latent().flat()).iter().all(|w| w.abs() == 1.0), "{name}");
            }
        }
    }
}

/// Without a norm and with factors and amplitudes of powers of two nothing is rounded (methods, sections 2.3 and 6.3).
#[test]
fn powers_of_two_fold_exactly() {
    let device = Device::flex();
    for (name, mut network) in networks().into_iter().filter(|(name, _)| name.contains(" false ")) {
        for parameter in network.parameters_mut() {
            let value = match parameter.name.rsplit('.').next() {
                Some("amplitude") => 2.0,
                Some("factor") => 0.25,
                Some("bias") => 0.125,
                _ => continue,
            };
            let filled = parameter.flat().ones_like() * value;
            parameter.set(filled);
        }
        let (before, after) =
            (network.forward(images(&device), Mode::Probe), network.folded().forward(images(&device), Mode::Probe));
        for (before, after) in before.layers.iter().zip(&after.layers) {
            let (u, again) = (before.potentials.clone().expect("a probe"), after.potentials.clone().expect("a probe"));
            assert_eq!(floats(u), floats(again), "{name}");
        }
        assert_eq!(floats(before.logits), floats(after.logits), "{name}");
    }
}

/// `f(c I; V) = c f(I; V / c)`: what route b of methods, section 2.3, rests on.
#[test]
fn a_real_valued_neuron_is_positively_homogeneous() {
    let device = Device::flex();
    let lif = Lif { spike: SpikeKind::Real, ..Lif::default() };
    let current =
        Tensor::<2>::from_data(TensorData::new((0..40).map(|i| (i as f32 * 0.7).sin()).collect(), [4, 10]), &device);
    let one = Tensor::<1>::ones([1], &device);
    let scaled = crate::neuron::lif(current.clone() * 4.0, one.clone(), 4, &lif);
    let lowered = crate::neuron::lif(current, one, 4, &Lif { threshold: 0.125, ..lif });
    assert_eq!(floats(scaled), floats(lowered * 4.0));
}
