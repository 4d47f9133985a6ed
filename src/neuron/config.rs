//! What decides a neuron: its spikes, its reset and its surrogate gradient.

use serde::{Deserialize, Serialize};

/// What a neuron sends when it fires, before the amplitude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum SpikeKind {
    /// {0, 1}: one where the membrane potential is over the threshold.
    #[default]
    Binary,
    /// {-1, 0, 1}: the sign of the membrane potential where its magnitude reaches the threshold (Ternary Spike, AAAI 2024).
    Ternary,
    /// The membrane potential itself where it reaches the threshold, else 0 (ReverB-SNN, ICML 2025).
    Real,
}

/// What firing does to the membrane potential. The amplitude never enters the reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Reset {
    /// Back to 0.
    #[default]
    Hard,
    /// Lowered by the threshold (raised, after a negative spike).
    Soft,
}

/// Whether gradients flow through the reset (methods, section 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ResetGradient {
    /// They do, as in the papers' public code.
    #[default]
    Attached,
    /// The spike in the reset counts as a constant.
    Detached,
}

/// The family of the surrogate derivative φ' of a step at threshold V, each with one parameter p (methods, section 1.3).
/// With x = (u - V) / w + 1/2, which is u itself at the papers' V = 0.5 and w = 1:
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum SurrogateKind {
    /// p is the width w: 1/w where 0 <= x <= 1 (Ternary Spike's code, binary).
    SteWindow,
    /// p is the width w: 2 / (2V + w) where |u| <= V + w/2, for ternary spikes only (Ternary Spike's code).
    SteTernary,
    /// p is the slope k, w = 1: k sech²(k (x - 1/2)) / (2 tanh(k/2)) where 0 <= x <= 1 (IM-Loss k = 3, Spiking PointNet k = 5).
    #[default]
    TanhWindow,
    /// p is the slope K: K/2 sech²(K (u - V)), everywhere (IM-Loss's evolutionary surrogate).
    Esg,
    /// p is the width a: 1/a where |u - V| < a/2 (Shortcut).
    Rect,
    /// p is the height γ: γ max(0, 1 - |u/V - 1|) (Shortcut).
    Tri,
    /// p is α: α/2 / (1 + (π/2 α (u - V))²), everywhere, from the arc tangent (PLIF, ICCV 2021; `ATan` of SpikingJelly and of
    /// snnTorch, whose default it is, α = 2).
    Arctan,
    /// p is the slope k: 1 / (1 + k |u - V|)², everywhere (SuperSpike, Neural Computation 2018, without its height; `fast_sigmoid` of
    /// snnTorch, k = 25, and `super` of Norse, k = 100).
    FastSigmoid,
}

/// A surrogate derivative: a family and its parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surrogate {
    /// The family.
    pub kind: SurrogateKind,
    /// Its one number, over 0.
    pub parameter: f32,
}

/// A leaky integrate-and-fire neuron without its input: `u_pre[t] = decay * u[t-1] + current[t]`, then a spike where
/// `u_pre` reaches the threshold, then the reset (methods, section 1.2). `u[0] = 0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lif {
    /// What it sends.
    pub spike: SpikeKind,
    /// What stays of the membrane potential from one time step to the next.
    pub decay: f32,
    /// The membrane potential that fires.
    pub threshold: f32,
    /// What firing does to the membrane potential.
    pub reset: Reset,
    /// Whether gradients flow through the reset.
    pub reset_gradient: ResetGradient,
    /// The derivative that stands in for the step's.
    pub surrogate: Surrogate,
}

impl Default for Lif {
    /// The control neuron of the experiments: binary, decay 0.25, threshold 0.5, hard reset, `TanhWindow(3)` (methods, section 9.1).
    fn default() -> Self {
        Self {
            spike: SpikeKind::Binary,
            decay: 0.25,
            threshold: 0.5,
            reset: Reset::Hard,
            reset_gradient: ResetGradient::Attached,
            surrogate: Surrogate { kind: SurrogateKind::TanhWindow, parameter: 3.0 },
        }
    }
}
