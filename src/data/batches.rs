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

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Epochs before the one that it is in.
    pub epoch: usize,
    /// Samples of this epoch before its own.
    met: usize,
    /// Samples of a step.
    batch: usize,
}

/// Steps of one batch size, from one place on.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: usize,
    start: Place,
}

impl Stretch {
    /// Steps from its beginning to the beginning of a later epoch, of so many samples each.
    fn steps_to(&self, epoch: usize, samples: usize) -> usize {
        let Place { epoch: first, met, batch } = self.start;
        match epoch.checked_sub(first) {
            None | Some(0) => 0,
            Some(epochs) => (samples - met) / batch + (epochs - 1).saturating_mul(samples / batch),
        }
    }
}

/// The batches of a run. Every epoch shuffles its samples anew and drops the last, smaller batch.
#[derive(Clone, Debug)]
pub struct BatchPlan {
    seed: u32,
    chosen: Vec<usize>,
    /// The first from step 0 on, each to the beginning of the next.
    stretches: Vec<Stretch>,
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
        let stretches = vec![Stretch { from: 0, start: Place { epoch: 0, met: 0, batch } }];
        let plan = Self { seed, stretches, order: vec![], chosen, epoch: None };
        plan.check(batch).map(|()| plan)
    }

    fn check(&self, batch: usize) -> Result<(), PlanError> {
        let samples = self.chosen.len();
        if (1..=samples).contains(&batch) { Ok(()) } else { Err(PlanError::Batch { batch, samples }) }
    }

    /// From a step on, at or behind all that were given before, so many samples a step. The epoch goes on with the samples that
    /// it has not met.
    ///
    /// # Errors
    ///
    /// When a batch has no samples, or more than there are.
    pub fn rebatch(&mut self, from: usize, batch: usize) -> Result<(), PlanError> {
        self.check(batch)?;
        let start = Place { batch, ..self.place(from) };
        let start = match self.chosen.len() - start.met >= batch {
            true => start,
            false => Place { epoch: start.epoch + 1, met: 0, batch },
        };
        self.stretches.push(Stretch { from, start });
        Ok(())
    }

    /// Where a step stands, counted from 0 over all epochs.
    pub fn place(&self, step: usize) -> Place {
        let samples = self.chosen.len();
        let stretch = self.stretches.iter().rfind(|stretch| stretch.from <= step).expect("one from step 0 on");
        let Place { epoch, met, batch } = stretch.start;
        let (within, rest) = (step - stretch.from, (samples - met) / batch);
        match within.checked_sub(rest) {
            None => Place { epoch, met: met + within * batch, batch },
            Some(later) => {
                let per_epoch = samples / batch;
                Place { epoch: epoch + 1 + later / per_epoch, met: later % per_epoch * batch, batch }
            }
        }
    }

    /// Training steps in an epoch of batches as a step's.
    pub fn steps_per_epoch(&self, step: usize) -> usize {
        self.chosen.len() / self.place(step).batch
    }

    /// The steps before a step, had every batch been as large as its own.
    pub fn even_step(&self, step: usize) -> usize {
        let Place { epoch, met, batch } = self.place(step);
        epoch.saturating_mul(self.chosen.len() / batch).saturating_add(met / batch)
    }

    /// The first step of an epoch.
    pub fn start_of(&self, epoch: usize) -> usize {
        let ends = self.stretches.iter().skip(1).map(|next| next.from).chain([usize::MAX]);
        let begins = |stretch: &Stretch| stretch.from.saturating_add(stretch.steps_to(epoch, self.chosen.len()));
        let mut starts = self.stretches.iter().map(begins).zip(ends);
        starts.find(|(start, end)| start <= end).map_or(usize::MAX, |(start, _)| start)
    }

    /// The samples of a step, counted from 0 over all epochs.
    pub fn indices(&mut self, step: usize) -> &[usize] {
        let Place { epoch, met, batch } = self.place(step);
        if self.epoch != Some(epoch) {
            self.order.clone_from(&self.chosen);
            self.order.shuffle(&mut stream(self.seed, FIRST_STREAM + epoch as u64));
            self.epoch = Some(epoch);
        }
        &self.order[met..][..batch]
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
        assert_eq!(plan.steps_per_epoch(0), 3);
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
    fn another_batch_size_goes_on_with_what_the_epoch_has_not_met() {
        let mut plan = BatchPlan::new(7, 12, 4).expect("a plan");
        let before: Vec<usize> = plan.indices(0).to_vec();
        plan.rebatch(1, 3).expect("a batch");
        // 4, then 3 and 3, and 2 are left over.
        let places: Vec<(usize, usize)> = (0..8).map(|step| (plan.place(step).epoch, plan.place(step).met)).collect();
        assert_eq!(places, [(0, 0), (0, 4), (0, 7), (1, 0), (1, 3), (1, 6), (1, 9), (2, 0)]);
        let met: Vec<usize> = (0..3).flat_map(|step| plan.indices(step).to_vec()).collect();
        assert_eq!((&met[..4], met.len()), (&before[..], 10));
        assert!((0..10).all(|i| !met[..i].contains(&met[i])), "no sample comes twice");
        assert_eq!([0, 1, 2, 3].map(|epoch| plan.start_of(epoch)), [0, 3, 7, 11]);
        assert_eq!([0, 1, 3].map(|step| plan.steps_per_epoch(step)), [3, 4, 4]);
    }

    #[test]
    fn where_too_few_are_left_for_the_larger_batch_the_next_epoch_begins() {
        let mut plan = BatchPlan::new(7, 12, 2).expect("a plan");
        plan.rebatch(4, 5).expect("a batch");
        plan.rebatch(7, 12).expect("a batch");
        let places: Vec<(usize, usize)> = (3..9).map(|step| (plan.place(step).epoch, plan.place(step).met)).collect();
        assert_eq!(places, [(0, 6), (1, 0), (1, 5), (2, 0), (3, 0), (4, 0)]);
        assert_eq!([1, 2, 3, 5].map(|epoch| plan.start_of(epoch)), [4, 6, 7, 9]);
        assert_eq!(plan.rebatch(9, 13), Err(PlanError::Batch { batch: 13, samples: 12 }));
    }

    #[test]
    fn with_one_batch_size_every_step_is_even() {
        let plan = of_50(7);
        assert!((0..40).all(|step| plan.even_step(step) == step));
        let mut plan = plan;
        plan.rebatch(9, 16).expect("a batch");
        // A whole epoch and 24 samples: one and a half of the larger batches, of which the half does not count.
        assert_eq!([8, 9, 10].map(|step| plan.even_step(step)), [8, 4, 6]);
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
