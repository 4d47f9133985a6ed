//! One digit of a photograph, set upright and made as the data set's own were.

use super::ground::widened;
use super::pieces::{Found, Piece};
use super::{Digit, Map};
use crate::data::image::Frame;

/// A lean beyond this is no lean: degrees.
const MOST_LEAN: f32 = 35.0;
/// The same where the sheet's own turn is known.
const MOST_SLANT: f32 = 25.0;
/// Strokes thinner than this, in pixels of a digit of twenty, are made as thick: those of MNIST are.
const THINNEST: f32 = 1.7;
/// From this share of the full ink on, ink belongs to what the crop keeps.
const KEPT: f32 = 0.3;

/// Cuts a piece out of a flattened photograph; `scale` is how many pixels of the photograph as it was given one of `flat` is,
/// `turn` by how much the whole sheet is turned clockwise, in radians.
pub(super) fn cut_out(flat: &Map, found: &Found, piece: &Piece, frame: &Frame, scale: (f32, f32), turn: f32) -> Digit {
    let ink = strokes(flat, found, piece);
    let ink = thickened(ink, piece, frame.inner);
    let slant = slant(&ink, turn);
    let upright = upright(&ink, turn, slant);
    let fitted = upright.crop(KEPT).fit(frame.inner);
    let placed = fitted.place(frame.side, frame.centre);
    let top = placed.values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let bounds = [
        piece.left as f32 * scale.0,
        piece.top as f32 * scale.1,
        piece.right as f32 * scale.0,
        piece.bottom as f32 * scale.1,
    ];
    Digit {
        bounds,
        lean: (turn + slant.atan()).to_degrees(),
        pixels: placed.values.into_iter().map(|value| (value / top).clamp(0.0, 1.0)).collect(),
        side: frame.side,
    }
}

/// The piece alone with a margin, full ink 1.
fn strokes(flat: &Map, found: &Found, piece: &Piece) -> Map {
    let margin = 3;
    let (left, top) = (piece.left as isize - margin, piece.top as isize - margin);
    let (width, height) = (piece.width() + 2 * margin as usize, piece.height() + 2 * margin as usize);
    let inside = |i: usize| -> Option<usize> {
        let (x, y) = (left + (i % width) as isize, top + (i / width) as isize);
        let is_inside = (0..flat.width as isize).contains(&x) && (0..flat.height as isize).contains(&y);
        is_inside.then(|| y as usize * flat.width + x as usize)
    };
    let own = |at: usize| piece.labels.contains(&found.labels[at]);
    let mask = Map {
        values: (0..width * height).map(|i| if inside(i).is_some_and(own) { 1.0 } else { 0.0 }).collect(),
        width,
        height,
    };
    // The soft edge of a stroke is its own too.
    let mask = widened(&mask, 1);
    let low = 0.5 * found.faintest;
    let full = (0.9 * piece.strength - low).max(1e-3);
    let value = |i: usize| match inside(i) {
        Some(at) if mask.values[i] > 0.0 => ((flat.values[at] - low) / full).clamp(0.0, 1.0),
        _ => 0.0,
    };
    Map { values: (0..width * height).map(value).collect(), width, height }
}

/// As thick as the strokes of the data set's own digits, where they are thinner.
fn thickened(ink: Map, piece: &Piece, inner: usize) -> Map {
    let wanted = THINNEST / inner as f32 * piece.width().max(piece.height()) as f32;
    let reach = ((wanted - piece.thickness()) / 2.0).round();
    if reach < 1.0 { ink } else { widened(&ink, reach as usize) }
}

/// How far to the right its ink moves for each row upwards once it has been turned back: the tangent of its slant.
fn slant(ink: &Map, turn: f32) -> f32 {
    let ((sin, cos), (x_mean, y_mean)) = (turn.sin_cos(), ink.centre_of_mass());
    let (mut both, mut down) = (0.0_f64, 0.0_f64);
    for (i, value) in ink.values.iter().enumerate() {
        let (x, y) = ((i % ink.width) as f32 + 0.5 - x_mean, (i / ink.width) as f32 + 0.5 - y_mean);
        let (x, y) = (cos * x + sin * y, cos * y - sin * x);
        both += f64::from(value * x * y);
        down += f64::from(value * y * y);
    }
    let most = if turn == 0.0 { MOST_LEAN } else { MOST_SLANT }.to_radians().tan();
    if down > 0.0 { ((-both / down) as f32).clamp(-most, most) } else { 0.0 }
}

/// Turned back, and set upright from its slant.
fn upright(ink: &Map, turn: f32, slant: f32) -> Map {
    let (sin, cos) = turn.sin_cos();
    let (x_middle, y_middle) = ink.centre_of_mass();
    let side = (ink.width as f32).hypot(ink.height as f32);
    let (width, height) = ((side + ink.height as f32 * slant.abs()).ceil() as usize + 2, side.ceil() as usize + 2);
    let value = |i: usize| {
        let (x, y) = ((i % width) as f32 - width as f32 / 2.0, (i / width) as f32 - height as f32 / 2.0);
        let x = x - slant * y;
        ink.between(cos * x - sin * y + x_middle - 0.5, sin * x + cos * y + y_middle - 0.5)
    };
    Map { values: (0..width * height).map(value).collect(), width, height }
}
