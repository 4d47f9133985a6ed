//! Recordings of an event camera, one after the other as their files have them, and what of them flows into a network at each time step.

use std::ops::Range;

use spikeground_recording::{EVENT_BYTES, Event, RecordingError, check, events};

use super::ImageShape;
use crate::sensor::{self, STATES};

/// The longest side of a sensor: an address is a byte.
pub(super) const MOST_SIDE: usize = 256;

/// Recordings of one sensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Recordings {
    bytes: Vec<u8>,
    /// In which event each begins, and where the last one ends.
    starts: Vec<u32>,
}

impl Recordings {
    /// None yet.
    pub fn none() -> Self {
        Self { bytes: vec![], starts: vec![0] }
    }

    /// Recordings of a sensor out of the bytes of all their events.
    ///
    /// # Errors
    ///
    /// What is wrong with them, in words that go on after their name.
    pub fn new(bytes: Vec<u8>, starts: Vec<u32>, shape: ImageShape) -> Result<Self, String> {
        let (first, last) = (starts.first().copied(), starts.last().map(|last| u64::from(*last)));
        let ends = last.and_then(|last| last.checked_mul(EVENT_BYTES as u64)) == Some(bytes.len() as u64);
        if first != Some(0) || !ends || !starts.is_sorted() {
            return Err("are not cut where their starts say".into());
        }
        let recordings = Self { bytes, starts };
        for i in 0..recordings.len() {
            check(recordings.of(i), shape.height, shape.width)
                .map_err(|error| format!("has a recording, number {}, that is none: {error}", i + 1))?;
        }
        Ok(recordings)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.bytes.len() + size_of_val(self.starts.as_slice())
    }

    /// The events of one, as its file had them.
    pub fn of(&self, recording: usize) -> &[u8] {
        let [from, to] = [0, 1].map(|next| self.starts[recording + next] as usize * EVENT_BYTES);
        &self.bytes[Range { start: from, end: to }]
    }

    /// Takes in another.
    pub fn take(&mut self, recording: &[u8]) {
        self.bytes.extend_from_slice(recording);
        // As many as were in a file already, whose counts fit.
        self.starts.push((self.bytes.len() / EVENT_BYTES) as u32);
    }
}

/// What of a recording of a sensor of so many rows and columns flows in: how many events each pixel sent in each of so many equal parts of its
/// duration, `[steps, 2, height, width]`, on events first. The recording lasts from its first event to its last.
///
/// # Errors
///
/// When the bytes are no recording of such a sensor.
pub fn events_over_time(bytes: &[u8], height: usize, width: usize, steps: usize) -> Result<Vec<f32>, RecordingError> {
    check(bytes, height, width)?;
    Ok(binned(bytes, ImageShape { channels: STATES, height, width }, steps))
}

/// The same of a recording that was checked.
pub(super) fn binned(bytes: &[u8], shape: ImageShape, steps: usize) -> Vec<f32> {
    if steps == 0 {
        return vec![];
    }
    let mut numbers = vec![0.0; steps * shape.count()];
    let time = |event: Option<Event>| event.map_or(0, |event| event.time);
    let (from, to) = (time(events(bytes).next()), time(events(bytes).next_back()));
    for event in events(bytes) {
        let step = sensor::bin_of((event.time - from) as f32, (to - from) as f32, steps);
        numbers[step * shape.count() + event_index(event.on, event.x, event.y, shape)] += 1.0;
    }
    numbers
}

/// Where an event counts at a time step: on events first.
pub(super) fn event_index(on: bool, x: impl Into<usize>, y: impl Into<usize>, shape: ImageShape) -> usize {
    debug_assert_eq!(shape.channels, STATES);
    (usize::from(!on) * shape.height + y.into()) * shape.width + x.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ImageShape = ImageShape { channels: STATES, height: 2, width: 3 };

    fn recording(events: &[(u8, u8, bool, u32)]) -> Vec<u8> {
        events.iter().flat_map(|(x, y, on, time)| Event { x: *x, y: *y, on: *on, time: *time }.to_bytes()).collect()
    }

    #[test]
    fn events_are_counted_in_equal_parts_of_their_own_duration() {
        let bytes = recording(&[(0, 0, true, 50), (0, 0, true, 54), (2, 1, false, 55), (2, 1, true, 60)]);
        let numbers = events_over_time(&bytes, 2, 3, 2).expect("a recording");
        let mut expected = [0.0; 24];
        // On at (0, 0) twice; then off and on at (2, 1).
        (expected[0], expected[12 + 6 + 5], expected[12 + 5]) = (2.0, 1.0, 1.0);
        assert_eq!(numbers, expected);
        for steps in [1, 3, 32] {
            let numbers = events_over_time(&bytes, 2, 3, steps).expect("a recording");
            assert_eq!((numbers.len(), numbers.iter().sum::<f32>()), (steps * 12, 4.0));
        }
        let at_once = recording(&[(1, 1, true, 7), (1, 0, true, 7)]);
        assert_eq!(events_over_time(&at_once, 2, 3, 4).expect("a recording")[..12].iter().sum::<f32>(), 2.0);
        assert!(events_over_time(&recording(&[(3, 0, true, 7)]), 2, 3, 4).is_err());
    }

    #[test]
    fn recordings_that_do_not_end_where_their_starts_say_are_refused() {
        let bytes = recording(&[(0, 0, true, 1), (1, 0, true, 2), (0, 0, false, 1)]);
        let read = |starts: &[u32]| Recordings::new(bytes.clone(), starts.to_vec(), SHAPE);
        let recordings = read(&[0, 2, 3]).expect("two recordings");
        assert_eq!((recordings.len(), recordings.of(1)), (2, &bytes[10..]));
        for starts in [&[][..], &[0], &[1, 2, 3], &[0, 2], &[0, 3, 2, 3], &[0, u32::MAX]] {
            assert_eq!(read(starts), Err("are not cut where their starts say".into()), "{starts:?}");
        }
        // Time runs backwards where two are taken for one, and one without an event is none.
        assert!(read(&[0, 3]).expect_err("refused").contains("number 1, that is none: event 3 is at 1 microseconds"));
        assert!(read(&[0, 0, 2, 3]).expect_err("refused").ends_with("it has no event"));
    }
}
