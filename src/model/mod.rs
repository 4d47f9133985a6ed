//! Networks: spiking layers in a row and a linear readout.
//!
//! The image is the current of the first layer at every time step (direct encoding), so the first synapse runs once and
//! its current is broadcast. The readout is affine, so the mean over time is taken first and the last pooling and the
//! readout run once (methods, section 1.5); only a probe asks for the readout of every step.

mod convnet;
mod mlp;

use burn::prelude::*;

use crate::layer::{BatchStatistics, Initialiser, LayerPass, Linear, MapShape, Mode, Neurons, Parameter, SpikingLayer};

/// A network of spiking layers.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<SpikingLayer>,
    readout: Linear,
    input: MapShape,
    classes: usize,
    steps: usize,
}

/// The shape of a network's layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// Units of each hidden layer.
    Mlp(Vec<usize>),
    /// Channels of each 3x3 convolution, each followed by 2x2 average pooling.
    Conv(Vec<usize>),
}

/// What came out of a pass.
#[derive(Debug)]
pub struct Pass {
    /// `[B, classes]`: the mean over time.
    pub logits: Tensor<2>,
    /// `[T * B, classes]`, when probing.
    pub step_logits: Option<Tensor<2>>,
    /// One for each spiking layer.
    pub layers: Vec<LayerPass>,
}

/// A network that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Every convolution halves the image, and a side of nothing is left.
    #[error("{layers} convolution layers halve an image of {height} x {width} down to nothing: at most {most} fit")]
    TooDeep {
        /// Layers asked for.
        layers: usize,
        /// Rows of the image.
        height: usize,
        /// Columns of the image.
        width: usize,
        /// Layers that fit.
        most: usize,
    },
}

impl Network {
    /// A network with fresh weights of `seed`.
    ///
    /// # Errors
    ///
    /// When the image is too small for the layers.
    pub fn new(
        architecture: &Architecture,
        input: MapShape,
        classes: usize,
        neurons: Neurons,
        seed: u32,
        device: &Device,
    ) -> Result<Self, ModelError> {
        let mut initialiser = Initialiser::new(seed, device);
        let layers = match architecture {
            Architecture::Mlp(widths) => mlp::layers(widths, input, neurons, &mut initialiser),
            Architecture::Conv(channels) => convnet::layers(channels, input, neurons, &mut initialiser)?,
        };
        let features = layers.last().map_or(input, SpikingLayer::outgoing).count();
        let readout = Linear::new("readout", features, classes, true, &mut initialiser);
        Ok(Self { layers, readout, input, classes, steps: neurons.steps })
    }

    /// Images `[B, pixels]` to logits.
    pub fn forward(&self, images: Tensor<2>, mode: Mode) -> Pass {
        let batch = images.dims()[0];
        let mut flowing = images;
        let mut passes = vec![];
        let mut spikes = None;
        for (i, layer) in self.layers.iter().enumerate() {
            if i > 0 {
                flowing = self.layers[i - 1].pool(flowing);
            }
            let (sent, pass) = layer.forward(flowing, batch, mode);
            passes.push(pass);
            flowing = sent.clone().reshape([self.steps * batch, layer.shape.count()]);
            spikes = Some(sent);
        }
        let (Some(last), Some(spikes)) = (self.layers.last(), spikes) else {
            return Pass { logits: self.readout.forward(flowing), step_logits: None, layers: passes };
        };
        if mode == Mode::Probe {
            let step_logits = self.readout.forward(last.pool(flowing));
            let per_step = step_logits.clone().reshape([self.steps, batch * self.classes]);
            let logits = per_step.mean_dim(0).reshape([batch, self.classes]);
            return Pass { logits, step_logits: Some(step_logits), layers: passes };
        }
        let mean = spikes.mean_dim(0).reshape([batch, last.shape.count()]);
        Pass { logits: self.readout.forward(last.pool(mean)), step_logits: None, layers: passes }
    }

    /// Takes in what a training pass left for the running statistics.
    pub fn absorb(&mut self, statistics: Vec<Option<BatchStatistics>>) {
        for (layer, statistics) in self.layers.iter_mut().zip(statistics) {
            layer.absorb(statistics);
        }
    }

    /// The same network on the device without autodiff, to evaluate with.
    pub fn without_autodiff(&self) -> Self {
        let mut network = self.clone();
        for parameter in network.parameters_mut() {
            *parameter = parameter.without_autodiff();
        }
        network
    }

    /// Every number of the network, in a fixed order.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let layers = self.layers.iter_mut().flat_map(SpikingLayer::parameters_mut);
        layers.chain(self.readout.parameters_mut()).collect()
    }

    /// Trained numbers in all.
    pub fn trained_count(&self) -> usize {
        self.clone().parameters_mut().iter().filter(|parameter| parameter.trained).map(|p| p.count()).sum()
    }

    /// The spiking layers, input side first.
    pub fn layers(&self) -> &[SpikingLayer] {
        &self.layers
    }

    /// The shape of an image.
    pub fn input(&self) -> MapShape {
        self.input
    }

    /// Where its numbers are.
    pub fn device(&self) -> Device {
        self.readout.device()
    }

    /// Classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Time steps T.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// For each layer, how many additions one spike of each of its neurons causes, `[N]`.
    pub fn fan_outs(&self) -> Vec<Vec<u32>> {
        let mut taken: Vec<Vec<u32>> = self.layers.iter().skip(1).map(|layer| layer.synapse().fan_out()).collect();
        if let Some(last) = self.layers.last() {
            taken.push(vec![self.classes as u32; last.outgoing().count()]);
        }
        self.layers.iter().zip(taken).map(|(layer, taken)| layer.fan_out(&taken)).collect()
    }

    /// Multiply-accumulates of the first layer, which takes the analogue image, at one time step.
    pub fn encoder_macs(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.synapse().macs())
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::neuron::Lif;

    const INPUT: MapShape = MapShape { channels: 1, height: 8, width: 8 };

    fn neurons(batch_norm: bool) -> Neurons {
        Neurons { lif: Lif::default(), steps: 3, amplitude: 1.0, train_amplitude: true, batch_norm }
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
        for architecture in [Architecture::Mlp(vec![24, 16]), Architecture::Conv(vec![4, 6])] {
            for batch_norm in [true, false] {
                let network = Network::new(&architecture, INPUT, 10, neurons(batch_norm), 1, &device);
                let mut network = network.expect("a network");
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
        for architecture in [Architecture::Mlp(vec![24, 16]), Architecture::Conv(vec![4, 6])] {
            let network = Network::new(&architecture, INPUT, 10, neurons(true), 1, &device).expect("a network");
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
        let network = Network::new(&Architecture::Conv(vec![4, 6]), INPUT, 10, neurons(true), 1, &device);
        let network = network.expect("a network");
        let fan_outs = network.fan_outs();
        assert_eq!(fan_outs.iter().map(Vec::len).collect::<Vec<_>>(), [4 * 64, 6 * 16]);
        // A pooled corner cell is seen by 4 windows of each of 6 channels, and a neuron at the end by 10 classes.
        assert_eq!((fan_outs[0][0], fan_outs[1][0]), (24, 10));
        assert_eq!(network.encoder_macs(), 4 * 9 * 64);
    }

    #[test]
    fn too_many_convolutions_are_refused_with_the_number_that_fits() {
        let error = Network::new(&Architecture::Conv(vec![2; 4]), INPUT, 10, neurons(true), 1, &Device::flex());
        let expected = "4 convolution layers halve an image of 8 x 8 down to nothing: at most 3 fit";
        assert_eq!(error.expect_err("too deep").to_string(), expected);
    }
}
