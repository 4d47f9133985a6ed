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
use spikeground::data::{DataName, DataSet, Form};
use spikeground::session::{Classifier, NetworkKind, Session, SessionConfig};

fn data_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/data")
}

fn shipped(name: DataName) -> DataSet {
    let file = File::open(data_folder().join(format!("{name}.safetensors.gz"))).expect("the data set");
    let mut bytes = vec![];
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    DataSet::from_safetensors(&bytes).expect("a data set")
}

#[test]
fn every_data_set_holds_what_the_documentation_says() {
    let sizes =
        [(DataName::Mnist, 8_000, 2_000, 28), (DataName::Fashion, 5_000, 1_000, 28), (DataName::Digits, 1_297, 500, 8)];
    for (name, train, held_out, side) in sizes {
        let data = shipped(name);
        assert_eq!((data.name, data.train.len(), data.held_out.len()), (name, train, held_out));
        assert_eq!((data.form, data.classes.len()), (Form::Image { height: side, width: side }, 10));
        for part in [&data.train, &data.held_out] {
            let classes: HashSet<usize> = (0..part.len()).map(|i| part.label(i)).collect();
            assert_eq!(classes.len(), 10, "{name}: every class is there");
        }
    }
}

#[test]
fn no_held_out_image_is_trained_on() {
    for name in DataName::ALL {
        let data = shipped(name);
        let train: HashSet<&[u8]> = (0..data.train.len()).map(|i| data.train.image(i)).collect();
        let shared: Vec<usize> = (0..data.held_out.len()).filter(|i| train.contains(data.held_out.image(*i))).collect();
        assert!(shared.is_empty(), "{name}: held-out images {shared:?} are trained on");
    }
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
