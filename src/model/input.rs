//! What flows into a network.

use burn::prelude::*;

use crate::kernel;

/// A batch of samples, the same at every time step or another at each.
#[derive(Clone, Debug)]
pub struct Input {
    /// `[B, numbers]`, or `[T * B, numbers]`, time step after time step.
    pub(super) rows: Tensor<2>,
    pub(super) batch: usize,
}

impl Input {
    /// `batch` samples that are others at each time step: `[T * B, numbers]`, time step after time step. T is the network's, or 1 for what is
    /// the same at every time step. A network of a single time step takes the mean over them.
    pub fn over_time(rows: Tensor<2>, batch: usize) -> Self {
        Self { rows, batch }
    }

    /// Samples in it.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// As a network of so many time steps takes it.
    pub(super) fn for_steps(self, steps: usize) -> Self {
        let [rows, numbers] = self.rows.dims();
        let given = rows / self.batch;
        if given == 1 || given == steps {
            return self;
        }
        assert_eq!(steps, 1, "an input over {given} time steps for a network of {steps}");
        let rows = kernel::mean_over_time(self.rows.reshape([given, self.batch * numbers]));
        Self { rows: rows.reshape([self.batch, numbers]), ..self }
    }

    /// The same on the device without autodiff.
    pub fn without_autodiff(self) -> Self {
        Self { rows: self.rows.without_autodiff(), ..self }
    }
}

/// Stills, `[B, pixels]`, or clouds, `[B, points * 3]`, which are the same at every time step.
impl From<Tensor<2>> for Input {
    fn from(rows: Tensor<2>) -> Self {
        let batch = rows.dims()[0];
        Self { rows, batch }
    }
}
