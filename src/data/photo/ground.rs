//! The ground under the ink: how bright the sheet would be at each place if nothing stood on it.
//!
//! It is a morphological closing: whatever dark thing has no room for a square of a tenth of the picture is filled from around.
//! Strokes have none; a shadow and a desk have, and their edges stay as sharp as they are, which no blur can say of itself.

use super::Map;

/// Half the square's side, as a share of the picture's shorter side.
const REACH: f32 = 0.08;
/// So often each value is softened by its neighbours, against noise.
const CALMED: usize = 4;
/// The ground steps where it is so many times as bright within this share of the longer side.
const STEP: f32 = 1.2;
const NEAR: f32 = 0.008;
/// A ground darker than this is taken to be of this grey: little light is mostly noise.
const DARKEST: f32 = 0.04;

/// A photograph without its ground.
pub(super) struct Flat {
    /// How much ink stands at each place, 0 (ground) to 1 (black): the share of the ground's light that is missing.
    pub ink: Map,
    /// Whether the ground changes there within a few pixels, as at the edge of a sheet or a shadow: what stands out along it is
    /// hardly ink.
    pub steps: Vec<bool>,
}

/// Divides the ground out.
pub(super) fn divided_out(grey: &Map) -> Flat {
    let calm = calm(grey);
    let ground = closed(&calm, reach(grey));
    let mut share: Vec<f32> = calm.values.iter().zip(&ground.values).map(|(v, g)| v / g.max(DARKEST)).collect();
    let usual = median(&share).max(DARKEST);
    share.iter_mut().for_each(|share| *share = (1.0 - *share / usual).clamp(-1.0, 1.0));
    let near = ((grey.width.max(grey.height) as f32 * NEAR) as usize).max(2);
    let (high, low) = (widened(&ground, near), widened(&negative(ground), near));
    let is_step = |(high, low): (&f32, &f32)| *high > STEP * (-low).max(DARKEST);
    let steps = high.values.iter().zip(&low.values).map(is_step).collect();
    Flat { ink: Map { values: share, width: grey.width, height: grey.height }, steps }
}

/// Whether what is rare around each place is darker than what is usual there: ink covers less than its ground.
pub(super) fn has_dark_ink(grey: &Map) -> bool {
    let (calm, reach) = (calm(grey), reach(grey));
    let mean = averaged(&calm, 2 * reach);
    let cubes: f64 =
        calm.values.iter().zip(&mean.values).map(|(v, m)| f64::from((v - m) / m.max(DARKEST)).powi(3)).sum();
    cubes <= 0.0
}

fn calm(grey: &Map) -> Map {
    (1..CALMED).fold(softened(grey), |map, _| softened(&map))
}

fn reach(grey: &Map) -> usize {
    ((grey.width.min(grey.height) as f32 * REACH) as usize).max(2)
}

/// The largest within a square, then the smallest of those.
fn closed(map: &Map, reach: usize) -> Map {
    negative(widened(&negative(widened(map, reach)), reach))
}

fn negative(map: Map) -> Map {
    map.map(|value| -value)
}

/// The largest value within `reach` of each place, along rows and columns; what is outside does not count.
pub(super) fn widened(map: &Map, reach: usize) -> Map {
    let rows = Map { values: widest_in_rows(&map.values, map.width, reach), ..*map };
    let turned = rows.transposed();
    Map { values: widest_in_rows(&turned.values, turned.width, reach), ..turned }.transposed()
}

/// By van Herk's and Gil and Werman's two running maxima: three comparisons a value, however far it reaches.
fn widest_in_rows(values: &[f32], width: usize, reach: usize) -> Vec<f32> {
    let block = 2 * reach + 1;
    let padded_width = width + 2 * reach;
    let (mut before, mut after) = (vec![f32::NEG_INFINITY; padded_width], vec![f32::NEG_INFINITY; padded_width]);
    let mut out = Vec::with_capacity(values.len());
    for row in values.chunks_exact(width) {
        let at = |i: usize| if i >= reach && i < reach + width { row[i - reach] } else { f32::NEG_INFINITY };
        for i in 0..padded_width {
            before[i] = if i % block == 0 { at(i) } else { at(i).max(before[i - 1]) };
        }
        for i in (0..padded_width).rev() {
            after[i] = if i % block == block - 1 || i + 1 == padded_width { at(i) } else { at(i).max(after[i + 1]) };
        }
        out.extend((0..width).map(|i| after[i].max(before[i + block - 1])));
    }
    out
}

/// The mean over a square around each place, of what is inside.
pub(super) fn averaged(map: &Map, reach: usize) -> Map {
    let rows = Map { values: averages_of_rows(&map.values, map.width, reach), ..*map };
    let turned = rows.transposed();
    Map { values: averages_of_rows(&turned.values, turned.width, reach), ..turned }.transposed()
}

fn averages_of_rows(values: &[f32], width: usize, reach: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f64; width + 1];
    let mut out = Vec::with_capacity(values.len());
    for row in values.chunks_exact(width) {
        for (i, value) in row.iter().enumerate() {
            sums[i + 1] = sums[i] + f64::from(*value);
        }
        out.extend((0..width).map(|i| {
            let (first, last) = (i.saturating_sub(reach), (i + reach + 1).min(width));
            ((sums[last] - sums[first]) / (last - first) as f64) as f32
        }));
    }
    out
}

/// Each value with half of its weight given to its neighbours.
fn softened(map: &Map) -> Map {
    let rows = Map { values: softened_rows(&map.values, map.width), ..*map };
    let turned = rows.transposed();
    Map { values: softened_rows(&turned.values, turned.width), ..turned }.transposed()
}

fn softened_rows(values: &[f32], width: usize) -> Vec<f32> {
    let softened =
        |row: &[f32], i: usize| 0.25 * row[i.saturating_sub(1)] + 0.5 * row[i] + 0.25 * row[(i + 1).min(row.len() - 1)];
    values.chunks_exact(width).flat_map(|row| (0..width).map(move |i| softened(row, i))).collect()
}

pub(super) fn median(values: &[f32]) -> f32 {
    share_below(values, 0.5)
}

/// The value that this share of all lies below; 0 of none.
pub(super) fn share_below(values: &[f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let mut values = values.to_vec();
    let at = ((values.len() as f32 * share) as usize).min(values.len() - 1);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}
