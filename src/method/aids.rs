//! What methods add beside the network while it trains: branches, a memory, and the twin that guides it.

use std::sync::Arc;

use burn::prelude::*;

use super::contrast::{ContrastConfig, Memory};
use super::enof::EnofConfig;
use super::im_loss::ImLossConfig;
use super::paradigm::ParadigmConfig;
use super::shortcut::{Branches, ShortcutConfig, ShortcutKind};
use crate::layer::{Initialiser, Linear, Mode, Parameter};
use crate::model::{Input, Network, Pass};

/// The methods of a run.
#[derive(Clone, Copy, Debug)]
pub struct Methods {
    /// Branches.
    pub shortcut: ShortcutConfig,
    /// The loss on potentials.
    pub im_loss: ImLossConfig,
    /// The loss on features.
    pub contrast: ContrastConfig,
    /// The loss in front of the readout.
    pub enof: EnofConfig,
    /// What the cross-entropy is of.
    pub paradigm: ParadigmConfig,
}

impl Methods {
    /// Whether a trained twin has to guide the network.
    pub fn need_twin(&self) -> bool {
        self.contrast.contrast > 0.0 || self.enof.align > 0.0
    }
}

/// What a training pass is to be judged by, `[1]` both.
#[derive(Debug)]
pub struct Loss {
    /// With the terms of all methods.
    pub whole: Tensor<1>,
    /// The cross-entropy in it, which runs with and without a method can be compared by.
    pub cross_entropy: Tensor<1>,
}

/// What stands beside a network while it trains. Nothing of it is there at inference.
#[derive(Clone, Debug)]
pub struct Aids {
    branches: Branches,
    memory: Memory,
    /// The twin on the device without autodiff, and its readout as constants of the one with it.
    twin: Option<(Arc<Network>, Linear)>,
}

impl Aids {
    /// Fresh ones for a network. Their seed leaves the network's own weights as they are without them.
    pub fn new(methods: &Methods, network: &Network, seed: u32, device: &Device) -> Self {
        let mut initialiser = Initialiser::of_method(seed, device);
        let branches = match methods.shortcut.shortcut {
            ShortcutKind::Off => Branches::default(),
            ShortcutKind::Fixed | ShortcutKind::Evolving => Branches::new(network, &mut initialiser),
        };
        let samples = if methods.contrast.contrast > 0.0 { methods.contrast.contrast_memory } else { 0 };
        Self { branches, memory: Memory::new(network, samples, &initialiser), twin: None }
    }

    /// Puts the trained twin beside the network.
    pub fn set_twin(&mut self, twin: Arc<Network>) {
        let readout = twin.frozen().readout().clone();
        self.twin = Some((twin, readout));
    }

    /// The trained twin.
    pub fn twin(&self) -> Option<&Arc<Network>> {
        self.twin.as_ref().map(|(twin, _)| twin)
    }

    /// The loss of a training pass, with `weight` on the branches. `input` is what the twin takes of the batch.
    pub fn loss(
        &mut self,
        methods: &Methods,
        network: &Network,
        pass: &Pass,
        input: &Input,
        targets: Tensor<2>,
        weight: f32,
    ) -> Loss {
        let logits = self.branches.join(network, pass, weight);
        let cross_entropy = methods.paradigm.cross_entropy(network, pass, logits, targets);
        let mut loss = cross_entropy.clone();
        if let Some(term) = pass.own_loss.clone() {
            loss = loss + term;
        }
        if let Some(term) = methods.im_loss.loss(network, pass) {
            loss = loss + term;
        }
        if let (true, Some((twin, readout))) = (methods.need_twin(), &self.twin) {
            let batch = input.batch();
            let guide = twin.forward(input.clone().without_autodiff(), Mode::Evaluate);
            if methods.enof.align > 0.0 {
                loss = loss + methods.enof.loss(pass, guide.logits.clone().autodiff(), readout);
            }
            if methods.contrast.contrast > 0.0 {
                let features = |network: &Network, pass: &Pass| -> Vec<Tensor<2>> {
                    let layers = pass.layers.iter().enumerate();
                    layers.map(|(layer, pass)| network.layer_features(layer, pass, batch)).collect()
                };
                let of_twin: Vec<Tensor<2>> = features(twin, &guide).into_iter().map(Tensor::autodiff).collect();
                let memory = self.memory.features();
                if let Some(term) = methods.contrast.loss(&features(network, pass), &of_twin, &memory) {
                    loss = loss + term;
                }
                self.memory.remember(&of_twin);
            }
        }
        Loss { whole: loss, cross_entropy }
    }

    /// Their numbers, in a fixed order; the twin's are not among them.
    pub fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let branches = self.branches.readouts.iter_mut().flat_map(|(_, readout)| readout.parameters_mut());
        branches.chain(&mut self.memory.layers).collect()
    }
}
