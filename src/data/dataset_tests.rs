use std::collections::HashMap;

use spikeground_recording::Event;

use super::*;
use crate::data::events_over_time;

/// A tiny data set of clouds of 64 points: a sphere, a box and a rod, each a little different, some of them twice.
pub(crate) fn shapes(train: usize, held_out: usize) -> DataSet {
    DataSet::from_safetensors(&shapes_file(train, held_out)).expect("a data set")
}

pub(crate) fn shapes_file(train: usize, held_out: usize) -> Vec<u8> {
    let part = |from: usize, count: usize| -> (Vec<u8>, Vec<u8>) {
        let (mut coordinates, mut labels) = (vec![], vec![]);
        for sample in from..from + count {
            labels.push((sample % 3) as u8);
            // Two of each form in a row are the same shape.
            let stretch = 0.5 + 0.5 * ((sample / 6) as f32 * 0.37).fract();
            for i in 0..64 {
                let (a, b) = ((i as f32 * 0.618).fract(), (i as f32 * 0.414).fract());
                let (angle, z) = (a * std::f32::consts::TAU, 2.0 * b - 1.0);
                let around = (1.0 - z * z).sqrt();
                let point = match sample % 3 {
                    0 => [around * angle.cos() * stretch, around * angle.sin(), z],
                    1 => [0.5 * angle.cos().signum() * stretch, (2.0 * a - 1.0) * 0.5, 0.5 * z],
                    _ => [0.1 * angle.cos(), 0.1 * angle.sin(), z * stretch],
                };
                for coordinate in point {
                    coordinates.extend((((coordinate + 1.0) / 2.0 * 65_535.0) as u16).to_le_bytes());
                }
            }
        }
        (coordinates, labels)
    };
    let (parts, sizes) = ([part(0, train), part(train, held_out)], [train, held_out]);
    let mut views = vec![];
    for ((name, size), (coordinates, labels)) in ["train", "held_out"].into_iter().zip(sizes).zip(&parts) {
        let clouds = TensorView::new(Dtype::U16, vec![size, 64, 3], coordinates).expect("a view");
        views.push((format!("{name}_clouds"), clouds));
        views.push((format!("{name}_labels"), TensorView::new(Dtype::U8, vec![size], labels).expect("a view")));
    }
    let metadata =
        [("format", FORMAT), ("version", VERSION), ("name", "furniture"), ("classes", "[\"sphere\",\"box\",\"rod\"]")];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    safetensors::serialize(views, Some(metadata)).expect("a file")
}

#[test]
fn clouds_are_read_and_looked_at() {
    let data = shapes(9, 3);
    assert_eq!((data.form, data.train.len(), data.held_out.len()), (Form::Cloud { points: 64 }, 9, 3));
    assert!(data.train.cloud(0).iter().flatten().all(|x| (-1.0..=1.0).contains(x)));
    let batch = data.batch(Part::HeldOut, &[2, 0], Presentation::plain(16));
    assert_eq!((batch.inputs.len(), batch.labels.as_slice()), (2 * 16 * 3, [2, 0].as_slice()));
    assert_eq!(batch.inputs[..48], *data.held_out.cloud(2)[..16].as_flattened());
    let augment = AugmentConfig::default();
    let varied = |key| {
        let varied = Presentation { augment: Some(&augment), key, ..Presentation::plain(16) };
        data.batch(Part::Train, &[1, 1], varied).inputs
    };
    assert_eq!(varied(5), varied(5));
    assert_ne!(varied(5), varied(6));
}

/// A tiny data set: class c is a bright row c of an 8x8 image, with noise that differs from sample to sample.
pub(crate) fn stripes(train: usize, held_out: usize) -> DataSet {
    DataSet::from_safetensors(&stripes_file(train, held_out, "digits")).expect("a data set")
}

/// Stripes as somebody's own data: class c is a row of class c + `from` of the others, and there are `classes` of them.
pub(crate) fn own_stripes(classes: usize, from: usize) -> DataSet {
    let [train, held_out] = [10 * classes, 2 * classes].map(|count| {
        let images: Vec<u8> =
            (0..count).flat_map(|i| (0..64).map(move |p| if p / 8 == i % classes + from { 255 } else { 0 })).collect();
        (images, (0..count).map(|i| (i % classes) as u8).collect::<Vec<u8>>())
    });
    DataSet::from_safetensors(&file_of_images([&train, &held_out], "own", classes)).expect("a data set")
}

pub(crate) fn stripes_file(train: usize, held_out: usize, name: &str) -> Vec<u8> {
    let images = |from: usize, count: usize| -> Vec<u8> {
        (from..from + count)
            .flat_map(|i| (0..64).map(move |p| if p / 8 == i % 8 { 255 } else { ((i * 31 + p * 17) % 64) as u8 }))
            .collect()
    };
    let labels = |from: usize, count: usize| -> Vec<u8> { (from..from + count).map(|i| (i % 8) as u8).collect() };
    let part = |from: usize, count: usize| (images(from, count), labels(from, count));
    file_of_images([&part(0, train), &part(train, held_out)], name, 8)
}

/// A file of 8x8 images and their labels, in two parts.
pub(crate) fn file_of_images(parts: [&(Vec<u8>, Vec<u8>); 2], name: &str, classes: usize) -> Vec<u8> {
    let mut views = vec![];
    for (part, (images, labels)) in ["train", "held_out"].into_iter().zip(parts) {
        let count = labels.len();
        let view = |shape: Vec<usize>, bytes| TensorView::new(Dtype::U8, shape, bytes).expect("a view");
        views.push((format!("{part}_images"), view(vec![count, 8, 8], images)));
        views.push((format!("{part}_labels"), view(vec![count], labels)));
    }
    let classes = serde_json::to_string(&(0..classes).map(|c| c.to_string()).collect::<Vec<_>>()).expect("JSON");
    let metadata = [("format", FORMAT), ("version", VERSION), ("name", name), ("classes", &classes)];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    safetensors::serialize(views, Some(metadata)).expect("a file")
}

/// A tiny data set of recordings of an 8x8 sensor: in class c something bright runs along row c, and leaves it dark again, sooner or later and with
/// noise that differs from sample to sample.
pub(crate) fn recordings(train: usize, held_out: usize) -> DataSet {
    DataSet::from_safetensors(&recordings_file(train, held_out)).expect("a data set")
}

/// A recording of class `sample % 8`, as a file has it.
pub(crate) fn recording(sample: usize) -> Vec<u8> {
    let row = (sample % 8) as u8;
    let along = (0..8_u8).flat_map(|x| {
        let time = 100 * u32::from(x) + sample as u32 % 7;
        let noise = ((sample * 5 + usize::from(x) * 3) % 8) as u8;
        let at = |x: u8, y: u8, on: bool, time: u32| Event { x, y, on, time };
        [at(x, row, true, time), at(x, noise, noise > 3, time + 20), at(x, row, false, time + 50)]
    });
    along.flat_map(|event| event.to_bytes()).collect()
}

pub(crate) fn recordings_file(train: usize, held_out: usize) -> Vec<u8> {
    let parts = [(0..train), (train..train + held_out)].map(|samples| samples.map(recording).collect::<Vec<_>>());
    file_of_recordings(parts, "[8, 8]")
}

/// A file of recordings of 8 classes in turn.
fn file_of_recordings(parts: [Vec<Vec<u8>>; 2], sensor: &str) -> Vec<u8> {
    let mut tensors = vec![];
    for (part, recordings) in ["train", "held_out"].into_iter().zip(parts) {
        let starts = std::iter::once(0).chain(recordings.iter().scan(0, |events, recording| {
            *events += recording.len() as u32 / 5;
            Some(*events)
        }));
        let labels: Vec<u8> = (0..recordings.len()).map(|i| (i % 8) as u8).collect();
        let (events, starts) = (recordings.concat(), starts.flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        tensors.push((format!("{part}_events"), Dtype::U8, events.len(), events));
        tensors.push((format!("{part}_starts"), Dtype::U32, starts.len() / 4, starts));
        tensors.push((format!("{part}_labels"), Dtype::U8, labels.len(), labels));
    }
    let views = tensors.iter().map(|(name, dtype, count, bytes)| {
        (name.as_str(), TensorView::new(*dtype, vec![*count], bytes).expect("a view"))
    });
    let classes = "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"]";
    let metadata =
        [("format", FORMAT), ("version", VERSION), ("name", "own"), ("classes", classes), ("sensor", sensor)];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    safetensors::serialize(views, Some(metadata)).expect("a file")
}

#[test]
fn recordings_are_cut_into_as_many_steps_as_are_asked_for() {
    let data = recordings(16, 8);
    assert_eq!((data.form, data.train.len(), data.held_out.len()), (Form::recording(8, 8), 16, 8));
    assert_eq!(data.train.recording(9), recording(9));
    let batch = |steps| data.batch(Part::Train, &[3, 9], Presentation { steps, ..Presentation::plain(0) }).inputs;
    for steps in [1, 5, 32] {
        let inputs = batch(steps);
        assert_eq!(inputs.len(), steps * 2 * 128);
        assert_eq!(inputs.iter().sum::<f32>(), 48.0, "24 events each");
    }
    // Time step after time step, in each the one sample behind the other.
    let [first, second] =
        [3, 9].map(|sample| events_over_time(data.train.recording(sample), 8, 8, 5).expect("a recording"));
    for (step, both) in batch(5).chunks(256).enumerate() {
        assert_eq!(both[..128], first[step * 128..][..128]);
        assert_eq!(both[128..], second[step * 128..][..128]);
    }
    let picture = data.picture(Part::Train, 3);
    assert_eq!((picture.len(), picture.iter().max()), (128, Some(&255)));
    assert!(picture[24..32].iter().all(|on| *on > 0), "the row of its class");
    let split = data.split_anew(&[0, 17]);
    assert_eq!((split.held_out.recording(1), split.train.recording(0)), (&recording(17)[..], &recording(1)[..]));
    assert_ne!(split.identity(), data.identity());
    assert_eq!(split.split_anew(&(0..22).collect::<Vec<_>>()).held_out.len(), 22);
}

#[test]
fn recordings_that_are_none_are_refused_with_what_is_wrong() {
    let text = |parts: [Vec<Vec<u8>>; 2], sensor| {
        DataSet::from_safetensors(&file_of_recordings(parts, sensor)).expect_err("refused").to_string()
    };
    let parts = || [vec![recording(0), recording(1)], vec![recording(8)]];
    for sensor in ["", "[8]", "[8, 0]", "[8, 257]", "[-8, 8]", "[1e30, 8]", "\"8\""] {
        assert!(text(parts(), sensor).ends_with("need a sensor of 1 to 256 rows and columns"), "{sensor}");
    }
    let outside = text(parts(), "[8, 7]");
    assert!(
        outside.contains("train_events has a recording, number 1, that is none: event 22 is at column 7"),
        "{outside}"
    );
    let mut backwards = parts();
    backwards[1][0].rotate_left(5);
    assert!(text(backwards, "[8, 8]").contains("held_out_events has a recording, number 1"));
    assert!(
        text([vec![recording(0), vec![]], vec![recording(8)]], "[8, 8]")
            .ends_with("number 2, that is none: it has no event")
    );
    let whole = recordings_file(3, 2);
    for at in 0..whole.len() {
        let mut file = whole.clone();
        file[at] = file[at].wrapping_add(97);
        // It may be another data set, but never one that cannot be shown.
        if let Ok(data) = DataSet::from_safetensors(&file) {
            data.batch(Part::Train, &[0], Presentation { steps: 3, ..Presentation::plain(0) });
        }
        assert!(DataSet::from_safetensors(&whole[..at]).is_err());
    }
}

#[test]
fn what_a_file_takes_is_known_before_it_is_unpacked() {
    for file in [shapes_file(9, 3), stripes_file(80, 16, "digits"), recordings_file(9, 3)] {
        let data = DataSet::from_safetensors(&file).expect("a data set");
        assert_eq!(DataSet::bytes_in(&file), Ok(data.bytes()));
        assert!(DataSet::bytes_in(&file[..file.len() - 1]).is_err());
    }
}

#[test]
fn a_batch_is_normalised_by_the_training_part() {
    let data = stripes(80, 16);
    assert_eq!((data.train.len(), data.held_out.len()), (80, 16));
    assert_eq!(data.form, Form::Image(ImageShape::grey(8, 8)));
    let all: Vec<usize> = (0..80).collect();
    let batch = data.batch(Part::Train, &all, Presentation::plain(0));
    let mean = batch.inputs.iter().map(|p| f64::from(*p)).sum::<f64>() / batch.inputs.len() as f64;
    let square = batch.inputs.iter().map(|p| f64::from(*p).powi(2)).sum::<f64>() / batch.inputs.len() as f64;
    assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
    assert_eq!(data.batch(Part::HeldOut, &[3, 1], Presentation::plain(0)).labels, [3, 1]);
}

#[test]
fn a_set_in_colour_has_three_channels_each_normalised() {
    let greys = SafeTensors::deserialize(&stripes_file(80, 16, "own")).map(|file| {
        ["train", "held_out"].map(|part| {
            let image = file.tensor(&format!("{part}_images")).expect("images").data().to_vec();
            (image, file.tensor(&format!("{part}_labels")).expect("labels").data().to_vec())
        })
    });
    let parts = greys.expect("a file").map(|(images, labels)| {
        // Red as it was, green half as bright, blue turned round.
        let of = |image: &[u8]| {
            [image.to_vec(), image.iter().map(|v| v / 2).collect(), image.iter().map(|v| 255 - v).collect()]
        };
        (images.chunks(64).flat_map(|image| of(image).concat()).collect::<Vec<u8>>(), labels)
    });
    let mut views = vec![];
    for (name, (images, labels)) in ["train", "held_out"].into_iter().zip(&parts) {
        let shape = vec![labels.len(), 3, 8, 8];
        views.push((format!("{name}_images"), TensorView::new(Dtype::U8, shape, images).expect("a view")));
        views.push((format!("{name}_labels"), TensorView::new(Dtype::U8, vec![labels.len()], labels).expect("a view")));
    }
    let classes = "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"]";
    let metadata = [("format", FORMAT), ("version", VERSION), ("name", "own"), ("classes", classes)];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    let file = safetensors::serialize(views, Some(metadata)).expect("a file");
    let data = DataSet::from_safetensors(&file).expect("a data set");
    assert_eq!((data.form, data.train.image(3).len()), (Form::Image(ImageShape::colour(8, 8)), 192));
    let batch = data.batch(Part::Train, &(0..80).collect::<Vec<_>>(), Presentation::plain(0));
    for channel in 0..3 {
        let numbers = || batch.inputs.chunks(64).skip(channel).step_by(3).flatten().map(|number| f64::from(*number));
        let (mean, square) =
            (numbers().sum::<f64>() / 5120.0, numbers().map(|number| number * number).sum::<f64>() / 5120.0);
        assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "channel {channel}: {mean} {square}");
    }
    let turned: Vec<f32> = batch.inputs[128..192].iter().map(|number| -number).collect();
    assert!(batch.inputs[..64].iter().zip(turned).all(|(red, blue)| (red - blue).abs() < 1e-5));
}

#[test]
fn other_files_are_refused_with_what_is_wrong() {
    let text = |bytes: &[u8]| DataSet::from_safetensors(bytes).expect_err("refused").to_string();
    assert!(text(b"<!doctype html>").starts_with("the data set is not a safetensors file"));
    assert!(text(&stripes_file(8, 8, "cats")).contains("there is no data set \"cats\": it must be mnist, fashion, "));
    let file = stripes_file(8, 8, "digits");
    assert!(text(&file[..file.len() - 100]).starts_with("the data set is not a safetensors file"));
    let labels = TensorView::new(Dtype::U8, vec![1], &[0]).expect("a view");
    let metadata = [("format", FORMAT), ("version", VERSION), ("name", "digits"), ("classes", "[\"a\"]")];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    let file = safetensors::serialize([("train_labels", labels)], Some(metadata)).expect("a file");
    assert_eq!(text(&file), "the data set's tensor train_images is missing");
}

#[test]
fn a_set_is_told_by_its_content_and_not_by_its_name() {
    let read = |file: &[u8]| DataSet::from_safetensors(file).expect("a data set").identity();
    let (digits, own) = (stripes_file(16, 8, "digits"), stripes_file(16, 8, "own"));
    assert_eq!(read(&digits), read(&own));
    assert_ne!(read(&digits), stripes(8, 16).identity(), "the parts are cut elsewhere");
    assert_ne!(own_stripes(3, 0).identity(), own_stripes(3, 1).identity(), "other images");
    assert_ne!(own_stripes(3, 0).identity(), own_stripes(4, 0).identity(), "more classes");
    let mut relabelled = digits.clone();
    let last = relabelled.len() - 1;
    relabelled[last] ^= 1;
    assert_ne!(read(&digits), read(&relabelled), "one bit of one number");
    let data = shapes(9, 3);
    assert_eq!(data.split_anew(&[9, 10, 11]).identity(), data.identity(), "split as it was");
    assert_ne!(data.split_anew(&[0, 1, 2]).identity(), data.identity());
}
