use burn::tensor::TensorData;

use super::*;
use crate::layer::Activation;
use crate::neuron::Lif;

const INPUT: MapShape = MapShape::map(1, 8, 8);

const RULES: Rules = Rules { inner: WeightRule::REAL, ends: WeightKind::Real };

fn neurons(batch_norm: bool) -> Neurons {
    let activation = Activation::Spiking(Lif::default());
    Neurons { activation, steps: 3, amplitude: 1.0, train_amplitude: true, train_decay: true, batch_norm }
}

fn architectures() -> [Architecture; 3] {
    let resnet = Architecture::ResNet { widths: vec![4, 6], blocks: 1 };
    [Architecture::Mlp(vec![24, 16]), Architecture::Conv(vec![4, 6]), resnet]
}

fn network(architecture: &Architecture, batch_norm: bool, device: &Device) -> Network {
    Network::new(architecture, INPUT, 10, neurons(batch_norm), RULES, 1, device).expect("a network")
}

fn images(device: &Device) -> Tensor<2> {
    let pixels: Vec<f32> = (0..2 * 64).map(|i| ((i * 37) % 64) as f32 / 16.0 - 2.0).collect();
    Tensor::from_data(TensorData::new(pixels, [2, 64]), device)
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("f32")
}

#[test]
fn every_trained_number_gets_a_gradient() {
    let device = Device::flex().autodiff();
    for architecture in architectures() {
        for batch_norm in [true, false] {
            let mut network = network(&architecture, batch_norm, &device);
            let pass = network.forward(images(&device), Mode::Train);
            assert_eq!(pass.logits.dims(), [2, 10]);
            let gradients = pass.logits.powi_scalar(2).sum().backward();
            for parameter in network.parameters_mut().into_iter().filter(|p| p.trained) {
                let gradient = parameter.flat().grad(&gradients).expect("a gradient");
                assert_eq!(gradient.dims(), [parameter.count()], "{}", parameter.name);
                assert!(floats(gradient).iter().all(|g| g.is_finite()), "{}", parameter.name);
            }
        }
    }
}

#[test]
fn the_mean_of_the_probes_readouts_is_the_readout_of_the_mean() {
    let device = Device::flex();
    for architecture in architectures() {
        let network = network(&architecture, true, &device);
        let once = floats(network.forward(images(&device), Mode::Evaluate).logits);
        let probe = network.forward(images(&device), Mode::Probe);
        for (a, b) in once.iter().zip(floats(probe.logits)) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        assert_eq!(probe.step_logits.expect("a probe").dims(), [6, 10]);
    }
}

#[test]
fn fan_outs_cover_every_neuron() {
    let device = Device::flex();
    let network = network(&Architecture::Conv(vec![4, 6]), true, &device);
    let fan_outs = network.fan_outs();
    assert_eq!(fan_outs.iter().map(Vec::len).collect::<Vec<_>>(), [4 * 64, 6 * 16]);
    // A pooled corner cell is seen by 4 windows of each of 6 channels, and a neuron at the end by 10 classes.
    assert_eq!((fan_outs[0][0], fan_outs[1][0]), (24, 10));
    assert_eq!(network.dense_macs(false), 3 * 4 * 9 * 64);
}

#[test]
fn a_residual_network_has_the_papers_order_and_counts_what_its_skips_reach() {
    let device = Device::flex();
    let network = network(&Architecture::ResNet { widths: vec![4, 6], blocks: 2 }, true, &device);
    let shapes: Vec<[usize; 3]> =
        network.layers().iter().map(|layer| [layer.shape.channels, layer.shape.height, layer.shape.width]).collect();
    let (stage1, stage2) = ([4, 4, 4], [6, 2, 2]);
    assert_eq!(shapes, [vec![[4, 8, 8]], vec![stage1; 4], vec![stage2; 4]].concat());
    let skips: Vec<&str> = network
        .layers()
        .iter()
        .map(|layer| match layer.skip() {
            None => "none",
            Some(crate::layer::Skip::Identity { .. }) => "identity",
            Some(crate::layer::Skip::Projection { .. }) => "projection",
        })
        .collect();
    assert_eq!(skips, ["none", "none", "identity", "none", "identity", "none", "projection", "none", "identity"]);
    assert!(network.is_inside_block(1) && !network.is_inside_block(2) && !network.is_inside_block(0));
    let fan_outs = network.fan_outs();
    // The stem's corner: 4 windows of 4 channels, and the identity skip. Inside a block: no skip. Before the second
    // stage: one window of 6 channels at stride 2 (a corner lies under one centre), and the 1x1 convolution.
    assert_eq!([fan_outs[0][0], fan_outs[1][0], fan_outs[4][0]], [4 * 4 + 1, 4 * 4, 6 + 6]);
    assert_eq!(fan_outs[8], vec![10; 24]);
    // Rectified: stem, first stage, second stage, projection, readout.
    let stages = [4 * 4 * 9 * 16 * 4, (4 + 3 * 6) * 6 * 9 * 4];
    assert_eq!(network.ordinary_macs(), 4 * 9 * 64 + stages[0] + stages[1] + 4 * 6 * 4 + 6 * 10);
    // Three time steps of the image.
    assert_eq!(network.dense_macs(false), 3 * 4 * 9 * 64);
}

#[test]
fn a_skip_adds_what_flowed_around_the_block() {
    let device = Device::flex();
    let mut network = network(&Architecture::ResNet { widths: vec![4], blocks: 1 }, false, &device);
    // Without the weights of the block's second convolution only the skip is left of its current.
    for parameter in network.layers[2].synapse.parameters_mut() {
        let zeros = parameter.flat().zeros_like();
        parameter.set(zeros);
    }
    let pass = network.forward(images(&device), Mode::Evaluate);
    let stem = network.layers[0].pool(pass.layers[0].sent.clone().reshape([3 * 2, 4 * 64]));
    assert_eq!(floats(pass.layers[2].current.clone().reshape([6, 64])), floats(stem));
}

#[test]
fn too_many_convolutions_are_refused_with_the_number_that_fits() {
    let error = Network::new(&Architecture::Conv(vec![2; 4]), INPUT, 10, neurons(true), RULES, 1, &Device::flex());
    let expected = "4 convolution layers halve an image of 8 x 8 down to nothing: at most 3 fit";
    assert_eq!(error.expect_err("too deep").to_string(), expected);
}
