//! Fully connected networks: linear, batch norm, neurons, for every width.

use crate::layer::{Initialiser, MapShape, Neurons, SpikingLayer, Synapse};

pub(super) fn layers(
    widths: &[usize],
    input: MapShape,
    neurons: Neurons,
    initialiser: &mut Initialiser,
) -> Vec<SpikingLayer> {
    let mut inputs = input.count();
    let mut layers = vec![];
    for (i, &width) in widths.iter().enumerate() {
        let name = format!("layer{}", i + 1);
        let synapse = Synapse::linear(&name, inputs, width, !neurons.batch_norm, initialiser);
        layers.push(SpikingLayer::new(&name, synapse, MapShape::units(width), neurons, initialiser));
        inputs = width;
    }
    layers
}
