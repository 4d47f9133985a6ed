use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;

use super::*;
use crate::data::DataName;
use crate::data::dataset_tests::{shapes, stripes};
use crate::method::paradigm::{LossKind, ParadigmConfig};
use crate::model::PointnetConfig;
use crate::probe::SeenInput;

fn config() -> SessionConfig {
    SessionConfig {
        data: DataName::Furniture,
        network: NetworkKind::Pointnet,
        widths: vec![8, 12, 16],
        pointnet: PointnetConfig {
            points: 32,
            head: vec![12],
            dropout: 0.2,
            input_transform: true,
            feature_transform: true,
        },
        paradigm: ParadigmConfig {
            membrane_noise: 0.5,
            evaluation_noise: true,
            evaluation_steps: 4,
            loss: LossKind::PerStep,
        },
        steps: 1,
        batch: 6,
        rate: 0.01,
        epochs: 20,
        ..Default::default()
    }
}

fn session(config: SessionConfig) -> Session {
    Session::new(config, Arc::new(shapes(24, 9)), &Device::flex()).expect("a session")
}

#[test]
fn a_pointnet_learns_shapes_and_is_run_at_more_time_steps_than_it_was_trained_at() {
    let plain = PointnetConfig { points: 32, head: vec![12], ..Default::default() };
    let mut session = session(SessionConfig { pointnet: plain, ..config() });
    let losses = block_on(session.train(20 * session.steps_per_epoch())).expect("training").losses;
    let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
    assert!(mean(&losses[60..]) < 0.6 * mean(&losses[..8]), "{losses:?}");
    let evaluation = block_on(session.evaluate(0, 9)).expect("an evaluation");
    assert!(evaluation.accuracy > 0.6, "{}", evaluation.accuracy);
    // What the maximum takes has no spikes, and is no layer of the table.
    let names: Vec<&str> = evaluation.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert!(!names.contains(&"layer3") && names.contains(&"layer4"), "{names:?}");
    let trace = block_on(session.probe(2)).expect("a trace");
    let SeenInput::Cloud(cloud) = &trace.seen else { panic!("a cloud was seen") };
    assert_eq!((trace.steps, cloud.rates.len(), cloud.winners.len()), (4, 4 * 32, 4 * 16));
    let measures = block_on(session.measure(None, false)).expect("measures");
    assert!(measures.fold_error.is_some_and(|error| error < 1e-3), "{:?}", measures.fold_error);
    let measures = block_on(session.measure(None, true)).expect("measures");
    assert_eq!((measures.accuracy_at.len(), measures.fold_error), (3, None));
}

#[test]
fn a_pointnet_goes_on_from_a_checkpoint_as_if_nothing_had_happened() {
    let mut lanes = Lanes::of(vec![session(config())]);
    block_on(lanes.train(3)).expect("training");
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let data = Arc::new(shapes(24, 9));
    let mut again = Lanes::restore(&bytes, |_, _| Some(data.clone()), &Device::flex()).expect("lanes");
    let losses = |lanes: &mut Lanes| block_on(lanes.train(3)).expect("training").remove(0).losses;
    assert_eq!(losses(&mut lanes), losses(&mut again), "noise, dropout and variation are those of the step");
}

#[test]
fn weights_whole_and_folded_answer_alike() {
    let mut session = session(config());
    block_on(session.train(6)).expect("training");
    let data = shapes(24, 9);
    let answers = |bytes: &[u8]| -> Vec<Vec<f32>> {
        let classifier = Classifier::from_weights(bytes, &Device::flex()).expect("a classifier");
        let cloud = |i: usize| data.held_out.cloud(i).as_flattened();
        (0..4).map(|i| block_on(classifier.classify_cloud(cloud(i))).expect("a trace").evidence).collect()
    };
    let whole = answers(&block_on(session.weights()).expect("weights"));
    let folded = answers(&block_on(session.folded_weights()).expect("weights"));
    let near = whole.iter().flatten().zip(folded.iter().flatten()).filter(|(a, b)| (**a - **b).abs() < 1e-3).count();
    // A spike at its threshold may turn round.
    assert!(near * 10 >= whole.concat().len() * 9, "{whole:?} {folded:?}");
}

#[test]
fn networks_take_their_own_form_alone() {
    let refused = |config: SessionConfig, data| {
        Session::new(config, Arc::new(data), &Device::flex()).err().expect("refused").to_string()
    };
    let images = SessionConfig { data: DataName::Digits, ..config() };
    assert_eq!(
        refused(images, stripes(24, 8)),
        "network is pointnet: a PointNet takes point clouds, and these data are images"
    );
    let conv = SessionConfig { network: NetworkKind::Conv, widths: vec![4], ..config() };
    assert!(refused(conv, shapes(24, 9)).starts_with("network is conv: it takes images"));
    let classifier = session(config()).classifier();
    let error = block_on(classifier.classify(&[0.0; 64])).expect_err("refused").to_string();
    assert_eq!(error, "an image was given to a network that classifies point clouds");
}
