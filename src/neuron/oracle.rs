//! One neuron in f64, written straight from the equations (methods, sections 1.2 to 1.4), for tests to compare with.

use std::f64::consts::PI;

use super::{Lif, Reset, ResetGradient, SpikeKind, SurrogateKind};

/// What one neuron did with its currents.
pub struct Trace {
    /// What it sent, amplitude included.
    pub spikes: Vec<f64>,
    /// Its potentials before the reset.
    pub potentials: Vec<f64>,
}

fn sign(u: f64, lif: &Lif) -> f64 {
    let v = f64::from(lif.threshold);
    let fires = match lif.spike {
        SpikeKind::Binary => u > v,
        SpikeKind::Ternary => u.abs() >= v,
        SpikeKind::Real => u >= v,
    };
    if fires { u.signum() } else { 0.0 }
}

/// What is sent at amplitude 1.
fn sent(u: f64, lif: &Lif) -> f64 {
    let b = sign(u, lif);
    if u.is_nan() || (lif.spike == SpikeKind::Real && b != 0.0) { u } else { b }
}

/// The surrogate derivative at a potential.
pub fn slope(u: f64, lif: &Lif) -> f64 {
    let u = if lif.spike == SpikeKind::Ternary { u.abs() } else { u };
    let (v, p) = (f64::from(lif.threshold), f64::from(lif.surrogate.parameter));
    let when = |inside: bool, value: f64| if inside { value } else { 0.0 };
    let sech_squared = |z: f64| 1.0 / z.cosh().powi(2);
    match lif.surrogate.kind {
        SurrogateKind::SteWindow => when((0.0..=1.0).contains(&((u - v) / p + 0.5)), 1.0 / p),
        SurrogateKind::SteTernary => when(u.abs() <= v + p / 2.0, 1.0 / (v + p / 2.0)),
        SurrogateKind::TanhWindow => {
            let x = u - v + 0.5;
            when((0.0..=1.0).contains(&x), p * sech_squared(p * (x - 0.5)) / (2.0 * (p / 2.0).tanh()))
        }
        SurrogateKind::Esg => when(!u.is_nan(), p / 2.0 * sech_squared(p * (u - v))),
        SurrogateKind::Rect => when((u - v).abs() < p / 2.0, 1.0 / p),
        SurrogateKind::Tri => p * (1.0 - (u / v - 1.0).abs()).max(0.0),
        SurrogateKind::Arctan => when(!u.is_nan(), p / 2.0 / (1.0 + (PI / 2.0 * p * (u - v)).powi(2))),
        SurrogateKind::FastSigmoid => when(!u.is_nan(), 1.0 / (1.0 + p * (u - v).abs()).powi(2)),
    }
}

/// A function whose derivative is [`slope`]: the smooth twin of the spike, at amplitude 1.
pub fn smooth(u: f64, lif: &Lif) -> f64 {
    let (v, p) = (f64::from(lif.threshold), f64::from(lif.surrogate.parameter));
    let one_sided = |u: f64| match lif.surrogate.kind {
        SurrogateKind::SteWindow | SurrogateKind::Rect => (u - v).clamp(-p / 2.0, p / 2.0) / p,
        SurrogateKind::SteTernary => u.clamp(-v - p / 2.0, v + p / 2.0) / (v + p / 2.0),
        SurrogateKind::TanhWindow => ((u - v).clamp(-0.5, 0.5) * p).tanh() / (2.0 * (p / 2.0).tanh()),
        SurrogateKind::Esg => (p * (u - v)).tanh() / 2.0,
        SurrogateKind::Tri => {
            let x = (u / v - 1.0).clamp(-1.0, 1.0);
            p * v * (x - x * x.abs() / 2.0)
        }
        SurrogateKind::Arctan => (PI / 2.0 * p * (u - v)).atan() / PI,
        SurrogateKind::FastSigmoid => (u - v) / (1.0 + p * (u - v).abs()),
    };
    match (lif.spike, lif.surrogate.kind) {
        (SpikeKind::Ternary, SurrogateKind::SteTernary) => one_sided(u),
        // The odd extension, whose derivative at u is the slope at |u|.
        (SpikeKind::Ternary, _) => (one_sided(u.abs()) - one_sided(0.0)) * u.signum(),
        _ => one_sided(u),
    }
}

/// Whether no potential is so close to a threshold or to an edge of the surrogate that the last bit of an f32 decides.
pub fn is_clear(potentials: &[f64], lif: &Lif) -> bool {
    let (v, p) = (f64::from(lif.threshold), f64::from(lif.surrogate.parameter));
    let window = if lif.surrogate.kind == SurrogateKind::TanhWindow { 0.5 } else { p / 2.0 };
    let edges = [0.0, v, 2.0 * v, v - window, v + window];
    potentials.iter().all(|u| edges.iter().all(|edge| (u.abs() - edge.abs()).abs() > 1e-4))
}

pub fn forward(currents: &[f64], amplitude: f64, lif: &Lif) -> Trace {
    let mut trace = Trace { spikes: vec![], potentials: vec![] };
    let mut kept = 0.0;
    for current in currents {
        let u = f64::from(lif.decay) * kept + current;
        trace.potentials.push(u);
        trace.spikes.push(amplitude * sent(u, lif));
        kept = left(u, lif);
    }
    trace
}

/// What the reset leaves of a potential.
fn left(u: f64, lif: &Lif) -> f64 {
    let b = sign(u, lif);
    match lif.reset {
        Reset::Hard if b != 0.0 => 0.0,
        Reset::Hard => u,
        Reset::Soft => u - f64::from(lif.threshold) * b,
    }
}

/// Gradient of the decay, from that of the currents: each potential's, times what was left before it.
pub fn of_decay(of_currents: &[f64], potentials: &[f64], lif: &Lif) -> f64 {
    of_currents.iter().skip(1).zip(potentials).map(|(gradient, u)| gradient * left(*u, lif)).sum()
}

/// Gradients of the currents and of the amplitude, from those of the spikes.
pub fn backward(gradient: &[f64], potentials: &[f64], amplitude: f64, lif: &Lif) -> (Vec<f64>, f64) {
    let none = vec![0.0; potentials.len()];
    let of_amplitude = gradient.iter().zip(potentials).map(|(gradient, u)| gradient * sent(*u, lif)).sum();
    (recursion(gradient, &none, potentials, amplitude, lif), of_amplitude)
}

/// Gradients of the currents, from those of the potentials.
pub fn backward_of_potentials(gradient: &[f64], potentials: &[f64], lif: &Lif) -> Vec<f64> {
    recursion(&vec![0.0; potentials.len()], gradient, potentials, 1.0, lif)
}

fn recursion(of_spikes: &[f64], of_potentials: &[f64], potentials: &[f64], amplitude: f64, lif: &Lif) -> Vec<f64> {
    let v = f64::from(lif.threshold);
    let mut currents = vec![0.0; potentials.len()];
    let mut kept_gradient = 0.0;
    for t in (0..potentials.len()).rev() {
        let u = potentials[t];
        let b = sign(u, lif);
        let phi = slope(u, lif);
        // d sent / du, and d kept / du along the potential itself and along the spike in the reset.
        let (sent_slope, mask_slope) = match (lif.spike, lif.reset) {
            (SpikeKind::Real, _) => (b, 0.0),
            (SpikeKind::Ternary, Reset::Hard) => (phi, b * phi),
            (SpikeKind::Binary, _) | (SpikeKind::Ternary, Reset::Soft) => (phi, phi),
        };
        let (direct, pull) = match lif.reset {
            Reset::Hard => (1.0 - b.abs(), u),
            Reset::Soft => (1.0, v),
        };
        let through_reset = match lif.reset_gradient {
            ResetGradient::Attached if mask_slope != 0.0 => -pull * mask_slope,
            ResetGradient::Attached | ResetGradient::Detached => 0.0,
        };
        // Where the reset keeps nothing, nothing goes back, whatever is carried.
        let kept = direct + through_reset;
        let through_kept = if kept == 0.0 { 0.0 } else { kept_gradient * kept };
        currents[t] = amplitude * of_spikes[t] * sent_slope + through_kept + of_potentials[t];
        kept_gradient = f64::from(lif.decay) * currents[t];
    }
    currents
}
