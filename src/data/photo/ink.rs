//! Which places hold ink: what is darker than the ground by more than the noise there.

use super::Map;
use super::ground::{averaged, median};

/// A smaller share of the ground's light is never ink, however calm the ground.
const FAINTEST: f32 = 0.05;
/// Side of the tiles that noise is measured in, as a share of the picture's longer side.
const TILE: f32 = 0.08;
/// Pixels between the places that are compared.
const APART: usize = 3;

/// How far the ground scatters around each place, as a deviation: wood scatters more than paper, and shadow more than light. It is
/// told from neighbours, half of which are on one ground whatever stands there.
pub(super) fn noise(flat: &Map) -> Map {
    let side = ((flat.width.max(flat.height) as f32 * TILE) as usize).max(8);
    let (columns, rows) = (flat.width.div_ceil(side), flat.height.div_ceil(side));
    let tile = |i: usize| {
        let (left, top) = (i % columns * side, i / columns * side);
        let (right, bottom) = ((left + side).min(flat.width), (top + side).min(flat.height));
        let scatter = |dx: usize, dy: usize| {
            let places =
                (top..bottom.saturating_sub(dy)).flat_map(|y| (left..right.saturating_sub(dx)).map(move |x| (x, y)));
            median(&places.map(|(x, y)| (flat.at(x, y) - flat.at(x + dx, y + dy)).abs()).collect::<Vec<f32>>())
        };
        // The difference of two scatters more than one by the root of two.
        1.4826 / std::f32::consts::SQRT_2 * scatter(APART, 0).max(scatter(0, APART))
    };
    let tiles: Vec<f32> = (0..columns * rows).map(tile).collect();
    let values =
        (0..flat.values.len()).map(|i| tiles[i / flat.width / side * columns + i % flat.width / side]).collect();
    averaged(&Map { values, width: flat.width, height: flat.height }, side / 2)
}

/// Where there is at least so much, and so many times the noise.
pub(super) fn above(flat: &Map, noise: &Map, least: f32, times: f32) -> Vec<bool> {
    let is_ink = |(value, noise): (&f32, &f32)| *value >= (times * noise).max(least).max(FAINTEST);
    flat.values.iter().zip(&noise.values).map(is_ink).collect()
}
