//! A simulated event camera: pixels that say nothing but that their light has changed.
//!
//! Each pixel remembers the logarithm of its light and sends an event, on or off, whenever it has risen or fallen by the contrast
//! threshold since (Lichtsteiner et al., "A 128 x 128 120 dB 15 µs latency asynchronous temporal contrast vision sensor", 2008; simulated from
//! frames as by Rebecq et al., "ESIM: an Open Event Camera Simulator", 2018). Noise, refractory time and pixels that differ are left out, so
//! a recording is a pure function of the picture and its movement, the same natively and in a browser (`tests/same_run.rs`).

mod saccades;

pub use saccades::{BORDER, DURATION_MS, STATES, recording};

/// What a pixel saw change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Milliseconds since the recording began.
    pub time: f32,
    /// Column of the sensor.
    pub x: u16,
    /// Row of the sensor, from the top.
    pub y: u16,
    /// Whether it became brighter.
    pub on: bool,
}

/// Which of so many equal bins of a recording a time falls into; what is later than its end, into the last; all into the first where
/// there are none.
pub fn bin_of(time: f32, duration: f32, bins: usize) -> usize {
    ((time / duration * bins as f32).max(0.0) as usize).min(bins.saturating_sub(1))
}
