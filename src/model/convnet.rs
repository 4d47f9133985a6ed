//! Convolutional networks: 3x3 convolution, batch norm, neurons and 2x2 average pooling, for every number of channels.
//! Average pooling, because the largest of a ternary neuron's spikes would hide its negative ones.

use super::ModelError;
use crate::layer::{Initialiser, MapShape, Neurons, SpikingLayer, Synapse};

pub(super) fn layers(
    channels: &[usize],
    input: MapShape,
    neurons: Neurons,
    initialiser: &mut Initialiser,
) -> Result<Vec<SpikingLayer>, ModelError> {
    let most = input.height.min(input.width).max(1).ilog2() as usize;
    if channels.len() > most {
        let (height, width) = (input.height, input.width);
        return Err(ModelError::TooDeep { layers: channels.len(), height, width, most });
    }
    let mut incoming = input;
    let mut layers = vec![];
    for (i, &outputs) in channels.iter().enumerate() {
        let name = format!("layer{}", i + 1);
        let synapse = Synapse::conv(&name, incoming, outputs, !neurons.batch_norm, initialiser);
        let shape = MapShape { channels: outputs, ..incoming };
        layers.push(SpikingLayer::new(&name, synapse, shape, neurons, initialiser));
        incoming = shape.halved();
    }
    Ok(layers)
}
