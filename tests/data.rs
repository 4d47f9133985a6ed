//! The data sets that ship with the page: what they hold, that no held-out image is trained on, and that a small network
//! learns from them.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use burn::prelude::Device;
use flate2::read::GzDecoder;
use pollster::block_on;
use spikeground::data::{DataName, DataSet, SHIPPED, Shipped};
use spikeground::probe::SeenInput;
use spikeground::session::{Classifier, NetworkKind, Session, SessionConfig};

fn data_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/data")
}

fn file_of(name: DataName) -> std::path::PathBuf {
    data_folder().join(format!("{name}.safetensors.gz"))
}

fn shipped(name: DataName) -> DataSet {
    let file = File::open(file_of(name)).expect("the data set");
    let mut bytes = vec![];
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    DataSet::from_safetensors(&bytes).expect("a data set")
}

#[test]
fn every_data_set_holds_what_the_core_says_of_it() {
    let is_there = |facts: &Shipped| facts.bundled || file_of(facts.name).exists();
    for facts in SHIPPED.into_iter().filter(is_there) {
        let data = shipped(facts.name);
        let (train, held_out) = (data.train.len(), data.held_out.len());
        let held = Shipped { name: data.name, form: data.form, train, held_out, ..facts };
        assert_eq!((facts, facts.classes), (held, &data.classes.iter().map(String::as_str).collect::<Vec<_>>()[..]));
        every_class_is_in_both_parts(&data);
    }
}

#[test]
fn every_cloud_fills_the_unit_ball() {
    let data = shipped(DataName::Furniture);
    let radius = |point: &[f32; 3]| point.iter().map(|x| x * x).sum::<f32>().sqrt();
    for cloud in [&data.train, &data.held_out].iter().flat_map(|part| (0..part.len()).map(|i| part.cloud(i))) {
        let largest = cloud.iter().map(radius).fold(0.0, f32::max);
        assert!((largest - 1.0).abs() < 1e-3, "a cloud fills the unit ball: {largest}");
    }
}

fn every_class_is_in_both_parts(data: &DataSet) {
    for part in [&data.train, &data.held_out] {
        let classes: HashSet<usize> = (0..part.len()).map(|i| part.label(i)).collect();
        assert_eq!(classes.len(), 10, "{}: every class is there", data.name);
    }
}

#[test]
fn no_held_out_image_is_trained_on() {
    for name in [DataName::Mnist, DataName::Fashion, DataName::Digits, DataName::Emoji] {
        let data = shipped(name);
        let train: HashSet<&[u8]> = (0..data.train.len()).map(|i| data.train.image(i)).collect();
        let shared: Vec<usize> = (0..data.held_out.len()).filter(|i| train.contains(data.held_out.image(*i))).collect();
        assert!(shared.is_empty(), "{name}: held-out images {shared:?} are trained on");
    }
}

#[test]
fn the_shipped_pointnet_answers_clouds_of_any_number_of_points_and_in_any_order() {
    let bytes = std::fs::read(data_folder().join("pretrained-furniture.safetensors")).expect("weights");
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
    let data = shipped(DataName::Furniture);
    let answer = |i: usize, points: usize, turned: bool| {
        let mut cloud = data.held_out.cloud(i)[..points].to_vec();
        if turned {
            cloud.reverse();
        }
        block_on(classifier.classify_cloud(cloud.as_flattened())).expect("a trace")
    };
    for points in [256, 1_024] {
        let right = (0..81).filter(|i| answer(*i, points, false).answer == data.held_out.label(*i)).count();
        assert!(right >= 64, "{right} of 81 held-out clouds of {points} points are answered right");
    }
    let trace = answer(0, 512, false);
    assert_eq!((trace.steps, trace.evidence.len()), (4, 40));
    let SeenInput::Cloud(cloud) = &trace.seen else { panic!("a cloud was seen") };
    assert_eq!((cloud.points.len(), cloud.rates.len()), (512 * 3, 4 * 512));
    assert!(cloud.winners.iter().all(|point| *point < 512) && cloud.winners.len() == 4 * 256);
    let refused =
        |count: usize| block_on(classifier.classify_cloud(&vec![0.0; 3 * count])).expect_err("refused").to_string();
    assert_eq!(refused(7), "a cloud of 7 points was given: it must have from 16 to 8192");
}

#[test]
fn the_shipped_pointnet_is_mostly_surest_of_the_way_in_which_a_shape_stands() {
    let bytes = std::fs::read(data_folder().join("pretrained-furniture.safetensors")).expect("weights");
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
    let data = shipped(DataName::Furniture);
    let turns: [fn([f32; 3]) -> [f32; 3]; 6] = [
        |point| point,
        |[x, y, z]| [x, -z, y],
        |[x, y, z]| [y, z, x],
        |[x, y, z]| [x, -y, -z],
        |[x, y, z]| [x, z, -y],
        |[x, y, z]| [z, y, -x],
    ];
    let confidence = |i: usize, turn: &fn([f32; 3]) -> [f32; 3]| {
        let cloud: Vec<[f32; 3]> = data.held_out.cloud(i)[..256].iter().map(|point| turn(*point)).collect();
        block_on(classifier.classify_cloud(cloud.as_flattened())).expect("a trace").confidence
    };
    let is_surest_upright = |i: &usize| {
        let [upright, others @ ..] = turns.each_ref().map(|turn| confidence(*i, turn));
        others.iter().all(|other| *other < upright)
    };
    let upright = (0..data.held_out.len()).filter(is_surest_upright).count();
    println!("Of {} held-out shapes the network is surest of {upright} as they stand.", data.held_out.len());
    // One in six would be by chance; the page tells how little this is.
    assert!(upright >= 45, "{upright} of 81");
}

#[test]
fn a_small_network_learns_real_digits() {
    let config = SessionConfig {
        data: DataName::Digits,
        network: NetworkKind::Mlp,
        widths: vec![64],
        epochs: 4,
        rate: 0.01,
        ..Default::default()
    };
    let mut session = Session::new(config, Arc::new(shipped(DataName::Digits)), &Device::flex()).expect("a session");
    let before = block_on(session.evaluate(0, 500)).expect("an evaluation").accuracy;
    block_on(session.train(4 * session.steps_per_epoch())).expect("training");
    let after = block_on(session.evaluate(0, 500)).expect("an evaluation").accuracy;
    assert!(before < 0.4 && after > 0.85, "held-out accuracy {before} before training, {after} after");
}

#[test]
fn the_shipped_networks_answer_real_images() {
    for (name, least) in [(DataName::Mnist, 96), (DataName::Fashion, 78), (DataName::Digits, 90)] {
        let bytes = std::fs::read(data_folder().join(format!("pretrained-{name}.safetensors"))).expect("weights");
        let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
        let data = shipped(name);
        let right = (0..100).filter(|i| {
            let greys: Vec<f32> = data.held_out.image(*i).iter().map(|grey| f32::from(*grey) / 255.0).collect();
            block_on(classifier.classify(&greys)).expect("a trace").answer == data.held_out.label(*i)
        });
        let right = right.count();
        assert!(right >= least, "{name}: {right} of the first 100 held-out images are answered right");
    }
}
