//! Residual networks, narrow: a 3x3 stem with 2x2 average pooling, then for every width a stage of blocks, each conv, norm,
//! neurons, conv, norm, plus the skip, neurons, as in the papers' code (methods, section 6.2). The first block of every
//! stage but the first halves the map by a stride of 2, and its skip is a 1x1 convolution with a norm; the papers' own
//! networks are 8 to 16 times wider. Space is averaged in front of the readout.

use super::{ModelError, Rules};
use crate::layer::{
    BatchNorm, Conv, ConvShape, Initialiser, MapShape, Neurons, Norm, Pooling, Skip, SpikingLayer, Synapse, Window,
};

/// The smallest side that the stem's pooling can halve.
const SMALLEST_SIDE: usize = 2;

pub(super) fn layers(
    widths: &[usize],
    blocks: usize,
    input: MapShape,
    neurons: Neurons,
    rules: Rules,
    initialiser: &mut Initialiser,
) -> Result<Vec<SpikingLayer>, ModelError> {
    let (height, width) = (input.height, input.width);
    if height.min(width) < SMALLEST_SIDE {
        return Err(ModelError::TooDeep { layers: widths.len(), height, width, most: 0 });
    }
    let mut builder = Builder { neurons, rules, initialiser, layers: vec![] };
    let stem = widths.first().copied().unwrap_or(1);
    let mut incoming = builder.conv(ConvShape::same(input, stem), Pooling::Average, None);
    for (stage, &outputs) in widths.iter().enumerate() {
        for block in 0..blocks {
            incoming = builder.block(incoming, outputs, stage > 0 && block == 0);
        }
    }
    Ok(builder.layers)
}

struct Builder<'a> {
    neurons: Neurons,
    rules: Rules,
    initialiser: &'a mut Initialiser,
    layers: Vec<SpikingLayer>,
}

impl Builder<'_> {
    fn block(&mut self, input: MapShape, outputs: usize, halves: bool) -> MapShape {
        let shape = |window: Window| {
            let window = if halves { window.halving() } else { window };
            ConvShape { input, outputs, window }
        };
        let between = self.conv(shape(Window::SQUARE), Pooling::None, None);
        let straight = !halves && input.channels == outputs;
        let around = (!straight).then(|| shape(Window::POINT));
        self.conv(ConvShape::same(between, outputs), Pooling::None, Some(around))
    }

    /// A layer, at the end of a block where there is a way around it; the shape that flows on.
    fn conv(&mut self, shape: ConvShape, pooling: Pooling, skip: Option<Option<ConvShape>>) -> MapShape {
        let (place, bias) = (self.layers.len(), !self.neurons.batch_norm);
        let name = format!("layer{}", place + 1);
        let rule = self.rules.of_layer(place);
        let conv = Conv::new(&name, shape, bias, rule, self.initialiser);
        let layer = SpikingLayer::new(&name, Synapse::Conv(conv), pooling, self.neurons, self.initialiser);
        let layer = match skip {
            None => layer,
            Some(None) => layer.with_skip(Skip::Identity { scale: None }),
            Some(Some(around)) => {
                let name = format!("{name}.skip");
                let conv = Box::new(Conv::new(&name, around, false, rule, self.initialiser));
                let norm = self.neurons.batch_norm;
                let norm = norm.then(|| BatchNorm::new(&format!("{name}.norm"), around.outputs, self.initialiser));
                layer.with_skip(Skip::Projection { conv, norm: norm.map(|norm| Norm::Batch(Box::new(norm))) })
            }
        };
        let outgoing = layer.outgoing();
        self.layers.push(layer);
        outgoing
    }
}
