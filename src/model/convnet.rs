//! Convolutional networks: 3x3 convolution, batch norm, neurons and 2x2 average pooling, for every number of channels.
//! Average pooling, because the largest of a ternary neuron's spikes would hide its negative ones.

use super::{ModelError, Rules};
use crate::layer::{Conv, ConvShape, Initialiser, MapShape, Neurons, Pooling, SpikingLayer, Synapse};

/// How many layers can halve an image until it is one pixel high or wide.
pub fn most_conv_layers(height: usize, width: usize) -> usize {
    height.min(width).max(1).ilog2() as usize
}

pub(super) fn layers(
    channels: &[usize],
    input: MapShape,
    neurons: Neurons,
    rules: Rules,
    initialiser: &mut Initialiser,
) -> Result<Vec<SpikingLayer>, ModelError> {
    let most = most_conv_layers(input.height, input.width);
    if channels.len() > most {
        let (height, width) = (input.height, input.width);
        return Err(ModelError::TooDeep { layers: channels.len(), height, width, most });
    }
    let mut incoming = input;
    let mut layers = vec![];
    for (i, &outputs) in channels.iter().enumerate() {
        let name = format!("layer{}", i + 1);
        let shape = ConvShape::same(incoming, outputs);
        let conv = Conv::new(&name, shape, !neurons.batch_norm, rules.of_layer(i), initialiser);
        layers.push(SpikingLayer::new(&name, Synapse::Conv(conv), Pooling::Average, neurons, initialiser));
        incoming = shape.output().halved();
    }
    Ok(layers)
}
