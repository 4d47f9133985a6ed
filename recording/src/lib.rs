//! What an event camera recorded, as N-MNIST's files have it (Orchard et al., "Converting Static Image Datasets to Spiking Neuromorphic
//! Datasets Using Saccades", 2015): 5 bytes an event, of which the first is the column, the second the row, and the others, the highest first,
//! one bit for on and 23 bits of microseconds. A data set's file holds recordings as they are, so the core and the readers both read this.

/// Bytes of an event.
pub const EVENT_BYTES: usize = 5;
/// Pixels a side of the sensor that N-MNIST was recorded with, as far as its files have it.
pub const NMNIST_SIDE: usize = 34;

/// That one pixel became brighter or darker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Column of the sensor.
    pub x: u8,
    /// Row of the sensor, from the top.
    pub y: u8,
    /// Whether it became brighter.
    pub on: bool,
    /// Microseconds since the recording began.
    pub time: u32,
}

impl Event {
    /// As a file has it.
    pub fn of_bytes([x, y, high, middle, low]: [u8; EVENT_BYTES]) -> Self {
        Self { x, y, on: high >> 7 == 1, time: u32::from_be_bytes([0, high & 0x7f, middle, low]) }
    }

    /// The same as bytes; of a time the lowest 23 bits.
    pub fn to_bytes(self) -> [u8; EVENT_BYTES] {
        let [_, high, middle, low] = self.time.to_be_bytes();
        [self.x, self.y, (high & 0x7f) | (u8::from(self.on) << 7), middle, low]
    }
}

/// A file that is no recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// Nothing in it.
    #[error("it has no event")]
    Empty,
    /// An event that ends too soon.
    #[error("it has {0} bytes, and an event takes {EVENT_BYTES}: it is no recording, or not the whole of one")]
    Cut(usize),
    /// An address that the sensor has not.
    #[error(
        "event {event} is at column {x}, row {y}, and the sensor has {width} columns and {height} rows, counted from 0"
    )]
    Outside {
        /// Which event, counted from 1.
        event: usize,
        /// Its column.
        x: u8,
        /// Its row.
        y: u8,
        /// Columns of the sensor.
        width: usize,
        /// Rows of the sensor.
        height: usize,
    },
    /// Times that run backwards.
    #[error("event {event} is at {time} microseconds, and the one before it is at {before}: time runs backwards")]
    Backwards {
        /// Which event, counted from 1.
        event: usize,
        /// Its time.
        time: u32,
        /// That of the event before it.
        before: u32,
    },
}

/// The events in bytes, whatever they are; bytes at the end that are too few for one are left.
pub fn events(bytes: &[u8]) -> impl ExactSizeIterator<Item = Event> + DoubleEndedIterator + '_ {
    bytes.as_chunks().0.iter().map(|event| Event::of_bytes(*event))
}

/// Checks that bytes are a recording of a sensor of so many rows and columns.
///
/// # Errors
///
/// When there is no event, one is cut off or outside the sensor, or time runs backwards.
pub fn check(bytes: &[u8], height: usize, width: usize) -> Result<(), RecordingError> {
    if bytes.is_empty() {
        return Err(RecordingError::Empty);
    }
    if !bytes.len().is_multiple_of(EVENT_BYTES) {
        return Err(RecordingError::Cut(bytes.len()));
    }
    let mut before = 0;
    for (event, Event { x, y, time, .. }) in (1..).zip(events(bytes)) {
        if usize::from(x) >= width || usize::from(y) >= height {
            return Err(RecordingError::Outside { event, x, y, width, height });
        }
        if time < before {
            return Err(RecordingError::Backwards { event, time, before });
        }
        before = time;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(events: &[Event]) -> Vec<u8> {
        events.iter().flat_map(|event| event.to_bytes()).collect()
    }

    #[test]
    fn the_highest_bit_of_the_third_byte_is_on_and_the_rest_is_the_time() {
        let event = Event { x: 10, y: 30, on: true, time: 937 };
        assert_eq!(Event::of_bytes([10, 30, 0x80, 3, 169]), event);
        assert_eq!(Event::of_bytes([0, 33, 0x7f, 0xff, 0xff]), Event { x: 0, y: 33, on: false, time: (1 << 23) - 1 });
        assert_eq!(Event::of_bytes(event.to_bytes()), event);
    }

    #[test]
    fn what_is_no_recording_is_told_so() {
        let at = |x, y, time| Event { x, y, on: true, time };
        let whole = bytes(&[at(0, 0, 5), at(33, 33, 5), at(1, 2, 9)]);
        assert_eq!(check(&whole, 34, 34), Ok(()));
        assert_eq!(check(&[], 34, 34), Err(RecordingError::Empty));
        assert_eq!(check(&whole[..14], 34, 34), Err(RecordingError::Cut(14)));
        let said = |error: Result<(), RecordingError>| error.expect_err("refused").to_string();
        assert_eq!(
            said(check(&whole, 34, 33)),
            "event 2 is at column 33, row 33, and the sensor has 33 columns and 34 rows, counted from 0"
        );
        let backwards = bytes(&[at(0, 0, 5), at(0, 0, 4)]);
        assert_eq!(
            said(check(&backwards, 34, 34)),
            "event 2 is at 4 microseconds, and the one before it is at 5: time runs backwards"
        );
    }
}
