//! Which samples make a training step: a pure function of the seed and the step.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random streams below this one belong to the initial weights.
const FIRST_STREAM: u64 = 1 << 32;
/// The stream that chooses samples where not all are taken.
const CHOICE: u64 = FIRST_STREAM - 1;

/// Batches that there are too few samples for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A batch has none, or more than there are to choose from.
    #[error(
        "a batch of {batch} cannot be made of {samples} samples: it needs 1 at least, and as many as there are at most"
    )]
    Batch {
        /// Samples a batch.
        batch: usize,
        /// Samples that there are.
        samples: usize,
    },
    /// More samples are to be chosen than there are.
    #[error("{count} samples cannot be chosen out of {samples}")]
    Choice {
        /// Samples to choose.
        count: usize,
        /// Samples that there are.
        samples: usize,
    },
}

/// The batches of a run. Every epoch shuffles its samples anew and drops the last, smaller batch.
#[derive(Clone, Debug)]
pub struct BatchPlan {
    seed: u32,
    batch: usize,
    chosen: Vec<usize>,
    order: Vec<usize>,
    /// The epoch that `order` is of.
    epoch: Option<usize>,
}

impl BatchPlan {
    /// Batches of `batch` out of `samples` samples.
    ///
    /// # Errors
    ///
    /// When a batch has no samples, or more than there are.
    pub fn new(seed: u32, samples: usize, batch: usize) -> Result<Self, PlanError> {
        Self::of((0..samples).collect(), seed, batch)
    }

    /// Batches of `batch` out of `count` of `samples` samples, which the seed chooses.
    ///
    /// # Errors
    ///
    /// When there are fewer than `count`, or a batch has no samples or more than are chosen.
    pub fn choosing(seed: u32, samples: usize, count: usize, batch: usize) -> Result<Self, PlanError> {
        if count > samples {
            return Err(PlanError::Choice { count, samples });
        }
        let mut chosen: Vec<usize> = (0..samples).collect();
        chosen.shuffle(&mut stream(seed, CHOICE));
        chosen.truncate(count);
        Self::of(chosen, seed, batch)
    }

    fn of(chosen: Vec<usize>, seed: u32, batch: usize) -> Result<Self, PlanError> {
        if !(1..=chosen.len()).contains(&batch) {
            return Err(PlanError::Batch { batch, samples: chosen.len() });
        }
        Ok(Self { seed, batch, order: vec![], chosen, epoch: None })
    }

    /// Training steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.chosen.len() / self.batch
    }

    /// The samples of a step, counted from 0 over all epochs.
    pub fn indices(&mut self, step: usize) -> &[usize] {
        let (epoch, within) = (step / self.steps_per_epoch(), step % self.steps_per_epoch());
        if self.epoch != Some(epoch) {
            self.order.clone_from(&self.chosen);
            self.order.shuffle(&mut stream(self.seed, FIRST_STREAM + epoch as u64));
            self.epoch = Some(epoch);
        }
        &self.order[within * self.batch..][..self.batch]
    }
}

fn stream(seed: u32, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed.into());
    random.set_stream(stream);
    random
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_50(seed: u32) -> BatchPlan {
        BatchPlan::new(seed, 50, 8).expect("a plan")
    }

    #[test]
    fn batches_that_there_are_too_few_samples_for_are_refused() {
        let refused = |plan: Result<BatchPlan, PlanError>| plan.expect_err("refused");
        assert_eq!(refused(BatchPlan::new(7, 12, 13)), PlanError::Batch { batch: 13, samples: 12 });
        assert_eq!(refused(BatchPlan::new(7, 12, 0)), PlanError::Batch { batch: 0, samples: 12 });
        assert_eq!(refused(BatchPlan::new(7, 0, 1)), PlanError::Batch { batch: 1, samples: 0 });
        assert_eq!(refused(BatchPlan::choosing(7, 12, 13, 4)), PlanError::Choice { count: 13, samples: 12 });
        assert_eq!(refused(BatchPlan::choosing(7, 12, 3, 4)), PlanError::Batch { batch: 4, samples: 3 });
        assert_eq!(BatchPlan::new(7, 12, 12).expect("a plan").indices(5).len(), 12);
    }

    #[test]
    fn an_epoch_meets_every_sample_once() {
        let mut plan = BatchPlan::new(7, 12, 4).expect("a plan");
        assert_eq!(plan.steps_per_epoch(), 3);
        let mut met: Vec<usize> = (3..6).flat_map(|step| plan.indices(step).to_vec()).collect();
        met.sort_unstable();
        assert_eq!(met, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn chosen_samples_are_the_seeds_own_and_the_same_in_every_epoch() {
        let met = |seed: u32, epoch: usize| {
            let mut plan = BatchPlan::choosing(seed, 50, 12, 4).expect("a plan");
            let mut met: Vec<usize> = (3 * epoch..3 * epoch + 3).flat_map(|step| plan.indices(step).to_vec()).collect();
            met.sort_unstable();
            met
        };
        assert_eq!(met(7, 0).len(), 12);
        assert_eq!(met(7, 0), met(7, 3));
        assert_ne!(met(7, 0), met(8, 0));
        assert!(met(7, 0).windows(2).all(|pair| pair[0] < pair[1]), "no sample comes twice");
    }

    #[test]
    fn a_step_has_the_same_samples_however_it_is_reached() {
        let mut straight = of_50(7);
        let walked: Vec<Vec<usize>> = (0..20).map(|step| straight.indices(step).to_vec()).collect();
        for step in [19, 0, 7, 6, 13] {
            assert_eq!(of_50(7).indices(step), walked[step]);
        }
        assert_ne!(of_50(8).indices(0), walked[0]);
        assert_ne!(walked[0], walked[6], "the next epoch has an order of its own");
    }
}
