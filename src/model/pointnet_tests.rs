use burn::tensor::TensorData;

use super::pointnet::orthogonality;
use super::*;
use crate::layer::Activation;
use crate::neuron::Lif;

const RULES: Rules = Rules { inner: WeightRule::REAL, ends: WeightKind::Real };
const POINTS: usize = 20;

fn config(transforms: bool) -> PointnetConfig {
    PointnetConfig {
        points: POINTS,
        head: vec![10],
        dropout: 0.0,
        input_transform: transforms,
        feature_transform: transforms,
    }
}

fn network(transforms: bool, steps: usize, device: &Device) -> Network {
    let activation = Activation::Spiking(Lif::default());
    let neurons =
        Neurons { activation, steps, amplitude: 1.3, train_amplitude: true, train_decay: true, batch_norm: true };
    let architecture = Architecture::PointNet { widths: vec![6, 8, 12], config: config(transforms) };
    let input = MapShape::points(POINTS, AXES);
    Network::new(&architecture, input, 4, neurons, RULES, 1, device).expect("a network")
}

/// Coordinates of two clouds.
fn coordinates() -> Vec<f32> {
    (0..2 * POINTS * AXES).map(|i| ((i * 37) % 61) as f32 / 30.0 - 1.0).collect()
}

fn clouds(values: Vec<f32>, device: &Device) -> Tensor<2> {
    let count = values.len() / 2;
    Tensor::from_data(TensorData::new(values, [2, count]), device)
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("f32")
}

#[test]
fn the_order_of_points_does_not_matter() {
    let device = Device::flex();
    for transforms in [false, true] {
        let network = network(transforms, 3, &device);
        let turned: Vec<f32> = coordinates()
            .chunks(POINTS * AXES)
            .flat_map(|cloud| cloud.chunks(AXES).rev().flatten().copied().collect::<Vec<_>>())
            .collect();
        let one = floats(network.forward(clouds(coordinates(), &device), Mode::Evaluate).logits);
        let other = floats(network.forward(clouds(turned, &device), Mode::Evaluate).logits);
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-4), "{one:?} {other:?}");
        assert_ne!(one[..4], one[4..]);
    }
}

#[test]
fn repeated_points_change_nothing_and_their_number_is_free() {
    let device = Device::flex();
    let network = network(false, 2, &device);
    let twice: Vec<f32> = coordinates().chunks(POINTS * AXES).flat_map(|cloud| [cloud, cloud].concat()).collect();
    let one = floats(network.forward(clouds(coordinates(), &device), Mode::Evaluate).logits);
    let other = floats(network.with_points(2 * POINTS).forward(clouds(twice, &device), Mode::Evaluate).logits);
    assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-4), "{one:?} {other:?}");
}

#[test]
fn every_trained_number_gets_a_gradient() {
    let device = Device::flex().autodiff();
    for (transforms, steps) in [(false, 1), (true, 1), (true, 3)] {
        let mut network = network(transforms, steps, &device);
        let pass = network.forward(clouds(coordinates(), &device), Mode::Train);
        assert_eq!(pass.own_loss.is_some(), transforms);
        let mut loss = pass.logits.powi_scalar(2).sum();
        if let Some(term) = pass.own_loss {
            loss = loss + term;
        }
        let gradients = loss.backward();
        for parameter in network.parameters_mut().into_iter().filter(|p| p.trained) {
            let missing = || panic!("{} has no gradient", parameter.name);
            // A layer of currents has no amplitude to train.
            let gradient = parameter.flat().grad(&gradients).unwrap_or_else(missing);
            assert!(floats(gradient).iter().all(|g| g.is_finite()), "{}", parameter.name);
        }
    }
}

#[test]
fn the_first_step_of_several_is_that_of_one() {
    let device = Device::flex();
    for transforms in [false, true] {
        let network = network(transforms, 1, &device);
        let one = floats(network.forward(clouds(coordinates(), &device), Mode::Evaluate).logits);
        let pass = network.with_steps(4).forward(clouds(coordinates(), &device), Mode::Probe);
        let several = floats(pass.step_logits.expect("a probe"));
        assert!(one.iter().zip(&several).all(|(a, b)| (a - b).abs() < 1e-5), "{one:?} {several:?}");
    }
}

#[test]
fn folding_keeps_every_spike_and_the_answer() {
    let device = Device::flex();
    for transforms in [false, true] {
        let mut network = network(transforms, 3, &device.clone().autodiff());
        // Running statistics and amplitudes that are not what they start as.
        for _ in 0..3 {
            let pass = network.forward(clouds(coordinates(), &device.clone().autodiff()), Mode::Train);
            network.absorb(pass.layers.into_iter().map(|layer| [layer.statistics, layer.skip_statistics]).collect());
        }
        let (whole, folded) = (network.without_autodiff(), network.folded());
        let passes = [whole, folded].map(|network| network.forward(clouds(coordinates(), &device), Mode::Evaluate));
        let [one, other] = passes;
        let (logits, of_folded) = (floats(one.logits), floats(other.logits));
        assert!(logits.iter().zip(&of_folded).all(|(a, b)| (a - b).abs() < 1e-3), "{logits:?} {of_folded:?}");
        for (layer, (one, other)) in network.layers().iter().zip(one.layers.into_iter().zip(other.layers)) {
            let (one, other) = (floats(one.sent), floats(other.sent));
            let turned = one.iter().zip(&other).filter(|(a, b)| (**a == 0.0) != (**b == 0.0)).count();
            assert!(!layer.spikes() || turned == 0, "{}: {turned} spikes turned", layer.name);
        }
    }
}

#[test]
fn orthogonality_is_that_of_a_case_computed_by_hand() {
    let device = Device::flex();
    // A A^T - I of [[2, 0], [0, 1]] is [[3, 0], [0, 0]]; a turn is orthogonal. The mean over time comes first.
    let matrices = Tensor::<3>::from_floats([[[2.0, 0.0], [0.0, 1.0]], [[0.0, -1.0], [1.0, 0.0]]], &device);
    assert!((floats(orthogonality(matrices, 1))[0] - 1.5).abs() < 1e-5);
    let over_time = Tensor::<3>::from_floats([[[3.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]], &device);
    assert!(floats(orthogonality(over_time, 2))[0] < 1e-5);
}

#[test]
fn a_maximum_over_points_sends_one_event_a_channel() {
    let device = Device::flex();
    let network = network(true, 2, &device);
    let names: Vec<&str> = network.layers().iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names[..5], ["inputTransform1", "inputTransform2", "inputTransform3", "inputTransform4", "layer1"]);
    assert_eq!(names[9..], ["layer2", "layer3", "layer4"]);
    let of = |layer: usize| network.fan_outs()[layer].clone();
    // The transform's third layer: 12 channels under the maximum, 10 units take each.
    assert_eq!((network.channels_under_maximum(2), of(2)), (Some(12), vec![10; 12]));
    // Its last: 3 x 3 numbers.
    assert_eq!(of(3), vec![9; 10]);
    // The first layer's spikes go to the feature transform's first layer (6) and into the product (6).
    assert_eq!((network.source(5), network.source(9)), (Some(4), Some(4)));
    assert_eq!(of(4), vec![12; POINTS * 6]);
    // Coordinates: the transform's first layer and the product; products: layers 1 and 2; currents: the head.
    let macs = POINTS * (3 * 6 + 3 * 3 + 3 * 6 + 6 * 8) + 12 * 10;
    assert_eq!(network.dense_macs(false), 2 * macs);
}
