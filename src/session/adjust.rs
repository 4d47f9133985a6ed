//! A run that takes changes while it runs, and what holds at the step where it stands.

use super::changes::{self, Stage};
use super::memory::{Room, check_room};
use super::run::plan_for;
use super::{ConfigError, Session, SessionConfig, SessionError};

impl Session {
    /// Takes changes from its present step on: `config` is that of the run so far with others in its place from here on. A run that
    /// stands because its numbers stopped being numbers may go on.
    ///
    /// # Errors
    ///
    /// When it would be another run before its present step, a change is none that a running network takes, or there is no memory
    /// for it; the run stays as it is.
    pub fn adjust(&mut self, config: SessionConfig) -> Result<(), SessionError> {
        self.adjust_within(config, Room::here())
    }

    /// The same where there is `room` for the run.
    ///
    /// # Errors
    ///
    /// As those of [`adjust`](Self::adjust).
    pub fn adjust_within(&mut self, config: SessionConfig, room: Room) -> Result<(), SessionError> {
        config.validate()?;
        let stages = config.stages()?;
        let is_past = |stage: &&Stage| stage.from < self.step || stage.from == 0;
        if !stages.iter().filter(is_past).eq(self.stages.iter().filter(is_past)) {
            let value = format!("other than the run's before step {}", self.step);
            let accepted = "only what comes from here on can be changed".to_string();
            return Err(ConfigError { name: changes::NAME, value, accepted }.into());
        }
        // Each by itself, so that what is said of one is what would fit in its place.
        for stage in &stages {
            check_room(std::slice::from_ref(&stage.config), self.data.form, self.data.classes.len(), room)?;
        }
        let plan = plan_for(&stages, self.data.train.len())?;
        if stages != self.stages {
            self.stopped = None;
            // It would go on with the settings that it began with.
            self.evaluator = None;
        }
        (self.config, self.stages, self.plan) = (config, stages, plan);
        self.come_to(self.step);
        Ok(())
    }

    /// Stands at a step, with what holds there.
    pub(super) fn come_to(&mut self, step: usize) {
        self.step = step;
        self.stage = self.stages.iter().rposition(|stage| stage.from <= step).unwrap_or(0);
        let now = self.now();
        let (surrogate, reset_gradient, momentum, dropout) =
            (now.lif().surrogate, now.reset_gradient, now.momentum, now.pointnet.dropout);
        self.network.set_gradients(surrogate, reset_gradient);
        self.network.set_dropout(dropout);
        self.optimiser.set_momentum(momentum);
    }

    /// Any rate at all, from the first step on.
    #[cfg(test)]
    pub(super) fn set_rate(&mut self, rate: f32) {
        self.config.rate = rate;
        self.stages.iter_mut().for_each(|stage| stage.config.rate = rate);
    }

    /// The settings that hold at its present step.
    pub fn now(&self) -> &SessionConfig {
        &self.stages[self.stage].config
    }
}
