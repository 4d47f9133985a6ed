//! What one inference costs on neuromorphic hardware, estimated from what was counted (methods, section 9.3). Memory
//! traffic and the updates of membrane potentials are left out, as in the papers.

use crate::neuron::SpikeKind;

/// What one inference did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Multiply-accumulates of the first layer, which takes the analogue image, over all time steps.
    pub encoder_macs: f64,
    /// Synaptic operations: neurons reached by spikes, over all other layers and time steps.
    pub synaptic_operations: f64,
    /// Spikes sent.
    pub spikes: f64,
    /// What those spikes are.
    pub kind: SpikeKind,
}

impl Counts {
    /// The model that most of the field uses, 45 nm, 32-bit floats: 4.6 pJ a multiply-accumulate, 0.9 pJ an addition.
    ///
    /// A synaptic operation is an addition where spikes are binary or ternary. A real-valued spike is multiplied by a
    /// real-valued weight, so there it is a multiply-accumulate; binary weights (ReverB-SNN) would spare that.
    pub fn picojoules_45nm(&self) -> f64 {
        let per_operation = if self.kind == SpikeKind::Real { 4.6 } else { 0.9 };
        4.6 * self.encoder_macs + per_operation * self.synaptic_operations
    }

    /// The model behind the energy table of the Ternary Spike paper (decoded from its rows): 12.5 pJ a multiply-accumulate,
    /// 77 fJ a synaptic operation, 3.7 pJ a sign test, of which a ternary spike takes two. Real-valued spikes multiply, as
    /// in [`picojoules_45nm`](Self::picojoules_45nm).
    pub fn picojoules_ternary_paper(&self) -> f64 {
        let per_operation = if self.kind == SpikeKind::Real { 12.5 } else { 0.077 };
        let tests = if self.kind == SpikeKind::Ternary { 2.0 } else { 1.0 };
        12.5 * self.encoder_macs + per_operation * self.synaptic_operations + 3.7 * tests * self.spikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ternary_papers_table_comes_out() {
        let binary =
            Counts { encoder_macs: 3.54e6, synaptic_operations: 71.20e6, spikes: 0.11e6, kind: SpikeKind::Binary };
        let ternary =
            Counts { encoder_macs: 3.54e6, synaptic_operations: 79.21e6, spikes: 0.115e6, kind: SpikeKind::Ternary };
        let microjoules = |counts: Counts| (counts.picojoules_ternary_paper() / 1e4).round() / 100.0;
        assert_eq!([microjoules(binary), microjoules(ternary)], [50.14, 51.20]);
        // Methods, section 6.5: the same counts by the 45 nm model.
        let microjoules = |counts: Counts| (counts.picojoules_45nm() / 1e5).round() / 10.0;
        assert_eq!([microjoules(binary), microjoules(ternary)], [80.4, 87.6]);
    }

    #[test]
    fn a_real_valued_spike_multiplies() {
        let counts = Counts { encoder_macs: 0.0, synaptic_operations: 10.0, spikes: 0.0, kind: SpikeKind::Real };
        assert_eq!([counts.picojoules_45nm(), counts.picojoules_ternary_paper()], [46.0, 125.0]);
    }
}
