//! An image of a user as the networks of a data set expect it: ink on ground, cropped, scaled and centred the way the
//! data set's own images were made, or the whole picture in colour.

use super::{DataName, ImageShape};

/// An image as a network will see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `[channels * height * width]`, 0 to 1; ink is 1 on a ground of 0.
    pub pixels: Vec<f32>,
    /// Its shape.
    pub shape: ImageShape,
    /// Whether it is ink whose ground was light, so that light and dark have been swapped.
    pub inverted: bool,
}

/// An image that shows nothing to a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are not of the size that was named.
    #[error("an image of {width} x {height} pixels needs {wanted} bytes (red, green, blue, alpha), but {given} came")]
    WrongSize {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes given.
        given: usize,
        /// Bytes wanted.
        wanted: usize,
    },
    /// Nothing stands out from the ground.
    #[error(
        "The image is blank: nothing in it stands out from its ground. Draw or choose something darker or lighter than what is around it."
    )]
    Blank,
    /// More pixels than are read.
    #[error("A photograph of {pixels} pixels was given, and up to {most} are read: a smaller copy will do.")]
    TooLarge {
        /// Pixels given.
        pixels: u64,
        /// Pixels read at most.
        most: u64,
    },
    /// Samples that no picture can be made into.
    #[error("pictures are made into squares, and samples of {height} x {width} pixels are asked for")]
    NoSquare {
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// The data set has no images.
    #[error("An image came where a point cloud is wanted: choose a network of images, or bring a mesh or a cloud.")]
    NoImages,
}

/// Below this share of the whole range between black and white, a difference counts as none.
const LEAST_CONTRAST: f32 = 0.08;
/// Below this share of the image's own contrast, ink counts as ground: paper is never quite even.
const FLOOR: f32 = 0.12;
/// From this share of the image's own contrast on, ink belongs to what the crop keeps.
const KEPT: f32 = 0.3;

/// Where the centre of an image goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Centre {
    /// The centre of mass to the middle, as MNIST was made.
    Mass,
    /// The middle of the box around the ink to the middle.
    Box,
}

/// How a picture that somebody brings becomes a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// What stands out from its ground, in grey.
    Ink {
        /// Pixels a side that the ink is scaled into.
        inner: usize,
        /// What of it is centred.
        centre: Centre,
    },
    /// The largest square in its middle, in colour.
    Square,
}

impl Picture {
    /// That of a person's own images of this shape: as Fashion-MNIST's were made, or in colour.
    pub fn of_own(shape: ImageShape) -> Self {
        match shape.channels {
            1 => Self::Ink { inner: shape.height, centre: Centre::Box },
            _ => Self::Square,
        }
    }
}

/// How a data set's images of ink were made.
pub(super) struct Frame {
    /// Pixels a side.
    pub side: usize,
    /// Pixels that the ink is scaled into.
    pub inner: usize,
    /// What is centred.
    pub centre: Centre,
}

impl Frame {
    /// That of a data set that ships; `None` where its samples are no ink.
    pub fn of(data: DataName) -> Option<Self> {
        let shipped = data.shipped()?;
        match (shipped.picture?, shipped.form.image()?) {
            (Picture::Ink { inner, centre }, shape) => Some(Self { side: shape.height, inner, centre }),
            (Picture::Square, _) => None,
        }
    }
}

/// An image as a network of `data` will see it; see [`see_as`].
///
/// # Errors
///
/// When the bytes are not of that size, nothing stands out from the ground, or samples are clouds.
pub fn see(rgba: &[u8], width: usize, height: usize, data: DataName) -> Result<Seen, ImageError> {
    let shipped = data.shipped().ok_or(ImageError::NoImages)?;
    let (Some(picture), Some(shape)) = (shipped.picture, shipped.form.image()) else {
        return Err(ImageError::NoImages);
    };
    see_as(rgba, width, height, picture, shape)
}

/// An image as a sample of this shape.
///
/// Transparent pixels lie over white, or, of ink, over black where nothing stands out from white. Of ink the median of the edge is
/// the ground; where it is light, the image is inverted. What stands out is cropped, scaled to the box that the data set's makers
/// used with its proportions kept, centred, and stretched to full ink. Of a picture in colour the largest square in its middle is
/// scaled.
///
/// # Arguments
///
/// - `rgba`: `[height * width * 4]`, red, green, blue, alpha.
///
/// # Errors
///
/// When the bytes are not of that size, the shape is no square, or nothing stands out from the ground.
pub fn see_as(
    rgba: &[u8],
    width: usize,
    height: usize,
    picture: Picture,
    shape: ImageShape,
) -> Result<Seen, ImageError> {
    check_size(rgba, width, height)?;
    if shape.count() == 0 || shape.height != shape.width {
        return Err(ImageError::NoSquare { height: shape.height, width: shape.width });
    }
    let Picture::Ink { inner, centre } = picture else {
        return Ok(Seen { pixels: colours(rgba, width, height, shape), shape, inverted: false });
    };
    // White ink on nothing shows over black alone.
    let (ink, contrast, inverted) =
        [1.0, 0.0].into_iter().find_map(|sheet| ink_over(sheet, rgba, width, height)).ok_or(ImageError::Blank)?;
    let ink = ink.map(|value| if value < FLOOR * contrast { 0.0 } else { value / contrast });
    let fitted = ink.crop(KEPT).fit(inner);
    let placed = fitted.place(shape.height, centre);
    let top = placed.values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let pixels = placed.values.into_iter().map(|value| (value / top).clamp(0.0, 1.0)).collect();
    Ok(Seen { pixels, shape, inverted })
}

/// The largest square in the middle of a picture over white, scaled, `[3, height, width]`.
fn colours(rgba: &[u8], width: usize, height: usize, shape: ImageShape) -> Vec<f32> {
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let over_white = |pixel: &[u8], channel: usize| {
        let [value, alpha] = [pixel[channel], pixel[3]].map(|value| f32::from(value) / 255.0);
        value * alpha + 1.0 - alpha
    };
    let channel = |channel: usize| {
        let rows = rgba.chunks_exact(4 * width).skip(top).take(side);
        let row = |row: &[u8]| -> Vec<f32> {
            row[4 * left..4 * (left + side)].as_chunks::<4>().0.iter().map(|pixel| over_white(pixel, channel)).collect()
        };
        let map = Map { values: rows.flat_map(row).collect(), width: side, height: side };
        map.scaled(shape.width, shape.height).values
    };
    (0..shape.channels).flat_map(channel).collect()
}

fn check_size(rgba: &[u8], width: usize, height: usize) -> Result<(), ImageError> {
    let wanted = width.saturating_mul(height).saturating_mul(4);
    match rgba.len() {
        given if given != wanted => Err(ImageError::WrongSize { width, height, given, wanted }),
        0 => Err(ImageError::Blank),
        _ => Ok(()),
    }
}

/// An image as greys on a sheet of this grey.
pub(super) fn grey_over(sheet: f32, rgba: &[u8], width: usize, height: usize) -> Result<Map, ImageError> {
    check_size(rgba, width, height)?;
    let values = rgba.as_chunks::<4>().0.iter().map(|pixel| luma_over(sheet, pixel)).collect();
    Ok(Map { values, width, height })
}

/// Scaled down so that its longer side is no longer than this.
pub(super) fn long_side_to(most: usize, map: Map) -> Map {
    if map.width.max(map.height) > most { map.fit(most) } else { map }
}

/// What stands out from the ground on a sheet of this grey, the most that it does, and whether the ground is light;
/// nothing where that is too little.
fn ink_over(sheet: f32, rgba: &[u8], width: usize, height: usize) -> Option<(Map, f32, bool)> {
    let grey = grey_over(sheet, rgba, width, height).ok()?;
    let ground = grey.edge_median();
    let inverted = ground > 0.5;
    let ink = grey.map(|value| if inverted { ground - value } else { value - ground });
    let contrast = ink.values.iter().copied().fold(0.0, f32::max);
    (contrast >= LEAST_CONTRAST).then_some((ink, contrast, inverted))
}

/// The luma of a pixel on a sheet, 0 (black) to 1 (white).
fn luma_over(sheet: f32, &[red, green, blue, alpha]: &[u8; 4]) -> f32 {
    let [red, green, blue, alpha] = [red, green, blue, alpha].map(|value| f32::from(value) / 255.0);
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    luma * alpha + sheet * (1.0 - alpha)
}

/// Values in rows.
pub(super) struct Map {
    pub values: Vec<f32>,
    pub width: usize,
    pub height: usize,
}

impl Map {
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    /// Between pixels, 0 outside.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let inside = |x: f32, y: f32| x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        let at = |x: f32, y: f32| if inside(x, y) { self.at(x as usize, y as usize) } else { 0.0 };
        let row = |y: f32| at(left, y) + (x - left) * (at(left + 1.0, y) - at(left, y));
        row(top) + (y - top) * (row(top + 1.0) - row(top))
    }

    pub fn map(self, value: impl Fn(f32) -> f32) -> Self {
        Self { values: self.values.into_iter().map(value).collect(), ..self }
    }

    fn edge_median(&self) -> f32 {
        let rows = (0..self.width).flat_map(|x| [self.at(x, 0), self.at(x, self.height - 1)]);
        let columns = (0..self.height).flat_map(|y| [self.at(0, y), self.at(self.width - 1, y)]);
        let mut edge: Vec<f32> = rows.chain(columns).collect();
        let middle = edge.len() / 2;
        *edge.select_nth_unstable_by(middle, f32::total_cmp).1
    }

    /// The smallest box that holds every value from `least` on, of which there is one at least.
    pub fn crop(&self, least: f32) -> Self {
        let (mut left, mut top, mut right, mut bottom) = (self.width, self.height, 0, 0);
        for y in 0..self.height {
            for x in (0..self.width).filter(|x| self.at(*x, y) >= least) {
                (left, top) = (left.min(x), top.min(y));
                (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
            }
        }
        let values = (top..bottom).flat_map(|y| (left..right).map(move |x| self.at(x, y))).collect();
        Self { values, width: right - left, height: bottom - top }
    }

    /// Scaled so that the longer side is `side`, with the proportions kept.
    pub fn fit(&self, side: usize) -> Self {
        let scale = side as f32 / self.width.max(self.height) as f32;
        let scaled = |length: usize| ((length as f32 * scale).round() as usize).max(1);
        self.scaled(scaled(self.width), scaled(self.height))
    }

    /// Scaled to other sides.
    fn scaled(&self, width: usize, height: usize) -> Self {
        let wide = Self { values: resample_rows(&self.values, self.width, width), width, height: self.height };
        let turned = wide.transposed();
        let tall = Self { values: resample_rows(&turned.values, turned.width, height), width: height, height: width };
        tall.transposed()
    }

    pub fn transposed(&self) -> Self {
        let values = (0..self.width).flat_map(|x| (0..self.height).map(move |y| self.at(x, y))).collect();
        Self { values, width: self.height, height: self.width }
    }

    /// Onto an empty square, whose edge it does not cross.
    pub fn place(&self, side: usize, centre: Centre) -> Self {
        let (x, y) = match centre {
            Centre::Mass => self.centre_of_mass(),
            Centre::Box => (self.width as f32 / 2.0, self.height as f32 / 2.0),
        };
        let offset = |centre: f32, length: usize| {
            let wanted = (side as f32 / 2.0 - centre).round();
            (wanted.max(0.0) as usize).min(side - length)
        };
        let (left, top) = (offset(x, self.width), offset(y, self.height));
        let mut values = vec![0.0; side * side];
        for (y, row) in self.values.chunks(self.width).enumerate() {
            values[(top + y) * side + left..][..self.width].copy_from_slice(row);
        }
        Self { values, width: side, height: side }
    }

    pub fn centre_of_mass(&self) -> (f32, f32) {
        let (mut mass, mut x_mass, mut y_mass) = (0.0_f64, 0.0, 0.0);
        for (i, value) in self.values.iter().enumerate() {
            let value = f64::from(*value);
            mass += value;
            x_mass += value * ((i % self.width) as f64 + 0.5);
            y_mass += value * ((i / self.width) as f64 + 0.5);
        }
        ((x_mass / mass) as f32, (y_mass / mass) as f32)
    }
}

/// Every row of `from` values as one of `to`, through a triangle filter as wide as the step between pixels of the
/// coarser of the two.
fn resample_rows(values: &[f32], from: usize, to: usize) -> Vec<f32> {
    if from == to {
        return values.to_vec();
    }
    let step = from as f32 / to as f32;
    let reach = step.max(1.0);
    let taps: Vec<(usize, Vec<f32>)> = (0..to)
        .map(|i| {
            let middle = (i as f32 + 0.5) * step;
            let first = (middle - reach).floor().max(0.0) as usize;
            let last = ((middle + reach).ceil() as usize).min(from);
            let weights: Vec<f32> =
                (first..last).map(|j| (1.0 - (j as f32 + 0.5 - middle).abs() / reach).max(0.0)).collect();
            let sum: f32 = weights.iter().sum();
            (first, weights.iter().map(|weight| weight / sum).collect())
        })
        .collect();
    let row = |row: &[f32]| -> Vec<f32> {
        let pixel = |(first, weights): &(usize, Vec<f32>)| weights.iter().zip(&row[*first..]).map(|(w, v)| w * v).sum();
        taps.iter().map(pixel).collect()
    };
    values.chunks(from).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar of `ink` on `ground`, as RGBA.
    fn bar(width: usize, height: usize, bar: [std::ops::Range<usize>; 2], ink: u8, ground: u8) -> Vec<u8> {
        let [columns, rows] = bar;
        let pixel = |i: usize| columns.contains(&(i % width)) && rows.contains(&(i / width));
        (0..width * height)
            .flat_map(|i| {
                let v = if pixel(i) { ink } else { ground };
                [v, v, v, 255]
            })
            .collect()
    }

    #[test]
    fn dark_on_light_and_light_on_dark_look_the_same() {
        let dark = see(&bar(200, 100, [150..160, 10..90], 20, 250), 200, 100, DataName::Mnist).unwrap();
        let light = see(&bar(200, 100, [150..160, 10..90], 250, 20), 200, 100, DataName::Mnist).unwrap();
        assert!(dark.inverted && !light.inverted);
        for (a, b) in dark.pixels.iter().zip(&light.pixels) {
            assert!((a - b).abs() < 1e-5);
        }
    }

    #[test]
    fn ink_fills_twenty_of_twenty_eight_pixels_around_its_centre_of_mass() {
        let seen = see(&bar(200, 100, [150..160, 10..90], 20, 250), 200, 100, DataName::Mnist).unwrap();
        let rows: Vec<usize> = (0..28).filter(|y| seen.pixels[y * 28..][..28].iter().any(|v| *v > 0.5)).collect();
        let columns: Vec<usize> = (0..28).filter(|x| (0..28).any(|y| seen.pixels[y * 28 + x] > 0.5)).collect();
        assert_eq!((rows[0], rows.len()), (4, 20));
        assert!(columns == [13, 14] || columns == [12, 13, 14] || columns == [13, 14, 15], "{columns:?}");
    }

    #[test]
    fn an_image_made_as_the_data_set_was_stays_as_it_is() {
        // An L of full ink: 20 pixels high, its centre of mass on the middle.
        let mut greys = [0_u8; 784];
        for y in 4..24 {
            greys[y * 28 + 12..y * 28 + 15].fill(255);
        }
        for y in 21..24 {
            greys[y * 28 + 12..y * 28 + 22].fill(255);
        }
        let rgba: Vec<u8> = greys.iter().flat_map(|v| [*v, *v, *v, 255]).collect();
        let seen = see(&rgba, 28, 28, DataName::Mnist).unwrap();
        let shift = |dx: usize, dy: usize| {
            (0..25 * 25).all(|i| {
                let (x, y) = (i % 25, i / 25);
                (seen.pixels[y * 28 + x] - f32::from(greys[(y + dy) * 28 + x + dx]) / 255.0).abs() < 1e-5
            })
        };
        assert!((0..3).any(|dx| (0..3).any(|dy| shift(dx, dy))), "moved by whole pixels at most");
    }

    #[test]
    fn a_blank_image_is_refused() {
        assert_eq!(see(&bar(30, 30, [0..0, 0..0], 0, 255), 30, 30, DataName::Mnist), Err(ImageError::Blank));
        assert_eq!(see(&bar(30, 30, [3..9, 3..9], 250, 255), 30, 30, DataName::Mnist), Err(ImageError::Blank));
        assert_eq!(see(&[0; 400], 10, 10, DataName::Digits), Err(ImageError::Blank), "transparent all over");
        let mut white_on_nothing = vec![0; 4 * 30 * 30];
        white_on_nothing[4 * 460..4 * 466].fill(255);
        assert!(!see(&white_on_nothing, 30, 30, DataName::Mnist).unwrap().inverted);
        assert_eq!(see(&[], 0, 0, DataName::Digits), Err(ImageError::Blank));
    }

    #[test]
    fn a_wrong_size_is_named() {
        let error = see(&[0; 7], 2, 1, DataName::Mnist).unwrap_err().to_string();
        assert_eq!(error, "an image of 2 x 1 pixels needs 8 bytes (red, green, blue, alpha), but 7 came");
    }

    #[test]
    fn every_size_and_shape_of_image_fits() {
        for (width, height) in [(1, 1), (1, 400), (400, 1), (3, 2), (57, 31), (8, 8), (28, 28)] {
            for data in [DataName::Mnist, DataName::Fashion, DataName::Digits] {
                let mut rgba = bar(width, height, [0..0, 0..0], 0, 255);
                // One dot; where it is the whole image, everything is ground.
                let dot = 4 * (height / 2 * width + width / 2);
                rgba[dot..dot + 3].fill(0);
                match see(&rgba, width, height, data) {
                    Ok(seen) => {
                        assert_eq!(seen.pixels.len(), seen.shape.count());
                        assert!(seen.pixels.iter().all(|v| (0.0..=1.0).contains(v)));
                        assert!(seen.pixels.contains(&1.0));
                    }
                    Err(error) => assert_eq!((error, width * height), (ImageError::Blank, 1)),
                }
            }
        }
    }

    #[test]
    fn a_picture_in_colour_is_the_square_in_its_middle_over_white() {
        let shape = ImageShape::colour(4, 4);
        for (width, height) in [(1, 1), (1, 9), (12, 4), (40, 57)] {
            let mut rgba = [200, 100, 50, 255].repeat(width * height);
            // What the square leaves out.
            let side = width.min(height);
            for (i, pixel) in rgba.chunks_mut(4).enumerate() {
                let outside = |at: usize, length: usize| !((length - side) / 2..(length + side) / 2).contains(&at);
                if outside(i % width, width) || outside(i / width, height) {
                    pixel.fill(0);
                }
            }
            let seen = see_as(&rgba, width, height, Picture::Square, shape).expect("a picture");
            assert_eq!((seen.pixels.len(), seen.inverted), (48, false));
            for (channel, expected) in seen.pixels.chunks(16).zip([200.0, 100.0, 50.0]) {
                assert!(channel.iter().all(|value| (value * 255.0 - expected).abs() < 1e-3), "{width} x {height}");
            }
        }
        let clear = see_as(&[9, 9, 9, 0], 1, 1, Picture::Square, shape).expect("a picture");
        assert!(clear.pixels.iter().all(|value| *value == 1.0), "what is transparent is white");
    }

    #[test]
    fn resampling_keeps_a_flat_row_flat_and_the_mean_of_what_is_inside() {
        for (from, to) in [(10, 3), (3, 10), (28, 20), (512, 20)] {
            assert!(resample_rows(&vec![0.7; from], from, to).iter().all(|v| (v - 0.7).abs() < 1e-5));
        }
        let halved = resample_rows(&[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0], 8, 4);
        assert!((halved.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{halved:?}");
    }
}
