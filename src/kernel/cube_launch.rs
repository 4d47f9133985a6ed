//! Hands the GPU's kernels their buffers: one dispatch forward, one backward, and for a trained amplitude or
//! decay one more with Burn's sum.

use burn::backend::TensorMetadata;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::kernel::reduce::{SumStrategy, sum_fallback};
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::{CubeBackend, tensor::CubeTensor};
use cubecl::{CubeDim, calculate_cube_count_elemwise};

use super::adam::{AdamOps, AdamStep, BETA_1, BETA_2};
use super::cube::{self, Choices, amplitude_backward, backward, decay_backward, forward};
use super::ops::{NeuronOps, is_constant, stack};
use crate::neuron::Lif;

/// Threads in a workgroup.
const THREADS: u32 = 64;

impl NeuronOps for CubeBackend {
    fn lif(current: FloatTensor<Self>, parameters: FloatTensor<Self>, steps: usize, lif: Lif) -> FloatTensor<Self> {
        Self::lif_with_potentials(current, parameters, steps, lif).0
    }

    fn lif_with_potentials(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let choices = choices(&lif, &parameters, is_constant(&current, steps), false);
        let (current, parameters) = (into_contiguous(current), into_contiguous(parameters));
        let (spikes, potentials) = (empty_like(&current, steps), empty_like(&current, steps));
        let neurons = spikes.shape().num_elements() / steps;
        let client = current.client.clone();
        let dim = CubeDim::new_1d(THREADS);
        forward::launch(
            &client,
            calculate_cube_count_elemwise(&client, neurons, dim),
            dim,
            current.into_tensor_arg(),
            parameters.into_tensor_arg(),
            spikes.clone().into_tensor_arg(),
            potentials.clone().into_tensor_arg(),
            lif.decay,
            lif.threshold,
            choices,
        );
        (spikes, potentials)
    }

    fn lif_traced(
        current: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        steps: usize,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (spikes, potentials) = Self::lif_with_potentials(current, parameters, steps, lif);
        stack::<Self>(spikes, potentials)
    }

    fn lif_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        constant_current: bool,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (gradient, potentials) = (into_contiguous(gradient), into_contiguous(potentials));
        let parameters = into_contiguous(parameters);
        let steps = potentials.shape()[0];
        let traced = gradient.shape()[0] > steps;
        let out = empty_like(&potentials, if constant_current { 1 } else { steps });
        let neurons = potentials.shape().num_elements() / steps;
        let choices = choices(&lif, &parameters, constant_current, traced);
        let client = potentials.client.clone();
        let dim = CubeDim::new_1d(THREADS);
        backward::launch(
            &client,
            calculate_cube_count_elemwise(&client, neurons, dim),
            dim,
            gradient.into_tensor_arg(),
            potentials.into_tensor_arg(),
            parameters.into_tensor_arg(),
            out.clone().into_tensor_arg(),
            lif.decay,
            lif.threshold,
            lif.surrogate.parameter,
            lif.surrogate.height(lif.threshold),
            choices,
        );
        out
    }

    fn lif_amplitude_backward(
        gradient: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (gradient, potentials) = (into_contiguous(gradient), into_contiguous(potentials));
        let neurons = potentials.shape().num_elements() / potentials.shape()[0];
        let out = empty_like(&potentials, 1);
        let client = potentials.client.clone();
        let dim = CubeDim::new_1d(THREADS);
        amplitude_backward::launch(
            &client,
            calculate_cube_count_elemwise(&client, neurons, dim),
            dim,
            gradient.into_tensor_arg(),
            potentials.into_tensor_arg(),
            out.clone().into_tensor_arg(),
            lif.threshold,
            lif.spike,
        );
        sum(out)
    }

    fn lif_decay_backward(
        of_currents: FloatTensor<Self>,
        potentials: FloatTensor<Self>,
        lif: Lif,
    ) -> FloatTensor<Self> {
        let (of_currents, potentials) = (into_contiguous(of_currents), into_contiguous(potentials));
        let neurons = potentials.shape().num_elements() / potentials.shape()[0];
        let out = empty_like(&potentials, 1);
        let client = potentials.client.clone();
        let dim = CubeDim::new_1d(THREADS);
        decay_backward::launch(
            &client,
            calculate_cube_count_elemwise(&client, neurons, dim),
            dim,
            of_currents.into_tensor_arg(),
            potentials.into_tensor_arg(),
            out.clone().into_tensor_arg(),
            lif.threshold,
            (&lif).into(),
        );
        sum(out)
    }
}

/// The sum of all numbers of a tensor, `[1]`.
fn sum(tensor: CubeTensor) -> CubeTensor {
    sum_fallback(tensor, SumStrategy::default()).expect("a sum over a contiguous tensor of f32")
}

impl AdamOps for CubeBackend {
    fn adam(
        value: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let [value, gradient, first, second] = [value, gradient, first, second].map(into_contiguous);
        let count = value.shape()[0];
        // The moments in place, unless somebody else holds them.
        let [first, second] = [first, second].map(|tensor| if tensor.can_mut() { tensor } else { tensor.copy() });
        let next = empty_like(&value, count);
        let client = value.client.clone();
        let dim = CubeDim::new_1d(THREADS);
        cube::adam::launch(
            &client,
            calculate_cube_count_elemwise(&client, count, dim),
            dim,
            value.into_tensor_arg(),
            gradient.into_tensor_arg(),
            first.clone().into_tensor_arg(),
            second.clone().into_tensor_arg(),
            next.clone().into_tensor_arg(),
            BETA_1,
            BETA_2,
            step.rate,
            step.epsilon,
        );
        (next, first, second)
    }
}

fn choices(lif: &Lif, parameters: &CubeTensor, constant_current: bool, traced: bool) -> Choices {
    Choices { neuron: lif.into(), constant_current, traced, own_decay: parameters.shape()[0] > 1 }
}

/// An uninitialised tensor of the same shape, but for the size of the first axis.
fn empty_like(tensor: &CubeTensor, first: usize) -> CubeTensor {
    let mut shape = tensor.shape();
    shape[0] = first;
    empty_device_contiguous_dtype(tensor.client.clone(), tensor.device.clone(), shape, tensor.dtype)
}
