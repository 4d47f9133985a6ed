//! Cuts polygons into triangles. A fan from the first corner is right where a polygon is convex; one that is not is laid on
//! its plane and cut by the crate earcut, since a fan of it covers ground beside the polygon, and some of it twice.

use earcut::Earcut;
use earcut::utils3d::project3d_to_2d;

/// Corners of a polygon, up to which it is cut if it has to be: cutting sets a hundred bytes a corner aside, and its time
/// grows faster than they do.
pub const MOST_CORNERS: usize = 1_024;
/// A triangle that is none any more.
pub const GONE: [u32; 3] = [u32::MAX; 3];
/// How far a corner may point inwards, in shares of the polygon's area, before it counts: coordinates are rounded.
const ROUNDED: f64 = 1e-6;

/// Cuts one polygon after the other; keeps what cutting needs.
pub struct Cutter {
    earcut: Earcut<f64>,
    corners: Vec<u32>,
    ring: Vec<[f64; 3]>,
    flat: Vec<[f64; 2]>,
    triangles: Vec<u32>,
}

impl Cutter {
    pub fn new() -> Self {
        let (corners, ring, flat, triangles) = (vec![], vec![], vec![], vec![]);
        Self { earcut: Earcut::new(), corners, ring, flat, triangles }
    }

    /// Cuts the polygon whose fan `faces` are, in place, if it is not convex; triangles that are left over are [`GONE`]. False
    /// where it has too many corners for that.
    pub fn cut(&mut self, points: &[[f32; 3]], faces: &mut [[u32; 3]]) -> bool {
        let Some(&[first, second, _]) = faces.first() else { return true };
        let count = faces.len() + 2;
        let corner = |i: usize| match i {
            0 => first,
            1 => second,
            _ => faces[i - 2][2],
        };
        // Around the first corner, so that far from the origin nothing is lost.
        let [x, y, z] = points[first as usize].map(f64::from);
        let place = |i: usize| {
            let [a, b, c] = points[corner(i) as usize].map(f64::from);
            [a - x, b - y, c - z]
        };
        if is_convex(count, place) {
            return true;
        }
        if count > MOST_CORNERS {
            return false;
        }
        self.corners.clear();
        self.corners.extend((0..count).map(corner));
        self.ring.clear();
        self.ring.extend((0..count).map(place));
        if !project3d_to_2d(&self.ring, count, &mut self.flat) {
            return true;
        }
        self.earcut.earcut(self.flat.iter().copied(), &[] as &[u32], &mut self.triangles);
        let cut = self.triangles.as_chunks::<3>().0;
        if cut.is_empty() || cut.len() > faces.len() {
            return true;
        }
        faces.fill(GONE);
        for (face, triangle) in faces.iter_mut().zip(cut) {
            *face = triangle.map(|corner| self.corners[corner as usize]);
        }
        true
    }
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Whether no corner points inwards, seen along the polygon's normal (Newell's: the sum of its edges' areas).
fn is_convex(count: usize, corner: impl Fn(usize) -> [f64; 3]) -> bool {
    let normal = (0..count).map(|i| cross(corner(i), corner((i + 1) % count)));
    let normal = normal.fold([0.0; 3], |sum, part| [0, 1, 2].map(|axis| sum[axis] + part[axis]));
    let bound = -ROUNDED * dot(normal, normal);
    (0..count).all(|i| {
        let [a, b, c] = [corner(i), corner((i + 1) % count), corner((i + 2) % count)];
        let edge = |from: [f64; 3], to: [f64; 3]| [0, 1, 2].map(|axis| to[axis] - from[axis]);
        dot(cross(edge(a, b), edge(b, c)), normal) >= bound
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fan(count: u32) -> Vec<[u32; 3]> {
        (1..count - 1).map(|i| [0, i, i + 1]).collect()
    }

    /// An L on a plane that leans.
    fn l() -> Vec<[f32; 3]> {
        [[0.0, 2.0], [0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0], [1.0, 2.0]]
            .map(|[x, y]: [f32; 2]| [x, y, x + y])
            .to_vec()
    }

    fn area(points: &[[f32; 3]], faces: &[[u32; 3]]) -> f64 {
        let corner = |place: u32| points[place as usize].map(f64::from);
        let of = |face: &[u32; 3]| {
            let [a, b, c] = face.map(corner);
            let cross = cross([0, 1, 2].map(|i| b[i] - a[i]), [0, 1, 2].map(|i| c[i] - a[i]));
            dot(cross, cross).sqrt() / 2.0
        };
        faces.iter().filter(|face| **face != GONE).map(of).sum()
    }

    #[test]
    fn a_polygon_with_a_corner_that_points_inwards_keeps_its_area() {
        // The area of an L of three squares, on a plane that leans by a factor of the root of three.
        let expected = 3.0 * 3.0_f64.sqrt();
        let mut faces = fan(6);
        assert!(area(&l(), &faces) > expected + 0.5, "a fan covers more");
        assert!(Cutter::new().cut(&l(), &mut faces));
        assert!((area(&l(), &faces) - expected).abs() < 1e-6, "{}", area(&l(), &faces));
        // The other way round, and seen from behind.
        let turned: Vec<[f32; 3]> = l().into_iter().rev().collect();
        let mut faces = fan(6);
        assert!(Cutter::new().cut(&turned, &mut faces));
        assert!((area(&turned, &faces) - expected).abs() < 1e-6);
    }

    #[test]
    fn what_is_convex_stays_a_fan_and_what_has_no_area_does_no_harm() {
        let square = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
        let mut faces = fan(4);
        assert!(Cutter::new().cut(&square, &mut faces));
        assert_eq!(faces, fan(4));
        let mut faces = fan(4);
        assert!(Cutter::new().cut(&[[1.0; 3]; 4], &mut faces));
        assert_eq!(faces, fan(4));
    }

    #[test]
    fn a_polygon_of_too_many_corners_is_left_a_fan_and_told() {
        let there = (0..1_500).map(|i| [i as f32, (i % 2) as f32, 0.0]);
        let back = (0..1_500).rev().map(|i| [i as f32, 2.0, 0.0]);
        let comb: Vec<[f32; 3]> = there.chain(back).collect();
        assert!(!Cutter::new().cut(&comb, &mut fan(3_000)));
        let around = |i: u32| [(i as f32 * 0.002).cos(), (i as f32 * 0.002).sin(), 0.0];
        let round: Vec<[f32; 3]> = (0..3_000).map(around).collect();
        assert!(Cutter::new().cut(&round, &mut fan(3_000)), "what is convex needs no cutting");
    }
}
