//! The mean of a few values and its 95 % interval by Student's t.

/// Quantiles 0.975 of Student's t for 1 to 19 degrees of freedom.
const T_975: [f64; 19] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093,
];

/// A mean with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Half the width of the interval; infinite for a single value.
    pub half: f64,
}

/// The quantile 0.975 of Student's t; beyond the table its expansion about the normal one, right to three places there.
fn quantile(freedom: usize) -> f64 {
    const Z: f64 = 1.959_964;
    T_975.get(freedom - 1).copied().unwrap_or_else(|| {
        let v = freedom as f64;
        Z + (Z.powi(3) + Z) / (4.0 * v) + (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / (96.0 * v * v)
    })
}

fn half_width(deviation: f64, count: usize) -> f64 {
    quantile(count - 1) * deviation / (count as f64).sqrt()
}

fn deviation(values: &[f64], mean: f64) -> f64 {
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// More values than anybody waits for.
const MOST_NEEDED: usize = 10_000;

/// How many values of the same mean and spread it would take until half the interval is no wider than the mean is away
/// from a bound; nothing where that is too many to wait for.
pub(super) fn values_needed(values: &[f64], away: f64) -> Option<usize> {
    let count = values.len();
    if count < 2 {
        return None;
    }
    let deviation = deviation(values, values.iter().sum::<f64>() / count as f64);
    (count + 1..=MOST_NEEDED).find(|count| half_width(deviation, *count) <= away.abs())
}

/// The mean of values and its 95 % interval.
pub fn interval(values: &[f64]) -> Interval {
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    if count < 2 {
        return Interval { mean, half: f64::INFINITY };
    }
    Interval { mean, half: half_width(deviation(values, mean), count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_values_come_out_by_hand() {
        // Mean 3, variance 2.5, t of 4 degrees 2.776: 2.776 * sqrt(0.5).
        let Interval { mean, half } = interval(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(mean, 3.0);
        assert!((half - 1.962_93).abs() < 1e-4, "{half}");
        assert_eq!(interval(&[7.0]), Interval { mean: 7.0, half: f64::INFINITY });
    }

    #[test]
    fn quantiles_go_on_behind_the_table() {
        // Printed tables: 2.086 at 20 degrees of freedom, 2.042 at 30, 1.984 at 100.
        for (freedom, printed) in [(19, 2.093), (20, 2.086), (30, 2.042), (100, 1.984)] {
            assert!((quantile(freedom) - printed).abs() < 6e-4, "{freedom}: {}", quantile(freedom));
        }
    }

    #[test]
    fn the_values_needed_are_those_at_which_the_interval_is_clear() {
        // Deviation 1.5811: 2.110 * 1.5811 / sqrt(18) is 0.786, 2.120 * 1.5811 / sqrt(17) is 0.813.
        assert_eq!(values_needed(&[1.0, 2.0, 3.0, 4.0, 5.0], -0.8), Some(18));
        assert_eq!(values_needed(&[1.0, 2.0, 3.0], 0.0), None);
        assert_eq!(values_needed(&[1.0], 1.0), None);
    }
}
