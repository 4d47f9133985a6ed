//! Folding for inference: the same network with no batch norm and no amplitudes. What a batch norm did at evaluation and
//! the height of the spikes that flow in become part of the next weights, so that spikes are -1, 0 and 1 (or, real-valued,
//! potentials) and a synapse only adds.
//!
//! - Real-valued weights: `W' = a s W` and a bias, with `a` the producer's amplitude and `s` the norm's scale per channel
//!   (methods, sections 6.3 and 9.2).
//! - Binary weights stay -1 and 1. Factor, amplitude and scale are left as one multiplication per neuron and time step,
//!   none per synapse (methods, section 2.3, route c, with the scale on the current's side). Where a scale is negative the
//!   signs of its channel turn instead.
//! - An identity skip keeps the producer's amplitude as one number: it adds a constant, +a or -a, per spike.

use burn::prelude::*;

use super::Network;
use crate::layer::{Affine, Linear, Norm, Parameter, Skip, SpikingLayer, Synapse, Weight, WeightKind, signs};

impl Network {
    /// The same network, folded, on the device without autodiff. Its spikes are those of this one divided by their
    /// amplitudes, its logits the same, both to rounding.
    pub fn folded(&self) -> Self {
        let mut folded = self.without_autodiff();
        let device = folded.device();
        // Currents have no height of their own.
        let height = |layer: &SpikingLayer| {
            if layer.spikes() { layer.amplitude.flat() } else { Tensor::ones([1], &device) }
        };
        let heights: Vec<Tensor<1>> = folded.layers.iter().map(height).collect();
        // The image comes first, at its own height.
        let of = |source: Option<usize>| source.map_or_else(|| Tensor::ones([1], &device), |i| heights[i].clone());
        for (i, layer) in folded.layers.iter_mut().enumerate() {
            let source = self.source(i);
            fold_layer(layer, of(source), of(source.and_then(|source| self.source(source))));
        }
        for transform in &mut folded.transforms {
            transform.readout = fold_readout(&transform.readout, of(transform.layers.end.checked_sub(1)));
        }
        folded.readout = fold_readout(&folded.readout, of(self.layers.len().checked_sub(1)));
        folded
    }
}

fn fold_readout(readout: &Linear, incoming: Tensor<1>) -> Linear {
    let weight = readout.weight();
    let used = weight.used::<2>() * incoming.reshape([1, 1]);
    let used = constant_of(weight.latent(), used.reshape([weight.count()]));
    Linear::of(Weight::of(used, None), readout.bias().cloned())
}

/// `incoming` is the height of the spikes that flow into the layer, `around` of those that flow into its skip.
fn fold_layer(layer: &mut SpikingLayer, incoming: Tensor<1>, around: Tensor<1>) {
    let name = layer.name.clone();
    (layer.synapse, layer.norm) = fold_synapse(&name, &layer.synapse, layer.norm.take(), incoming);
    layer.skip = layer.skip.take().map(|skip| match skip {
        Skip::Identity { scale } => {
            let scale = scale.map_or(around.clone(), |scale| scale.flat() * around);
            Skip::Identity { scale: Some(Box::new(constant(format!("{name}.skip.scale"), scale))) }
        }
        Skip::Projection { conv, norm } => {
            let (synapse, norm) = fold_synapse(&format!("{name}.skip"), &Synapse::Conv(*conv), norm, around);
            let Synapse::Conv(conv) = synapse else { unreachable!("a folded convolution is one") };
            Skip::Projection { conv: Box::new(conv), norm }
        }
    });
    layer.amplitude = constant(format!("{name}.amplitude"), layer.amplitude.flat().ones_like());
    layer.decay = layer.decay.take().map(|decay| constant_of(&decay, decay.flat()));
}

fn fold_synapse(name: &str, synapse: &Synapse, norm: Option<Norm>, incoming: Tensor<1>) -> (Synapse, Option<Norm>) {
    let weight = synapse.weight();
    let device = incoming.device();
    let channels = synapse.output().channels;
    let bias = synapse.bias().map(Parameter::flat);
    let (scale, shift) = match &norm {
        Some(Norm::Batch(norm)) => {
            let (scale, shift) = norm.affine();
            let shift = match bias {
                Some(bias) => shift + bias * scale.clone(),
                None => shift,
            };
            (scale, shift)
        }
        Some(Norm::Affine(affine)) => (affine.scale.flat(), affine.shift.flat()),
        None => (Tensor::ones([channels], &device), bias.unwrap_or_else(|| Tensor::zeros([channels], &device))),
    };
    let scale = scale * incoming;
    match weight.kind() {
        WeightKind::Real => {
            let used = per_channel(synapse, weight.latent().flat(), scale);
            let bias = constant(format!("{name}.bias"), shift);
            (synapse.with(Weight::of(constant_of(weight.latent(), used), None), Some(bias)), None)
        }
        WeightKind::Binary => {
            let turned = signs(scale.clone());
            let factor = weight.factor().map_or_else(|| Tensor::ones([1], &device), Parameter::flat);
            let bits = per_channel(synapse, signs(weight.latent().flat()), turned);
            let one = constant(format!("{name}.factor"), Tensor::ones([1], &device));
            let affine = Affine {
                scale: constant(format!("{name}.scale"), scale.abs() * factor),
                shift: constant(format!("{name}.shift"), shift),
            };
            let weight = Weight::of(constant_of(weight.latent(), bits), Some(one));
            (synapse.with(weight, None), Some(Norm::Affine(Box::new(affine))))
        }
    }
}

/// Flat weights times one number for each of their output channels.
fn per_channel(synapse: &Synapse, weight: Tensor<1>, scale: Tensor<1>) -> Tensor<1> {
    let (count, channels) = (weight.dims()[0], scale.dims()[0]);
    match synapse {
        Synapse::Linear(_) | Synapse::Shared { .. } => {
            (weight.reshape([count / channels, channels]) * scale.reshape([1, channels])).reshape([count])
        }
        Synapse::Conv(_) => {
            (weight.reshape([channels, count / channels]) * scale.reshape([channels, 1])).reshape([count])
        }
    }
}

fn constant(name: String, value: Tensor<1>) -> Parameter {
    Parameter::of(name, &[value.dims()[0]], value)
}

/// Other numbers in a parameter's place.
fn constant_of(parameter: &Parameter, value: Tensor<1>) -> Parameter {
    Parameter::of(parameter.name.clone(), &parameter.shape, value)
}
