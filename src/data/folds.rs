//! Cross-validation: a data set cut into folds, each held out once, and the reference that needs no training, 1-nearest
//! neighbour by chamfer distance.
//!
//! Near duplicates (one mesh in two sizes or colours) have to stay in one fold, or a network is asked what it was shown:
//! clouds of a class that differ little more than two samples of one of them ([`SAME`]) are kept together.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::DataSet;

/// Clouds of a class count as the same shape where their chamfer distance is less than so many times that between two
/// samples of one of them.
pub const SAME: f32 = 1.1;

/// Chamfer distances between all clouds of a data set: the mean distance from a point of one to the nearest of the other,
/// the mean of both ways.
pub struct Distances {
    count: usize,
    values: Vec<f32>,
    /// Between two samples of each: its first points, and as many that follow.
    own: Vec<f32>,
}

impl Distances {
    /// Between the first `points` stored points of each, training part first.
    pub fn of(data: &DataSet, points: usize) -> Self {
        let whole: Vec<&[[f32; 3]]> =
            [&data.train, &data.held_out].iter().flat_map(|part| (0..part.len()).map(|i| part.cloud(i))).collect();
        let clouds: Vec<&[[f32; 3]]> = whole.iter().map(|cloud| &cloud[..points.min(cloud.len())]).collect();
        let own = whole.iter().zip(&clouds).map(|(whole, cloud)| {
            let rest = &whole[cloud.len()..];
            if rest.is_empty() { 0.0 } else { chamfer(cloud, &rest[..points.min(rest.len())]) }
        });
        let own = own.collect();
        let count = clouds.len();
        let mut values = vec![0.0; count * count];
        for i in 0..count {
            for j in 0..i {
                let distance = chamfer(clouds[i], clouds[j]);
                values[i * count + j] = distance;
                values[j * count + i] = distance;
            }
        }
        Self { count, values, own }
    }

    fn between(&self, one: usize, other: usize) -> f32 {
        self.values[one * self.count + other]
    }

    fn are_same(&self, one: usize, other: usize) -> bool {
        self.between(one, other) < SAME * self.own[one].max(self.own[other])
    }
}

/// The mean of both ways' mean distances to the nearest point.
fn chamfer(one: &[[f32; 3]], other: &[[f32; 3]]) -> f32 {
    let (mut of_one, mut of_other) = (vec![f32::INFINITY; one.len()], vec![f32::INFINITY; other.len()]);
    for (a, nearest) in one.iter().zip(&mut of_one) {
        for (b, other_nearest) in other.iter().zip(&mut of_other) {
            let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
            let square = x * x + y * y + z * z;
            *nearest = nearest.min(square);
            *other_nearest = other_nearest.min(square);
        }
    }
    let mean = |squares: &[f32]| squares.iter().map(|square| square.sqrt()).sum::<f32>() / squares.len() as f32;
    0.5 * (mean(&of_one) + mean(&of_other))
}

/// Samples held out in each of `count` folds, numbered over the training part followed by the held-out one: every sample
/// once, classes spread evenly, near duplicates together.
pub fn folds(data: &DataSet, distances: &Distances, count: usize, seed: u32) -> Vec<Vec<usize>> {
    let labels = labels(data);
    let mut random = ChaCha8Rng::seed_from_u64(seed.into());
    let mut folds = vec![vec![]; count];
    for class in 0..data.classes.len() {
        let mut groups: Vec<Vec<usize>> = vec![];
        for sample in (0..labels.len()).filter(|sample| labels[*sample] == class) {
            let near = |group: &Vec<usize>| group.iter().any(|other| distances.are_same(sample, *other));
            let (mut joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(near);
            joined.push(vec![sample]);
            groups = apart;
            groups.push(joined.concat());
        }
        groups.shuffle(&mut random);
        // The largest first, each to the fold that has fewest of the class, and of all where several have.
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        for group in groups {
            let of_class = |fold: &[usize]| fold.iter().filter(|sample| labels[**sample] == class).count();
            let fewest = (0..count).min_by_key(|fold| (of_class(&folds[*fold]), folds[*fold].len()));
            if let Some(fold) = fewest {
                folds[fold].extend(group);
            }
        }
    }
    folds.iter_mut().for_each(|fold| fold.sort_unstable());
    folds
}

/// The share of held-out samples whose nearest training cloud is of their class.
pub fn nearest_neighbour(data: &DataSet, distances: &Distances, held_out: &[usize]) -> f64 {
    let labels = labels(data);
    let right = held_out.iter().filter(|sample| {
        let others = (0..labels.len()).filter(|other| !held_out.contains(other));
        let nearest = others.min_by(|a, b| distances.between(**sample, *a).total_cmp(&distances.between(**sample, *b)));
        nearest.is_some_and(|nearest| labels[nearest] == labels[**sample])
    });
    right.count() as f64 / held_out.len() as f64
}

fn labels(data: &DataSet) -> Vec<usize> {
    let parts = [&data.train, &data.held_out];
    parts.iter().flat_map(|part| (0..part.len()).map(|i| part.label(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::dataset_tests::shapes;

    #[test]
    fn chamfer_distance_is_that_of_a_case_computed_by_hand() {
        let (one, other) = ([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], [[0.0, 0.0, 2.0]]);
        // One way (2 + sqrt 5) / 2, the other 2.
        assert!((chamfer(&one, &other) - 0.5 * ((2.0 + 5.0_f32.sqrt()) / 2.0 + 2.0)).abs() < 1e-6);
        assert_eq!(chamfer(&one, &one), 0.0);
    }

    #[test]
    fn folds_hold_every_sample_once_with_classes_spread_and_duplicates_together() {
        let data = shapes(30, 10);
        // Sample i and i + 3 of every six are the same shape twice.
        let distance = |i: usize| if i / 40 / 6 == i % 40 / 6 { 0.01 } else { 1.0 };
        let distances = Distances { count: 40, values: (0..1_600).map(distance).collect(), own: vec![0.05; 40] };
        let folds = folds(&data, &distances, 5, 1);
        let mut all = folds.concat();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>());
        let labels = labels(&data);
        assert!(folds.iter().all(|fold| (6..=10).contains(&fold.len())), "{folds:?}");
        for one in 0..40 {
            for other in 0..one {
                if labels[one] == labels[other] && distances.are_same(one, other) {
                    assert!(folds.iter().any(|fold| fold.contains(&one) && fold.contains(&other)));
                }
            }
        }
    }

    #[test]
    fn a_data_set_splits_anew_and_keeps_every_sample() {
        let data = shapes(6, 2);
        let split = data.split_anew(&[0, 7]);
        assert_eq!((split.train.len(), split.held_out.len()), (6, 2));
        assert_eq!(split.held_out.cloud(0), data.train.cloud(0));
        assert_eq!(split.held_out.cloud(1), data.held_out.cloud(1));
        assert_eq!(split.train.label(0), data.train.label(1));
    }
}
