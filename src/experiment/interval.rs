//! The mean of a few values and its 95 % interval by Student's t.

/// Quantiles 0.975 of Student's t for 1 to 19 degrees of freedom; beyond, that for 19, which is a little too wide.
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

/// The mean of values and its 95 % interval.
pub fn interval(values: &[f64]) -> Interval {
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    if count < 2 {
        return Interval { mean, half: f64::INFINITY };
    }
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1) as f64;
    let quantile = T_975[(count - 2).min(T_975.len() - 1)];
    Interval { mean, half: quantile * (variance / count as f64).sqrt() }
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
}
