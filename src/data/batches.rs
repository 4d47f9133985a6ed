//! Which samples make a training step: a pure function of the seed and the step.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random streams below this one belong to the initial weights.
const FIRST_STREAM: u64 = 1 << 32;
/// The stream that chooses samples where not all are taken.
const CHOICE: u64 = FIRST_STREAM - 1;

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
    /// Batches of `batch` out of `samples` samples, of which there must be as many at least.
    pub fn new(seed: u32, samples: usize, batch: usize) -> Self {
        Self::of((0..samples).collect(), seed, batch)
    }

    /// Batches of `batch` out of `count` of `samples` samples, which the seed chooses.
    pub fn choosing(seed: u32, samples: usize, count: usize, batch: usize) -> Self {
        let mut chosen: Vec<usize> = (0..samples).collect();
        chosen.shuffle(&mut stream(seed, CHOICE));
        chosen.truncate(count);
        Self::of(chosen, seed, batch)
    }

    fn of(chosen: Vec<usize>, seed: u32, batch: usize) -> Self {
        Self { seed, batch, order: vec![], chosen, epoch: None }
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

    #[test]
    fn an_epoch_meets_every_sample_once() {
        let mut plan = BatchPlan::new(7, 12, 4);
        assert_eq!(plan.steps_per_epoch(), 3);
        let mut met: Vec<usize> = (3..6).flat_map(|step| plan.indices(step).to_vec()).collect();
        met.sort_unstable();
        assert_eq!(met, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn chosen_samples_are_the_seeds_own_and_the_same_in_every_epoch() {
        let met = |seed: u32, epoch: usize| {
            let mut plan = BatchPlan::choosing(seed, 50, 12, 4);
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
        let mut straight = BatchPlan::new(7, 50, 8);
        let walked: Vec<Vec<usize>> = (0..20).map(|step| straight.indices(step).to_vec()).collect();
        for step in [19, 0, 7, 6, 13] {
            assert_eq!(BatchPlan::new(7, 50, 8).indices(step), walked[step]);
        }
        assert_ne!(BatchPlan::new(8, 50, 8).indices(0), walked[0]);
        assert_ne!(walked[0], walked[6], "the next epoch has an order of its own");
    }
}
