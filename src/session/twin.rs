//! The ANN twin: the run's own network of rectified units, trained first, which guides it. A twin is a run like any other
//! ([`SessionConfig::twin`]); lanes that need the same one share it, and it is kept for the next.

use std::sync::Arc;

use super::{Lanes, Session, SessionConfig, SessionError};
use crate::data::Identity;
use crate::model::Network;

/// Twins that are kept; the oldest goes first.
const KEPT: usize = 8;

/// What tells twins apart: their run, and the data by their content, because data of one's own all bear one name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TwinKey {
    pub config: SessionConfig,
    pub data: Identity,
}

/// Trained twins, and the one that is being trained.
#[derive(Default)]
pub struct Twins {
    trained: Vec<(TwinKey, Arc<Network>)>,
    under_way: Option<Session>,
}

/// A twin on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    /// Training steps it has taken.
    pub step: usize,
    /// Training steps it will take.
    pub total: usize,
    /// Share of its last batch that was classified correctly.
    pub accuracy: f32,
}

impl Twins {
    /// Bytes of the weights of the trained ones, and of all that the one under way takes, but for those that count with runs.
    pub(super) fn bytes_beside(&self, counted: &[TwinKey]) -> u64 {
        let trained = self.trained.iter().filter(|(key, _)| !counted.contains(key));
        let under_way = self.under_way.iter().filter(|twin| !counted.contains(&twin.key()));
        let weights = trained.map(|(_, network)| 4 * network.trained_count() as u64);
        weights.chain(under_way.map(Session::memory_at_rest)).fold(0, u64::saturating_add)
    }

    /// The trained twin of a run.
    pub(super) fn find(&self, twin: &TwinKey) -> Option<Arc<Network>> {
        self.trained.iter().find(|(key, _)| key == twin).map(|(_, network)| network.clone())
    }

    /// The one that is being trained.
    pub(super) fn under_way(&self) -> Option<&Session> {
        self.under_way.as_ref()
    }

    /// Takes in one that was begun elsewhere.
    pub(super) fn go_on_with(&mut self, twin: Session) {
        self.under_way = Some(twin);
    }

    /// These and others, of which the same twin counts once; of two that are being trained the others' goes on.
    pub(super) fn and(mut self, others: Self) -> Self {
        for (key, network) in others.trained {
            if self.find(&key).is_none() {
                self.keep(key, network);
            }
        }
        Self { under_way: others.under_way.or(self.under_way), ..self }
    }

    /// Takes in a trained twin.
    pub(super) fn keep(&mut self, twin: TwinKey, network: Arc<Network>) {
        if self.trained.len() >= KEPT {
            self.trained.remove(0);
        }
        self.trained.push((twin, network));
    }

    /// Training steps of `like`'s twin; the network once it is trained.
    async fn advance(
        &mut self,
        like: &Session,
        steps: usize,
    ) -> Result<(Preparation, Option<Arc<Network>>), SessionError> {
        let wanted = like.twin_key();
        let mut session = match self.under_way.take() {
            Some(session) if session.key() == wanted => session,
            _ => Session::new(wanted.config.clone(), like.data.clone(), &like.device.clone().inner())?,
        };
        let total = session.total_steps();
        let progress = session.train(steps.min(total - session.step())).await?;
        if let Some(reason) = progress.stopped {
            return Err(SessionError::Twin { reason });
        }
        let accuracy = progress.accuracies.last().copied().unwrap_or(0.0);
        let preparation = Preparation { step: session.step(), total, accuracy };
        if session.step() < total {
            self.under_way = Some(session);
            return Ok((preparation, None));
        }
        let network = Arc::new(session.network().without_autodiff());
        self.keep(wanted, network.clone());
        Ok((preparation, Some(network)))
    }
}

impl Session {
    /// What the run itself is known by, where it is a twin.
    pub(super) fn key(&self) -> TwinKey {
        TwinKey { config: self.config.clone(), data: self.data.identity() }
    }

    /// Training steps in all of its epochs.
    pub(super) fn total_steps(&self) -> usize {
        self.planned()
    }

    /// What the run's twin is known by.
    pub(super) fn twin_key(&self) -> TwinKey {
        TwinKey { config: self.config.twin(self.data.form), data: self.data.identity() }
    }
}

impl Lanes {
    /// The trained twin of a lane, whether it is guided by it or only compared with it.
    pub fn twin_of(&self, lane: usize) -> Option<Arc<Network>> {
        self.twins.find(&self.sessions.get(lane)?.twin_key())
    }

    /// Training steps of the next twin that a lane needs; `None` when every lane has what it needs.
    ///
    /// # Errors
    ///
    /// When the twin's loss stopped being a number, or the device gives no answer.
    pub async fn prepare(&mut self, steps: usize) -> Result<Option<Preparation>, SessionError> {
        for session in &mut self.sessions {
            if let (true, Some(twin)) = (session.needs_twin(), self.twins.find(&session.twin_key())) {
                session.set_twin(twin);
            }
        }
        let Some(like) = self.sessions.iter().find(|session| session.needs_twin()) else { return Ok(None) };
        let wanted = like.twin_key();
        let (preparation, network) = self.twins.advance(like, steps).await?;
        if let Some(network) = network {
            for session in &mut self.sessions {
                if session.needs_twin() && session.twin_key() == wanted {
                    session.set_twin(network.clone());
                }
            }
        }
        Ok(Some(preparation))
    }
}
