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
    /// What the optimiser keeps it within.
    range: Option<(f32, f32)>,
    value: Tensor<1>,
}

impl Parameter {
    /// A parameter of these values, on this device.
    pub fn new(name: String, shape: &[usize], trained: bool, values: Vec<f32>, device: &Device) -> Self {
        let count: usize = shape.iter().product();
        assert_eq!(values.len(), count, "values of {name}");
        let value = Tensor::from_data(TensorData::new(values, [count]), device);
        let mut parameter = Self { name, shape: shape.to_vec(), trained, range: None, value };
        parameter.set(parameter.value.clone());
        parameter
    }

    /// Numbers that are not trained.
    pub fn of(name: String, shape: &[usize], value: Tensor<1>) -> Self {
        Self { name, shape: shape.to_vec(), trained: false, range: None, value: value.detach() }
    }

    /// The same, kept from `low` to `high` by every step of an optimiser.
    pub fn within(self, low: f32, high: f32) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// What an optimiser makes of it, brought into its range.
    pub fn step_to(&mut self, value: Tensor<1>) {
        let value = match self.range {
            Some((low, high)) => value.clamp(low, high),
            None => value,
        };
        self.set(value);
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

    /// The same values on the device with autodiff, as constants.
    pub fn frozen(&self) -> Self {
        Self { value: self.without_autodiff().value.autodiff(), trained: false, ..self.clone() }
    }
}

/// Random streams of a seed, so that weights share no number with the order of the samples.
const WEIGHTS: u64 = 1;
const METHODS: u64 = 2;

/// Draws initial weights on the host, so that a seed gives the same network on every backend.
#[derive(Debug)]
pub struct Initialiser {
    random: ChaCha8Rng,
    device: Device,
}

impl Initialiser {
    /// Weights of `seed` for `device`.
    pub fn new(seed: u32, device: &Device) -> Self {
        Self::of_stream(seed, WEIGHTS, device)
    }

    /// Weights of what a method adds, which leave those of the network as they are without it.
    pub fn of_method(seed: u32, device: &Device) -> Self {
        Self::of_stream(seed, METHODS, device)
    }

    fn of_stream(seed: u32, stream: u64, device: &Device) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed));
        random.set_stream(stream);
        Self { random, device: device.clone() }
    }

    /// Uniform weights of variance `gain² / fan_in` (LeCun): at gain 1 unit inputs give unit currents.
    pub fn weight(&mut self, name: String, shape: &[usize], fan_in: usize, gain: f32) -> Parameter {
        let bound = gain * (3.0 / fan_in as f32).sqrt();
        let values = (0..shape.iter().product()).map(|_| self.random.random_range(-bound..bound)).collect();
        Parameter::new(name, shape, true, values, &self.device)
    }

    /// The same value everywhere.
    pub fn filled(&self, name: String, count: usize, value: f32, trained: bool) -> Parameter {
        Parameter::new(name, &[count], trained, vec![value; count], &self.device)
    }
}
