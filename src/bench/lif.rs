//! One layer of neurons alone.

use burn::prelude::*;
use burn::tensor::TensorData;

use super::{noise, number};
use crate::kernel;
use crate::neuron::{self, Lif};
use crate::session::SessionError;

/// A layer of neurons: forward, and backward from a given gradient.
pub struct LifWork {
    current: Tensor<2>,
    gradient: Tensor<2>,
    amplitude: Tensor<1>,
    steps: usize,
}

impl LifWork {
    /// Currents `[steps, neurons]` in -1..2, about half of which fire.
    pub fn current(steps: usize, neurons: usize) -> Vec<f32> {
        noise(steps * neurons, -1.0, 2.0, 1)
    }

    /// A gradient of their spikes, `[steps, neurons]`, in -1..1.
    pub fn gradient(steps: usize, neurons: usize) -> Vec<f32> {
        noise(steps * neurons, -1.0, 1.0, 2)
    }

    /// The layer, on a device with autodiff.
    pub fn new(steps: usize, neurons: usize, device: &Device) -> Self {
        let tensor = |values| Tensor::<2>::from_data(TensorData::new(values, [steps, neurons]), device);
        Self {
            current: tensor(Self::current(steps, neurons)).require_grad(),
            gradient: tensor(Self::gradient(steps, neurons)),
            amplitude: Tensor::from_floats([1.0], device),
            steps,
        }
    }

    /// Spikes, and from their given gradient that of the currents; in one fused call or in tensor operations. Answers the sum
    /// of the gradients of the first 256 neurons at the first step.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn run(&self, fused: bool) -> Result<f32, SessionError> {
        let (current, amplitude) = (self.current.clone(), self.amplitude.clone());
        let lif = Lif::default();
        let spikes = if fused {
            neuron::lif(current, amplitude, self.steps, &lif)
        } else {
            neuron::reference::lif(current, amplitude, self.steps, &lif)
        };
        let gradients = kernel::given(spikes, self.gradient.clone()).backward();
        let gradient = self.current.grad(&gradients).expect("the currents require a gradient");
        number(gradient.slice([0..1, 0..256]).sum()).await
    }
}
