//! What a sample is: its shape, and how its stored numbers become what a network takes.

use serde::{Deserialize, Serialize};

use super::Encoding;
use crate::sensor::STATES;

/// Coordinates of a point.
pub(super) const AXES: usize = 3;

/// The shape of an image, `[channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageShape {
    /// One for grey; three for red, green and blue.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// One channel: 0 for the ground, the most for ink.
    pub const fn grey(height: usize, width: usize) -> Self {
        Self { channels: 1, height, width }
    }

    /// Red, green and blue.
    pub const fn colour(height: usize, width: usize) -> Self {
        Self { channels: 3, height, width }
    }

    /// Pixels.
    pub fn area(self) -> usize {
        self.height * self.width
    }

    /// Numbers of an image.
    pub fn count(self) -> usize {
        self.channels * self.area()
    }
}

/// What the samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Images of one shape.
    Image(ImageShape),
    /// Point clouds.
    Cloud {
        /// Points stored of each.
        points: usize,
    },
    /// Recordings of an event camera: the shape of what they show at a time step, `[2, height, width]`, on events and off.
    Recording(ImageShape),
}

impl Form {
    /// Recordings of a sensor of so many rows and columns.
    pub const fn recording(height: usize, width: usize) -> Self {
        Self::Recording(ImageShape { channels: STATES, height, width })
    }

    /// Numbers of a stored sample; of a recording those of a time step.
    pub fn count(self) -> usize {
        match self {
            Self::Image(shape) | Self::Recording(shape) => shape.count(),
            Self::Cloud { points } => points * AXES,
        }
    }

    /// The shape of what flows in at a time step; `None` where points do.
    pub fn flowing(self, encoding: Encoding) -> Option<ImageShape> {
        match self {
            Self::Image(shape) => Some(encoding.shape(shape)),
            Self::Recording(shape) => Some(shape),
            Self::Cloud { .. } => None,
        }
    }

    /// Whether what flows in is another at each time step.
    pub fn is_over_time(self, encoding: Encoding) -> bool {
        match self {
            Self::Image(_) => encoding.is_over_time(),
            Self::Recording(_) => true,
            Self::Cloud { .. } => false,
        }
    }

    /// The shape of its images; `None` where samples are none.
    pub fn image(self) -> Option<ImageShape> {
        match self {
            Self::Image(shape) => Some(shape),
            Self::Cloud { .. } | Self::Recording(_) => None,
        }
    }
}

/// Less than half a step of a byte is none.
const LEAST_DEVIATION: f32 = 0.5 / 255.0;

/// How the numbers of one channel become a network's input: `(number - mean) / std`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Mean over the training part, of numbers from 0 to 1.
    pub mean: f32,
    /// Standard deviation over it, over 0; 1 where there is none.
    pub std: f32,
}

impl Scale {
    /// Numbers stay as they are.
    pub const NONE: Self = Self { mean: 0.0, std: 1.0 };

    /// A number of the channel, normalised.
    pub fn apply(self, number: f32) -> f32 {
        (number - self.mean) / self.std
    }

    fn of<'a>(bytes: impl Iterator<Item = &'a u8>) -> Self {
        let mut counts = [0_u64; 256];
        bytes.for_each(|byte| counts[usize::from(*byte)] += 1);
        let all: u64 = counts.iter().sum();
        let moment = |power: i32| {
            let sum: f64 =
                counts.iter().zip(0..).map(|(n, byte)| *n as f64 * (f64::from(byte) / 255.0).powi(power)).sum();
            sum / all as f64
        };
        let (mean, square) = (moment(1), moment(2));
        let std = (square - mean * mean).max(0.0).sqrt() as f32;
        // A channel without variation says nothing, and is not to be made loud.
        Self { mean: mean as f32, std: if std < LEAST_DEVIATION { 1.0 } else { std } }
    }
}

/// How the numbers of an image become a network's input, channel by channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Normalisation {
    scales: Vec<Scale>,
}

/// As files have it: one channel as those of before there was colour.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    One { mean: f32, std: f32 },
    Each { mean: Vec<f32>, std: Vec<f32> },
}

impl From<Written> for Normalisation {
    fn from(written: Written) -> Self {
        let scales = match written {
            Written::One { mean, std } => vec![Scale { mean, std }],
            Written::Each { mean, std } => mean.into_iter().zip(std).map(|(mean, std)| Scale { mean, std }).collect(),
        };
        Self { scales }
    }
}

impl From<Normalisation> for Written {
    fn from(Normalisation { scales }: Normalisation) -> Self {
        match scales[..] {
            [Scale { mean, std }] => Self::One { mean, std },
            _ => Self::Each {
                mean: scales.iter().map(|scale| scale.mean).collect(),
                std: scales.iter().map(|scale| scale.std).collect(),
            },
        }
    }
}

impl Normalisation {
    /// Numbers stay as they are, as the coordinates of clouds and the events of recordings do.
    pub fn none() -> Self {
        Self { scales: vec![Scale::NONE] }
    }

    /// That of images `[N, channels, height, width]`, 0 to 255, of which there is one at least.
    pub(super) fn of(bytes: &[u8], shape: ImageShape) -> Self {
        let places = |channel: usize| bytes.chunks(shape.area()).skip(channel).step_by(shape.channels).flatten();
        Self { scales: (0..shape.channels).map(|channel| Scale::of(places(channel))).collect() }
    }

    /// Of each channel.
    pub fn scales(&self) -> &[Scale] {
        &self.scales
    }

    /// The numbers of an image from 0 to 1, `[channels, height, width]`, normalised.
    pub fn apply(&self, numbers: &[f32]) -> Vec<f32> {
        let area = numbers.len().div_ceil(self.scales.len()).max(1);
        let channels = numbers.chunks(area).zip(&self.scales);
        channels.flat_map(|(numbers, scale)| numbers.iter().map(|number| scale.apply(*number))).collect()
    }

    /// What each byte becomes in each channel.
    pub(super) fn tables(&self) -> Tables {
        Tables(self.scales.iter().map(|scale| std::array::from_fn(|byte| scale.apply(byte as f32 / 255.0))).collect())
    }

    /// What 0 becomes in each channel: the ground of an image of ink.
    pub fn ground(&self) -> Vec<f32> {
        self.scales.iter().map(|scale| scale.apply(0.0)).collect()
    }
}

/// What each byte becomes in each channel.
pub(super) struct Tables(Vec<[f32; 256]>);

impl Tables {
    /// The bytes of an image, `[channels, height, width]`, normalised, behind what is there.
    pub(super) fn extend(&self, normalised: &mut Vec<f32>, bytes: &[u8]) {
        for (bytes, each) in bytes.chunks(bytes.len() / self.0.len()).zip(&self.0) {
            normalised.extend(bytes.iter().map(|byte| each[usize::from(*byte)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_a_mean_and_a_deviation_of_its_own() {
        let shape = ImageShape { channels: 2, height: 1, width: 2 };
        let normalisation = Normalisation::of(&[0, 255, 51, 51, 0, 255, 153, 153], shape);
        let [first, second] = normalisation.scales() else { panic!("two channels") };
        assert!((first.mean - 0.5).abs() < 1e-6 && (first.std - 0.5).abs() < 1e-6, "{first:?}");
        assert!((second.mean - 0.4).abs() < 1e-6 && (second.std - 0.2).abs() < 1e-6, "{second:?}");
        let expected = [-1.0, 1.0, -1.0, -1.0];
        let mut of_bytes = vec![];
        normalisation.tables().extend(&mut of_bytes, &[0, 255, 51, 51]);
        for given in [of_bytes, normalisation.apply(&[0.0, 1.0, 0.2, 0.2])] {
            given
                .iter()
                .zip(expected)
                .for_each(|(given, expected)| assert!((given - expected).abs() < 1e-6, "{given}"));
        }
        let ground = normalisation.ground();
        assert!((ground[0] + 1.0).abs() < 1e-6 && (ground[1] + 2.0).abs() < 1e-6, "{ground:?}");
    }

    #[test]
    fn a_channel_that_is_the_same_everywhere_stays_quiet() {
        let shape = ImageShape { channels: 2, height: 1, width: 2 };
        let normalisation = Normalisation::of(&[0, 255, 9, 9, 255, 0, 9, 9], shape);
        let mut normalised = vec![];
        normalisation.tables().extend(&mut normalised, &[0, 0, 9, 10]);
        assert!(normalised[2].abs() < 1e-6 && normalised[3].abs() < 0.01, "{normalised:?}");
    }

    #[test]
    fn one_channel_is_written_as_before_there_was_colour() {
        let grey = Normalisation { scales: vec![Scale { mean: 0.25, std: 0.5 }] };
        let word = r#"{"mean":0.25,"std":0.5}"#;
        assert_eq!(serde_json::to_string(&grey).unwrap(), word);
        assert_eq!(serde_json::from_str::<Normalisation>(word).unwrap(), grey);
        let scales = [0.25, 0.5, 0.75].map(|mean| Scale { mean, std: 0.5 }).to_vec();
        let colour = Normalisation { scales };
        let word = serde_json::to_string(&colour).unwrap();
        assert_eq!(word, r#"{"mean":[0.25,0.5,0.75],"std":[0.5,0.5,0.5]}"#);
        assert_eq!(serde_json::from_str::<Normalisation>(&word).unwrap(), colour);
    }
}
