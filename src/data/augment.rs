//! How training samples are varied, so that a few go a long way. Of clouds other points of the stored ones are taken each time,
//! with turns about the up axis, scale, jitter and dropped points (methods, section 7.4, whose code scales, shifts and drops); images
//! are moved and mirrored, as those of CIFAR-10 are everywhere (He et al., "Deep Residual Learning for Image Recognition", section 4.2,
//! where zeros come in from beyond the edge; here the edge goes on).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::ImageShape;

/// How training samples are varied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct AugmentConfig {
    /// Each image is moved by up to so many pixels along and across; its edge goes on where it left.
    pub shift: usize,
    /// Whether every second image is mirrored, left to right.
    pub mirror: bool,
    /// Each cloud is turned about the up axis by up to so many degrees to either side.
    pub turn: f32,
    /// Each axis of each cloud is scaled by a factor of its own from `1 / (1 + this)` to `1 + this`.
    pub scale: f32,
    /// Standard deviation by which each coordinate of a cloud is moved.
    pub jitter: f32,
    /// The largest share of a cloud's points that is dropped; a dropped point repeats the first.
    pub point_dropout: f32,
}

impl Default for AugmentConfig {
    fn default() -> Self {
        Self { shift: 0, mirror: false, turn: 15.0, scale: 0.25, jitter: 0.01, point_dropout: 0.0 }
    }
}

impl AugmentConfig {
    /// `count` points `[count * 3]`, z up, out of the stored ones `[stored * 3]`, varied as `key` says: the same key gives
    /// the same cloud. A cloud of fewer points repeats some.
    pub fn vary(&self, stored: &[[f32; 3]], count: usize, key: u64) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(key);
        let mut places: Vec<usize> = (0..stored.len()).collect();
        let (sine, cosine) = (self.turn.to_radians() * random.random_range(-1.0..=1.0)).sin_cos();
        let scale = [0; 3].map(|_| (1.0 + self.scale).powf(random.random_range(-1.0..=1.0)));
        let dropped = random.random_range(0.0..=self.point_dropout);
        let mut cloud = Vec::with_capacity(count * 3);
        for i in 0..count {
            if i > 0 && random.random::<f32>() < dropped {
                cloud.extend_from_within(0..3);
                continue;
            }
            // The first so many of a shuffle, which begins anew where there are too few.
            let at = i % stored.len();
            places.swap(at, random.random_range(at..stored.len()));
            let [x, y, z] = stored[places[at]];
            // Scaled along the shape's own axes, and then turned.
            let (x, y, z) = (x * scale[0], y * scale[1], z * scale[2]);
            for coordinate in [x * cosine - y * sine, x * sine + y * cosine, z] {
                cloud.push(coordinate + self.jitter * normal(&mut random));
            }
        }
        cloud
    }

    /// Whether an image is ever another one.
    pub(super) fn varies_images(&self) -> bool {
        self.shift > 0 || self.mirror
    }

    /// An image `[channels, height, width]`, varied as `key` says: the same key gives the same image.
    pub fn vary_image(&self, image: &[u8], shape: ImageShape, key: u64) -> Vec<u8> {
        let ImageShape { height, width, .. } = shape;
        let mut random = ChaCha8Rng::seed_from_u64(key);
        let mut moved = || random.random_range(0..=2 * self.shift);
        let (down, across) = (moved(), moved());
        let is_mirrored = self.mirror && random.random();
        // From where a place comes; what would come from beyond the edge comes from the edge.
        let from = |place: usize, moved: usize, side: usize| (place + moved).saturating_sub(self.shift).min(side - 1);
        let columns: Vec<usize> = (0..width)
            .map(|column| from(column, across, width))
            .map(|column| if is_mirrored { width - 1 - column } else { column })
            .collect();
        let mut varied = Vec::with_capacity(image.len());
        for channel in image.chunks(height * width) {
            for row in 0..height {
                let row = &channel[from(row, down, height) * width..][..width];
                varied.extend(columns.iter().map(|column| row[*column]));
            }
        }
        varied
    }
}

/// A normally distributed number (Box and Muller).
fn normal(random: &mut ChaCha8Rng) -> f32 {
    let (radius, angle): (f32, f32) = (random.random(), random.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: AugmentConfig =
        AugmentConfig { shift: 0, mirror: false, turn: 0.0, scale: 0.0, jitter: 0.0, point_dropout: 0.0 };

    fn stored() -> Vec<[f32; 3]> {
        (0..50).map(|i| [i as f32, 2.0 * i as f32 + 1.0, -(i as f32)]).collect()
    }

    fn points(cloud: &[f32]) -> Vec<[f32; 3]> {
        cloud.as_chunks::<3>().0.to_vec()
    }

    #[test]
    fn an_image_is_moved_and_mirrored_and_its_edge_goes_on() {
        let shape = ImageShape { channels: 2, height: 3, width: 4 };
        let image: Vec<u8> = (0..24).collect();
        let varying = AugmentConfig { shift: 1, mirror: true, ..STILL };
        let mut seen = std::collections::HashSet::new();
        for key in 0..400 {
            let varied = varying.vary_image(&image, shape, key);
            assert_eq!(varied, varying.vary_image(&image, shape, key));
            assert!(
                varied[12..].iter().zip(&varied[..12]).all(|(second, first)| *second == first + 12),
                "both channels alike"
            );
            seen.insert(varied);
        }
        // Nine places, each two ways round.
        assert_eq!(seen.len(), 18);
        assert!(seen.contains(&image));
        let right: Vec<u8> = [0, 0, 1, 2, 4, 4, 5, 6, 8, 8, 9, 10].into_iter().collect();
        assert!(seen.iter().any(|varied| varied[..12] == right));
        let mirrored: Vec<u8> = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8].into_iter().collect();
        assert!(seen.iter().any(|varied| varied[..12] == mirrored));
        assert_eq!(STILL.vary_image(&image, shape, 5), image);
    }

    #[test]
    fn other_points_are_taken_for_another_key_and_none_twice() {
        let mut taken = points(&STILL.vary(&stored(), 20, 7));
        assert!(taken.iter().all(|point| stored().contains(point)));
        assert_eq!(taken, points(&STILL.vary(&stored(), 20, 7)));
        assert_ne!(taken, points(&STILL.vary(&stored(), 20, 8)));
        taken.sort_by(|a, b| a[0].total_cmp(&b[0]));
        taken.dedup();
        assert_eq!(taken.len(), 20);
        assert_eq!(points(&STILL.vary(&stored(), 120, 7)).len(), 120);
    }

    #[test]
    fn a_turn_leaves_heights_and_distances_from_the_axis() {
        let turned = AugmentConfig { turn: 180.0, ..STILL };
        let of = |cloud: Vec<f32>| points(&cloud).iter().map(|[x, y, z]| (x.hypot(*y), *z)).collect::<Vec<_>>();
        // Both take all points.
        let (still, moved) = (of(STILL.vary(&stored(), 50, 3)), of(turned.vary(&stored(), 50, 3)));
        let mut coordinates = [STILL, turned].map(|augment| points(&augment.vary(&stored(), 50, 3)));
        coordinates.iter_mut().for_each(|points| points.sort_by(|a, b| a[2].total_cmp(&b[2])));
        let [before, after] = coordinates;
        assert!(before.iter().zip(&after).any(|(a, b)| (a[0] - b[0]).abs() > 0.1), "it turns");
        let slight = points(&AugmentConfig { turn: 5.0, ..STILL }.vary(&[[1.0, 0.0, 0.0]; 40], 40, 9));
        assert!(slight.iter().all(|point| point[1].atan2(point[0]).to_degrees().abs() <= 5.001));
        let sum = |pairs: &[(f32, f32)]| pairs.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        let (a, b) = (sum(&still), sum(&moved));
        assert!((a.0 - b.0).abs() < 1e-2 && (a.1 - b.1).abs() < 1e-2, "{a:?} {b:?}");
    }

    #[test]
    fn scale_and_dropout_stay_in_their_ranges() {
        let scaled = AugmentConfig { scale: 0.25, ..STILL };
        let one = [[1.0, 0.0, 0.0]];
        let factors: Vec<f32> = (0..200).map(|key| scaled.vary(&one, 1, key)[0]).collect();
        assert!(factors.iter().all(|factor| (0.8 - 1e-5..=1.25 + 1e-5).contains(factor)));
        assert!(factors.iter().any(|f| *f < 0.85) && factors.iter().any(|f| *f > 1.2));
        let dropping = AugmentConfig { point_dropout: 0.9, ..STILL };
        let repeats: usize = (0..100)
            .map(|key| {
                let cloud = points(&dropping.vary(&stored(), 50, key));
                cloud[1..].iter().filter(|point| **point == cloud[0]).count()
            })
            .sum();
        // 0.45 of 49 points on average.
        assert!((1900..2500).contains(&repeats), "{repeats}");
    }

    #[test]
    fn jitter_has_its_standard_deviation() {
        let jittered = AugmentConfig { jitter: 0.1, ..STILL };
        let cloud = jittered.vary(&[[0.0, 0.0, 0.0]], 4000, 1);
        let square = cloud.iter().map(|x| x * x).sum::<f32>() / cloud.len() as f32;
        assert!((square.sqrt() - 0.1).abs() < 0.003, "{square}");
    }
}
