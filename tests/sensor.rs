//! The simulated event camera beside a real one: what it makes of MNIST's digits against recordings of N-MNIST (Orchard et al.,
//! "Converting Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades", 2015), whose medians stand here: events and
//! directions over 1,000 of them, what 10 ms have over 500.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use spikeground::data::DataSet;
use spikeground::sensor::{DURATION_MS, Event, bin_of, recording};

/// Events of a recording.
const EVENTS: f32 = 4180.0;
/// The most of them in 10 ms, in each saccade.
const PEAKS: [f32; 3] = [302.0, 241.5, 244.0];
/// When the 10 ms begin that have them.
const PEAK_TIMES: [usize; 3] = [50, 150, 250];
/// The most between two saccades.
const REST: f32 = 45.0;
/// The way of the picture in each saccade, right and down, of no known length.
const DIRECTIONS: [[f32; 2]; 3] = [[0.009, 0.022], [0.017, -0.023], [-0.029, -0.004]];

fn recordings() -> Vec<Vec<Event>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/data/mnist.safetensors.gz");
    let mut bytes = vec![];
    GzDecoder::new(File::open(path).expect("the data set")).read_to_end(&mut bytes).expect("gzip");
    let data = DataSet::from_safetensors(&bytes).expect("a data set");
    (0..300).map(|sample| recording(data.train.image(sample), 28, 28)).collect()
}

fn median(numbers: impl IntoIterator<Item = f32>) -> f32 {
    let mut numbers: Vec<f32> = numbers.into_iter().collect();
    numbers.sort_by(f32::total_cmp);
    numbers[numbers.len() / 2]
}

fn near(given: f32, real: f32) -> bool {
    (given / real - 1.0).abs() < 0.1
}

#[test]
fn digits_give_as_many_events_as_real_ones_when_they_do_and_half_of_them_on() {
    let all = recordings();
    let count = median(all.iter().map(|events| events.len() as f32));
    assert!(near(count, EVENTS), "{count} events");
    let share = |events: &[Event]| events.iter().filter(|event| event.on).count() as f32 / events.len() as f32;
    let on = median(all.iter().map(|events| share(events)));
    assert!(near(on, 0.5), "{on} on");

    let bins = (DURATION_MS / 10.0).ceil() as usize;
    let mut counts = vec![vec![0.0; all.len()]; bins];
    for (i, events) in all.iter().enumerate() {
        events.iter().for_each(|event| counts[bin_of(event.time, 10.0 * bins as f32, bins)][i] += 1.0);
    }
    let medians: Vec<f32> = counts.into_iter().map(median).collect();
    for (saccade, (peak, time)) in PEAKS.into_iter().zip(PEAK_TIMES).enumerate() {
        let own = &medians[10 * saccade..][..10];
        let most = own.iter().copied().fold(0.0, f32::max);
        assert!(near(most, peak), "saccade {saccade}: {most} of {medians:?}");
        let at = 100 * saccade + 10 * own.iter().position(|count| *count == most).expect("one of them");
        assert!(at.abs_diff(time) <= 10, "saccade {saccade}: at {at} ms");
        assert!(own[0] < REST, "in front of saccade {saccade}: {medians:?}");
    }
}

/// Where edges become brighter lies ahead of where they become darker.
#[test]
fn the_picture_moves_the_ways_that_real_ones_do() {
    let all = recordings();
    for (saccade, [right, down]) in DIRECTIONS.into_iter().enumerate() {
        let during = move |event: &&Event| (event.time / 100.0) as usize == saccade;
        let way = |axis: fn(&Event) -> u16| {
            all.iter().map(move |events| {
                let middle = |on: bool| {
                    let places: Vec<f32> = events
                        .iter()
                        .filter(during)
                        .filter(|event| event.on == on)
                        .map(|event| f32::from(axis(event)))
                        .collect();
                    places.iter().sum::<f32>() / places.len() as f32
                };
                middle(true) - middle(false)
            })
        };
        let given = [median(way(|event| event.x)), median(way(|event| event.y))];
        let cosine = (given[0] * right + given[1] * down) / (given[0].hypot(given[1]) * right.hypot(down));
        assert!(cosine > 0.9, "saccade {saccade}: {given:?}");
    }
}
