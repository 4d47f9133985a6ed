//! The ANN twin: the run's own network of rectified units, trained first, which guides it. A twin is a run like any other
//! ([`SessionConfig::twin`]); lanes that need the same one share it, and it is kept for the next.

use std::sync::Arc;

use super::{Lanes, Session, SessionConfig, SessionError};
use crate::model::Network;

/// Twins that are kept; the oldest goes first.
const KEPT: usize = 8;

/// Trained twins, and the one that is being trained.
#[derive(Default)]
pub struct Twins {
    trained: Vec<(SessionConfig, Arc<Network>)>,
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
    /// Bytes of their weights.
    pub(super) fn bytes(&self) -> u64 {
        self.trained.iter().map(|twin| 4 * twin.1.trained_count() as u64).sum()
    }

    /// The trained twin of a run.
    pub(super) fn find(&self, twin: &SessionConfig) -> Option<Arc<Network>> {
        self.trained.iter().find(|(config, _)| config == twin).map(|(_, network)| network.clone())
    }

    /// These and others, of which the same twin counts once.
    pub(super) fn and(mut self, others: Self) -> Self {
        for (config, network) in others.trained {
            if self.find(&config).is_none() {
                self.keep(config, network);
            }
        }
        Self { under_way: self.under_way.or(others.under_way), ..self }
    }

    /// Takes in a trained twin.
    pub(super) fn keep(&mut self, twin: SessionConfig, network: Arc<Network>) {
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
        let wanted = like.config().twin();
        let mut session = match self.under_way.take() {
            Some(session) if *session.config() == wanted => session,
            _ => Session::new(wanted.clone(), like.data.clone(), &like.device.clone().inner())?,
        };
        let total = session.config().epochs * session.steps_per_epoch();
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

impl Lanes {
    /// The trained twin of a lane, whether it is guided by it or only compared with it.
    pub fn twin_of(&self, lane: usize) -> Option<Arc<Network>> {
        self.twins.find(&self.sessions.get(lane)?.config().twin())
    }

    /// Training steps of the next twin that a lane needs; `None` when every lane has what it needs.
    ///
    /// # Errors
    ///
    /// When the twin's loss stopped being a number, or the device gives no answer.
    pub async fn prepare(&mut self, steps: usize) -> Result<Option<Preparation>, SessionError> {
        for session in &mut self.sessions {
            if let (true, Some(twin)) = (session.needs_twin(), self.twins.find(&session.config().twin())) {
                session.set_twin(twin);
            }
        }
        let Some(like) = self.sessions.iter().find(|session| session.needs_twin()) else { return Ok(None) };
        let wanted = like.config().twin();
        let (preparation, network) = self.twins.advance(like, steps).await?;
        if let Some(network) = network {
            for session in &mut self.sessions {
                if session.needs_twin() && session.config().twin() == wanted {
                    session.set_twin(network.clone());
                }
            }
        }
        Ok(Some(preparation))
    }
}
