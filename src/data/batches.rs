//! Which samples make a training step: a pure function of the seed and the step.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random streams below this one belong to the initial weights.
const FIRST_STREAM: u64 = 1 << 32;

/// The batches of a run. Every epoch shuffles all samples anew and drops the last, smaller batch.
#[derive(Clone, Debug)]
pub struct BatchPlan {
    seed: u32,
    batch: usize,
    order: Vec<usize>,
    /// The epoch that `order` is of.
    epoch: Option<usize>,
}

impl BatchPlan {
    /// Batches of `batch` out of `samples` samples, of which there must be as many at least.
    pub fn new(seed: u32, samples: usize, batch: usize) -> Self {
        Self { seed, batch, order: vec![0; samples], epoch: None }
    }

    /// Training steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.order.len() / self.batch
    }

    /// The samples of a step, counted from 0 over all epochs.
    pub fn indices(&mut self, step: usize) -> &[usize] {
        let (epoch, within) = (step / self.steps_per_epoch(), step % self.steps_per_epoch());
        if self.epoch != Some(epoch) {
            let mut random = ChaCha8Rng::seed_from_u64(self.seed.into());
            random.set_stream(FIRST_STREAM + epoch as u64);
            self.order.iter_mut().enumerate().for_each(|(i, sample)| *sample = i);
            self.order.shuffle(&mut random);
            self.epoch = Some(epoch);
        }
        &self.order[within * self.batch..][..self.batch]
    }
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
