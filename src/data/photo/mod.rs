//! A photograph of digits as a network expects them: each digit on the paper found, cut out and made as MNIST was made.
//!
//! Photographs differ from drawings in that nothing in them is even: light falls off, shadows have edges, paper has lines and
//! lies on a desk. So the ground is estimated place by place and divided out ([`ground`]), what is darker than it is told from
//! noise ([`ink`]), ruled lines are taken out ([`lines`]), what hangs together is put together to digits ([`pieces`]), and each
//! is set upright, scaled and centred ([`digit`]). What the network makes of them is left to others.

mod digit;
mod ground;
mod ink;
mod lines;
mod pieces;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::image::{Frame, ImageError, Map, grey_over, long_side_to};
use super::{DataName, see};
use ground::Flat;

/// The longest side, in pixels, that a photograph is worked on at.
pub const LONG_SIDE: usize = 1024;
/// Pixels of a photograph at most, as it is given: three times those that are worked on, each way.
const MOST_PIXELS: u64 = 9 * (LONG_SIDE * LONG_SIDE) as u64;
/// An image of no more than this many pixels a side is no photograph: it is seen as a drawing is.
pub const DRAWING_SIDE: usize = 64;

/// A photograph, what was found on it, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// Left to right, line by line.
    pub digits: Vec<Digit>,
    /// Columns of `flattened` and `ink`.
    pub width: usize,
    /// Rows of `flattened` and `ink`.
    pub height: usize,
    /// `[height * width]`: the ground divided out, 0 (the darkest ink) to 255 (ground).
    pub flattened: Vec<u8>,
    /// `[height * width]`: 0 where nothing is, 1 what was left out (lines, specks, what runs over the edge), 2 the digits.
    pub ink: Vec<u8>,
    /// Whether the ink is darker than its ground.
    pub dark_ink: bool,
    /// What speaks against a photograph of digits.
    pub doubt: Option<PhotoDoubt>,
}

/// One digit of a photograph.
#[derive(Clone, Debug, PartialEq)]
pub struct Digit {
    /// Left, top, right and bottom, in pixels of the photograph as it was given.
    pub bounds: [f32; 4],
    /// Degrees that it leaned to the right and was set upright by.
    pub lean: f32,
    /// `[side * side]`, 0 (ground) to 1 (ink), as the network takes it.
    pub pixels: Vec<f32>,
    /// Rows and columns of `pixels`.
    pub side: usize,
}

/// Why a picture is hardly a photograph of digits, whatever a network makes of its pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum PhotoDoubt {
    /// Nothing stands out, or nothing that could be a digit: it is too small, a blot, or runs over the edge.
    Nothing,
    /// More pieces than anybody writes digits on a sheet, as in a text.
    Crowded,
    /// Most of what stands out belongs to no piece that could be a digit, as in a texture.
    Busy,
}

/// What a person says of a photograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum InkKind {
    /// Nothing: it is guessed.
    #[default]
    Guessed,
    /// The ink is darker than its ground.
    Dark,
    /// The ink is lighter than its ground.
    Light,
}

/// Reads a photograph for networks of `data`, whose classes are what stands on it in ink.
///
/// # Arguments
///
/// - `rgba`: `[height * width * 4]`, red, green, blue, alpha.
///
/// # Errors
///
/// When the bytes are not of that size or there are too many of them; a small image that is blank.
pub fn read_photo(
    rgba: &[u8],
    width: usize,
    height: usize,
    data: DataName,
    kind: InkKind,
) -> Result<Photo, ImageError> {
    if kind == InkKind::Guessed && width.max(height) <= DRAWING_SIDE {
        return small(rgba, width, height, data);
    }
    check_count(width, height)?;
    let frame = Frame::of(data).ok_or(ImageError::NoImages)?;
    let grey = long_side_to(LONG_SIDE, grey_over(1.0, rgba, width, height)?);
    let dark_ink = match kind {
        InkKind::Guessed => ground::has_dark_ink(&grey),
        InkKind::Dark => true,
        InkKind::Light => false,
    };
    let grey = if dark_ink { grey } else { grey.map(|value| 1.0 - value) };
    let Flat { ink: flat, steps } = ground::divided_out(&grey);
    let noise = ink::noise(&flat);
    let mut mask = ink::above(&flat, &noise, 0.0, 4.0);
    let lines = lines::take_out(&mut mask, flat.width, flat.height);
    let mut found = pieces::find(&flat, &noise, &steps, &lines.places);
    let scale = (width as f32 / flat.width as f32, height as f32 / flat.height as f32);
    let mut shown: Vec<u8> =
        lines.places.iter().zip(&found.labels).map(|(line, label)| u8::from(*line || *label > 0)).collect();
    let turn = lines.turn.or_else(|| pieces::turn_of_row(&found.pieces)).unwrap_or(0.0);
    pieces::sort_as_read(&mut found.pieces, turn);
    let mut digits = vec![];
    for piece in &found.pieces {
        for (shown, label) in shown.iter_mut().zip(&found.labels) {
            if piece.labels.contains(label) {
                *shown = 2;
            }
        }
        digits.push(digit::cut_out(&flat, &found, piece, &frame, scale, turn));
    }
    let flattened = flat.values.iter().map(|ink| (255.0 * (1.0 - ink)).round() as u8).collect();
    Ok(Photo { digits, width: flat.width, height: flat.height, flattened, ink: shown, dark_ink, doubt: found.doubt })
}

/// Refuses more pixels than are read, before anything is made of them.
fn check_count(width: usize, height: usize) -> Result<(), ImageError> {
    let pixels = (width as u64).saturating_mul(height as u64);
    if pixels > MOST_PIXELS { Err(ImageError::TooLarge { pixels, most: MOST_PIXELS }) } else { Ok(()) }
}

/// An image as small as the data set's own, which is one digit as it stands.
fn small(rgba: &[u8], width: usize, height: usize, data: DataName) -> Result<Photo, ImageError> {
    let seen = see(rgba, width, height, data)?;
    let grey = grey_over(1.0, rgba, width, height)?;
    let flattened: Vec<u8> = grey.values.iter().map(|value| (255.0 * value).round() as u8).collect();
    let is_ink = |value: &u8| if (*value < 128) == seen.inverted { 2 } else { 0 };
    Ok(Photo {
        width,
        height,
        ink: flattened.iter().map(is_ink).collect(),
        flattened,
        dark_ink: seen.inverted,
        doubt: None,
        digits: vec![Digit {
            bounds: [0.0, 0.0, width as f32, height as f32],
            lean: 0.0,
            pixels: seen.pixels,
            side: seen.shape.width,
        }],
    })
}
