//! Optimisers over a network's parameters. The state is kept where a checkpoint can read it without waiting.

use burn::prelude::*;
use burn::tensor::Gradients;

use super::{OptimiserKind, Schedule, SessionConfig};
use crate::kernel::{self, AdamStep};
use crate::layer::Parameter;

/// What one parameter's optimiser remembers: first and second moment (Adam) or the velocity (SGD); nothing at first.
#[derive(Clone, Default)]
struct State {
    tensors: Vec<Tensor<1>>,
    /// Steps that Adam's moments have seen.
    time: usize,
}

/// The names of a state's tensors in a checkpoint.
fn state_names(kind: OptimiserKind) -> &'static [&'static str] {
    match kind {
        OptimiserKind::Adam => &["moment1", "moment2"],
        OptimiserKind::Sgd => &["velocity"],
    }
}

/// An optimiser and its state, one entry for each trained parameter in the network's order.
#[derive(Clone)]
pub(crate) struct Optimiser {
    kind: OptimiserKind,
    momentum: f32,
    states: Vec<State>,
}

impl Optimiser {
    /// An optimiser that remembers nothing yet.
    pub(crate) fn new(config: &SessionConfig) -> Self {
        Self { kind: config.optimiser, momentum: config.momentum, states: vec![] }
    }

    /// Keeps so much of a velocity from now on.
    pub(super) fn set_momentum(&mut self, momentum: f32) {
        self.momentum = momentum;
    }

    /// Moves every trained parameter against its gradient. A parameter without a gradient stays.
    pub(crate) fn step(&mut self, parameters: Vec<&mut Parameter>, mut gradients: Gradients, rate: f32) {
        let trained: Vec<_> = parameters.into_iter().filter(|parameter| parameter.trained).collect();
        self.states.resize_with(trained.len(), State::default);
        for (parameter, state) in trained.into_iter().zip(&mut self.states) {
            let Some(gradient) = parameter.flat().grad_remove(&mut gradients) else { continue };
            let value = parameter.flat().without_autodiff();
            let (value, next) = match self.kind {
                OptimiserKind::Adam => {
                    let State { tensors, time } = std::mem::take(state);
                    let step = AdamStep::new(rate, time + 1);
                    let moments = (!tensors.is_empty()).then(|| tensors.try_into().expect("two moments"));
                    let (value, moments) = kernel::adam(value, gradient, moments, step);
                    (value, State { tensors: moments.into(), time: time + 1 })
                }
                OptimiserKind::Sgd => {
                    let velocity = match state.tensors.pop() {
                        Some(velocity) => velocity * self.momentum + gradient,
                        None => gradient,
                    };
                    (value - velocity.clone() * rate, State { tensors: vec![velocity], time: 0 })
                }
            };
            parameter.step_to(value.autodiff());
            *state = next;
        }
    }

    /// The state as named tensors, `i.kind`, and the steps that Adam has seen.
    pub(super) fn tensors(&self) -> (Vec<(String, Tensor<1>)>, usize) {
        let names = state_names(self.kind);
        let of = |(i, state): (usize, &State)| -> Vec<(String, Tensor<1>)> {
            names.iter().zip(&state.tensors).map(|(name, tensor)| (format!("{i}.{name}"), tensor.clone())).collect()
        };
        let time = self.states.iter().map(|state| state.time).max().unwrap_or(0);
        (self.states.iter().enumerate().flat_map(of).collect(), time)
    }

    /// Puts back what [`tensors`](Self::tensors) gave: `take` answers a name and a count with the tensor, for trained
    /// parameters of `counts` numbers.
    pub(super) fn restore<E>(
        &mut self,
        counts: &[usize],
        time: usize,
        take: impl Fn(&str, usize) -> Result<Tensor<1>, E>,
    ) -> Result<(), E> {
        let names = state_names(self.kind);
        let of = |(i, count): (usize, &usize)| {
            let tensors = names.iter().map(|name| take(&format!("{i}.{name}"), *count)).collect::<Result<_, E>>()?;
            Ok(State { tensors, time })
        };
        self.states = counts.iter().enumerate().map(of).collect::<Result<_, E>>()?;
        Ok(())
    }
}

/// The learning rate of a step: constant, or half a cosine from the rate to zero over the planned epochs.
pub(super) fn rate_at(config: &SessionConfig, step: usize, steps_per_epoch: usize) -> f32 {
    match config.schedule {
        Schedule::Constant => config.rate,
        Schedule::Cosine => {
            let planned = (config.epochs * steps_per_epoch).max(1) as f64;
            let done = (step as f64 / planned).min(1.0);
            (f64::from(config.rate) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())) as f32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_starts_at_the_rate_halves_in_the_middle_and_ends_at_zero() {
        let config = SessionConfig { rate: 0.2, epochs: 2, schedule: Schedule::Cosine, ..Default::default() };
        let rates = [0, 10, 20, 25].map(|step| rate_at(&config, step, 10));
        for (rate, expected) in rates.into_iter().zip([0.2, 0.1, 0.0, 0.0]) {
            assert!((rate - expected).abs() < 1e-7, "{rate} {expected}");
        }
        assert_eq!(rate_at(&SessionConfig { schedule: Schedule::Constant, ..config }, 25, 10), 0.2);
    }
}
