//! Optimisers over a network's parameters. The arithmetic is Burn's; the state is kept where a checkpoint can read it
//! without waiting.

use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::prelude::*;
use burn::tensor::Gradients;

use super::{OptimiserKind, Schedule, SessionConfig};
use crate::model::Network;

/// What one parameter's optimiser remembers.
#[derive(Clone)]
pub(super) enum State {
    /// Nothing yet.
    Fresh,
    /// Moments and the number of steps they have seen.
    Adam(AdamState<1>),
    /// Velocity.
    Sgd(Tensor<1>),
}

/// An optimiser and its state, one entry for each trained parameter in the network's order.
#[derive(Clone)]
pub(crate) struct Optimiser {
    adam: Adam,
    kind: OptimiserKind,
    momentum: f32,
    states: Vec<State>,
}

impl Optimiser {
    /// An optimiser that remembers nothing yet.
    pub(crate) fn new(config: &SessionConfig) -> Self {
        let adam = AdamConfig::new().with_epsilon(1e-8).build();
        Self { adam, kind: config.optimiser, momentum: config.momentum, states: vec![] }
    }

    /// Moves every trained parameter against its gradient. A parameter without a gradient stays.
    pub(crate) fn step(&mut self, network: &mut Network, mut gradients: Gradients, rate: f32) {
        let trained = network.parameters_mut().into_iter().filter(|parameter| parameter.trained);
        for (i, parameter) in trained.enumerate() {
            if self.states.len() <= i {
                self.states.push(State::Fresh);
            }
            let Some(gradient) = parameter.flat().grad_remove(&mut gradients) else { continue };
            let value = parameter.flat().without_autodiff();
            let state = std::mem::replace(&mut self.states[i], State::Fresh);
            let (value, state) = match self.kind {
                OptimiserKind::Adam => {
                    let state = if let State::Adam(state) = state { Some(state) } else { None };
                    let (value, state) = self.adam.step(f64::from(rate), value, gradient, state);
                    (value, state.map_or(State::Fresh, State::Adam))
                }
                OptimiserKind::Sgd => {
                    let velocity = match state {
                        State::Sgd(velocity) => velocity * self.momentum + gradient,
                        State::Fresh | State::Adam(_) => gradient,
                    };
                    (value - velocity.clone() * rate, State::Sgd(velocity))
                }
            };
            parameter.set(value.autodiff());
            self.states[i] = state;
        }
    }

    /// The state as named tensors, `i.kind`, and the steps that Adam has seen.
    pub(super) fn tensors(&self) -> (Vec<(String, Tensor<1>)>, usize) {
        let mut tensors = vec![];
        let mut time = 0;
        for (i, state) in self.states.iter().enumerate() {
            match state {
                State::Fresh => {}
                State::Adam(AdamState { momentum }) => {
                    time = momentum.time;
                    tensors.push((format!("{i}.moment1"), momentum.moment_1.clone()));
                    tensors.push((format!("{i}.moment2"), momentum.moment_2.clone()));
                }
                State::Sgd(velocity) => tensors.push((format!("{i}.velocity"), velocity.clone())),
            }
        }
        (tensors, time)
    }

    /// Puts back what [`tensors`](Self::tensors) gave: `take` answers a name with its tensor, for each trained parameter.
    pub(super) fn restore(&mut self, trained: usize, time: usize, take: impl Fn(&str) -> Option<Tensor<1>>) {
        self.states = (0..trained)
            .map(|i| match self.kind {
                OptimiserKind::Adam => {
                    let moments = take(&format!("{i}.moment1")).zip(take(&format!("{i}.moment2")));
                    moments.map_or(State::Fresh, |(first, second)| {
                        State::Adam(AdamState::new(AdaptiveMomentumState::new(time, first, second)))
                    })
                }
                OptimiserKind::Sgd => take(&format!("{i}.velocity")).map_or(State::Fresh, State::Sgd),
            })
            .collect();
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
