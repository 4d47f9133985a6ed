//! Runs side by side, in lock-step: the same number of steps each, and with the same data, batch and seed the same batches
//! and initial weights, so that what differs is what their configs differ in.

use std::sync::Arc;

use burn::prelude::*;

use super::memory::{Room, check_room, memory_at_rest};
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

    /// Bytes that the runs take while none of them is at work.
    pub fn memory_at_rest(&self) -> u64 {
        let of = |session: &Session| memory_at_rest(session.config(), session.data.form, session.data.classes.len());
        self.sessions.iter().map(of).fold(0, u64::saturating_add)
    }

    /// Bytes of the twins that are kept for runs to come.
    pub fn memory_of_twins(&self) -> u64 {
        self.twins.bytes()
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
