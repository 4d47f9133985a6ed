//! A network's numbers. They are kept flat, `[n]`, with their shape beside them: the optimiser, checkpoints and the
//! switch between devices then treat a bias and a convolution alike. A layer reshapes them where it uses them, which
//! moves nothing.

use burn::prelude::*;
use burn::tensor::TensorData;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A named tensor of a network.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its place in the network, such as `layer1.weight`.
    pub name: String,
    /// Its shape where it is used.
    pub shape: Vec<usize>,
    /// Whether the optimiser moves it. Running statistics are not trained.
    pub trained: bool,
    value: Tensor<1>,
}

impl Parameter {
    /// A parameter of these values, on this device.
    pub fn new(name: String, shape: &[usize], trained: bool, values: Vec<f32>, device: &Device) -> Self {
        let count: usize = shape.iter().product();
        assert_eq!(values.len(), count, "values of {name}");
        let value = Tensor::from_data(TensorData::new(values, [count]), device);
        let mut parameter = Self { name, shape: shape.to_vec(), trained, value };
        parameter.set(parameter.value.clone());
        parameter
    }

    /// Numbers in it.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The values, flat.
    pub fn flat(&self) -> Tensor<1> {
        self.value.clone()
    }

    /// The values in their shape, of `D` axes.
    pub fn tensor<const D: usize>(&self) -> Tensor<D> {
        let shape: [usize; D] = self.shape.as_slice().try_into().expect("the rank of the parameter");
        self.value.clone().reshape(shape)
    }

    /// Replaces the values, which start a new gradient history.
    pub fn set(&mut self, value: Tensor<1>) {
        let value = value.detach();
        self.value = if self.trained && value.device().is_autodiff() { value.require_grad() } else { value };
    }

    /// The same values on the device without autodiff.
    pub fn without_autodiff(&self) -> Self {
        Self { value: self.value.clone().without_autodiff(), ..self.clone() }
    }
}

/// Draws initial weights on the host, so that a seed gives the same network on every backend.
#[derive(Debug)]
pub struct Initialiser {
    random: ChaCha8Rng,
    device: Device,
}

impl Initialiser {
    /// Weights of `seed` for `device`.
    pub fn new(seed: u32, device: &Device) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed));
        // Stream 1 is the weights', so that they share no number with the order of the samples.
        random.set_stream(1);
        Self { random, device: device.clone() }
    }

    /// Uniform weights of variance `1 / fan_in` (LeCun), so that unit inputs give unit currents.
    pub fn weight(&mut self, name: String, shape: &[usize], fan_in: usize) -> Parameter {
        let bound = (3.0 / fan_in as f32).sqrt();
        let values = (0..shape.iter().product()).map(|_| self.random.random_range(-bound..bound)).collect();
        Parameter::new(name, shape, true, values, &self.device)
    }

    /// The same value everywhere.
    pub fn filled(&self, name: String, count: usize, value: f32, trained: bool) -> Parameter {
        Parameter::new(name, &[count], trained, vec![value; count], &self.device)
    }
}
