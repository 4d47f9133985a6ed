//! A still picture moved over the sensor by three saccades, as N-MNIST was recorded (Orchard et al., "Converting Static Image Datasets to Spiking
//! Neuromorphic Datasets Using Saccades", Frontiers in Neuroscience 2015). Length, direction and course of the movements, and the threshold, are set so
//! that MNIST's digits give what real recordings of them have: how many events, when, and how many of them on (`tests/sensor.rs`).

use super::Event;

/// Columns and rows that the sensor sees beyond each edge of the picture: of 28 x 28 it sees 34 x 34.
pub const BORDER: usize = 3;
/// How long a recording is.
pub const DURATION_MS: f32 = 308.0;
/// What an event can be: on or off.
pub const STATES: usize = 2;

/// Where the picture is at first, right and down of the middle, in pixels, so that it stays about the middle.
const START: [f32; 2] = [-2.2, -1.7];
/// By how many pixels it moves in each saccade, right and down.
const MOVES: [[f32; 2]; 3] = [[1.7, 4.2], [3.2, -4.4], [-4.7, -0.7]];
/// When each begins, and how long it takes.
const COURSES: [[f32; 2]; 3] = [[3.0, 97.0], [102.0, 97.0], [211.0, 97.0]];
/// Between two looks at the picture: no part of it moves by as much as half a pixel meanwhile.
const LOOK_MS: f32 = 4.0;
/// The change of the logarithm of light that a pixel tells.
const THRESHOLD: f32 = 0.36;
/// The light that is there where the picture is black, white being 1.
const FLOOR: f64 = 0.1;

/// Where the picture is at a time, right and down of the middle. A saccade starts and stops gently (the minimum of jerk).
fn position(time: f32) -> [f32; 2] {
    let mut position = START;
    for ([x, y], [begin, length]) in MOVES.into_iter().zip(COURSES) {
        let at = ((time - begin) / length).clamp(0.0, 1.0);
        let share = at * at * at * (10.0 + at * (6.0 * at - 15.0));
        position = [position[0] + share * x, position[1] + share * y];
    }
    position
}

/// The events of a grey picture `[height * width]`, 0 to 255, on a sensor that sees `BORDER` more on each side, in the order of the looks.
/// Beyond its edges the picture is 0. Bytes that are no such picture have none.
pub fn recording(picture: &[u8], height: usize, width: usize) -> Vec<Event> {
    if picture.is_empty() || picture.len() != height * width {
        return vec![];
    }
    let [rows, columns] = [height + 2 * BORDER, width + 2 * BORDER];
    let light = Light::new(picture, width);
    let mut remembered = light.seen(position(0.0), [rows, columns]);
    let (mut before, mut events) = (remembered.clone(), vec![]);
    let looks = (DURATION_MS / LOOK_MS).ceil() as usize;
    for look in 1..=looks {
        let [from, to] = [(look - 1) as f32 * LOOK_MS, look as f32 * LOOK_MS];
        if position(from) == position(to) {
            continue;
        }
        let now = light.seen(position(to), [rows, columns]);
        for (i, ((remembered, before), now)) in remembered.iter_mut().zip(&before).zip(&now).enumerate() {
            while (now - *remembered).abs() >= THRESHOLD {
                let on = now > remembered;
                *remembered += if on { THRESHOLD } else { -THRESHOLD };
                // Between two looks light changes evenly.
                let share = ((*remembered - before) / (now - before)).clamp(0.0, 1.0);
                let (x, y) = ((i % columns) as u16, (i / columns) as u16);
                events.push(Event { time: from + share * LOOK_MS, x, y, on });
            }
        }
        before = now;
    }
    events
}

/// The logarithm of a picture's light, with a ground of black around it.
struct Light {
    logarithms: Vec<f32>,
    columns: usize,
}

/// So far beyond its edges is ground: more than it moves and the sensor sees.
const GROUND: usize = 2 * BORDER + 1;

impl Light {
    fn new(picture: &[u8], width: usize) -> Self {
        let table: [f32; 256] = std::array::from_fn(|byte| (FLOOR + byte as f64 / 255.0).ln() as f32);
        let columns = width + 2 * GROUND;
        let beside = [table[0]; GROUND];
        let mut logarithms = vec![table[0]; GROUND * columns];
        for row in picture.chunks(width) {
            logarithms.extend(beside);
            logarithms.extend(row.iter().map(|byte| table[usize::from(*byte)]));
            logarithms.extend(beside);
        }
        logarithms.extend(vec![table[0]; (GROUND + 1) * columns]);
        Self { logarithms, columns }
    }

    /// What a sensor of so many rows and columns sees of the picture, moved so far right and down.
    fn seen(&self, [right, down]: [f32; 2], [rows, columns]: [usize; 2]) -> Vec<f32> {
        // The place of the sensor's corner in the picture with its ground.
        let corner = (GROUND - BORDER) as f32;
        let (x, y) = (corner - right, corner - down);
        let (left, top) = (x.floor(), y.floor());
        let (across, along) = (x - left, y - top);
        let weights = [(1.0 - along) * (1.0 - across), (1.0 - along) * across, along * (1.0 - across), along * across];
        let mut seen = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            let start = (top as usize + row) * self.columns + left as usize;
            let (upper, lower) =
                (&self.logarithms[start..][..=columns], &self.logarithms[start + self.columns..][..=columns]);
            let pairs = upper.windows(2).zip(lower.windows(2));
            seen.extend(pairs.map(|(upper, lower)| {
                weights[0] * upper[0] + weights[1] * upper[1] + weights[2] * lower[0] + weights[3] * lower[1]
            }));
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright square of 4 x 4 in the middle of a black picture.
    fn square() -> Vec<u8> {
        (0..144).map(|i| if (4..8).contains(&(i / 12)) && (4..8).contains(&(i % 12)) { 255 } else { 0 }).collect()
    }

    #[test]
    fn a_picture_without_edges_says_nothing() {
        assert_eq!(recording(&[0; 144], 12, 12), []);
    }

    #[test]
    fn what_moves_down_is_on_below_and_off_above() {
        let events = recording(&square(), 12, 12);
        let first: Vec<&Event> = events.iter().filter(|event| event.time < 100.0).collect();
        assert!(first.len() > 20, "{}", first.len());
        let middle = |on: bool| {
            let rows: Vec<f32> = first.iter().filter(|event| event.on == on).map(|event| f32::from(event.y)).collect();
            rows.iter().sum::<f32>() / rows.len() as f32
        };
        assert!(middle(true) > middle(false) + 2.0, "{} {}", middle(true), middle(false));
        assert!(events.iter().all(|event| usize::from(event.x) < 18 && usize::from(event.y) < 18));
    }

    #[test]
    fn light_that_comes_back_is_told_as_often_as_it_went() {
        // The three saccades end nearly where they began, so nearly every on has its off.
        let events = recording(&square(), 12, 12);
        let on = events.iter().filter(|event| event.on).count() as f32 / events.len() as f32;
        assert!((on - 0.5).abs() < 0.1, "{on}");
    }

    #[test]
    fn between_saccades_nothing_moves() {
        let events = recording(&square(), 12, 12);
        let in_rest = |event: &Event| event.time < 3.0 || (200.0..210.0).contains(&event.time);
        assert!(events.len() > 100 && !events.iter().any(in_rest));
        assert!(events.windows(2).all(|pair| (pair[1].time - pair[0].time) > -LOOK_MS), "looks come in their order");
    }
}
