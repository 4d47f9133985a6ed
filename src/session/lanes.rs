//! Runs side by side, in lock-step: the same number of steps each, and with the same data, batch and seed the same batches
//! and initial weights, so that what differs is what their configs differ in.

use std::sync::Arc;

use burn::prelude::*;

use super::memory::{Room, check_room};
use super::twin::TwinKey;
use super::{Progress, Session, SessionConfig, SessionError, Twins};
use crate::data::DataSet;

/// Runs that go on together.
#[derive(Default)]
pub struct Lanes {
    pub(super) sessions: Vec<Session>,
    pub(super) twins: Twins,
}

impl Lanes {
    /// Runs from step 0, one for each config. `device` is one without autodiff.
    ///
    /// # Errors
    ///
    /// The first config that cannot run, or that all together take more memory than there is.
    pub fn new(configs: Vec<SessionConfig>, data: &Arc<DataSet>, device: &Device) -> Result<Self, SessionError> {
        configs.iter().try_for_each(SessionConfig::validate)?;
        check_room(&configs, data.form, data.classes.len(), Room::here())?;
        let sessions = configs.into_iter().map(|config| Session::new(config, data.clone(), device));
        Ok(Self { sessions: sessions.collect::<Result<_, _>>()?, twins: Twins::default() })
    }

    /// Runs that are there already.
    pub fn of(sessions: Vec<Session>) -> Self {
        Self { sessions, twins: Twins::default() }
    }

    /// The same, with the twins that were trained for others besides its own.
    pub fn with_twins(self, twins: Twins) -> Self {
        Self { twins: twins.and(self.twins), ..self }
    }

    /// The twins that were trained for these lanes and others before them.
    pub fn into_twins(self) -> Twins {
        self.twins
    }

    /// Bytes that the runs and the twins beside them take while none of them is at work.
    pub fn memory_at_rest(&self) -> u64 {
        let counted: Vec<TwinKey> =
            self.sessions.iter().filter(|session| session.is_guided()).map(Session::twin_key).collect();
        let runs = self.sessions.iter().map(Session::memory_at_rest).fold(0, u64::saturating_add);
        runs.saturating_add(self.twins.bytes_beside(&counted))
    }

    /// Bytes of the twins that are kept, and of the one that is being trained, beside runs on a data set: those that guide
    /// the runs count with them.
    pub fn memory_of_twins_beside(&self, configs: &[SessionConfig], data: &DataSet) -> u64 {
        let guided = configs.iter().filter(|config| config.methods().need_twin());
        let key = |config: &SessionConfig| TwinKey { config: config.twin(data.form), data: data.identity() };
        let counted: Vec<TwinKey> = guided.map(key).collect();
        self.twins.bytes_beside(&counted)
    }

    /// The runs.
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The runs, to change.
    pub fn sessions_mut(&mut self) -> &mut [Session] {
        &mut self.sessions
    }

    /// The same number of steps in every lane. A lane that stopped stays where it is.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn train(&mut self, steps: usize) -> Result<Vec<Progress>, SessionError> {
        let mut progress = vec![];
        for session in &mut self.sessions {
            progress.push(session.train(steps).await?);
        }
        Ok(progress)
    }
}
