//! Photographs of held-out digits, made by a seed.

use super::camera::Picture;
use super::chance::Chance;
use super::sheet::{Sheet, smooth};

/// A digit as the data set has it.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// `[28 * 28]`.
    pub greys: &'a [u8],
    pub label: usize,
}

/// A photograph and what stands on it.
pub struct Photograph {
    pub picture: Picture,
    pub digits: Vec<Placed>,
}

/// A digit on a photograph.
pub struct Placed {
    pub label: usize,
    /// Where its middle is, in pixels.
    pub x: f32,
    pub y: f32,
    /// How high its ink is, in pixels.
    pub side: f32,
}

/// One to five digits on a sheet; `sample` draws the next one.
pub fn photograph<'a>(seed: u64, mut sample: impl FnMut(&mut Chance) -> Sample<'a>) -> Photograph {
    let mut chance = Chance::new(seed);
    let sheet = Sheet::drawn(&mut chance);
    let (across, down) = sheet.room();
    let count = if chance.happens(0.6) { 1 } else { 2 + chance.below(4) };
    let gap = chance.between(0.2, 0.6);
    // The ink of a digit reaches up to 0.7 of its side from its centre of mass.
    let largest = (down * 1.4).min(2.0 * across / (count as f32 * (1.0 + gap) - gap + 0.4));
    let side = largest * chance.between(if count == 1 { 0.35 } else { 0.7 }, 1.0);
    let row = side * (count as f32 * (1.0 + gap) - gap);
    let left = chance.between(0.2 * side - across, across - row - 0.2 * side);
    let middle = chance.between(0.7 * side - down, down - 0.7 * side);
    let drawn: Vec<(Sample, f32, f32)> = (0..count)
        .map(|i| {
            let x = left + side * (0.5 + i as f32 * (1.0 + gap));
            (sample(&mut chance), x, middle + side * chance.between(-0.06, 0.06) * (count > 1) as u8 as f32)
        })
        .collect();
    let ink = |u: f32, v: f32| {
        let of = |(sample, x, y): &(Sample, f32, f32)| {
            // MNIST's ink is twenty pixels high.
            let (column, row) = ((u - x) / side * 20.0 + 14.0, (v - y) / side * 20.0 + 14.0);
            smooth(0.3, 0.6, cubic(sample.greys, column - 0.5, row - 0.5))
        };
        drawn.iter().map(of).fold(0.0, f32::max)
    };
    let picture = sheet.picture(&ink).taken(&mut chance);
    let (sin, cos) = sheet.angle.sin_cos();
    let place = |(sample, x, y): &(Sample, f32, f32)| Placed {
        label: sample.label,
        x: cos * x - sin * y + sheet.width as f32 / 2.0,
        y: sin * x + cos * y + sheet.height as f32 / 2.0,
        side,
    };
    Photograph { picture, digits: drawn.iter().map(place).collect() }
}

/// Between pixels by cubic splines (Keys, a = -0.5), 0 outside.
fn cubic(greys: &[u8], x: f32, y: f32) -> f32 {
    if !(-2.0..29.0).contains(&x) || !(-2.0..29.0).contains(&y) {
        return 0.0;
    }
    let weights = |t: f32| {
        let (t2, t3) = (t * t, t * t * t);
        [-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, 0.5 * (t3 - t2)]
    };
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let grey = |column: i32, row: i32| {
        let inside = (0..28).contains(&column) && (0..28).contains(&row);
        if inside { f32::from(greys[(row * 28 + column) as usize]) / 255.0 } else { 0.0 }
    };
    (0..16)
        .map(|i| across[i % 4] * down[i / 4] * grey(left as i32 - 1 + i as i32 % 4, top as i32 - 1 + i as i32 / 4))
        .sum()
}
