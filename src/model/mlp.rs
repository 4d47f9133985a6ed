//! Fully connected networks: linear, batch norm, neurons, for every width.

use super::Rules;
use crate::layer::{Initialiser, Linear, MapShape, Neurons, Pooling, SpikingLayer, Synapse};

pub(super) fn layers(
    widths: &[usize],
    input: MapShape,
    neurons: Neurons,
    rules: Rules,
    initialiser: &mut Initialiser,
) -> Vec<SpikingLayer> {
    let mut inputs = input.count();
    let mut layers = vec![];
    for (i, &width) in widths.iter().enumerate() {
        let name = format!("layer{}", i + 1);
        let linear = Linear::new(&name, [inputs, width], !neurons.batch_norm, rules.of_layer(i), initialiser);
        layers.push(SpikingLayer::new(&name, Synapse::Linear(linear), Pooling::None, neurons, initialiser));
        inputs = width;
    }
    layers
}
