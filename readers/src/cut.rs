//! Cuts polygons into triangles. A fan from the first corner is right where a polygon is convex; one that is not is laid on
//! its plane and cut by the crate earcut, since a fan of it covers ground beside the polygon, and some of it twice. Whether the
//! triangles cover as much as the polygon has is looked at afterwards: where its edges cross, they cannot.

use earcut::Earcut;
use earcut::utils3d::project3d_to_2d;

/// Corners of a polygon, up to which it is cut if it has to be: cutting sets a hundred bytes a corner aside, and its time
/// grows faster than they do.
pub const MOST_CORNERS: usize = 1_024;
/// A triangle that is none any more.
pub const GONE: [u32; 3] = [u32::MAX; 3];
/// How far a corner may point inwards, in shares of the polygon's area, before it counts: coordinates are rounded.
const ROUNDED: f64 = 1e-6;
/// How much of a polygon's area its triangles may miss, or cover besides, before it is told: nobody sees less.
const UNSEEN: f64 = 1e-4;

/// What became of a polygon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Its triangles cover it.
    Whole,
    /// It stays a fan, which covers more: it has too many corners to be cut.
    TooManyCorners,
    /// Its edges cross, and what its triangles cover is a guess.
    Crossed,
}

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

    /// Cuts the polygon whose fan `faces` are, in place, if it is not convex; triangles that are left over are [`GONE`].
    pub fn cut(&mut self, points: &[[f32; 3]], faces: &mut [[u32; 3]]) -> Cut {
        let Some(&[first, second, _]) = faces.first() else { return Cut::Whole };
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
            return if is_covered_by_fan(count, place) { Cut::Whole } else { Cut::Crossed };
        }
        if count > MOST_CORNERS {
            return Cut::TooManyCorners;
        }
        self.corners.clear();
        self.corners.extend((0..count).map(corner));
        self.ring.clear();
        self.ring.extend((0..count).map(place));
        if !project3d_to_2d(&self.ring, count, &mut self.flat) {
            return Cut::Crossed;
        }
        self.earcut.earcut(self.flat.iter().copied(), &[] as &[u32], &mut self.triangles);
        let cut = self.triangles.as_chunks::<3>().0;
        if cut.is_empty() || cut.len() > faces.len() {
            return Cut::Crossed;
        }
        let flat = |corner: u32| self.flat[corner as usize];
        let covered: f64 = cut.iter().map(|triangle| twice_the_area(&triangle.map(flat)).abs()).sum();
        let area = twice_the_area(&self.flat).abs();
        faces.fill(GONE);
        for (face, triangle) in faces.iter_mut().zip(cut) {
            *face = triangle.map(|corner| self.corners[corner as usize]);
        }
        if (covered - area).abs() <= UNSEEN * area { Cut::Whole } else { Cut::Crossed }
    }
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Of a polygon in the plane; negative where it runs the other way round.
fn twice_the_area(corners: &[[f64; 2]]) -> f64 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|([x0, y0], [x1, y1])| x0 * y1 - x1 * y0).sum()
}

/// Newell's, twice as long as the polygon has area: the sum of its edges' areas.
fn normal(count: usize, corner: impl Fn(usize) -> [f64; 3]) -> [f64; 3] {
    let parts = (0..count).map(|i| cross(corner(i), corner((i + 1) % count)));
    parts.fold([0.0; 3], |sum, part| [0, 1, 2].map(|axis| sum[axis] + part[axis]))
}

/// Whether no triangle of a fan turns back over the others, seen along the normal. A polygon whose parts outweigh each other has
/// none to be seen along.
fn is_covered_by_fan(count: usize, corner: impl Fn(usize) -> [f64; 3]) -> bool {
    let normal = normal(count, &corner);
    let (mut forth, mut back, mut all) = (0.0, 0.0, 0.0);
    for i in 1..count - 1 {
        let [a, b, c] = [corner(0), corner(i), corner(i + 1)];
        let part = cross([0, 1, 2].map(|axis| b[axis] - a[axis]), [0, 1, 2].map(|axis| c[axis] - a[axis]));
        let seen = dot(part, normal);
        if seen < 0.0 {
            back -= seen
        } else {
            forth += seen
        }
        all += dot(part, part).sqrt();
    }
    let is_seen = dot(normal, normal).sqrt() > UNSEEN * all;
    all == 0.0 || is_seen && back <= UNSEEN * forth
}

/// Whether no corner points inwards, seen along the polygon's normal.
fn is_convex(count: usize, corner: impl Fn(usize) -> [f64; 3]) -> bool {
    let normal = normal(count, &corner);
    let bound = -ROUNDED * dot(normal, normal);
    (0..count).all(|i| {
        let [a, b, c] = [corner(i), corner((i + 1) % count), corner((i + 2) % count)];
        let edge = |from: [f64; 3], to: [f64; 3]| [0, 1, 2].map(|axis| to[axis] - from[axis]);
        dot(cross(edge(a, b), edge(b, c)), normal) >= bound
    })
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

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
        assert_eq!(Cutter::new().cut(&l(), &mut faces), Cut::Whole);
        assert!((area(&l(), &faces) - expected).abs() < 1e-6, "{}", area(&l(), &faces));
        // The other way round, and seen from behind.
        let turned: Vec<[f32; 3]> = l().into_iter().rev().collect();
        let mut faces = fan(6);
        assert_eq!(Cutter::new().cut(&turned, &mut faces), Cut::Whole);
        assert!((area(&turned, &faces) - expected).abs() < 1e-6);
    }

    #[test]
    fn what_is_convex_stays_a_fan_and_what_has_no_area_does_no_harm() {
        let square = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
        let mut faces = fan(4);
        assert_eq!(Cutter::new().cut(&square, &mut faces), Cut::Whole);
        assert_eq!(faces, fan(4));
        let mut faces = fan(4);
        assert_eq!(Cutter::new().cut(&[[1.0; 3]; 4], &mut faces), Cut::Whole);
        assert_eq!(faces, fan(4));
    }

    #[test]
    fn a_polygon_of_too_many_corners_is_left_a_fan_and_told() {
        let there = (0..1_500).map(|i| [i as f32, (i % 2) as f32, 0.0]);
        let back = (0..1_500).rev().map(|i| [i as f32, 2.0, 0.0]);
        let comb: Vec<[f32; 3]> = there.chain(back).collect();
        assert_eq!(Cutter::new().cut(&comb, &mut fan(3_000)), Cut::TooManyCorners);
        let around = |i: u32| [(i as f32 * 0.002).cos(), (i as f32 * 0.002).sin(), 0.0];
        let round: Vec<[f32; 3]> = (0..3_000).map(around).collect();
        assert_eq!(Cutter::new().cut(&round, &mut fan(3_000)), Cut::Whole, "what is convex needs no cutting");
    }

    /// On a plane that leans.
    fn leaning(flat: &[[f32; 2]]) -> Vec<[f32; 3]> {
        flat.iter().map(|[x, y]| [*x, *y, x - 2.0 * y]).collect()
    }

    #[test]
    fn a_polygon_whose_edges_do_not_cross_keeps_its_area_whatever_its_corners() {
        let mut random = StdRng::seed_from_u64(7);
        for count in (4..60).cycle().take(500) {
            // Seen from its middle, corners follow each other around it, far away and near.
            let around = |i: u32| {
                let (angle, far) = (i as f32 / count as f32 * std::f32::consts::TAU, random.random_range(0.1..5.0_f32));
                [3.0 + far * angle.cos(), far * angle.sin()]
            };
            let flat: Vec<[f32; 2]> = (0..count).map(around).collect();
            let expected = twice_the_area(&flat.iter().map(|corner| corner.map(f64::from)).collect::<Vec<_>>()) / 2.0;
            let mut faces = fan(count);
            let points = leaning(&flat);
            assert_eq!(Cutter::new().cut(&points, &mut faces), Cut::Whole, "{flat:?}");
            // The plane leans by a factor of the root of six.
            let found = area(&points, &faces) / 6.0_f64.sqrt();
            assert!((found - expected).abs() < 1e-5 * expected, "{found} of {expected}: {flat:?}");
        }
    }

    #[test]
    fn a_ring_cut_open_keeps_its_hole() {
        let ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0], [1, 1], [1, 3], [3, 3], [3, 1], [1, 1]];
        let points = leaning(&ring.map(|corner| corner.map(|place| place as f32)));
        let mut faces = fan(10);
        assert_eq!(Cutter::new().cut(&points, &mut faces), Cut::Whole);
        assert!((area(&points, &faces) / 6.0_f64.sqrt() - 12.0).abs() < 1e-5);
    }

    #[test]
    fn what_cannot_be_covered_is_told() {
        let bow = [[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]];
        let crooked = [[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 2.0]];
        let star: Vec<[f32; 2]> =
            (0..5).map(|i| ((i * 2) as f32 * 0.4 * std::f32::consts::PI).sin_cos().into()).collect();
        for crossed in [&bow[..], &crooked, &star] {
            let mut faces = fan(crossed.len() as u32);
            assert_eq!(Cutter::new().cut(&leaning(crossed), &mut faces), Cut::Crossed, "{crossed:?}");
        }
        // A polygon that is bent, as those of models often are, is none of those.
        let bent = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.3], [1.0, 1.0, 0.0], [0.0, 1.0, 0.3]];
        assert_eq!(Cutter::new().cut(&bent, &mut fan(4)), Cut::Whole);
    }
}
