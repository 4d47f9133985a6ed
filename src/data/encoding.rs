//! How a still picture becomes what flows into a network at each time step.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::ImageShape;
use super::recording::event_index;
use crate::sensor;

/// How a still picture becomes what flows into a network at each time step. What is not direct is a function of seed, sample and time step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    /// The normalised pixels flow in as they are, at every time step, and the first layer's neurons make spikes of them (Rueckauer et al.,
    /// "Conversion of Continuous-Valued Deep Networks to Efficient Event-Driven Networks", 2017, section 2.3.1).
    #[default]
    Direct,
    /// At each time step a pixel spikes by chance, the more often the brighter it is: always where it is white (Bernoulli trials, which
    /// stand in for a Poisson process; SpikingJelly's `PoissonEncoder`, snnTorch's `spikegen.rate`).
    Rate,
    /// Each pixel spikes once, the sooner the brighter it is: at step `round((T - 1) (1 - x))`, as by SpikingJelly's linear `LatencyEncoder`; but one
    /// that is 0 never does, as by snnTorch's `spikegen.latency` with `linear`, `normalize` and `clip`, whose threshold is higher.
    Latency,
    /// The picture is moved over a simulated event camera ([`sensor`]): three saccades of a recording of 308 ms, cut into T equal bins; a pixel
    /// sends how many on and off events it had in each.
    Saccades,
}

impl std::fmt::Display for Encoding {
    /// As in configs and links.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Rate => "rate",
            Self::Latency => "latency",
            Self::Saccades => "saccades",
        })
    }
}

/// Keeps the stream of chances of spikes apart from that of how a sample is varied.
const STREAM: u64 = 1;

impl Encoding {
    /// Whether what flows in is another at each time step; spikes then, or events.
    pub fn is_over_time(self) -> bool {
        self != Self::Direct
    }

    /// The shape of what flows in of images at a time step: `[2, height + 6, width + 6]`, on and off, of an event camera.
    pub fn shape(self, image: ImageShape) -> ImageShape {
        match self {
            Self::Direct | Self::Rate | Self::Latency => image,
            Self::Saccades => {
                let side = |side| side + 2 * sensor::BORDER;
                ImageShape { channels: sensor::STATES, height: side(image.height), width: side(image.width) }
            }
        }
    }

    /// The spikes or events of an image `[channels, height, width]`, 0 to 255, over time, `[steps, ...]` of [`shape`](Self::shape); nothing where
    /// the image itself flows in.
    pub fn over_time(self, image: &[u8], shape: ImageShape, steps: usize, key: u64) -> Vec<f32> {
        match self {
            _ if steps == 0 => vec![],
            Self::Direct => vec![],
            Self::Rate => {
                let mut random = ChaCha8Rng::seed_from_u64(key);
                random.set_stream(STREAM);
                // A chance of `byte / 255` to the next of 65,536 parts, so that 0 never spikes and 255 always does.
                let spikes = |byte: &u8, chance: u32| chance * 255 < u32::from(*byte) << 16;
                let mut coded = Vec::with_capacity(steps * image.len());
                for _ in 0..steps {
                    for bytes in image.chunks(2) {
                        let drawn = random.next_u32();
                        let chances = [drawn & 0xffff, drawn >> 16];
                        coded.extend(bytes.iter().zip(chances).map(|(byte, chance)| f32::from(spikes(byte, chance))));
                    }
                }
                coded
            }
            Self::Latency => {
                let last = (steps - 1) as f32;
                let first = |byte: u8| (last * (1.0 - f32::from(byte) / 255.0)).round() as usize;
                let spikes = |byte: u8, step: usize| byte > 0 && first(byte) == step;
                (0..steps).flat_map(|step| image.iter().map(move |byte| f32::from(spikes(*byte, step)))).collect()
            }
            Self::Saccades => {
                let seen = self.shape(shape);
                let mut coded = vec![0.0; steps * seen.count()];
                for event in sensor::recording(&grey(image, shape), shape.height, shape.width) {
                    let step = sensor::bin_of(event.time, sensor::DURATION_MS, steps);
                    coded[step * seen.count() + event_index(event.on, event.x, event.y, seen)] += 1.0;
                }
                coded
            }
        }
    }
}

/// The luma of an image in colour (ITU-R BT.601), in 256ths; one of ink as it is.
fn grey(image: &[u8], shape: ImageShape) -> Vec<u8> {
    match image.chunks_exact(shape.area()).collect::<Vec<_>>()[..] {
        [red, green, blue] => {
            let weighted = |byte: &u8, weight: u32| u32::from(*byte) * weight;
            let luma = |(red, (green, blue))| (weighted(red, 77) + weighted(green, 150) + weighted(blue, 29)) >> 8;
            red.iter().zip(green.iter().zip(blue)).map(|bytes| luma(bytes) as u8).collect()
        }
        _ => image.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ImageShape = ImageShape::grey(2, 3);
    const IMAGE: [u8; 6] = [0, 1, 64, 128, 254, 255];

    #[test]
    fn rate_spikes_as_often_as_a_pixel_is_bright() {
        let steps = 4000;
        let coded = Encoding::Rate.over_time(&IMAGE, SHAPE, steps, 7);
        assert!(coded.iter().all(|spike| [0.0, 1.0].contains(spike)));
        for (i, byte) in IMAGE.iter().enumerate() {
            let rate = coded.iter().skip(i).step_by(6).sum::<f32>() / steps as f32;
            let wanted = f32::from(*byte) / 255.0;
            assert!((rate - wanted).abs() < 0.03, "{byte}: {rate}");
            assert!(![0, 255].contains(byte) || rate == wanted, "black never spikes, white always does");
        }
        assert_eq!(
            coded[..60],
            Encoding::Rate.over_time(&IMAGE, SHAPE, 10, 7),
            "fewer time steps are the first of more"
        );
        assert_ne!(coded[..60], Encoding::Rate.over_time(&IMAGE, SHAPE, 10, 8));
    }

    #[test]
    fn latency_spikes_once_and_the_brighter_the_sooner() {
        let coded = Encoding::Latency.over_time(&IMAGE, SHAPE, 5, 0);
        let at = |pixel: usize| (0..5).filter(|step| coded[step * 6 + pixel] == 1.0).collect::<Vec<_>>();
        assert_eq!((0..6).map(at).collect::<Vec<_>>(), [vec![], vec![4], vec![3], vec![2], vec![0], vec![0]]);
        assert_eq!(Encoding::Latency.over_time(&IMAGE, SHAPE, 1, 0), [0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn saccades_are_the_same_recording_in_other_bins() {
        let shape = ImageShape::grey(8, 8);
        let image: Vec<u8> =
            (0..64).map(|i| if (18..22).contains(&i) || (26..30).contains(&i) { 255 } else { 0 }).collect();
        let seen = Encoding::Saccades.shape(shape);
        assert_eq!(seen, ImageShape { channels: 2, height: 14, width: 14 });
        let [few, many] = [3, 12].map(|steps| Encoding::Saccades.over_time(&image, shape, steps, 0));
        assert_eq!([few.len(), many.len()], [3 * seen.count(), 12 * seen.count()]);
        let whole = |coded: &[f32]| {
            (0..seen.count()).map(|i| coded.iter().skip(i).step_by(seen.count()).sum()).collect::<Vec<f32>>()
        };
        assert_eq!(whole(&few), whole(&many));
        // A saccade each.
        assert!(few.chunks(seen.count()).all(|step| step.iter().sum::<f32>() > 10.0));
    }

    #[test]
    fn colours_are_seen_by_their_luma() {
        let shape = ImageShape::colour(1, 2);
        assert_eq!(grey(&[255, 0, 255, 0, 255, 100], shape), [255, 11]);
        assert_eq!(grey(&IMAGE, SHAPE), IMAGE);
    }
}
