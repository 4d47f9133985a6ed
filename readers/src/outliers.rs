//! Points of a cloud that are far from all others: specks that a scanner saw in the air. A single one decides how large the
//! cloud is, and would leave the network with a dot.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Of fewer points none is called an outlier.
const FEWEST: usize = 32;
/// At most one point in so many is, or of a small cloud one in fewer, up to a few.
const SHARE: usize = 100;
const SMALL_SHARE: usize = 32;
const FEW: usize = 3;
/// So many times as far from the middle as any other point.
const GAP: f32 = 1.5;
/// The middle is that of so many points, in even steps through the cloud.
const FOR_MIDDLE: usize = 4_096;

/// Leaves the outliers out and gives how many there were: at most one point in a hundred (of fewer than 300, one in 32, and three at
/// most), all of them at least half as far again from the middle (the median along each axis) as every other point. Takes 4 bytes
/// for every hundredth point meanwhile.
pub(crate) fn leave_out(points: &mut Vec<[f32; 3]>) -> u64 {
    let count = points.len();
    if count < FEWEST {
        return 0;
    }
    let middle = middle(points);
    let distance = |point: &[f32; 3]| [0, 1, 2].map(|i| (point[i] - middle[i]).powi(2)).iter().sum::<f32>().sqrt();
    let Some(edge) = edge(points.iter().map(distance), (count / SHARE).max((count / SMALL_SHARE).min(FEW))) else {
        return 0;
    };
    points.retain(|point| distance(point) <= edge);
    (count - points.len()) as u64
}

fn middle(points: &[[f32; 3]]) -> [f32; 3] {
    [0, 1, 2].map(|axis| {
        let step = points.len().div_ceil(FOR_MIDDLE);
        let mut along: Vec<f32> = points.iter().step_by(step).map(|point| point[axis]).collect();
        let half = along.len() / 2;
        *along.select_nth_unstable_by(half, f32::total_cmp).1
    })
}

/// The distance beyond which lies a gap and then `most` others at most.
fn edge(distances: impl Iterator<Item = f32>, most: usize) -> Option<f32> {
    // Of numbers that are not negative the bits are in the same order.
    let mut outermost = BinaryHeap::with_capacity(most + 2);
    for distance in distances {
        outermost.push(Reverse(distance.to_bits()));
        if outermost.len() > most + 1 {
            outermost.pop();
        }
    }
    let far: Vec<f32> = outermost.into_sorted_vec().into_iter().map(|Reverse(bits)| f32::from_bits(bits)).collect();
    // From the outside in: the last one is the innermost.
    let mut gaps = far.array_windows().filter(|[beyond, inner]| *inner > 0.0 && *beyond > GAP * *inner);
    gaps.next_back().map(|[_, inner]| *inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of 10 by 10 by 10 points in the unit cube.
    fn cube() -> Vec<[f32; 3]> {
        let at = |i: usize| i as f32 / 9.0;
        (0..1_000).map(|i| [at(i % 10), at(i / 10 % 10), at(i / 100)]).collect()
    }

    fn left_out(mut points: Vec<[f32; 3]>) -> (u64, Vec<[f32; 3]>) {
        (leave_out(&mut points), points)
    }

    #[test]
    fn specks_far_out_are_left_out_wherever_they_are_and_the_rest_stays_in_order() {
        let mut points = cube();
        points.insert(0, [9.0, 0.0, 0.0]);
        points.insert(500, [0.0, -40.0, 1.0]);
        points.push([0.5, 0.5, 2.4]);
        assert_eq!(left_out(points), (3, cube()));
    }

    #[test]
    fn a_small_cloud_loses_a_few_at_most() {
        let small = |count: usize| cube().into_iter().step_by(7).take(count);
        let specks = [[900.0, 0.0, 0.0], [0.0, 100.0, 0.0]];
        let with = |count: usize| left_out(small(count).chain(specks).collect());
        assert_eq!(with(140), (2, small(140).collect()));
        assert_eq!(with(62), (2, small(62).collect()));
        // Of forty points only one may be an accident.
        assert_eq!(with(40).0, 1);
        assert_eq!(left_out(small(40).chain([specks[0]]).collect()).0, 1);
    }

    #[test]
    fn a_shape_keeps_its_ends() {
        let line: Vec<[f32; 3]> = (0..200).map(|i| [i as f32, 0.0, 0.0]).collect();
        // A tenth of the points far from the rest is a part of the shape; so is a point that is not much farther.
        let far = |count: usize| (0..count).map(|i| [6.0 + i as f32 * 0.01, 0.0, 0.0]);
        let parts: Vec<[f32; 3]> = cube().into_iter().chain(far(100)).collect();
        let near: Vec<[f32; 3]> = cube().into_iter().chain([[0.5, 0.5, 1.7]]).collect();
        let few: Vec<[f32; 3]> = cube().into_iter().take(FEWEST - 2).chain([[90.0; 3]]).collect();
        let same: Vec<[f32; 3]> = [vec![[1.0; 3]; 99], vec![[2.0; 3]]].concat();
        for points in [line, parts, near, few, same] {
            assert_eq!(left_out(points.clone()), (0, points));
        }
    }
}
