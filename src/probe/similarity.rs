//! How alike two networks see the same samples, from what their layers said of them.

/// Features of some samples, `[samples, channels]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Row by row.
    pub values: Vec<f32>,
    /// Numbers in a row.
    pub channels: usize,
}

impl Features {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks(self.channels.max(1))
    }

    fn len(&self) -> usize {
        self.values.len() / self.channels.max(1)
    }

    /// `[samples * samples]`: how close each two rows are after the mean of all has been taken away.
    fn centred_gram(&self) -> Vec<f64> {
        let count = self.len();
        let mut means = vec![0.0; self.channels];
        self.rows().for_each(|row| means.iter_mut().zip(row).for_each(|(mean, value)| *mean += f64::from(*value)));
        let centred: Vec<Vec<f64>> = self
            .rows()
            .map(|row| row.iter().zip(&means).map(|(value, mean)| f64::from(*value) - mean / count as f64).collect())
            .collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        centred.iter().flat_map(|a| centred.iter().map(move |b| dot(a, b))).collect()
    }
}

/// Linear CKA: 0 (unlike) to 1 (alike up to turning and scaling); 0 where either says the same of every sample (methods,
/// section 3.2). With fewer samples than channels it is biased upwards.
pub fn cka(x: &Features, y: &Features) -> f64 {
    let (k, l) = (x.centred_gram(), y.centred_gram());
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let norms = (dot(&k, &k) * dot(&l, &l)).sqrt();
    if norms < 1e-12 { 0.0 } else { dot(&k, &l) / norms }
}

/// The share of samples whose nearest features in `y`, by the angle, are those of the same sample.
pub fn retrieval(x: &Features, y: &Features) -> f64 {
    let angle = |a: &[f32], b: &[f32]| -> f64 {
        let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-12)
    };
    let found = x.rows().enumerate().filter(|(i, row)| {
        let own = y.rows().nth(*i).map_or(0.0, |other| angle(row, other));
        // A tie is no find: what says the same of every sample finds none.
        y.rows().enumerate().all(|(j, other)| j == *i || angle(row, other) < own)
    });
    found.count() as f64 / x.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(rows: &[[f32; 2]]) -> Features {
        Features { values: rows.concat(), channels: 2 }
    }

    #[test]
    fn cka_is_that_of_the_methods() {
        let x = features(&[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]);
        let y = features(&[[1.0, 1.0], [0.0, 2.0], [1.0, 0.0], [3.0, 1.0]]);
        assert!((cka(&x, &y) - 0.866_341).abs() < 1e-6);
        assert!((cka(&x, &x) - 1.0).abs() < 1e-12);
        assert_eq!(cka(&x, &features(&[[1.0, 2.0]; 4])), 0.0);
    }

    #[test]
    fn a_sample_is_found_where_its_own_features_are_nearest() {
        let x = features(&[[1.0, 0.1], [0.1, 1.0], [1.0, 1.0]]);
        let y = features(&[[3.0, 0.0], [0.0, 0.2], [2.0, 1.0]]);
        // Lengths differ, angles decide: the third is 45 degrees from the first two and 18 from its own.
        assert_eq!(retrieval(&x, &y), 1.0);
        assert_eq!(retrieval(&x, &features(&[[1.0, 1.0]; 3])), 0.0);
    }
}
