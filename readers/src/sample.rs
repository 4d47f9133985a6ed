//! From a model to the points that a network takes: by area from a mesh, spread evenly, z up, centred, scaled.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Model, ReadError, Up};

/// Points that are spread are chosen among so many times as many, and among this many at most.
const CHOICE: usize = 4;
const MOST_CHOICE: usize = 16_384;
/// Points that can be asked for.
const MOST: usize = 8_192;

/// `count` points (8,192 at most), z up, centred on their box and scaled to the unit ball, each as far from those before
/// it as can be (farthest point sampling), so that the first few of them are spread evenly too. Meshes are sampled by area
/// first. A cloud of fewer points repeats them. The seed decides all chance.
///
/// # Errors
///
/// When the model has no point.
pub fn sample(model: &Model, up: Up, count: usize, seed: u32) -> Result<Vec<[f32; 3]>, ReadError> {
    let count = count.min(MOST);
    let mut random = ChaCha8Rng::seed_from_u64(seed.into());
    let choice = (CHOICE * count).min(MOST_CHOICE).max(count);
    let candidates = by_area(model, choice, &mut random).unwrap_or_else(|| chosen(&model.points, choice, &mut random));
    if candidates.is_empty() {
        return Err(ReadError::Nothing { format: model.format, skipped: 0 });
    }
    Ok(up.turn(&farthest(&normalise(&candidates, Up::Z), count)))
}

/// `count` points at random places of a mesh, by area, or of a cloud; z up, centred, scaled. They are in random order, so that
/// the first few of them are a sample, too.
///
/// # Errors
///
/// When the model has no point.
pub fn sample_by_area(model: &Model, up: Up, count: usize, seed: u32) -> Result<Vec<[f32; 3]>, ReadError> {
    let mut random = ChaCha8Rng::seed_from_u64(seed.into());
    let points = by_area(model, count, &mut random).unwrap_or_else(|| {
        let mut points = chosen(&model.points, count, &mut random);
        points.shuffle(&mut random);
        points
    });
    if points.is_empty() {
        return Err(ReadError::Nothing { format: model.format, skipped: 0 });
    }
    Ok(normalise(&points.into_iter().cycle().take(count).collect::<Vec<_>>(), up))
}

/// Points at random places of a mesh, by area; nothing where there is no area.
fn by_area(model: &Model, count: usize, random: &mut ChaCha8Rng) -> Option<Vec<[f32; 3]>> {
    let corners = |face: &[u32; 3]| face.map(|corner| model.points[corner as usize].map(f64::from));
    let mut sum = 0.0;
    let areas: Vec<f64> = model
        .faces
        .iter()
        .map(|face| {
            sum += area(corners(face));
            sum
        })
        .collect();
    if !(sum > 0.0 && sum.is_finite()) {
        return None;
    }
    let point = |_| {
        let at = random.random_range(0.0..sum);
        let face = areas.partition_point(|area| *area <= at).min(areas.len() - 1);
        let [a, b, c] = corners(&model.faces[face]);
        let (u, v) = (random.random::<f64>().sqrt(), random.random::<f64>());
        [0, 1, 2].map(|i| ((1.0 - u) * a[i] + u * (1.0 - v) * b[i] + u * v * c[i]) as f32)
    };
    Some((0..count).map(point).collect())
}

/// `count` of the points at random, each once; all where there are no more.
fn chosen(points: &[[f32; 3]], count: usize, random: &mut ChaCha8Rng) -> Vec<[f32; 3]> {
    if points.len() <= count {
        return points.to_vec();
    }
    // A reservoir: every point with the same chance, and nothing kept but those chosen.
    let mut chosen = points[..count].to_vec();
    for (i, point) in points.iter().enumerate().skip(count) {
        let place = random.random_range(0..=i);
        if let Some(slot) = chosen.get_mut(place) {
            *slot = *point;
        }
    }
    chosen
}

/// Of a triangle, twice.
fn area([a, b, c]: [[f64; 3]; 3]) -> f64 {
    let (u, v) = ([0, 1, 2].map(|i| b[i] - a[i]), [0, 1, 2].map(|i| c[i] - a[i]));
    let cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    cross.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The points with `up` turned to z, the middle of their box in the origin, the farthest at distance 1.
pub fn normalise(points: &[[f32; 3]], up: Up) -> Vec<[f32; 3]> {
    let turned: Vec<[f64; 3]> = points.iter().map(|point| up.to_z(point.map(f64::from))).collect();
    let bound =
        |pick: fn(f64, f64) -> f64, from: f64| [0, 1, 2].map(|i| turned.iter().map(|point| point[i]).fold(from, pick));
    let (low, high) = (bound(f64::min, f64::INFINITY), bound(f64::max, f64::NEG_INFINITY));
    let centred = |point: &[f64; 3]| [0, 1, 2].map(|i| point[i] - 0.5 * (low[i] + high[i]));
    let length = |point: [f64; 3]| point.iter().map(|x| x * x).sum::<f64>().sqrt();
    let radius = turned.iter().map(|point| length(centred(point))).fold(0.0, f64::max);
    // A single point has no size.
    let scale = if radius > 0.0 { 1.0 / radius } else { 1.0 };
    turned.iter().map(|point| centred(point).map(|x| (x * scale) as f32)).collect()
}

/// Farthest point sampling: begins at the point farthest from the origin.
fn farthest(points: &[[f32; 3]], count: usize) -> Vec<[f32; 3]> {
    let square = |a: [f32; 3], b: [f32; 3]| [0, 1, 2].iter().map(|i| (a[*i] - b[*i]).powi(2)).sum::<f32>();
    let first = |best: (usize, f32), next: (usize, f32)| if next.1 > best.1 { next } else { best };
    let from_origin = points.iter().map(|point| square(*point, [0.0; 3])).enumerate();
    let mut at = from_origin.fold((0, f32::NEG_INFINITY), first).0;
    let mut distances = vec![f32::INFINITY; points.len()];
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let point = points[at];
        chosen.push(point);
        let mut best = (0, f32::NEG_INFINITY);
        for (i, (other, distance)) in points.iter().zip(&mut distances).enumerate() {
            *distance = distance.min(square(point, *other));
            best = first(best, (i, *distance));
        }
        // Where all points have been taken they come again, in the same order.
        if best.1 <= 0.0 {
            break;
        }
        at = best.0;
    }
    chosen.iter().cycle().take(count).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn model(points: Vec<[f32; 3]>, faces: Vec<[u32; 3]>) -> Model {
        Model { format: Format::Off, points, faces, notes: vec![] }
    }

    /// A square of side 1 and one of side 3 beside it.
    fn squares() -> Model {
        let square = |x: f32, side: f32| [[x, 0.0, 0.0], [x + side, 0.0, 0.0], [x + side, side, 0.0], [x, side, 0.0]];
        model([square(0.0, 1.0), square(5.0, 3.0)].concat(), vec![[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    }

    #[test]
    fn faces_are_met_by_their_area() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let points = by_area(&squares(), 10_000, &mut random).expect("an area");
        let small = points.iter().filter(|point| point[0] <= 1.0).count();
        assert!((900..1100).contains(&small), "a tenth of the area has {small}");
        assert!(points.iter().all(|[x, y, z]| (*x <= 1.0 && *y <= 1.0 || *x >= 5.0) && *y <= 3.0 && *z == 0.0));
    }

    #[test]
    fn points_are_centred_scaled_and_the_same_for_a_seed() {
        let points = sample(&squares(), Up::Z, 500, 3).expect("points");
        assert_eq!(points, sample(&squares(), Up::Z, 500, 3).expect("points"));
        assert_ne!(points, sample(&squares(), Up::Z, 500, 4).expect("points"));
        let radius = points.iter().map(|p| p.iter().map(|x| x * x).sum::<f32>().sqrt()).fold(0.0, f32::max);
        assert!((radius - 1.0).abs() < 1e-5, "{radius}");
    }

    #[test]
    fn a_few_of_the_points_are_spread_as_far_as_can_be() {
        let line: Vec<[f32; 3]> = (0..=8).map(|i| [i as f32, 0.0, 0.0]).collect();
        let points = sample(&model(line, vec![]), Up::Z, 9, 1).expect("points");
        let mut first: Vec<f32> = points[..5].iter().map(|point| point[0]).collect();
        first.sort_by(f32::total_cmp);
        assert_eq!(first, [-1.0, -0.5, 0.0, 0.5, 1.0]);
        let all: std::collections::BTreeSet<i32> = points.iter().map(|point| (point[0] * 4.0) as i32).collect();
        assert_eq!(all.len(), 9);
    }

    #[test]
    fn the_first_points_of_a_stored_cloud_are_of_all_of_it() {
        // Scanners write from one end to the other, and networks take the first points that are stored.
        for count in [900, 1_000, 5_000] {
            let line = (0..count).map(|i| [i as f32, 0.0, 0.0]).collect();
            let points = sample_by_area(&model(line, vec![]), Up::Z, 1_024, 1).expect("points");
            let first = points[..256].iter().map(|point| point[0]);
            assert!(first.clone().fold(1.0, f32::min) < -0.9 && first.fold(-1.0, f32::max) > 0.9, "{count}");
        }
    }

    #[test]
    fn too_few_points_come_again_and_a_single_one_is_enough() {
        let points = sample(&model(vec![[7.0; 3]], vec![]), Up::Y, 4, 1).expect("points");
        assert_eq!(points, [[0.0; 3]; 4]);
        let flat = model(vec![[0.0; 3], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]], vec![[0, 1, 2]]);
        assert_eq!(sample(&flat, Up::Z, 3, 1).expect("points").len(), 3, "faces without area are left to their points");
        assert_eq!(sample_by_area(&flat, Up::Z, 10, 1).expect("points").len(), 10);
    }
}
