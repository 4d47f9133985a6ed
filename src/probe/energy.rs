//! What one inference costs on neuromorphic hardware, estimated from what was counted (methods, section 9.3). Memory
//! traffic and the updates of membrane potentials are left out, as in the papers.

use serde::{Deserialize, Serialize};

use crate::neuron::SpikeKind;

/// What one operation costs, in picojoules.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct EnergyModel {
    /// A multiply-accumulate, or a multiplied spike.
    pub multiply_accumulate: f64,
    /// A weight that a spike adds to a neuron: a synaptic operation that multiplies nothing.
    pub addition: f64,
    /// A current that is scaled once.
    pub multiplication: f64,
    /// A comparison of a spike that is sent with nothing; a ternary spike takes two.
    pub sign_test: f64,
}

impl EnergyModel {
    /// The model that most of the field uses: a 45 nm chip, 32-bit floats; sign tests are not counted.
    pub const NM_45: Self = Self { multiply_accumulate: 4.6, addition: 0.9, multiplication: 3.7, sign_test: 0.0 };
    /// The model behind the energy table of the Ternary Spike paper, decoded from its rows.
    pub const TERNARY_PAPER: Self =
        Self { multiply_accumulate: 12.5, addition: 0.077, multiplication: 3.7, sign_test: 3.7 };
}

/// What one inference did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Multiply-accumulates of what takes numbers that are no spikes: the first layer, which takes the analogue image at
    /// every time step unless its input is encoded in spikes, and what follows rectified currents.
    pub macs: f64,
    /// Multiply-accumulates of an ordinary network of the same layers: rectified units, once through.
    #[serde(default)]
    pub ordinary_macs: f64,
    /// Synaptic operations: neurons reached by spikes, over all layers, the input where it is spikes, and time steps.
    pub synaptic_operations: f64,
    /// Those among them that multiply: a real-valued spike through a real-valued weight. The others add.
    pub multiplied: f64,
    /// Spikes sent.
    pub spikes: f64,
    /// Currents out of binary weights, each multiplied once by what factor and norm fold to: neurons times time steps.
    #[serde(default)]
    pub scalings: f64,
    /// What those spikes are.
    pub kind: SpikeKind,
}

impl Counts {
    /// Those of an ordinary network of the same layers.
    #[must_use]
    pub fn ordinary(&self) -> Self {
        let macs = self.ordinary_macs;
        Self { macs, synaptic_operations: 0.0, multiplied: 0.0, spikes: 0.0, scalings: 0.0, ..*self }
    }

    /// By a model, in picojoules.
    #[must_use]
    pub fn picojoules(&self, model: &EnergyModel) -> f64 {
        let added = self.synaptic_operations - self.multiplied;
        let tests = if self.kind == SpikeKind::Ternary { 2.0 } else { 1.0 };
        model.multiply_accumulate * (self.macs + self.multiplied)
            + model.addition * added
            + model.multiplication * self.scalings
            + model.sign_test * tests * self.spikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Counts = Counts {
        macs: 0.0,
        ordinary_macs: 0.0,
        synaptic_operations: 0.0,
        multiplied: 0.0,
        spikes: 0.0,
        scalings: 0.0,
        kind: SpikeKind::Binary,
    };

    #[test]
    fn the_ternary_papers_table_comes_out() {
        let binary = Counts { macs: 3.54e6, synaptic_operations: 71.20e6, spikes: 0.11e6, ..NOTHING };
        let (kind, spikes) = (SpikeKind::Ternary, 0.115e6);
        let ternary = Counts { synaptic_operations: 79.21e6, spikes, kind, ..binary };
        let microjoules = |counts: Counts| (counts.picojoules(&EnergyModel::TERNARY_PAPER) / 1e4).round() / 100.0;
        assert_eq!([microjoules(binary), microjoules(ternary)], [50.14, 51.20]);
        // Methods, section 6.5: the same counts by the 45 nm model.
        let microjoules = |counts: Counts| (counts.picojoules(&EnergyModel::NM_45) / 1e5).round() / 10.0;
        assert_eq!([microjoules(binary), microjoules(ternary)], [80.4, 87.6]);
    }

    #[test]
    fn an_ordinary_network_multiplies_and_nothing_else() {
        let counts = Counts { macs: 9.0, ordinary_macs: 10.0, synaptic_operations: 7.0, spikes: 3.0, ..NOTHING };
        let ordinary = counts.ordinary();
        assert_eq!(
            [ordinary.picojoules(&EnergyModel::NM_45), ordinary.picojoules(&EnergyModel::TERNARY_PAPER)],
            [46.0, 125.0]
        );
    }

    #[test]
    fn a_real_valued_spike_multiplies_through_real_weights_and_a_current_out_of_binary_ones_is_scaled_once() {
        let real = Counts { synaptic_operations: 10.0, kind: SpikeKind::Real, ..NOTHING };
        let through_real = Counts { multiplied: 10.0, ..real };
        assert_eq!(
            [through_real.picojoules(&EnergyModel::NM_45), through_real.picojoules(&EnergyModel::TERNARY_PAPER)],
            [46.0, 125.0]
        );
        let through_binary = Counts { spikes: 2.0, scalings: 2.0, ..real };
        assert!((through_binary.picojoules(&EnergyModel::NM_45) - (9.0 + 7.4)).abs() < 1e-9);
        assert!((through_binary.picojoules(&EnergyModel::TERNARY_PAPER) - (0.77 + 14.8)).abs() < 1e-9);
    }
}
